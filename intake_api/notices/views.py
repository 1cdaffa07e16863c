"""What staff see of a notice, built from its row and its draft."""

from collections.abc import Iterable, Mapping
from datetime import date

from intake_api.notices.document import Document, Missing, NoticeDraft, Value
from intake_api.notices.models import Notice
from intake_api.notices.schemas import ElementOut, MissingOut, NoticeItem, NoticeView, ParagraphOut
from intake_api.statute.elements import Element
from intake_api.statute.notices import NOTICES


def item(row: Notice, digests: Mapping[str, str], gone: Mapping[int, str]) -> NoticeItem:
    """A notice in a list; `gone` holds those that are not in force, each with the number of the one in its place."""
    notice = NOTICES[row.code]
    return NoticeItem(
        id=row.id,
        code=row.code,
        title=notice.title,
        addressee=notice.addressee,
        number=row.number,
        issued_on=row.issued_on,
        sha256=dict(digests),
        in_force=row.id not in gone,
        replaced_by=gone.get(row.id) or None,
    )


def view(
    row: Notice,
    digests: Mapping[str, str],
    draft: NoticeDraft,
    facts: Mapping[str, Value],
    document: Document,
    gaps: Iterable[Missing],
    *,
    may_issue: bool,
    boxed: Mapping[str, str],
) -> NoticeView:
    """A draft in full; `boxed` as in `NoticeView`."""
    return NoticeView(
        **item(row, digests, {}).model_dump(),
        version=row.version,
        trigger=draft.notice.trigger,
        may_issue=may_issue,
        elements=[_element(e, plain(draft.values.get(e.code)), plain(facts.get(e.code))) for e in draft.elements],
        paragraphs=[ParagraphOut(key=p.key, text=p.text, edited=p.edited) for p in document.paragraphs],
        remedy=list(document.remedy),
        missing=[MissingOut(code=gap.code, label=gap.label) for gap in gaps],
        boxed=dict(boxed),
    )


def issued_view(
    row: Notice, digests: Mapping[str, str], words: Mapping[str, Mapping[str, str]], gone: Mapping[int, str]
) -> NoticeView:
    """A notice as it went out; its files are what counts. `elements` are those it was issued with."""
    said = words["elements"]
    return NoticeView(
        **item(row, digests, gone).model_dump(),
        version=row.version,
        trigger=NOTICES[row.code].trigger,
        may_issue=False,
        elements=[_element(e, said[e.code], said[e.code]) for e in NOTICES[row.code].elements if e.code in said],
        paragraphs=[ParagraphOut(key=key, text=text, edited=False) for key, text in words["paragraphs"].items()],
        remedy=list(words.get("remedy", {}).values()),
        missing=[],
        boxed=dict(words.get("boxed", {})),
    )


def _element(element: Element, value: str, known: str) -> ElementOut:
    return ElementOut(
        code=element.code,
        label=element.label,
        kind=element.kind,
        required=element.required,
        fact=element.fact,
        value=value,
        known=known,
        options=dict(element.options) if element.options else None,
    )


def plain(value: Value | None) -> str:
    """A value as forms and programs write it: ISO days, choices by code; empty where it is not known."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
