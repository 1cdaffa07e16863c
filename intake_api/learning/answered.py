"""Answered cases (已答复的申请) as the learning loop reads them: texts as filed, decisions in force, persons to mask.

Texts and particulars are opened here and handed on; nothing of them is stored, logged or put into an error.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, String, cast, delete, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from intake_api.cases import chain, repository
from intake_api.cases.models import Applicant, Case, CaseText, Decision, Event
from intake_api.cases.reading import TITLE_LENGTH
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault
from intake_api.learning.models import CaseVector, Forgotten, LabelDoubt
from intake_api.people.service import Account
from intake_api.terms.record import SEARCHABLE, SYSTEM
from intake_api.triage.service import Suggestion

log = structlog.get_logger()
# Newest answered cases that are learned from and searched: an office changes, and memory is finite.
MOST = 50_000
_BATCH = 500
# Ended without an answer, lapsed or withdrawn: as an imported ledger counts it, and as our own record says it. An
# office may count withdrawals under any row of 表三 (`gongkai rules`, report_withdrawn).
_UNANSWERED = ("3.6.1", "3.6.2", "3.6.3")
_ENDS = ("withdrawn", "clarification_lapsed", "fee_lapsed")
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
class DecidedCase:
    """A decision beside the suggestion it was made on; `inside` and `known_share` None where that does not say."""

    on: date
    department: str
    suggested: str
    probability: float
    confident: bool
    inside: bool | None
    known_share: float | None
    model: str


@dataclass(frozen=True)
class SimilarCase:
    """A past case for the case page: `outcome` is its row of 表三, `score` a cosine."""

    number: str
    title: str
    department: str | None
    outcome: str | None
    score: float


@dataclass(frozen=True)
class DoubtfulLabel:
    """A case whose department looks wrong: the one given, the one it looks like, the probability of each."""

    case_id: int
    given: str
    instead: str
    of_given: float
    of_instead: float


@dataclass(frozen=True)
class Doubt:
    """A label that looks wrong: the department given, the one it looks like, their probabilities."""

    number: str
    given: str
    instead: str
    of_given: float
    of_instead: float


def _answered() -> ColumnElement[bool]:
    end, voiding = aliased(Event), aliased(Event)
    taken_back = (
        select(voiding.id)
        .where(voiding.case_id == end.case_id, voiding.type == "voided")
        .where(voiding.data["ref"].as_string() == literal("e") + cast(end.seq, String))
    )
    otherwise = select(end.id).where(end.case_id == Case.id, end.type.in_(_ENDS), ~taken_back.exists())
    return (
        Case.ended_on.is_not(None)
        & Case.department.is_not(None)
        & Case.outcome.not_in(_UNANSWERED)
        & (Case.kind == "disclosure")
        & Case.id.not_in(select(Forgotten.case_id))
        & ~otherwise.exists()
    )


class AnsweredCases:
    """Reads and marks answered cases; every method is one transaction or a short series of reads."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock

    def digest(self, number: str) -> str:
        """What stands for a case in the directory of a model that learned from it."""
        return self._vault.blind("learned-case", number)

    # --- training

    async def all(self) -> AsyncIterator[AnsweredCase]:
        """The newest MOST answered cases that may be learned from, newest first; erased ones are left out."""
        async with self._db.read() as session:
            newest = select(Case.id).where(_answered()).order_by(Case.received_on.desc(), Case.id.desc()).limit(MOST)
            ids = list(await session.scalars(newest))
            for start in range(0, len(ids), _BATCH):
                for case in await self._opened(session, ids[start : start + _BATCH]):
                    yield case

    async def _opened(self, session: AsyncSession, ids: list[int]) -> list[AnsweredCase]:
        checked = (LabelDoubt.case_id == Case.id) & (LabelDoubt.given == Case.department)
        query = (
            select(Case, CaseText.sealed, Applicant, LabelDoubt.label)
            .join(CaseText, CaseText.case_id == Case.id)
            .outerjoin(Applicant, Applicant.case_id == Case.id)
            .outerjoin(LabelDoubt, checked)
            .where(Case.id.in_(ids), CaseText.sealed.is_not(None))
            .order_by(Case.received_on.desc(), Case.id.desc())
        )
        links = await self._links(session, ids)
        rows = (await session.execute(query)).all()
        opened = [
            self._answered_case(case, sealed or b"", who, links.get(case.id, []), label)
            for case, sealed, who, label in rows
        ]
        return [case for case in opened if case]

    async def _links(self, session: AsyncSession, ids: list[int]) -> dict[int, list[str]]:
        """Numbers that a case is linked to (repeat, campaign, related), by case id."""
        rows = await session.execute(
            select(Event.case_id, Event.data).where(Event.case_id.in_(ids), Event.type == "linked")
        )
        found: dict[int, list[str]] = {}
        for case_id, data in rows:
            found.setdefault(case_id, []).append(data["number"])
        return found

    def _answered_case(
        self, case: Case, sealed: bytes, who: Applicant | None, links: list[str], label: str | None
    ) -> AnsweredCase | None:
        asked = self._vault.read(f"case_text:{case.number}", sealed)
        known = self._vault.read(f"applicant:{case.number}", who.sealed) if who and who.sealed else {}
        if asked is None or known is None:  # what is not known of a person cannot be masked
            return None
        names, particulars = _known(known)
        assert case.department is not None  # `_answered` asks for it
        return AnsweredCase(
            id=case.id,
            digest=self.digest(case.number),
            text=asked["description"],
            subject=asked["title"] or "",
            department=label or case.department,
            disposition=case.disposition,
            received_on=case.received_on or day_of(case.submitted_at),
            keys=(
                f"family:{case.parent_id or case.id}",
                *_same_person(who),
                *(f"case:{one}" for one in (case.number, *links)),
            ),
            names=names,
            particulars=particulars,
        )

    async def count(self, since: datetime | None = None) -> int:
        """How many answered cases may be learned from, of those that ended on or after the day of `since`."""
        query = select(func.count(Case.id)).where(_answered())
        if since:
            query = query.where(Case.ended_on >= day_of(since))
        async with self._db.read() as session:
            return await session.scalar(query) or 0

    async def forget(self, number: str, account: Account | None) -> str:
        """Take a case out of all future training and of what is kept for it; an event says so. Returns its digest.

        Failure `staff_case_not_found`. A second time changes nothing.
        """
        async with self._db.write() as session:
            viewer = account.department if account else repository.OFFICE
            case = await repository.by_number(session, number, viewer, lock=True)
            if case is None:
                raise Failure("staff_case_not_found", number=number)
            if await session.get(Forgotten, case.id) is None:
                session.add(Forgotten(case_id=case.id, at=self._clock.now()))
                for table in (CaseVector, LabelDoubt):
                    await session.execute(delete(table).where(table.case_id == case.id))
                actor = f"account:{account.id}" if account else SYSTEM
                chain.append(session, case, FORGOTTEN, self._clock.today(), self._clock.now(), actor)
            return self.digest(case.number)

    async def forgotten(self) -> frozenset[str]:
        """Digests of the cases that no model may learn from."""
        query = select(Case.number).join(Forgotten, Forgotten.case_id == Case.id)
        async with self._db.read() as session:
            return frozenset(map(self.digest, await session.scalars(query)))

    # --- labels in doubt

    async def keep_doubts(self, doubts: Iterable[DoubtfulLabel]) -> None:
        """Replace the list of doubtful labels.

        What somebody has looked at stays as it was found right, and is not asked again.
        """
        async with self._db.write() as session:
            now = select(Case.department).where(Case.id == LabelDoubt.case_id).scalar_subquery()
            await session.execute(delete(LabelDoubt).where(LabelDoubt.label.is_(None) | (LabelDoubt.given != now)))
            gone = set(await session.scalars(select(Forgotten.case_id).union(select(LabelDoubt.case_id))))
            fresh = [asdict(doubt) for doubt in doubts if doubt.case_id not in gone]
            session.add_all(LabelDoubt(**doubt, found_at=self._clock.now()) for doubt in fresh)

    async def doubts(self, department: str | None = None, most: int = 100) -> list[Doubt]:
        """The most glaring doubts that nobody has looked at and whose label still stands."""
        query = (
            select(Case.number, LabelDoubt)
            .join(Case, Case.id == LabelDoubt.case_id)
            .where(Case.department == LabelDoubt.given, LabelDoubt.label.is_(None))
            .order_by(LabelDoubt.of_given - LabelDoubt.of_instead, Case.id)
            .limit(most)
        )
        if department:
            query = query.where(Case.department == department)
        async with self._db.read() as session:
            rows = (await session.execute(query)).all()
        return [Doubt(number, row.given, row.instead, row.of_given, row.of_instead) for number, row in rows]

    async def check_doubt(self, number: str, *, right: bool, account: Account | None) -> None:
        """Somebody has looked at a doubtful label: it is right, or the other department is what is to be learned.

        The case keeps the decision it was handled on. Failure `doubt_gone` where nothing is in doubt (any more).
        """
        async with self._db.write() as session:
            case = await repository.by_number(session, number, repository.OFFICE, lock=True)
            doubt = await session.get(LabelDoubt, case.id) if case else None
            if case is None or doubt is None or doubt.label is not None or doubt.given != case.department:
                raise Failure("doubt_gone")
            doubt.label, doubt.checked_at = doubt.given if right else doubt.instead, self._clock.now()
            doubt.checked_by = account.id if account else None

    # --- in use

    async def decided(self, since: datetime) -> list[DecidedCase]:
        """Decisions in force taken since then, beside their suggestions: what people made of what was shown."""
        following = select(Decision.supersedes_id).where(Decision.supersedes_id.is_not(None))
        query = (
            select(Decision.decided_at, Decision.department, Suggestion)
            .join(Suggestion, Suggestion.id == Decision.suggestion_id)
            .join(Case, Case.id == Decision.case_id)
            .where(Decision.decided_at >= since, Decision.id.not_in(following), Case.department.is_not(None))
            .order_by(Decision.id)
        )
        async with self._db.read() as session:
            rows = (await session.execute(query)).all()
        return [
            DecidedCase(
                on=day_of(at),
                department=department,
                suggested=shown.department,
                probability=shown.probability,
                confident=shown.confident,
                inside=department in shown.department_set if shown.department_set is not None else None,
                known_share=shown.known_share,
                model=shown.model,
            )
            for at, department, shown in rows
        ]

    # --- similar cases

    async def unindexed(self, model: str, most: int = _BATCH) -> list[tuple[int, str, str]]:
        """Some answered cases without a vector of this model, newest first: id, text, subject."""
        newest = select(Case.id).where(_answered()).order_by(Case.id.desc()).limit(MOST).subquery()
        done = select(CaseVector.case_id).where(CaseVector.model == model)
        query = (
            select(Case.id, Case.number, CaseText.sealed)
            .join(CaseText, CaseText.case_id == Case.id)
            .where(Case.id.in_(select(newest.c.id)), Case.id.not_in(done), CaseText.sealed.is_not(None))
            .order_by(Case.id.desc())
            .limit(most)
        )
        async with self._db.read() as session:
            rows = (await session.execute(query)).all()
        texts = [(case_id, self._vault.read(f"case_text:{number}", sealed or b"")) for case_id, number, sealed in rows]
        return [(case_id, asked["description"], asked["title"] or "") for case_id, asked in texts if asked]

    async def keep_vectors(self, model: str, vectors: Sequence[tuple[int, bytes]]) -> None:
        """Keep vectors of some cases in place of those of an earlier model."""
        async with self._db.write() as session:
            await session.execute(delete(CaseVector).where(CaseVector.case_id.in_([case_id for case_id, _ in vectors])))
            session.add_all(CaseVector(case_id=case_id, model=model, packed=packed) for case_id, packed in vectors)

    async def stamp(self, model: str) -> tuple[int, int]:
        """What changes whenever the vectors of a model do: how many there are, and the newest case among them."""
        query = select(func.count(CaseVector.case_id), func.max(CaseVector.case_id)).where(CaseVector.model == model)
        async with self._db.read() as session:
            number, newest = (await session.execute(query)).one()
        return number, newest or 0

    async def vectors(self, model: str) -> list[tuple[str, bytes]]:
        """Number and vector of the newest MOST cases that have one of this model."""
        query = (
            select(Case.number, CaseVector.packed)
            .join(Case, Case.id == CaseVector.case_id)
            .where(CaseVector.model == model)
            .order_by(CaseVector.case_id.desc())
            .limit(MOST)
        )
        async with self._db.read() as session:
            return [(number, packed) for number, packed in await session.execute(query)]

    async def similar(self, account: Account, suggestion: dict[str, Any] | None) -> list[SimilarCase]:
        """The similar cases of a suggestion that this person may see and whose text is still there, nearest first."""
        scores = {one["number"]: one["score"] for one in (suggestion or {}).get("similar", [])}
        if not scores:
            return []
        async with self._db.read() as session:
            query = repository.visible(account.department).where(Case.number.in_(scores))
            cases = list(await session.scalars(query))
            texts = await repository.texts_of(session, [case.id for case in cases])
        found = [
            SimilarCase(
                number=case.number,
                title=_title(asked),
                department=case.department,
                outcome=case.outcome,
                score=scores[case.number],
            )
            for case in cases
            if (sealed := texts.get(case.id)) and (asked := self._vault.read(f"case_text:{case.number}", sealed))
        ]
        return sorted(found, key=lambda one: -one.score)


def _same_person(who: Applicant | None) -> list[str]:
    """Blind indexes that tell one applicant from another; a name alone only where there is nothing better."""
    indexes = {name: index for name in SEARCHABLE if who and (index := getattr(who, f"{name}_index"))}
    return [index for name, index in indexes.items() if name != "name" or len(indexes) == 1]


def _title(asked: dict[str, Any]) -> str:
    title = " ".join((asked["title"] or asked["description"]).split())
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"


def _leaves(person: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every field that says something of a person, with those of the representative."""
    for name, value in person.items():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        elif value and name not in _HARMLESS:
            yield name, str(value)


def _known(person: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and particulars to mask. A field that is neither by declaration is taken for both: it may be anything."""
    fields = list(_leaves(person))
    names = (value for name, value in fields if name not in _PARTICULARS)
    particulars = (value for name, value in fields if name not in _NAMES)
    return tuple(names), tuple(particulars)
