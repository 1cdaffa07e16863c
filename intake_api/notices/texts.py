"""All wording of the notices: their paragraphs, tables and closings. Articles come from the tables of the statute.

`{name}` is an element or a fact of the case. A paragraph is left out where something in it is unknown that the notice
need not say; what the notice must say stands as 〔label〕 until it is known.
"""

from typing import Final, NamedTuple

from intake_api.statute import deadlines, fees
from intake_api.statute.sentences import AFTER_PAYMENT_WORDS
from intake_api.terms import delivery, receipt


class Part(NamedTuple):
    """A paragraph: `when` limits it to notices in which an element has one of these values."""

    key: str
    text: str
    when: tuple[str, frozenset[str]] | None = None


def _if(element: str, value: str, key: str, text: str) -> Part:
    return Part(key, text, (element, frozenset({value})))


LAW: Final = "《中华人民共和国政府信息公开条例》（以下简称《条例》）"
BLANK: Final = "〔{label}〕"
DRAFT_NUMBER: Final = "（草稿，未编号）"
CLOSING: Final = "特此告知。"
CLOSINGS: Final = {"N4": "特此函询。", "N7": "特此函询。", "N27-2": "请予协助。"}
ENCLOSURES: Final = "附件："
NO_TERM: Final = "更正申请没有法定的答复期限，本机关会及时核实并告知结果"
TERM: Final = "本机关将在收到申请之日起{days}个工作日内，即{due_on}前（含当日）答复"
PROVISIONAL: Final = "（该年放假安排尚未公布，日期为暂定）"
ITEMS_SUM: Final = (
    "本月累计{count}件，累计应收{total}元；扣除本次之前的{before}件应收的{earlier}元，本次{items}件应收{amount}元"
)
SUPPLEMENTED: Final = "{asked}（申请人补正：{more}）"
PAGES_SUM: Final = "本件共{count}页，应收{amount}元"

CHANNELS: Final = receipt.CHANNELS.words("notice")
FORMS: Final = delivery.MEDIA.words("notice")
WAYS: Final = delivery.WAYS.words("notice")

# What a template may not hold, because it would go out with the notice and nobody would see it on paper.
UNSEEN: Final = {
    "revision": "没有处理的修订",
    "comment": "批注",
    "hidden": "隐藏的文字或者图片",
    "embedded": "嵌入的文件",
}
TOO_MUCH_REASON: Final = "填写它要用的内存或者时间超过了限度"
UNSEEN_REASON: Final = (
    "其中有{found}，会随文书一起发出。请在 Word 中接受或者拒绝全部修订，删除批注、隐藏的内容和嵌入的文件，保存后再用"
)

# Comes first in a notice that corrects another one.
REPLACES: Final = Part(
    "replaces",
    "本机关于{replaced_on}发出的《{replaced_title}》（{replaces}）有误，现予更正：该文书不再有效，以本件为准。",
)
ISSUED: Final = "给您发出了《{title}》（{number}），可以凭编号和查询码查看、下载。"
REPLACING: Final = "它更正并取代此前的{number}。"
AGREED: Final = "同意"
REPLACES_UNKNOWN: Final = "这件申请没有发出过这个文号的文书。"
_OPENING = Part(
    "opening", "{received_on}，本机关收到{you}提出的政府信息公开申请（登记编号{case_number}），申请获取：{asked}。"
)
_CLARIFIED = Part(
    "clarified",
    "本机关于{clarification_requested_on}告知{you}补正申请内容，并于{clarification_received_on}收到{you}的补正。",
)
_CONSULTED = Part("consulted", "办理期间，本机关依法征求了{consulted}的意见，所需时间不计入答复期限。")
_EXTENDED = Part("extended", "本机关已依法延长答复期限，至{extended_to}届满，并已告知{you}。")
_SO_FAR = (_OPENING, _CLARIFIED, _CONSULTED, _EXTENDED)
_CONTACT = Part("contact", "如有疑问，请联系承办机构：{contact}。")
_GIVEN = Part("given", "提供形式和获取方式：{form}。")

PARTS: Final[dict[str, tuple[Part, ...]]] = {
    "N1": (
        Part(
            "registered", "{you}提出的申请已经登记，登记编号为{case_number}。申请内容：{asked}。提交渠道：{channel}。"
        ),
        Part("term", "根据{law}{citation}的规定，{term}。"),
        Part("received", "收到申请之日为{received_on}。确定的依据：{received_basis}。"),
        Part("contact", "承办机构及联系方式：{contact}。"),
        Part("code", "查询码：{query_code}。"),
        Part("lookup", "凭登记编号和提交时告知的查询码，可以查询办理进度，请妥善保管。"),
    ),
    "N2": (
        _OPENING,
        Part("unclear", "经审查，该申请的内容不明确。不明确之处：\n{unclear}"),
        Part("needed", "根据{law}{citation}的规定，请{you}补正申请。需要补正的事项：\n{needed}"),
        Part("by", "请于{clarify_by}前（含当日）把补正的内容提交本机关。"),
        Part("lapse", "无正当理由逾期不补正的，视为放弃申请，本机关不再处理该申请。"),
        Part("restart", "答复期限自本机关收到补正的申请之日起计算。"),
        Part("contact", "提交方式，以及需要指导、释明时的联系方式：{contact}。"),
    ),
    "N3": (
        _OPENING,
        Part("original", "该申请的答复期限原于{original_due_on}届满。"),
        Part("reasons", "延期的原因：\n{reasons}"),
        Part(
            "extended",
            "根据{law}{citation}的规定，经本机关政府信息公开工作机构负责人于{approved_on}同意，"
            "答复期限延长{days}个工作日，至{extended_until}届满。",
        ),
    ),
    "N4": (
        Part("asked", "本机关收到一件政府信息公开申请，所涉下列政府信息可能涉及贵方的合法权益：\n{information}"),
        Part("interests", "涉及的合法权益：\n{interests}"),
        Part(
            "by",
            "根据{law}{citation}的规定，现书面征求贵方的意见。请自收到本意见书之日起{consult_days}个工作日内书面答复"
            "是否同意公开；不同意公开的，请说明理由。",
        ),
        Part("silence", "逾期未提出意见的，由本机关依照《条例》的规定决定是否公开。"),
        Part(
            "override",
            "贵方不同意公开且有合理理由的，本机关不予公开。本机关认为不公开可能对公共利益造成重大影响的，可以决定公开，"
            "并把决定公开的内容和理由书面告知贵方。",
        ),
        Part("contact", "意见可以填写在所附回执上，送交：{contact}。"),
    ),
    "N5": (
        _OPENING,
        Part(
            "consulted",
            "办理该申请需要征求{party}的意见，本机关已于{consultation_started_on}发出征求意见书。"
            "根据{law}{citation}的规定，征求意见所需时间不计入答复期限。",
        ),
        Part("onward", "收到意见或者征求意见的期限届满后，本机关会继续办理，并在答复期限内答复{you}。"),
    ),
    "N6": (
        Part("information", "本机关曾就下列政府信息是否公开，书面征求贵方的意见：\n{information}"),
        Part("opinion", "贵方{opinion}。"),
        Part("reasons", "经审查，本机关决定公开上述政府信息。决定公开的理由：\n{reasons}"),
        Part("release", "根据{law}{citation}的规定，现把决定公开的内容和理由告知贵方。公开的日期为{release_on}。"),
    ),
    "N7": (
        _if(
            "party",
            "co_agency",
            "made",
            "贵单位与本机关共同制作了下列政府信息，现有申请人申请公开：\n{information}",
        ),
        _if(
            "party",
            "co_agency",
            "by",
            "根据{law}{citation}的规定，现征求贵单位的意见。请自收到本意见书之日起{consult_days}个工作日内提出意见；"
            "逾期未提出意见的，视为同意公开。",
        ),
        _if("party", "other_agency", "touched", "现有申请人申请公开下列政府信息，涉及贵单位的职责：\n{information}"),
        _if(
            "party",
            "other_agency",
            "reply",
            "为准确办理，现征求贵单位的意见，请自收到本意见书之日起{other_agency_days}个工作日内函复。",
        ),
        Part("contact", "意见可以填写在所附回执上，送交：{contact}。"),
    ),
    "N8": (
        _OPENING,
        Part("counted", "经统计，{you}提出申请的数量、频次明显超过合理范围：\n{counted}"),
        Part("explain", "根据{law}{citation}的规定，请{you}于{reply_by}前（含当日）向本机关书面说明理由。"),
        Part(
            "then",
            "本机关认为理由不合理的，不予处理；认为理由合理，但不能在规定期限内答复的，会确定延迟答复的合理期限并告知{you}。",
        ),
        _CONTACT,
    ),
    "N9": (
        _OPENING,
        Part(
            "basis",
            "该申请的数量、频次明显超过合理范围。根据{law}{citation}和《政府信息公开信息处理费管理办法》"
            "（国办函〔2020〕109号）的规定，本机关决定收取信息处理费。",
        ),
        _if(
            "scale",
            "items",
            "tariff",
            "计收标准：{scale}。" + fees.ITEMS_SCALE,
        ),
        _if(
            "scale",
            "pages",
            "tariff",
            "计收标准：{scale}。" + fees.PAGES_SCALE,
        ),
        Part("sum", "计算：{calculation}。应缴数额为{amount}元。"),
        Part("pay", "缴纳方式：\n{pay_how}"),
        Part(
            "by",
            "请自收到本通知次日起{pay_days}个工作日内缴纳。逾期未缴纳的，视为放弃申请，本机关不再处理该申请。",
        ),
        Part("restart", f"申请的处理期限，自{AFTER_PAYMENT_WORDS[deadlines.AFTER_PAYMENT]}。"),
    ),
    "N10": (
        *_SO_FAR,
        Part(
            "answer",
            "经审查，{you}申请获取的政府信息已经主动公开。根据{law}{citation}的规定，现把获取该信息的方式、途径答复如下：\n{place}",
        ),
    ),
    "N11": (
        *_SO_FAR,
        Part("answer", "经审查，{you}申请获取的下列政府信息可以公开：\n{information}"),
        Part("basis", "根据{law}{citation}的规定，现答复如下：\n{access}"),
        _GIVEN,
    ),
    "N12": (
        *_SO_FAR,
        Part(
            "answer",
            "经审查，{you}申请获取的政府信息中含有不应当公开的内容，但是能够作区分处理。"
            "根据{law}{citation}的规定，现向{you}提供可以公开的部分：\n{information}",
        ),
        _GIVEN,
        *(
            Part(
                f"withheld{n}",
                f"下列内容属于{{withheld_as{n}}}，根据《条例》{{withheld_citation{n}}}的规定，不予公开：\n{{withheld{n}}}",
            )
            for n in ("", "_2", "_3")
        ),
    ),
    "N13": (
        *_SO_FAR,
        Part("facts", "经审查，{you}申请获取的政府信息属于{refused_as}。事实和理由：\n{reasons}"),
        _if("outcome", "3.3.4", "consulted_result", "征求第三方意见的情况：\n{consulted_result}"),
        _if("outcome", "3.3.4", "public_interest", "对公共利益影响的衡量：\n{public_interest}"),
        Part("also", "其中有的内容还属于{withheld_as_2}（《条例》{withheld_citation_2}）。"),
        Part("answer", "根据{law}{citation}的规定，本机关决定不予公开。"),
    ),
    "N14": (
        *_SO_FAR,
        Part("searched", "本机关于{searched_on}检索了{you}申请获取的政府信息。检索范围：\n{searched_in}"),
        Part("method", "检索方法：\n{searched_by}"),
        Part(
            "answer",
            "经检索，没有找到{you}申请获取的政府信息。根据{law}{citation}的规定，现告知{you}：该政府信息不存在。",
        ),
    ),
    "N15": (
        *_SO_FAR,
        Part("reasons", "经审查，{you}申请获取的政府信息不属于本机关负责公开。理由：\n{reasons}"),
        _if(
            "known",
            "yes",
            "answer",
            "根据{law}{citation}的规定，现告知{you}：负责公开该政府信息的机关是{responsible}，"
            "联系方式：{responsible_contact}。请{you}向该机关提出申请。",
        ),
        _if(
            "known",
            "no",
            "answer",
            "根据{law}{citation}的规定，现予告知。本机关目前不能确定负责公开该政府信息的机关。",
        ),
    ),
    "N16": (
        *_SO_FAR,
        Part("earlier", "经查，{you}曾就相同的政府信息提出申请，本机关已于{earlier_on}作出答复（{earlier_number}）。"),
        Part("answer", "根据{law}{citation}的规定，本机关对重复申请不予重复处理。"),
    ),
    "N17": (
        *_SO_FAR,
        Part("special", "经审查，获取{you}所申请的资料，法律、行政法规有特别规定：\n{special_law}"),
        Part("answer", "根据{law}{citation}的规定，请{you}依照上述规定办理。查询的窗口和方式：\n{window}"),
    ),
    "N18": (
        *_SO_FAR,
        Part("reasons", "经审查，本机关没有{you}所申请的现成信息，需要对现有政府信息进行加工、分析：\n{reasons}"),
        Part("answer", "根据{law}{citation}的规定，本机关不予提供。"),
    ),
    "N19": (
        _OPENING,
        Part(
            "supplement",
            "因申请内容不明确，本机关告知{you}补正，并于{clarification_received_on}收到补正：\n{supplement}",
        ),
        Part("unclear", "经审查，补正后的申请内容仍不明确：\n{unclear}"),
        Part("answer", "根据{law}{citation}的规定，本机关无法提供{you}申请获取的信息。"),
    ),
    "N20": (
        *_SO_FAR,
        Part("reasons", "经审查，{you}以政府信息公开申请的形式进行信访、投诉、举报等活动：\n{reasons}"),
        Part("answer", "根据{law}{citation}的规定，现告知{you}：本机关不将其作为政府信息公开申请处理。"),
        Part("channels", "{you}可以通过下列渠道反映诉求：\n{channels}"),
    ),
    "N20-2": (
        *_SO_FAR,
        _if(
            "matter",
            "not_information",
            "reasons",
            "经审查，{you}申请获取的不是行政机关在履行行政管理职能过程中制作或者获取、以一定形式记录、保存的信息：\n{reasons}",
        ),
        _if(
            "matter",
            "consultation",
            "reasons",
            "经审查，{you}提出的是咨询，不是申请获取已经以一定形式记录、保存的政府信息：\n{reasons}",
        ),
        Part("answer", "根据{law}{citation}的规定，现告知{you}：本机关不将其作为政府信息公开申请处理。"),
        Part("channels", "{you}可以通过下列渠道办理：\n{channels}"),
    ),
    "N21": (
        *_SO_FAR,
        Part(
            "answer", "经审查，{you}要求提供的是公开出版物。根据{law}{citation}的规定，现告知{you}获取的途径：\n{place}"
        ),
    ),
    "N22": (
        *_SO_FAR,
        _if(
            "outcome",
            "3.5.4",
            "reasons",
            "经审查，{you}提出申请的数量、频次明显超过合理范围，所说明的理由不合理：\n{reasons}",
        ),
        _if("outcome", "3.5.4", "answer", "根据{law}{citation}的规定，本机关不予处理。"),
        _if(
            "outcome",
            "3.5.5",
            "reasons",
            "经审查，{you}要求本机关确认或者重新出具已经获取的政府信息：\n{reasons}",
        ),
        _if("outcome", "3.5.5", "answer", "该要求不是获取政府信息，本机关不予处理。"),
    ),
    "N23": (
        _OPENING,
        Part(
            "reasons",
            "{you}提出申请的数量、频次明显超过合理范围。本机关认为{you}说明的理由合理，但是不能在规定的期限内答复：\n{reasons}",
        ),
        Part("until", "根据{law}{citation}的规定，本机关将延迟至{until}前（含当日）答复{you}。"),
    ),
    "N24": (
        _OPENING,
        _if(
            "outcome",
            "3.6.1",
            "facts",
            "本机关的补正告知书已于{served_on}送达{you}，补正期限于{expired_on}届满，{you}无正当理由逾期未补正。",
        ),
        _if(
            "outcome",
            "3.6.2",
            "facts",
            "本机关的收费通知已于{served_on}送达{you}，缴费期限于{expired_on}届满，{you}逾期未缴纳费用。",
        ),
        Part("answer", "根据{law}{citation}的规定，视为{you}放弃申请，本机关不再处理该申请。"),
        Part("again", "需要获取政府信息的，{you}可以重新提出申请。"),
    ),
    "N25": (
        Part("opening", "{received_on}，本机关收到{you}提出的更正申请（登记编号{case_number}），内容为：{asked}。"),
        Part("findings", "经核实：\n{findings}"),
        _if(
            "result",
            "unchanged",
            "answer",
            "该政府信息记录准确，没有{you}所指的错误。根据{law}{citation}的规定，本机关不予更正。",
        ),
        _if(
            "result",
            "corrected",
            "answer",
            "根据{law}{citation}的规定，本机关对该政府信息记录予以更正。更正的内容：\n{corrected}",
        ),
        _if(
            "result",
            "transferred",
            "answer",
            "本机关无权更正该记录。根据{law}{citation}的规定，已把{you}的申请转送有权更正的机关：{receiver}。",
        ),
        _if(
            "result",
            "told",
            "answer",
            "本机关无权更正该记录。根据{law}{citation}的规定，请{you}向有权更正的机关提出：{receiver}。",
        ),
    ),
    "N27-2": (
        Part("asked", "{received_on}，本机关收到一件政府信息公开申请（登记编号{case_number}），申请获取：{asked}。"),
        Part("wanted", "请协助办理下列事项：\n{wanted}"),
        Part("by", "请于{reply_by}前（含当日）书面回复。不能按期回复，或者认为不属于职责范围的，请及时说明理由。"),
        _CONTACT,
    ),
}

# The tables: forms, and the slips that go with a consultation. A row without a text is filled in by hand.
SLIP: Final = "征求意见回执"
_SLIP_ROWS = (
    ("文书编号", "{number}"),
    ("所涉政府信息", "{information}"),
    ("意见", "□ 同意公开　　□ 不同意公开"),
    ("理由", ""),
    ("签名或者盖章", ""),
    ("日期", "　　　　年　　月　　日"),
)
_HEAD = (
    ("登记编号", "{case_number}"),
    ("申请人", "{applicant}"),
    ("申请内容", "{asked}"),
    ("收到日期", "{received_on}"),
)
SIGNED: Final = "签名：　　　　　　　　　　年　　月　　日"
HANDS: Final = {"head_signed": SIGNED, "office_signed": SIGNED}  # where nobody has signed in the record yet
ROWS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "N4": _SLIP_ROWS,
    "N7": _SLIP_ROWS,
    "N26": (
        ("案件登记编号", "{case_number}"),
        ("送达文书名称、文号", "{served}"),
        ("受送达人", "{recipient}"),
        ("送达方式", "{served_how}"),
        ("送达日期", "{served_on}"),
        ("送达人", "{server}"),
        ("邮件编号", "{tracking}"),
        ("签收人", "{signed_by}"),
        ("拒收事由", "{refused}"),
        ("见证人", "{witness}"),
        ("受送达人签名或者盖章", SIGNED),
        ("备注", ""),
    ),
    "N27": (
        *_HEAD,
        ("答复期限", "{due_on}"),
        ("承办部门", "{department}"),
        ("公开属性", "{openness}"),
        ("依据", "{basis}"),
        ("拟办意见", "{draft}"),
        ("保密审查意见", "{secrecy}"),
        ("合法性审查意见", "{legal}"),
        ("承办部门负责人", "{head_signed}"),
        ("政府信息公开工作机构负责人", "{office_signed}"),
        ("机关负责人", SIGNED),
    ),
    "N27-3": (
        *_HEAD,
        ("依据", "《条例》{citation}"),
        ("原答复期限届满日", "{original_due_on}"),
        ("拟延长", "{days}个工作日，至{extended_until}届满"),
        ("延期理由", "{reasons}"),
        ("承办部门负责人", SIGNED),
        ("政府信息公开工作机构负责人", SIGNED),
    ),
    "N27-4": (
        *_HEAD,
        ("依据", "《条例》{citation}"),
        ("检索日期", "{searched_on}"),
        ("检索范围", "{searched_in}"),
        ("检索方法", "{searched_by}"),
        ("检索结果", "{found}"),
        ("检索人", "{searcher}"),
        ("签名", SIGNED),
    ),
}


def noun(code: str, title: str) -> str:
    """Return what a notice calls itself in its remedy paragraph."""
    if code == "N6":
        return "公开决定"
    return "本答复" if "答复书" in title else "本告知"
