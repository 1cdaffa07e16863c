"""Complete drafts of every notice, in every variant that its choices make."""

import itertools
from collections.abc import Iterator
from datetime import date

from intake_api.notices import texts
from intake_api.notices.document import Document, NoticeDraft, Value, compose
from intake_api.statute.elements import Element
from intake_api.statute.notices import NOTICES, Notice

NUMBER, AGENCY, TODAY = "示政公开答〔2026〕7号", "示例市人民政府", date(2026, 11, 20)
FACTS: dict[str, Value] = {
    "case_number": "SF-2026-00001",
    "applicant": "张三",
    "you": "您",
    "asked": "“申请公开甲村2025年征地批复文件”",
    "received_on": date(2026, 10, 9),
    "due_on": date(2026, 11, 6),
    "department": "自然资源和规划局",
    "review_body": "示例省人民政府",
    "court": "示例市中级人民法院",
    "review_url": "https://fuyi.example.invalid",
    "consult_days": 15,
    "other_agency_days": 15,
    "pay_days": 20,
}


def value_of(element: Element) -> Value:
    """Something that the element could say, with marks that a template could stumble over."""
    if element.kind == "date":
        return date(2026, 12, 1)
    if element.kind == "number":
        return 12
    if element.kind == "lines":
        return f"{element.code}：甲村 & 乙村 <b>2025</b> 年\n第二项 {{{{ x }}}} #let"
    return f"示例{element.code} & <i>"


def variants(notice: Notice) -> Iterator[dict[str, Value]]:
    """The values of a complete notice for each combination of its choices, then each of those it may do without."""
    choices = [e for e in notice.elements if e.kind == "choice" and e.required]
    others = [e for e in notice.elements if e.kind == "choice" and not e.required]
    free = {e.code: value_of(e) for e in notice.elements if e.kind != "choice"} | FACTS
    for picked in itertools.product(*(e.options or {} for e in choices)):
        yield free | dict(zip((e.code for e in choices), picked, strict=True))
    first = {e.code: next(iter(e.options or {})) for e in choices}
    for element in others:
        yield from (free | first | {element.code: option} for option in element.options or {})


def draft_of(code: str, values: dict[str, Value]) -> NoticeDraft:
    notice = NOTICES[code]
    if len(notice.grounds) == 1:
        values = values | {"outcome": next(iter(notice.grounds))}
    _, remedy = notice.rests_on(str(values.get("outcome", "")))
    return NoticeDraft(notice, remedy, "prefecture_government", electronic=True, values=values, edits={})


def every_draft() -> Iterator[NoticeDraft]:
    for code, notice in NOTICES.items():
        for values in variants(notice):
            yield draft_of(code, values)


def first_draft(code: str) -> NoticeDraft:
    return draft_of(code, next(variants(NOTICES[code])))


def document_of(draft: NoticeDraft) -> Document:
    return compose(draft, NUMBER, AGENCY, TODAY)


def pieces(draft: NoticeDraft, document: Document) -> Iterator[str]:
    """Every line that a reader must find on paper."""
    yield from (document.title, NUMBER, AGENCY, "2026年11月20日", document.salutation, document.closing)
    yield from (line for paragraph in document.paragraphs for line in paragraph.text.splitlines())
    yield from document.remedy
    yield from document.enclosures
    yield from (line for row in document.rows for line in (row.label, *row.value.splitlines()))
    if document.enclosures:
        yield texts.ENCLOSURES
