"""The columns of a ledger (docs/contract.md §6) and the words that offices write for their codes."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from intake_api.form.application import StaffSubmission
from intake_api.form.fields import fields, particulars
from intake_api.statute.outcomes import OUTCOMES
from intake_api.terms import delivery, handling
from intake_api.terms.limits import LONGEST

FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)} | {
    ord(first) + n: chr(ord(half) + n) for first, half in (("Ａ", "A"), ("ａ", "a")) for n in range(26)
}

# Code -> the words for it; the first one is written on export.
Words = dict[str, tuple[str, ...]]
_MORE_OUTCOMES = {
    "3.2": ("部分公开",),
    "3.4.1": ("不掌握", "本机关不掌握", "信息不存在", "不存在", "不属于本机关公开"),
    "3.6.1": ("逾期不补正",),
    "3.6.2": ("逾期不缴费",),
    "3.6.3": ("撤回", "申请人撤回"),
}
OUTCOME_WORDS: Words = {code: (row.label, *_MORE_OUTCOMES.get(code, ())) for code, row in OUTCOMES.items()}
RESULTS, ROUTES = handling.RESULTS.said(), handling.ROUTES.said()
LITIGATION: Words = {
    f"{route}:{result}": tuple(f"{a}：{b}" for a in ROUTES[route] for b in RESULTS[result])
    for route in ROUTES
    for result in RESULTS
}


@dataclass(frozen=True)
class Column:
    """A column: its Chinese header, other headers for it, its vocabulary or greatest length (characters).

    `free`: whatever people write; the rest is read without its blanks, full-width letters and invisible signs.
    `to_come`: a date of it may lie in the future.
    """

    name: str
    label: str
    also: tuple[str, ...] = ()
    words: Words = field(default_factory=dict)
    longest: int = 0
    is_date: bool = False
    free: bool = False
    to_come: bool = False


def _asked(path: str) -> Column:
    """The column of a field of the application (intake_api.form), with its words and its limit."""
    item = fields(StaffSubmission)[path]
    header = item.ask.column
    assert header is not None, path
    words = item.ask.words.said() if item.ask.words else {}
    free = item.kind in ("line", "text") and item.ask.rule in ("", "person")
    return Column(
        header.name or item.leaf, header.label, header.also, words, item.longest or 0, item.kind == "date", free
    )


_OF_FORM = (
    *("kind", "received_on", "receipt_basis", "channel"),
    *("applicant.type", "applicant.name", "applicant.id_type", "applicant.id_number"),
    *("applicant.phone", "applicant.email", "applicant.address"),
    *("title", "description", "delivery.medium", "delivery.way"),
)
_ADDRESSEE = replace(_asked("addressee"), longest=0, free=False)  # by its name or its code
# In the order of docs/contract.md §6; what the form asks since then stands before the course of the case.
COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("number", "编号", ("登记编号", "申请编号", "受理编号", "登记号"), longest=LONGEST["number"]),
        _ADDRESSEE,
        *map(_asked, _OF_FORM),
        Column("department", "承办机构", ("承办部门", "办理部门", "承办科室", "承办单位")),
        Column("outcome", "办理结果", ("处理结果", "答复类型", "答复结果"), OUTCOME_WORDS),
        Column("answered_on", "答复日期", ("答复日", "答复时间", "办结日期", "办结时间", "办理日期"), is_date=True),
        Column("delivery", "送达方式", ("答复方式", "答复送达方式"), delivery.SERVICES.said()),
        Column("notice_number", "答复文号", ("文号", "答复书文号", "文书编号"), longest=100),
        Column("review", "行政复议", ("行政复议结果", "复议结果", "复议"), RESULTS),
        Column("litigation", "行政诉讼", ("行政诉讼结果", "诉讼结果", "诉讼"), LITIGATION),
        Column("note", "备注", ("说明",), longest=LONGEST["note"], free=True),
        Column("review_on", "复议日期", ("行政复议日期",), is_date=True),
        Column("litigation_on", "诉讼日期", ("行政诉讼日期",), is_date=True),
        *(_asked(item.name) for item in particulars() if item.ask.column and item.name not in _OF_FORM),
        # what offices keep of the course of a case
        Column("due_on", "届满日", ("答复期限届满日", "应答复日期"), is_date=True, to_come=True),
        Column("clarification", "补正", ("补正情况",), longest=LONGEST["note"], free=True),
        Column("extension", "延期", ("延期情况", "延期答复"), longest=LONGEST["note"], free=True),
        Column("consultation", "征询", ("征求意见", "征求意见情况"), longest=LONGEST["note"], free=True),
        Column("fee", "收费", ("收费情况", "信息处理费"), longest=LONGEST["note"], free=True),
        Column("handled_by", "经办人", ("承办人",), longest=100, free=True),
        Column("tracking", "邮件号", ("邮寄单号", "快递单号"), longest=LONGEST["tracking"]),
        Column("archive_number", "归档号", ("档号",), longest=LONGEST["archive_number"]),
    )
}
REQUIRED = ("number", "received_on", "applicant_type")


def half_width(text: str) -> str:
    """Full-width digits and letters as plain ones."""
    return text if text.isascii() else text.translate(FULL_WIDTH)


@lru_cache(4096)  # the same few words stand in every row
def plain(text: str) -> str:
    """A header or word as it is compared: no blanks, stars or brackets' width, capitals or numbering of the form."""
    half = half_width(text).replace("(", "（").replace(")", "）").replace(":", "：")
    half = re.sub(r"[\s*＊“”\"]", "", half).casefold()
    return re.sub(r"^(（[一二三四五六七八]）|[1-8][.．、])(?=\D)", "", half)


HEADERS = {
    plain(word): column.name for column in COLUMNS.values() for word in (column.name, column.label, *column.also)
}
VALUES = {
    column.name: {plain(code): code for code in column.words}
    | {plain(word): code for code, words in column.words.items() for word in words}
    for column in COLUMNS.values()
    if column.words
}
# Sections of 表三 that hold several rows: as an outcome they say too little.
SECTIONS = {plain(word) for word in ("不予公开", "无法提供", "不予处理", "其他处理")}
