"""The steps of the clock in words: plain Chinese that names the article, for citizens and staff alike."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple


class Reckoned(NamedTuple):
    """A link in the calculation: what happened, its facts, and the due date after it (None while there is none)."""

    on: date
    code: str
    data: Mapping[str, date | int | str | None]
    due_on: date | None


EVENT_LABELS: dict[str, str] = {
    "received": "收到申请",
    "clarification_requested": "告知补正",
    "clarification_received": "收到补正",
    "clarification_lapsed": "逾期不补正",
    "consultation_started": "开始征求意见",
    "consultation_delivered": "对方收到征求意见书",
    "consultation_ended": "征求意见结束",
    "extended": "延长答复期限",
    "fee_noticed": "收费通知",
    "fee_paid": "完成缴费",
    "fee_lapsed": "逾期未缴费",
    "delayed": "延迟答复",
    "answered": "答复",
    "withdrawn": "撤回申请",
    "voided": "更正记录",
}

# What becomes of the term when the fee is paid, by the value of the rule `after_payment`.
AFTER_PAYMENT_WORDS = {"restart": "缴费次日起重新计算", "resume": "缴费次日起继续计算"}

_FIELD_LABELS = {
    "on": "日期",
    "reply_by": "补正期限",
    "letter_number": "文号",
    "letter_on": "文书的日期",
    "letter": "文书草稿",
    "draft": "所看的那一稿",
    "delivered_on": "送达日期",
    "sent_on": "发出日期",
    "waited": "必须等待更久",
    "until": "延迟到哪一天",
    "ref": "对应的记录",
    "days": "延长天数",
    "basis": "收到日的依据",
    "party": "征求对象",
    "delivery": "送达方式",
    "reason": "理由",
    "text": "补正的内容",
    "opinion": "对方的意见",
    "outcome": "处理结果",
    "level": "审查层级",
    "result": "结论",
    "route": "起诉的途径",
    "way": "送达方式",
    "tracking": "邮件号",
    "archive_number": "档号",
    "changes": "要更正的内容",
    "rating": "评价",
    "channel": "怎样同意的",
    "comment": "评价的说明",
    "number": "另一件申请的编号",
    "relation": "关联的原因",
    "notice": "据此发出的文书",
    "department": "部门",
    "form": "会签还是协办",
    "concurrence": "对方的意见",
    "recipient": "转给谁",
    "their_number": "对方的编号",
    "kind": "哪一种",
    "simplified": "简易程序",
    "body": "复议机关、法院",
    "docket": "案号",
    "about": "所争议的文书",
    "held_on": "听证、开庭的日期",
    "verdict": "怎样决定、裁判",
    "redo_by": "重新答复的期限",
}


def word_of(code: str) -> str:
    """An event type or a field as people call it, the code beside it for programs."""
    label = EVENT_LABELS.get(code) or _FIELD_LABELS.get(code)
    return f"{label}（{code}）" if label else code


_WORDS: dict[str, Mapping[str | None, str]] = {
    "basis": {
        "counter": "（当面提交，以提交之日为收到日，条例第三十一条第一项）",
        "mail_signed": "（邮寄，以行政机关签收之日为收到日，条例第三十一条第二项）",
        "mail_unsigned": "（无需签收的邮寄，以与申请人确认之日为收到日，条例第三十一条第二项）",
        "internet": "（互联网渠道，以双方确认之日为收到日，条例第三十一条第三项）",
        "fax": "（传真，以双方确认之日为收到日，条例第三十一条第三项）",
        "oral": "（口头申请，由工作机构当面代为填写，条例第二十九条、第三十一条第一项）",
        None: "",
    },
    "party": {
        "third_party": "第三方（条例第三十二条）",
        "co_agency": "共同制作机关（条例第三十四条）",
        "other_agency": "其他机关（条例第三十三条第三款）",
    },
    "silence": {
        "third_party": "由本机关依照条例决定是否公开（条例第三十二条）",
        "co_agency": "视为同意公开（条例第三十四条）",
        "other_agency": "请及时催办（条例没有规定其他机关的答复期限，只作提醒）",
    },
    "delivery": {
        "counter": "当面送达，以签收之日为准",
        "post": "邮寄送达，以交邮之日为准",
        "electronic": "电子送达，以发出之日为准",
        None: "以送达或者发出之日为准",
    },
}

_SENTENCES: dict[str, str] = {
    "received": "{on}收到申请{basis}。收到当日不计，自次日起二十个工作日内答复（条例第三十三条第二款），{until}。",
    "clarification_requested": "{on}告知申请人补正{by}，期限暂停；收到补正之日起重新计算（条例第三十条）。",
    "clarification_requested_late": (
        "{on}告知申请人补正{by}，已超过收到申请之日起七个工作日（{clarify_by}），不符合条例第三十条；"
        "按本机关的设置，期限仍暂停，收到补正之日起重新计算。"
    ),
    "clarification_requested_late_void": (
        "{on}告知申请人补正{by}，已超过收到申请之日起七个工作日（{clarify_by}），不符合条例第三十条，"
        "期限不重新计算，{until}。"
    ),
    "clarification_received": "{on}收到补正。期限自收到补正之日起重新计算二十个工作日（条例第三十条），{until}。",
    "clarification_received_void": "{on}收到补正。补正告知已逾期，期限不重新计算，{until}。",
    "clarification_lapsed": "{on}认定申请人无正当理由逾期不补正，视为放弃申请，不再处理（条例第三十条）。",
    "consultation_started": "{on}书面征求{party}意见，所需时间不计入答复期限（条例第三十三条第三款）。",
    "consultation_started_void": (
        "{on}书面征求{party}意见。此时答复期限已没有剩余的工作日，或者已按条例第三十五条确定了日期，不再扣除，{until}。"
    ),
    "consultation_delivered": "{on}{party}收到征求意见书，应于{reply_by}前（含当日）提出意见；逾期的，{silence}。",
    "consultation_ended": (
        "{on}征求{party}意见结束。{start}之后至{end}的{days}个工作日不计入答复期限，重叠的日子只扣除一次"
        "（条例第三十三条第三款），{until}。"
    ),
    "consultation_ended_waited": (
        "{on}征求{party}意见结束，已登记必须等待更久的理由。{start}之后至{end}的{days}个工作日不计入答复期限，"
        "重叠的日子只扣除一次（条例第三十三条第三款），{until}。"
    ),
    "consultation_ended_void": "{on}征求{party}意见结束，不影响答复期限，{until}。",
    "consultation_overdue": (
        "提醒：征求意见的{days}个工作日已于{reply_by}届满。逾期未提出意见的，{silence}。{bounded}"
    ),
    "consultation_undelivered": (
        "提醒：征求{party}意见，送达日期未记录，对方的{days}个工作日从何时起算无法确定，不能认定其逾期未提出意见；"
        "即使发出当日就送达，也已于{reply_by}届满。{bounded}请查明并登记送达日期。"
    ),
    "extended": (
        "{on}经政府信息公开工作机构负责人同意并告知申请人，答复期限延长{days}个工作日（条例第三十三条第二款），{until}。"
    ),
    "fee_noticed": (
        "{on}申请人收到收费通知{sent}，应于{pay_by}前（含当日）缴费；缴费之前期限暂停，{after}"
        "（条例第四十二条、国办函〔2020〕109号）。"
    ),
    "fee_noticed_late": (
        "{on}申请人收到收费通知{sent}，发出时答复期限已经届满；收费通知应当在期限内发出。应于{pay_by}前（含当日）缴费，"
        "{after}（条例第四十二条、国办函〔2020〕109号）。"
    ),
    "fee_paid": "{on}申请人完成缴费，期限自次日起重新计算二十个工作日（国办函〔2020〕109号），{until}。",
    "fee_paid_resumed": "{on}申请人完成缴费，等待缴费的时间不计入答复期限（国办函〔2020〕109号），{until}。",
    "fee_lapsed": "{on}认定申请人逾期未缴费（应于{pay_by}前缴费），视为放弃申请，不再处理（国办函〔2020〕109号）。",
    "delayed": "{on}告知申请人延迟答复（条例第三十五条），{until}{rolled}。",
    "answered": "{on}作出答复（{delivery}），在期限之内。",
    "answered_late": "{on}作出答复（{delivery}），超过了期限；{until}。",
    "withdrawn": "{on}申请人撤回申请，期限终止。",
    "voided": "{on}更正：{day}的“{event}”记录有误，不计入期限的计算；原记录保留。",
    "reply_by_passed": "提醒：补正期限已于{on}届满，仍未收到补正；认定逾期之前收到补正的，期限照样重新计算。",
    "pay_by_passed": "提醒：缴费期限已于{on}届满，仍未缴费；认定逾期之前完成缴费的，仍然有效，{after}。",
}

# Until when a consultation is excluded at most (arts 32, 34), and the other date while its delivery is not known.
_BOUNDED = {
    "consultation_overdue": "此后的时间不再扣除，届满日为{bounded}；必须等待更久的，应当登记理由。",
    "consultation_undelivered": "按当日送达计算，届满日为{bounded}；按征求意见的全部时间计算，{until}。",
}

# What becomes of a request that the applicant was asked to make clear and does not (art. 30).
NOT_CORRECTED = "逾期不补正的，这件申请不再处理。"  # art. 41 itself sets no rule for it
NOT_SUPPLEMENTED = "无正当理由逾期不补正的，视为放弃申请，不再处理（条例第三十条）。"

# What an opinion means (opinion, party); one of another agency binds nobody, so it has no sentence of its own.
_OPINIONS: dict[tuple[str, str], str] = {
    ("agree", "third_party"): "第三方同意公开，予以公开（条例第十五条、第三十二条）。",
    ("object_with_reason", "third_party"): (
        "第三方不同意公开且有合理理由，不予公开；不公开可能对公共利益造成重大影响的，可以决定公开，"
        "并将决定公开的内容和理由书面告知第三方（条例第三十二条）。"
    ),
    ("object", "third_party"): "第三方不同意公开但没有合理理由，由本机关依照条例决定是否公开（条例第三十二条）。",
    ("silent", "third_party"): "第三方逾期未提出意见，不等于同意，由本机关依照条例决定是否公开（条例第三十二条）。",
    ("agree", "co_agency"): "共同制作的机关同意公开（条例第三十四条）。",
    (
        "object_with_reason",
        "co_agency",
    ): "共同制作的机关不同意公开并说明了理由，由本机关作为牵头机关研究决定（条例第三十四条）。",
    ("object", "co_agency"): "共同制作的机关不同意公开，没有说明理由，由本机关作为牵头机关研究决定（条例第三十四条）。",
    ("silent", "co_agency"): "共同制作的机关逾期未提出意见，视为同意公开（条例第三十四条）。",
}
_ANY_OPINION = {
    "agree": "其他机关同意公开。",
    "object_with_reason": "其他机关不同意公开并说明了理由，由本机关决定。",
    "object": "其他机关不同意公开，没有说明理由，由本机关决定。",
    "silent": "其他机关没有提出意见，条例没有规定后果，由本机关决定。",
}


def opinion(party: str, given: str) -> str:
    """Return what an opinion means for the disclosure (arts 15, 32, 34)."""
    return _OPINIONS.get((given, party)) or _ANY_OPINION[given]


def chinese_day(day: date) -> str:
    """Return the day as 2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def due_told(day: date, *, provisional: bool) -> str:
    """Return by when the applicant will have an answer."""
    return f"答复期限：{chinese_day(day)}{'（暂定，放假安排公布后重新计算）' if provisional else ''}。"


def in_words(step: Reckoned) -> str:
    """Return the sentence of a step."""
    words = {name: _word(name, value) for name, value in step.data.items()}
    words["on"] = chinese_day(step.on)
    words["until"] = f"届满日为{chinese_day(step.due_on)}" if step.due_on else "届满日待期限恢复后确定"
    named, reply_by, bounded, sent = (step.data.get(name) for name in ("named", "reply_by", "bounded", "sent"))
    words["rolled"] = f"（{words['named']}是休息日，顺延至其后第一个工作日）" if named else ""
    words["by"] = f"，补正期限至{words['reply_by']}{words['rolled']}" if reply_by else ""
    words["sent"] = f"（{words['sent']}发出）" if sent else ""
    if "party" in step.data:
        words["silence"] = _WORDS["silence"][str(step.data["party"])]
    words["bounded"] = _BOUNDED[step.code].format(**words) if bounded else ""
    return _SENTENCES[step.code].format(**words)


def _word(name: str, value: date | int | str | None) -> str:
    if isinstance(value, date):
        return chinese_day(value)
    if name == "event":
        return EVENT_LABELS[str(value)]
    if name == "after":
        return AFTER_PAYMENT_WORDS[str(value)]
    if name in _WORDS:
        return _WORDS[name][value if value is None else str(value)]
    return str(value)
