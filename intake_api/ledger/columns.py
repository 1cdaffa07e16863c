"""The columns of a ledger (docs/contract.md §6) and the words that offices write for their codes."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from intake_api.statute.outcomes import OUTCOMES
from intake_api.terms import applicant, delivery, handling, receipt
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
    """A column: its Chinese header, other headers for it, its vocabulary or greatest length (characters)."""

    name: str
    label: str
    also: tuple[str, ...] = ()
    words: Words = field(default_factory=dict)
    longest: int = 0
    is_date: bool = False


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("number", "编号", ("登记编号", "申请编号", "受理编号", "登记号"), longest=LONGEST["number"]),
        Column("addressee", "受理机关", ("申请受理机关", "行政机关")),
        Column("kind", "申请种类", (), applicant.KINDS.said()),
        Column("received_on", "收到日期", ("收到日", "收到时间", "收到申请日期", "受理日期"), is_date=True),
        Column("receipt_basis", "收到日依据", ("收到日的依据", "收到日期依据"), receipt.BASES.said()),
        Column("channel", "申请渠道", ("渠道", "来件渠道", "申请方式", "接收渠道"), receipt.CHANNELS.said()),
        Column("applicant_type", "申请人类别", ("申请人类型", "类别"), applicant.APPLICANT_TYPES.said()),
        Column(
            "applicant_name",
            "申请人",
            ("申请人姓名", "姓名", "姓名或名称", "申请人姓名或名称"),
            longest=LONGEST["applicant.name"],
        ),
        Column("id_type", "证件种类", ("证件名称", "证件类型"), applicant.ID_TYPES.said()),
        Column("id_number", "证件号码", ("证件号", "身份证号", "身份证号码"), longest=LONGEST["applicant.id_number"]),
        Column("phone", "联系电话", ("电话", "手机"), longest=LONGEST["applicant.phone"]),
        Column("email", "电子邮箱", ("邮箱",), longest=LONGEST["applicant.email"]),
        Column("address", "通信地址", ("地址", "联系地址", "通讯地址"), longest=LONGEST["applicant.address"]),
        Column("title", "信息名称", ("名称", "标题", "申请事项"), longest=LONGEST["title"]),
        Column(
            "description",
            "申请内容",
            ("内容", "内容描述", "所需信息", "所需信息内容描述"),
            longest=LONGEST["description"],
        ),
        Column("delivery_medium", "提供形式", ("载体形式", "信息载体"), delivery.MEDIA.said()),
        Column("delivery_way", "获取方式", ("获取途径", "获取信息方式"), delivery.WAYS.said()),
        Column("department", "承办机构", ("承办部门", "办理部门", "承办科室", "承办单位")),
        Column("outcome", "办理结果", ("处理结果", "答复类型", "答复结果"), OUTCOME_WORDS),
        Column("answered_on", "答复日期", ("答复日", "答复时间", "办结日期", "办结时间", "办理日期"), is_date=True),
        Column("delivery", "送达方式", ("答复方式", "答复送达方式"), delivery.SERVICES.said()),
        Column("notice_number", "答复文号", ("文号", "答复书文号", "文书编号"), longest=100),
        Column("review", "行政复议", ("行政复议结果", "复议结果", "复议"), RESULTS),
        Column("litigation", "行政诉讼", ("行政诉讼结果", "诉讼结果", "诉讼"), LITIGATION),
        Column("note", "备注", ("说明",), longest=LONGEST["note"]),
        Column("review_on", "复议日期", ("行政复议日期",), is_date=True),
        Column("litigation_on", "诉讼日期", ("行政诉讼日期",), is_date=True),
    )
}
REQUIRED = ("number", "received_on", "applicant_type")
FREE_TEXT = frozenset({"applicant_name", "address", "title", "description", "note"})


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
