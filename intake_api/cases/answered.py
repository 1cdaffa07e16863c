"""Answered cases (已答复的申请) as the learning loop reads them: texts as filed, decisions in force, persons to mask.

Who learns from them, and which not, is not decided here: statements are named, to be joined with tables of another
slice. Texts and particulars are opened and handed on; nothing of them is stored, logged or put into an error.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, cast, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from intake_api.cases import chain, indexes, repository
from intake_api.cases.models import Applicant, Case, CaseText, Decision, Event
from intake_api.cases.reading import shortened
from intake_api.cases.repository import OFFICE, Viewer
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.vault import Vault

# Ended without an answer, lapsed or withdrawn: as an imported ledger counts it, and as our own record says it. An
# office may count withdrawals under any row of 表三 (`gongkai rules`, report_withdrawn).
UNANSWERED = ("3.6.1", "3.6.2", "3.6.3")
ENDS = ("withdrawn", "clarification_lapsed", "fee_lapsed")
_NAMES = ("name", "contact_name", "legal_representative")
_PARTICULARS = ("id_number", "phone", "email", "address", "authorisation")
_HARMLESS = ("type", "id_type")  # codes; every other field of an applicant is masked, one that is added later too
FORGOTTEN = "unlearned"  # the event's type


@dataclass(frozen=True)
class AnsweredCase:
    """An answered case, with what must not be learned of it.

    `digest` stands for it in a model directory. `keys` are what ties it to other cases: applicant, family, links.
    `names` and `particulars` are those of the persons on record.
    """

    id: int
    digest: str
    text: str
    subject: str
    department: str
    disposition: str | None
    received_on: date
    keys: tuple[str, ...]
    names: tuple[str, ...]
    particulars: tuple[str, ...]


@dataclass(frozen=True)
class PastCase:
    """A case as another one's page names it: `outcome` is its row of 表三."""

    number: str
    title: str
    department: str | None
    outcome: str | None


@dataclass(frozen=True)
class Granted:
    """A case that was answered by giving what was asked; `linked`: how many applications it is linked to."""

    number: str
    title: str
    department: str
    outcome: str
    answered_on: date
    linked: int


def _is_answered() -> ColumnElement[bool]:
    # Beside `standing` the one place that folds voided entries. No column of a case tells whether it ended otherwise
    # (archived it is "closed", a withdrawal has any outcome that the office's rules give it), and to load every record
    # would read all events that there are at each question of the learning loop. A test holds the two equal over
    # histories at random (tests/db/test_answered.py).
    end, voiding = aliased(Event), aliased(Event)
    taken_back = (
        select(voiding.id)
        .where(voiding.case_id == end.case_id, voiding.type == "voided")
        .where(voiding.data["ref"].as_string() == literal("e") + cast(end.seq, String))
    )
    otherwise = select(end.id).where(end.case_id == Case.id, end.type.in_(ENDS), ~taken_back.exists())
    return (
        Case.ended_on.is_not(None)
        & Case.department.is_not(None)
        & Case.outcome.not_in(UNANSWERED)
        & (Case.kind == "disclosure")
        & ~otherwise.exists()
        & select(CaseText.case_id).where(CaseText.case_id == Case.id, CaseText.sealed.is_not(None)).exists()
    )


CASES = select(Case.id, Case.number, Case.department).subquery("every_case")
"""Every case: id, number, department in force."""

ANSWERED = select(Case.id, Case.received_on, Case.ended_on).where(_is_answered()).subquery("answered_case")
"""Cases that were answered and whose text is still there: id, received_on, ended_on."""

DECIDED = (
    select(Decision.id, Decision.decided_at, Decision.department, Decision.suggestion_id)
    .join(Case, Case.id == Decision.case_id)
    .where(Case.department.is_not(None))
    .where(Decision.id.not_in(select(Decision.supersedes_id).where(Decision.supersedes_id.is_not(None))))
    .subquery("decision_in_force")
)
"""Decisions in force: id, decided_at, department, suggestion_id."""

GIVEN = select(Case.number, Case.outcome).where(Case.ended_on.is_not(None)).subquery("given_answer")
"""How cases that have ended stand now: number, row of 表三."""


def digest(vault: Vault, number: str) -> str:
    """What stands for a case in the directory of a model that learned from it."""
    return vault.blind("learned-case", number)


async def opened(session: AsyncSession, vault: Vault, ids: Collection[int]) -> list[AnsweredCase]:
    """These cases, newest first, without those that were erased, are damaged or say nothing of what was asked."""
    query = (
        select(Case, CaseText.sealed, Applicant)
        .join(CaseText, CaseText.case_id == Case.id)
        .outerjoin(Applicant, Applicant.case_id == Case.id)
        .where(Case.id.in_(ids), CaseText.sealed.is_not(None))
        .order_by(Case.received_on.desc(), Case.id.desc())
    )
    links = await _links(session, ids)
    rows = (await session.execute(query)).all()
    cases = [_opened(vault, case, sealed or b"", who, links.get(case.id, [])) for case, sealed, who in rows]
    return [case for case in cases if case]


async def _links(session: AsyncSession, ids: Collection[int]) -> dict[int, list[str]]:
    """Numbers that a case is linked to (repeat, campaign, related), by case id."""
    linked = select(Event.case_id, Event.data).where(Event.case_id.in_(ids), Event.type == "linked")
    found: dict[int, list[str]] = {}
    for case_id, data in await session.execute(linked):
        found.setdefault(case_id, []).append(data["number"])
    return found


def _opened(vault: Vault, case: Case, sealed: bytes, who: Applicant | None, links: list[str]) -> AnsweredCase | None:
    asked = vault.read(f"case_text:{case.number}", sealed)
    known = vault.read(f"applicant:{case.number}", who.sealed) if who and who.sealed else {}
    if asked is None or known is None:  # what is not known of a person cannot be masked
        return None
    if not (asked["description"] or asked["title"]):  # a ledger's row need not say what was asked: it teaches nothing
        return None
    names, particulars = to_mask(known)
    assert case.department is not None  # ANSWERED asks for it
    return AnsweredCase(
        id=case.id,
        digest=digest(vault, case.number),
        text=asked["description"],
        subject=asked["title"] or "",
        department=case.department,
        disposition=case.disposition,
        received_on=case.received_on or day_of(case.submitted_at),
        keys=(
            f"family:{case.parent_id or case.id}",
            *indexes.telling(who).values(),
            *(f"case:{one}" for one in (case.number, *links)),
        ),
        names=names,
        particulars=particulars,
    )


def to_mask(person: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and particulars to mask. A field that is neither by declaration is taken for both: it may be anything."""
    fields = list(_leaves(person))
    names = (value for name, value in fields if name not in _PARTICULARS)
    particulars = (value for name, value in fields if name not in _NAMES)
    return tuple(names), tuple(particulars)


def _leaves(person: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every field that says something of a person, with those of the representative."""
    for name, value in person.items():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        elif value and name not in _HARMLESS:
            yield name, str(value)


async def texts(session: AsyncSession, vault: Vault, ids: Collection[int]) -> list[tuple[int, str, str]]:
    """Id, text and subject of these cases, newest first, without those that were erased or are damaged."""
    query = (
        select(Case.id, Case.number, CaseText.sealed)
        .join(CaseText, CaseText.case_id == Case.id)
        .where(Case.id.in_(ids), CaseText.sealed.is_not(None))
        .order_by(Case.id.desc())
    )
    rows = (await session.execute(query)).all()
    asked = [(case_id, vault.read(f"case_text:{number}", sealed or b"")) for case_id, number, sealed in rows]
    return [
        (case_id, one["description"], one["title"] or "")
        for case_id, one in asked
        if one and (one["description"] or one["title"])
    ]


async def named(session: AsyncSession, vault: Vault, numbers: Collection[str], viewer: Viewer) -> list[PastCase]:
    """These cases by their titles, as far as somebody may see them and their text is there."""
    cases = await repository.by_numbers(session, numbers, viewer)
    sealed = await repository.texts_of(session, [case.id for case in cases])
    return [
        PastCase(case.number, shortened(asked["title"] or asked["description"]), case.department, case.outcome)
        for case in cases
        if (text := sealed.get(case.id)) and (asked := vault.read(f"case_text:{case.number}", text))
    ]


async def granted(
    session: AsyncSession, vault: Vault, outcomes: Collection[str], skipped: int, most: int
) -> list[Granted]:
    """Some cases that ended with one of these rows of 表三, the last answered first; those whose text is there."""
    query = (
        select(Case, CaseText.sealed)
        .join(CaseText, CaseText.case_id == Case.id)
        .join(ANSWERED, ANSWERED.c.id == Case.id)
        .where(Case.outcome.in_(outcomes))
        .order_by(Case.ended_on.desc(), Case.id.desc())
        .offset(skipped)
        .limit(most)
    )
    rows = (await session.execute(query)).all()
    links = await _links(session, [case.id for case, _ in rows])
    return [
        Granted(case.number, title, case.department, case.outcome, case.ended_on, len(set(links.get(case.id, []))))
        for case, sealed in rows
        if case.department and case.outcome and case.ended_on and (title := _title(vault, case, sealed))
    ]


def _title(vault: Vault, case: Case, sealed: bytes | None) -> str:
    asked = vault.read(f"case_text:{case.number}", sealed or b"")
    return (asked["title"] or shortened(asked["description"])) if asked else ""


async def held(session: AsyncSession, number: str, viewer: Viewer = OFFICE) -> Case | None:
    """A case by number, its row held to the end of the transaction; None where somebody may not see it."""
    return await repository.by_number(session, number, viewer, lock=True)


def note_forgotten(session: AsyncSession, case: Case, clock: Clock, actor: str) -> None:
    """Say on the record of a case, which the caller holds, that nothing is learned from it any more."""
    chain.append(session, case, FORGOTTEN, clock.today(), clock.now(), actor)
