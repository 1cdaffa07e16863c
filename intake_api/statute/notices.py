"""The one table of notices (文书) N1–N27: what calls for each, what it must contain, on what it rests, whom it is for.

An answer (N10–N24) rests on the grounds of statute/outcomes.py, which also hold its remedy; the other notices name
their own place in the 条例 here. A letter about what is no request
for information (row 3.6.3) is N20-2. The four internal forms of N27 are N27, N27-2, N27-3 and N27-4.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from intake_api.statute import elements as need
from intake_api.statute import rules
from intake_api.statute.deadlines import EXTENSION_DAYS
from intake_api.statute.elements import Element
from intake_api.statute.outcomes import DISPOSITIONS, OUTCOMES, Ground, Remedy
from intake_api.statute.steps import Step
from intake_api.statute.workflow import STEPS

Addressee = Literal["applicant", "third_party", "agency", "internal"]
_ROLES = ("clerk", "officer", "reviewer", "admin")
_NUMBER = rules.pattern("notice_number", "机关代字", "文书字", "年份", "序号")
WORKING = frozenset({"received", "handling", "consulting"})
_ONCE = frozenset({"N1", "N2", "N3"})  # beside the answers: what a case is told once
_RESTARTS = ("clarification_received", "fee_paid")
_ASKING = STEPS["clarification_requested"].notices
# ... and the answer where the supplement leaves it unclear
_UNCLEAR = frozenset(g.notice for g in OUTCOMES[DISPOSITIONS["unclear"].outcome].grounds if g.notice)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice: `sign` is the 字 in its number, `citation` its place in the 条例, `remedy` where no outcome has one.

    It fits where its step has left a case; `states` and `events` say where else the console proposes it. `least` is the
    lowest role that may issue it.
    """

    code: str
    title: str
    trigger: str
    sign: str
    elements: tuple[Element, ...]
    citation: str = ""
    addressee: Addressee = "applicant"
    remedy: Remedy = Remedy.NONE
    least: str = "officer"
    states: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()

    @property
    def grounds(self) -> dict[str, Ground]:
        """The outcomes (rows of 表三) that this notice can tell, each with its ground."""
        return {o.code: ground for o in OUTCOMES.values() for ground in o.grounds if ground.notice == self.code}

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that this letter belongs to; an internal form comes before its step, and has none here."""
        named = (step for step in STEPS.values() if self.code in step.notices)
        return tuple(named) if self.addressee != "internal" else ()

    def fits(self, state: str, happened: Collection[str]) -> bool:
        """Tell whether it is called for in a state, or by what has happened since the term last began."""
        states = self.states | {step.begins for step in self.steps}
        events = self.events | {step.event for step in self.steps if step.begins is None}
        return state in states or not events.isdisjoint(happened)

    @property
    def once(self) -> bool:
        """Whether a second one would only repeat or contradict the first."""
        return self.code in _ONCE or bool(self.grounds)

    def may_be_issued_by(self, role: str) -> bool:
        """Tell whether the role, or one below it, may issue the notice."""
        return _ROLES.index(role) >= _ROLES.index(self.least)

    def rests_on(self, outcome: str | None) -> tuple[str, Remedy]:
        """Return citation and remedy; an answer has those of its outcome, no citation while that is not chosen."""
        if not self.grounds:
            return self.citation, self.remedy
        first, *others = self.grounds.values()
        ground = self.grounds.get(outcome or "")
        return (ground or first).citation if ground or not others else "", (ground or first).remedy


NOTICES: dict[str, Notice] = {
    notice.code: notice
    for notice in (
        Notice(
            "N1",
            "政府信息公开申请登记回执",
            "收到申请，或者双方确认收到",
            "收",
            (
                *need.BASICS,
                need.fact("received_basis", "确定收到日的依据（第三十一条哪一项）"),
                need.fact("channel", "提交渠道"),
                need.fact("term", "答复期限"),
                need.CONTACT,
                need.may(need.text("query_code", "查询码（只在提交时显示一次，知道时填写）")),
            ),
            "第三十一条、第三十三条、第四十五条",
            least="clerk",
        ),
        Notice(
            "N2",
            "政府信息公开申请补正告知书",
            "申请内容不明确，收到之日起七个工作日内一次性告知",
            "补",
            (
                *need.BASICS,
                need.lines("unclear", "不明确之处"),
                need.lines("needed", "需要补正的事项（一次列全，一行一项）"),
                need.day("clarify_by", "补正期限"),
                need.CONTACT,
            ),
            "第三十条",
            least="clerk",
        ),
        Notice(
            "N3",
            "政府信息公开延期答复告知书",
            "需要延长答复期限，原期限届满之前告知",
            "延",
            (
                *need.BASICS,
                need.ORIGINAL_DUE,
                need.number("days", f"延长的工作日数（最多 {EXTENSION_DAYS}）"),
                need.EXTENDED_UNTIL,
                need.day("approved_on", "政府信息公开工作机构负责人同意的日期"),
                need.may(need.lines("reasons", "延期的原因")),
            ),
            "第三十三条第二款",
            least="reviewer",
        ),
        Notice(
            "N4",
            "政府信息公开征求第三方意见书",
            "公开可能损害第三方合法权益",
            "征",
            (
                need.RECIPIENT,
                need.INFORMATION,
                need.lines("interests", "涉及的合法权益"),
                need.CONTACT,
                need.ENCLOSURES,
            ),
            "第十五条、第三十二条",
            "third_party",
            least="clerk",
        ),
        Notice(
            "N5",
            "政府信息公开征求意见告知书",
            "开始征求意见的同时告知申请人",
            "征告",
            (
                *need.BASICS,
                need.choice("party", "征求谁的意见", need.PARTIES),
                need.day("consultation_started_on", "征求意见书发出的日期"),
            ),
            "第三十三条第三款",
            least="clerk",
        ),
        Notice(
            "N6",
            "政府信息公开决定告知书（告知第三方）",
            "第三方不同意或者逾期未提出意见，而决定公开",
            "权告",
            (
                need.RECIPIENT,
                need.INFORMATION,
                need.choice(
                    "opinion",
                    "第三方的意见",
                    {"objected": "提出了不同意公开的意见", "silent": "逾期未提出意见"},
                ),
                need.lines("reasons", "决定公开的理由"),
                need.day("release_on", "公开的日期"),
            ),
            "第三十二条",
            "third_party",
            Remedy.CHOICE,
            events=frozenset({"consultation_ended"}),
        ),
        Notice(
            "N7",
            "政府信息公开征求意见书（征求机关意见）",
            "共同制作的信息征求共同制作机关的意见，或者征求其他机关的意见",
            "征",
            (
                need.RECIPIENT,
                need.INFORMATION,
                need.choice("party", "对方是", {code: need.PARTIES[code] for code in ("co_agency", "other_agency")}),
                need.CONTACT,
                need.ENCLOSURES,
            ),
            "第三十四条",
            "agency",
            least="clerk",
        ),
        Notice(
            "N8",
            "政府信息公开申请说明理由告知书",
            "申请的数量、频次明显超过合理范围",
            "说",
            (*need.BASICS, need.lines("counted", "数量、频次的事实"), need.REPLY_BY, need.CONTACT),
            "第三十五条",
        ),
        Notice(
            "N9",
            "政府信息公开信息处理费收费通知",
            "申请的数量、频次明显超过合理范围，决定收费",
            "费",
            (
                *need.BASICS,
                need.choice("scale", "计收标准（按件、按量只能选一种）", {"items": "按件计收", "pages": "按量计收"}),
                need.number("count", "件数（本月累计，含本次）或者页数（本件）"),
                need.given("scale", ("items",), need.number("items", "其中本次的件数")),
                need.fact("calculation", "算式（由件数或者页数算出）"),
                need.fact("amount", "收费数额（元，没有超过免费的数量时不收费）", "number"),
                need.lines("pay_how", "缴纳方式"),
            ),
            "第四十二条",
        ),
        Notice(
            "N10",
            "政府信息公开申请答复书（已主动公开）",
            "申请的信息已经主动公开",
            "答",
            (*need.BASICS, need.lines("place", "获取该信息的方式、途径（网址、场所、公报期号等）")),
        ),
        Notice(
            "N11",
            "政府信息公开申请答复书（予以公开）",
            "申请的信息可以公开",
            "答",
            (
                *need.BASICS,
                need.INFORMATION,
                need.FORM,
                need.lines("access", "随附的信息，或者获取的方式、途径和时间"),
                need.ENCLOSURES,
            ),
        ),
        Notice(
            "N12",
            "政府信息公开申请答复书（部分公开）",
            "含有不应公开的内容，但能够作区分处理",
            "答",
            (
                *need.BASICS,
                need.INFORMATION,
                need.FORM,
                *need.withheld(""),
                *need.withheld("_2"),
                *need.withheld("_3"),
                need.ENCLOSURES,
            ),
        ),
        Notice(
            "N13",
            "政府信息公开申请答复书（不予公开）",
            "申请的信息依法不予公开",
            "答",
            (
                *need.BASICS,
                need.outcome(*need.REFUSALS),
                need.may(need.given("outcome", need.SEVERAL, need.WHICH)),
                need.may(need.AS_WELL),
                need.REASONS,
                need.given("outcome", ("3.3.4",), need.lines("consulted_result", "是否征求第三方意见及其结果")),
                need.given("outcome", ("3.3.4",), need.lines("public_interest", "对公共利益影响的衡量")),
            ),
        ),
        Notice(
            "N14",
            "政府信息公开申请答复书（信息不存在）",
            "经检索没有申请的信息",
            "答",
            (
                *need.BASICS,
                *need.SEARCHED,
            ),
        ),
        Notice(
            "N15",
            "政府信息公开申请答复书（不属于本机关负责公开）",
            "申请的信息不属于本机关负责公开",
            "答",
            (
                *need.BASICS,
                need.REASONS,
                need.choice("known", "负责公开的机关", {"yes": "能够确定", "no": "不能确定"}),
                need.given("known", ("yes",), need.text("responsible", "负责公开的机关的名称")),
                need.given("known", ("yes",), need.text("responsible_contact", "该机关的联系方式（地址、电话、网址）")),
            ),
        ),
        Notice(
            "N16",
            "政府信息公开重复申请告知书",
            "同一申请人就相同信息重复申请，前次已经答复",
            "告",
            (*need.BASICS, need.text("earlier_number", "前次答复的文号"), need.day("earlier_on", "前次答复的日期")),
        ),
        Notice(
            "N17",
            "政府信息公开行政查询事项告知书",
            "工商、不动产登记等资料，法律、行政法规有特别规定",
            "告",
            (*need.BASICS, need.lines("special_law", "特别规定的名称和条款"), need.lines("window", "查询的窗口和方式")),
        ),
        Notice(
            "N18",
            "政府信息公开申请答复书（需要加工、分析）",
            "没有现成信息，需要加工、分析",
            "答",
            (*need.BASICS, need.REASONS),
        ),
        Notice(
            "N19",
            "政府信息公开申请答复书（补正后仍不明确）",
            "补正之后申请内容仍不明确",
            "答",
            (
                *need.BASICS,
                need.day("clarification_received_on", "收到补正的日期"),
                need.lines("supplement", "补正后的描述"),
                need.lines("unclear", "仍不明确之处"),
            ),
        ),
        Notice(
            "N20",
            "不作为政府信息公开申请处理告知书",
            "以申请的形式进行信访、投诉、举报等活动",
            "告",
            (*need.BASICS, need.REASONS, need.may(need.lines("channels", "反映诉求的渠道（12345、信访、执法投诉等）"))),
        ),
        Notice(
            "N20-2",
            "非政府信息公开申请告知书",
            "申请的内容不属于政府信息，或者是咨询",
            "告",
            (
                *need.BASICS,
                need.choice("matter", "申请的内容", {"not_information": "不属于政府信息", "consultation": "是咨询"}),
                need.REASONS,
                need.may(need.lines("channels", "办理的渠道（咨询电话、窗口等）")),
            ),
        ),
        Notice(
            "N21",
            "公开出版物获取途径告知书",
            "要求提供政府公报、报刊、书籍等公开出版物",
            "告",
            (*need.BASICS, need.lines("place", "获取的途径")),
        ),
        Notice(
            "N22",
            "政府信息公开申请不予处理告知书",
            "大量反复申请而理由不合理，或者要求确认、重新出具已经获取的信息",
            "告",
            (*need.BASICS, need.outcome("3.5.4", "3.5.5"), need.REASONS),
        ),
        Notice(
            "N23",
            "政府信息公开延迟答复告知书",
            "数量、频次明显超过合理范围而理由合理，不能按期答复",
            "延",
            (*need.BASICS, need.REASONS, need.day("until", "延迟答复的日期")),
            "第三十五条",
            least="reviewer",
        ),
        Notice(
            "N24",
            "政府信息公开申请不再处理告知书",
            "逾期不补正，或者逾期不缴费",
            "告",
            (
                *need.BASICS,
                need.outcome("3.6.1", "3.6.2"),
                need.day("served_on", "补正告知书或者收费通知送达的日期"),
                need.day("expired_on", "期限届满的日期"),
            ),
        ),
        Notice(
            "N25",
            "政府信息更正申请告知书",
            "申请更正与自身相关的政府信息记录",
            "更",
            (
                *need.BASICS,
                need.lines("findings", "核实结果"),
                need.choice(
                    "result",
                    "处理",
                    {
                        "unchanged": "不予更正（核实无误）",
                        "corrected": "予以更正",
                        "transferred": "转送有权更正的机关",
                        "told": "告知向有权更正的机关提出",
                    },
                ),
                need.given("result", ("corrected",), need.lines("corrected", "更正的内容")),
                need.given(
                    "result", ("transferred", "told"), need.text("receiver", "有权更正的机关（名称、联系方式）")
                ),
            ),
            "第四十一条",
            remedy=Remedy.CHOICE,
        ),
        Notice(
            "N26",
            "送达回证",
            "文书送达之后",
            "证",
            (
                need.lines("served", "送达文书的名称和文号（一行一件）"),
                need.RECIPIENT,
                need.choice(
                    "served_how",
                    "送达方式",
                    {"direct": "直接送达", "left": "留置送达", "post": "邮寄送达", "electronic": "电子送达"},
                ),
                need.day("served_on", "送达（交邮、发出）日期"),
                need.text("server", "送达人"),
                need.given("served_how", ("direct",), need.text("signed_by", "签收人（代收的写明与受送达人的关系）")),
                need.given("served_how", ("post",), need.text("tracking", "邮件编号")),
                need.given("served_how", ("left",), need.lines("refused", "拒收事由")),
                need.given("served_how", ("left",), need.text("witness", "见证人")),
            ),
            addressee="internal",
            least="clerk",
            states=frozenset({"answered"}),
        ),
        Notice(
            "N27",
            "政府信息公开审查呈批单",
            "答复之前的审查",
            "审",
            (
                *need.BASICS,
                need.choice(
                    "openness",
                    "公开属性",
                    {code: item.label for code, item in DISPOSITIONS.items() if code != "unclear"}
                    | {"refused": "不予公开", "other": "不予处理或者其他"},
                ),
                need.lines("basis", "依据"),
                need.lines("secrecy", "保密审查意见"),
                need.lines("legal", "合法性审查意见"),
                need.lines("draft", "拟办意见"),
            ),
            "第十七条",
            "internal",
            least="clerk",
            states=WORKING,
        ),
        Notice(
            "N27-2",
            "政府信息公开协办函",
            "需要内设机构或者下属单位查找、提供信息",
            "协",
            (
                need.RECIPIENT,
                need.ASKED,
                need.RECEIVED,
                need.lines("wanted", "需要协助的事项"),
                need.REPLY_BY,
                need.CONTACT,
            ),
            "第四十五条",
            "internal",
            least="clerk",
            states=WORKING,
        ),
        Notice(
            "N27-3",
            "政府信息公开延期审批单",
            "延长答复期限之前的审批",
            "批",
            (
                *need.BASICS,
                need.ORIGINAL_DUE,
                need.number("days", f"拟延长的工作日数（最多 {EXTENSION_DAYS}）"),
                need.EXTENDED_UNTIL,
                need.REASONS,
            ),
            "第三十三条第二款",
            "internal",
            least="clerk",
        ),
        Notice(
            "N27-4",
            "政府信息检索记录",
            "查找申请的信息之后",
            "检",
            (
                *need.BASICS,
                *need.SEARCHED,
                need.lines("found", "检索结果"),
                need.text("searcher", "检索人"),
            ),
            "第三十六条第（四）项",
            "internal",
            least="clerk",
        ),
    )
}


def proposed(
    kind: str,
    state: str,
    disposition: str | None,
    outcome: str | None,
    events: Iterable[str],
    issued: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the codes of the notices that fit where a case stands, the likeliest first.

    `kind` is disclosure or correction (art. 41); `events` are the types of those that still count, oldest first;
    `issued` the notices that are out and in force.
    """
    if kind == "correction":
        return ("N25", "N1", "N26")
    happened = list(events)
    grounds = OUTCOMES[outcome].grounds if outcome else ()
    if not outcome and disposition and state in WORKING:
        advice = DISPOSITIONS[disposition]
        grounds = (advice.ground, *OUTCOMES[advice.outcome].grounds)
    stands = outcome and any(NOTICES[code].grounds for code in issued)  # a case has one answer, of one ground
    answers = [] if stands else [ground.notice for ground in grounds if ground.notice]
    since = _since_restart(happened)
    others = [n.code for n in NOTICES.values() if not n.grounds and n.fits(state, since)]
    waiting = state in ("clarifying", "consulting", "awaiting_fee")
    likely = dict.fromkeys(others + answers if waiting else answers + others)
    gone = {code for code in issued if NOTICES[code].once}
    # a supplement is asked for once (art. 30); that it left the request unclear cannot be told before it came
    supplied = "clarification_received" in happened
    gone |= frozenset(_ASKING) if supplied else _UNCLEAR - {ground.notice for ground in grounds if outcome}
    return tuple(code for code in likely if code not in gone)


def _since_restart(happened: list[str]) -> set[str]:
    """What happened since the term last began anew: what lengthened the one before is gone with it."""
    again = [place for place, event in enumerate(happened) if event in _RESTARTS]
    return set(happened[again[-1] + 1 if again else 0 :])


def numbered(agency_sign: str, sign: str, year: int, serial: int) -> str:
    """Return the number of a notice (发文字号, GB/T 9704): 示政公开答〔2026〕3号; no leading zeros, no 第."""
    return _NUMBER.format(机关代字=agency_sign, 文书字=sign, 年份=year, 序号=serial)
