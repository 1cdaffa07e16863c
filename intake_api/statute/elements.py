"""What a notice must contain: the elements (要素) of statute/notices.py, each with the label the page shows.

Imported as `need`, so that the table reads `need.day("reply_by", "补正期限")`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from intake_api.statute.outcomes import OUTCOMES, WITHHELD
from intake_api.terms import handling

Kind = Literal["text", "lines", "date", "number", "choice"]


@dataclass(frozen=True, slots=True)
class Element:
    """One thing a notice must (or may) say; `label` names it on the page, also where it is missing.

    `fact`: only the record of the case can give it. `when`: it applies only where another element has one of these
    values. The `options` of a choice go by code.
    """

    code: str
    label: str
    kind: Kind
    required: bool = True
    fact: bool = False
    when: tuple[str, frozenset[str]] | None = None
    options: Mapping[str, str] | None = None

    def applies(self, values: Mapping[str, object]) -> bool:
        """Tell whether the element belongs to a notice with these values."""
        return self.when is None or values.get(self.when[0]) in self.when[1]


def fact(code: str, label: str, kind: Kind = "text") -> Element:
    """What only the record of the case can give."""
    return Element(code, label, kind, fact=True)


def day(code: str, label: str) -> Element:
    """A calendar day."""
    return Element(code, label, "date")


def text(code: str, label: str) -> Element:
    """One line of text."""
    return Element(code, label, "text")


def lines(code: str, label: str) -> Element:
    """Text of one or more lines, each a matter of its own."""
    return Element(code, label, "lines")


def number(code: str, label: str) -> Element:
    """A whole number that is not negative."""
    return Element(code, label, "number")


def choice(code: str, label: str, options: Mapping[str, str]) -> Element:
    """One of the options, by code."""
    return Element(code, label, "choice", options=options)


def outcome(*codes: str) -> Element:
    """Which row of 表三 the notice tells."""
    return choice("outcome", "处理结果", {code: OUTCOMES[code].label for code in codes})


def may(element: Element) -> Element:
    """The element, where it is left to the office."""
    return replace(element, required=False)


def withheld(place: str) -> tuple[Element, ...]:
    """What is withheld for one reason: the reason in the words of the law, and the places; `place` "" comes first."""
    reason = choice(f"withheld_as{place}", "不予公开部分属于", WITHHELD)
    places = lines(f"withheld{place}", "不予公开的每一处及其依据和理由（一行一处）")
    if not place:
        return reason, places
    also = replace(reason, label="另一部分属于（另有依据的）")
    return may(also), given(also.code, WITHHELD, replace(places, label="该部分的每一处及其依据和理由（一行一处）"))


def given(other: str, values: Iterable[str], element: Element) -> Element:
    """The element, where it applies only when another has one of these values."""
    return replace(element, when=(other, frozenset(values)))


PARTIES = handling.PARTIES.words("notice")
REFUSALS = tuple(code for code in WITHHELD if code in OUTCOMES)  # rows of arts 14 to 16
# The one that applies, where the law names several at once.
WHICH = choice(
    "withheld_as", "属于其中哪一种", {code: words for code, words in WITHHELD.items() if code not in OUTCOMES}
)
SEVERAL = tuple(dict.fromkeys(code.partition("-")[0] for code in WHICH.options or ()))
AS_WELL = choice("withheld_as_2", "有的内容还属于（另有依据的）", WITHHELD)
# Where art. 31 dates a receipt by; oral applications are written down by the office (art. 29).
RECEIPT_BASES: dict[str, str] = {
    "counter": "当面提交，以提交之日为收到申请之日（《条例》第三十一条第（一）项）",
    "mail_signed": "邮寄方式，以行政机关签收之日为收到申请之日（《条例》第三十一条第（二）项）",
    "mail_unsigned": "无需签收的邮寄方式，以与申请人确认之日为收到申请之日（《条例》第三十一条第（二）项）",
    "internet": "互联网渠道，以双方确认之日为收到申请之日（《条例》第三十一条第（三）项）",
    "fax": "传真，以双方确认之日为收到申请之日（《条例》第三十一条第（三）项）",
    "oral": "口头提出，由本机关代为填写（《条例》第二十九条、第三十一条第（一）项）",
}
ASKED = fact("asked", "申请内容")
RECEIVED = fact("received_on", "收到申请之日（先在案件中确认收到）", "date")
BASICS = (fact("applicant", "申请人"), ASKED, RECEIVED)
CONTACT = text("contact", "承办机构及联系方式（部门目录 [agency] 的 office、phone、address）")
RECIPIENT = text("recipient", "收件人的姓名或者名称")
INFORMATION = lines("information", "所涉政府信息的名称或者描述")
REASONS = lines("reasons", "事实和理由")
FORM = fact("form", "提供形式和获取方式")
REPLACES = text("replaces", "被更正文书的文号")  # belongs to a corrected notice only
ENCLOSURES = may(lines("enclosures", "附件（一行一件）"))
REPLY_BY = day("reply_by", "答复本通知的期限")
ORIGINAL_DUE = fact("original_due_on", "原答复期限的届满日", "date")
EXTENDED_UNTIL = fact("extended_until", "延长后的届满日（由延长的工作日数算出）", "date")
SEARCHED = (
    day("searched_on", "检索日期"),
    lines("searched_in", "检索范围（系统、档案、机构）"),
    lines("searched_by", "检索方法（关键词、途径）"),
)
