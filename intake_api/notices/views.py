"""What staff see of a notice, built from its row and its draft."""

from collections.abc import Iterable, Mapping
from datetime import date

from intake_api.notices.document import Document, Draft, Missing, Value
from intake_api.notices.models import Notice
from intake_api.notices.schemas import ElementOut, MissingOut, NoticeItem, NoticeView, ParagraphOut
from intake_api.statute.notices import NOTICES


def item(row: Notice, digests: Mapping[str, str]) -> NoticeItem:
    """A notice in a list."""
    notice = NOTICES[row.code]
    return NoticeItem(
        id=row.id,
        code=row.code,
        title=notice.title,
        addressee=notice.addressee,
        number=row.number,
        issued_on=row.issued_on,
        sha256=dict(digests),
    )


def view(
    row: Notice,
    digests: Mapping[str, str],
    draft: Draft,
    facts: Mapping[str, Value],
    document: Document,
    gaps: Iterable[Missing],
    *,
    may_issue: bool,
) -> NoticeView:
    """A draft in full."""
    return NoticeView(
        **item(row, digests).model_dump(),
        version=row.version,
        trigger=draft.notice.trigger,
        may_issue=may_issue,
        elements=[
            ElementOut(
                code=e.code,
                label=e.label,
                kind=e.kind,
                required=e.required,
                fact=e.fact,
                value=_plain(draft.values.get(e.code)),
                known=_plain(facts.get(e.code)),
                options=dict(e.options) if e.options else None,
            )
            for e in draft.elements
        ],
        paragraphs=[ParagraphOut(key=p.key, text=p.text, edited=p.edited) for p in document.paragraphs],
        remedy=list(document.remedy),
        missing=[MissingOut(code=gap.code, label=gap.label) for gap in gaps],
    )


def issued_view(row: Notice, digests: Mapping[str, str], words: Mapping[str, Mapping[str, str]]) -> NoticeView:
    """A notice as it went out; its files are what counts."""
    return NoticeView(
        **item(row, digests).model_dump(),
        version=row.version,
        trigger=NOTICES[row.code].trigger,
        may_issue=False,
        elements=[],
        paragraphs=[ParagraphOut(key=key, text=text, edited=False) for key, text in words["paragraphs"].items()],
        remedy=list(words.get("remedy", {}).values()),
        missing=[],
    )


def _plain(value: Value | None) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
