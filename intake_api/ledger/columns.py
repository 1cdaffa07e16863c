"""The columns of a ledger (docs/contract.md §6) and the words that offices write for their codes."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from intake_api.statute.outcomes import OUTCOMES

FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)} | {
    ord(first) + n: chr(ord(half) + n) for first, half in (("Ａ", "A"), ("ａ", "a")) for n in range(26)
}

# Code -> the words for it; the first one is written on export.
Words = dict[str, tuple[str, ...]]
APPLICANT_TYPES: Words = {
    "natural": ("自然人", "公民", "个人"),
    "business": ("商业企业", "企业"),
    "research": ("科研机构",),
    "charity": ("社会公益组织",),
    "legal_service": ("法律服务机构",),
    "other": ("其他", "其他组织"),
}
KINDS: Words = {"disclosure": ("信息公开申请", "公开申请", "依申请公开"), "correction": ("更正申请", "更正")}
BASES: Words = {
    "counter": ("当面提交之日", "当面提交", "提交之日"),
    "mail_signed": ("签收之日", "挂号", "邮寄签收"),
    "mail_unsigned": ("平信确认之日", "平信"),
    "internet": ("互联网渠道双方确认之日", "互联网", "网上确认"),
    "fax": ("传真双方确认之日", "传真"),
    "oral": ("口头代填之日", "口头"),
}
CHANNELS: Words = {
    "counter": ("当面", "当面提交", "窗口"),
    "post": ("邮寄", "邮政寄送", "信函", "特快专递", "EMS"),
    "fax": ("传真",),
    "email": ("电子邮件", "电子邮箱", "邮箱"),
    "oral": ("口头",),
    "web": ("网上申请表", "网上", "网站", "在线", "在线申请", "互联网"),
    "chat": ("在线对话",),
    "telegram": ("Telegram",),
    "wechat": ("微信",),
    "other": ("其他渠道", "其他"),
}
ID_TYPES: Words = {
    "resident_id": ("居民身份证", "身份证"),
    "uscc": ("统一社会信用代码", "营业执照"),
    "passport": ("护照",),
    "travel_permit": ("港澳台居民通行证", "通行证"),
    "military_id": ("军人证件", "军官证"),
    "other": ("其他证件", "其他"),
}
MEDIA: Words = {"paper": ("纸质", "纸面"), "electronic": ("电子版", "电子", "电子数据"), "disc": ("光盘",)}
WAYS: Words = {
    "post": ("邮寄",),
    "email": ("电子邮件", "电子邮箱"),
    "counter": ("当面领取", "自行领取", "自取"),
    "download": ("在本网站下载", "网上下载", "下载"),
    "fax": ("传真",),
    "view": ("现场查阅、抄录", "现场查阅", "查阅", "抄录"),
}
DELIVERIES: Words = {
    "counter": ("当面交付", "当面", "当面送达", "直接送达"),
    "post": ("邮寄", "邮寄送达", "特快专递", "EMS"),
    "electronic": ("电子送达", "电子", "电子邮件", "网上"),
}
_MORE_OUTCOMES = {
    "3.2": ("部分公开",),
    "3.4.1": ("不掌握", "本机关不掌握", "信息不存在", "不存在", "不属于本机关公开"),
    "3.6.1": ("逾期不补正",),
    "3.6.2": ("逾期不缴费",),
    "3.6.3": ("撤回", "申请人撤回"),
}
OUTCOME_WORDS: Words = {code: (row.label, *_MORE_OUTCOMES.get(code, ())) for code, row in OUTCOMES.items()}
RESULTS: Words = {
    "upheld": ("结果维持", "维持"),
    "corrected": ("结果纠正", "纠正"),
    "other": ("其他结果", "其他"),
    "pending": ("尚未审结", "未审结"),
}
ROUTES: Words = {"direct": ("未经复议直接起诉", "直接起诉"), "after_review": ("复议后起诉",)}
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
        Column("number", "编号", ("登记编号", "申请编号", "受理编号", "登记号"), longest=40),
        Column("addressee", "受理机关", ("申请受理机关", "行政机关")),
        Column("kind", "申请种类", (), KINDS),
        Column("received_on", "收到日期", ("收到日", "收到时间", "收到申请日期", "受理日期"), is_date=True),
        Column("receipt_basis", "收到日依据", ("收到日的依据", "收到日期依据"), BASES),
        Column("channel", "申请渠道", ("渠道", "来件渠道", "申请方式", "接收渠道"), CHANNELS),
        Column("applicant_type", "申请人类别", ("申请人类型", "类别"), APPLICANT_TYPES),
        Column("applicant_name", "申请人", ("申请人姓名", "姓名", "姓名或名称", "申请人姓名或名称"), longest=200),
        Column("id_type", "证件种类", ("证件名称", "证件类型"), ID_TYPES),
        Column("id_number", "证件号码", ("证件号", "身份证号", "身份证号码"), longest=40),
        Column("phone", "联系电话", ("电话", "手机"), longest=40),
        Column("email", "电子邮箱", ("邮箱",), longest=200),
        Column("address", "通信地址", ("地址", "联系地址", "通讯地址"), longest=300),
        Column("title", "信息名称", ("名称", "标题", "申请事项"), longest=200),
        Column("description", "申请内容", ("内容", "内容描述", "所需信息", "所需信息内容描述"), longest=10_000),
        Column("delivery_medium", "提供形式", ("载体形式", "信息载体"), MEDIA),
        Column("delivery_way", "获取方式", ("获取途径", "获取信息方式"), WAYS),
        Column("department", "承办机构", ("承办部门", "办理部门", "承办科室", "承办单位")),
        Column("outcome", "办理结果", ("处理结果", "答复类型", "答复结果"), OUTCOME_WORDS),
        Column("answered_on", "答复日期", ("答复日", "答复时间", "办结日期", "办结时间", "办理日期"), is_date=True),
        Column("delivery", "送达方式", ("答复方式", "答复送达方式"), DELIVERIES),
        Column("notice_number", "答复文号", ("文号", "答复书文号", "文书编号"), longest=100),
        Column("review", "行政复议", ("行政复议结果", "复议结果", "复议"), RESULTS),
        Column("litigation", "行政诉讼", ("行政诉讼结果", "诉讼结果", "诉讼"), LITIGATION),
        Column("note", "备注", ("说明",), longest=1_000),
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
