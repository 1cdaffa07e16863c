"""What staff see of notices, built once whatever was done is committed."""

from collections.abc import Mapping

from intake_api.notices.approving import DraftStanding
from intake_api.notices.document import as_entered
from intake_api.notices.drafting import Written
from intake_api.notices.models import Notice
from intake_api.notices.schemas import (
    ApprovalOut,
    ElementOut,
    MissingOut,
    NoticeItem,
    NoticeKind,
    NoticePage,
    NoticeView,
    ParagraphOut,
)
from intake_api.notices.service import CaseNotices, Seen
from intake_api.statute.elements import Element
from intake_api.statute.notices import NOTICES


def page(listed: CaseNotices) -> NoticePage:
    """The notices of a case, and what can be begun."""
    return NoticePage(
        items=[_item(row, listed.digests[row.id], listed.gone) for row in listed.rows],
        kinds=[_kind(code, code in listed.fitting) for code in listed.kinds],
    )


def view(seen: Seen, standing: DraftStanding | None = None) -> NoticeView:
    """One notice: its elements, what is missing, its paragraphs; `standing`: of a draft, its approvals."""
    shown = _draft(seen, seen.written) if seen.written else _issued(seen)
    if standing is None:
        return shown
    approvals = [
        ApprovalOut(kind=hand.kind, level=hand.level, label=hand.label, given=hand in standing.given)
        for hand in standing.chain
    ]
    return shown.model_copy(update={"approvals": approvals, "draft": standing.hash, "sent_for_approval": standing.sent})


def _kind(code: str, proposed: bool) -> NoticeKind:
    notice = NOTICES[code]
    return NoticeKind(code=code, title=notice.title, trigger=notice.trigger, proposed=proposed)


def _item(row: Notice, digests: Mapping[str, str], gone: Mapping[int, str]) -> NoticeItem:
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


def _draft(seen: Seen, written: Written) -> NoticeView:
    draft, facts, document = written.draft, written.facts, written.document
    return NoticeView(
        **_item(seen.row, seen.digests, seen.gone).model_dump(),
        version=seen.row.version,
        trigger=draft.notice.trigger,
        may_issue=seen.may_issue,
        elements=[
            _element(e, as_entered(draft.values.get(e.code)), as_entered(facts.get(e.code))) for e in draft.elements
        ],
        paragraphs=[ParagraphOut(key=p.key, text=p.text, edited=p.edited) for p in document.paragraphs],
        remedy=list(document.remedy),
        missing=[MissingOut(code=gap.code, label=gap.label) for gap in seen.gaps],
        boxed=dict(seen.boxed),
    )


def _issued(seen: Seen) -> NoticeView:
    """A notice as it went out; its files are what counts. `elements` are those it was issued with."""
    notice, words = NOTICES[seen.row.code], seen.kept
    said = words["elements"]
    return NoticeView(
        **_item(seen.row, seen.digests, seen.gone).model_dump(),
        version=seen.row.version,
        trigger=notice.trigger,
        may_issue=False,
        elements=[_element(e, said[e.code], said[e.code]) for e in notice.elements if e.code in said],
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
