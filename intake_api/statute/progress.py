"""Where a case stands, in words for the applicant: one sentence for each state, true of whatever else is the case.

A sentence promises no term where none runs or it has run out, and never says of another agency that it will answer:
whom the applicant asked answers, and says whom to turn to (条例 arts 36(5), 41).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from intake_api.statute import rules
from intake_api.statute.sentences import AFTER_PAYMENT_WORDS

ELSEWHERE = "核对后由其他机关负责，本机关将书面答复"  # the line of the timeline for a case that is not ours
PAPER_ADDED = "有给您的材料，可以在本页下载"  # of a file of the office that applicants may see
_AFTER_PAYMENT = AFTER_PAYMENT_WORDS[rules.choice("after_payment", *AFTER_PAYMENT_WORDS)]
Term = Literal["runs", "over", "none"]


@dataclass(frozen=True, slots=True)
class Progress:
    """What the sentence depends on.

    `handler` is the department at work, `elsewhere` the agency that is responsible instead (art. 36(5)). `term`: runs,
    has run out, or is not counted now (paused, not begun, none in law). `outcome` is a row of 表三. A correction
    (art. 41) has no term in law.
    """

    state: str
    correction: bool = False
    handler: str = "承办机构"
    elsewhere: str = ""
    term: Term = "none"
    outcome: str | None = None


def _lapsed(at: Progress) -> str:
    why = {"3.6.1": "未补正", "3.6.2": "未缴费"}.get(at.outcome or "", "未补正或者未缴费")
    return f"因逾期{why}，这件申请不再处理。需要时可以重新提交。"


def _answered(at: Progress) -> str:
    if at.outcome in ("3.6.1", "3.6.2"):
        return _lapsed(at)
    if at.correction or not at.outcome:  # its remedies are not in the table
        return "您的申请已经答复，请查看给您的答复。"
    return "您的申请已经答复，请查看答复书和其中写明的救济途径。"


def _registered(at: Progress) -> str:
    term = "" if at.correction else "，答复期限自确认之日起算"
    return f"您的申请已经登记。工作人员会与您确认收到的日期{term}。"


def _clarifying(at: Progress) -> str:
    asked = "请按补正告知书补充说明您的申请"
    if at.correction:
        return f"{asked}，收到补正之后继续办理。"
    if at.term == "none":
        return f"{asked}；收到补正之日起，答复期限重新计算。"
    return f"{asked}。这次补正不影响答复期限。"


def _awaiting_fee(at: Progress) -> str:
    return "请按收费通知缴纳信息处理费" + ("。" if at.correction else f"；答复期限自{_AFTER_PAYMENT}。")


def _consulting(at: Progress) -> str:
    term = {
        "none": "，所需时间不计入答复期限",
        "runs": "，答复期限照常计算",
        "over": "。已经超过答复期限，我们会尽快答复您",
    }
    return "正在书面征求第三方或者有关机关的意见" + ("" if at.correction else term[at.term]) + "。"


def _handling(at: Progress) -> str:
    when = {"runs": "在答复期限内", "over": "尽快", "none": ""}["none" if at.correction else at.term]
    late = "已经超过答复期限，" if when == "尽快" else ""
    if not at.elsewhere:
        return f"您的申请正由{at.handler}办理，{late}会{when}答复您。"
    if at.correction:
        return f"经核对，您要更正的信息由{at.elsewhere}负责。本机关会书面答复您，写明已经转送或者该向谁提出。"
    return (
        f"经核对，您要的信息由{at.elsewhere}负责公开。{late}本机关会{when}书面答复您，写明该向哪个机关申请；"
        "您也可以现在就直接向它申请。"
    )


_TOLD: dict[str, str | Callable[[Progress], str]] = {
    "closed": "这件申请已经办结并归档。",
    "merged": "这件申请已经并回原来的申请一起办理，请用原来的编号和查询码查询。",
    "split": "您的申请包含几件事项，已经分开办理，各件有自己的编号和进度。",
    "withdrawn": "您已撤回这件申请，不再办理。需要时可以重新提交。",
    "lapsed": _lapsed,
    "answered": _answered,
    "registered": _registered,
    "clarifying": _clarifying,
    "awaiting_fee": _awaiting_fee,
    "consulting": _consulting,
    "handling": _handling,
    "received": "您的申请已经收到，正在确定由哪个部门办理。",
}


def sentence(at: Progress) -> str:
    """Return where the case stands; KeyError for a state that the table does not know."""
    told = _TOLD[at.state]
    return told if isinstance(told, str) else told(at)


def handed_on(recipient: str, number: str | None) -> str:
    """Return the line of the timeline for a matter that was handed on to somebody else (转办)."""
    known = f"，编号 {number}，可以凭编号向其查询" if number else ""
    return f"您反映的事项已经转给{recipient}处理{known}"
