"""All SQL of the learning loop: its own tables, joined with what cases and triage show of theirs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases.answered import ANSWERED, CASES, DECIDED
from intake_api.kit.clock import day_of
from intake_api.learning.models import CaseVector, Forgotten, LabelDoubt
from intake_api.triage.service import SUGGESTED


@dataclass(frozen=True)
class DoubtfulLabel:
    """A case whose department looks wrong: the one given, the one it looks like, the probability of each."""

    case_id: int
    given: str
    instead: str
    of_given: float
    of_instead: float


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


# --- answered cases


def _learnable() -> Select[int]:
    return select(ANSWERED.c.id).where(ANSWERED.c.id.not_in(select(Forgotten.case_id)))


async def newest(session: AsyncSession, most: int) -> Sequence[int]:
    """Ids of the newest cases that may be learned from."""
    query = _learnable().order_by(ANSWERED.c.received_on.desc(), ANSWERED.c.id.desc()).limit(most)
    return (await session.scalars(query)).all()


async def count(session: AsyncSession, since: date | None) -> int:
    """How many cases may be learned from, of those that ended since then."""
    query = _learnable().with_only_columns(func.count())
    return await session.scalar(query.where(ANSWERED.c.ended_on >= since) if since else query) or 0


async def by_department(session: AsyncSession, most: int) -> dict[str, int]:
    """How many of the newest cases that may be learned from each department has."""
    newest = _learnable().order_by(ANSWERED.c.received_on.desc(), ANSWERED.c.id.desc()).limit(most).subquery()
    query = select(CASES.c.department, func.count()).join(newest, newest.c.id == CASES.c.id)
    rows = (await session.execute(query.group_by(CASES.c.department))).all()
    return {row[0]: row[1] for row in rows}


async def is_forgotten(session: AsyncSession, case_id: int) -> bool:
    """Whether nothing is learned from a case any more."""
    return await session.get(Forgotten, case_id) is not None


async def forget(session: AsyncSession, case_id: int, at: datetime) -> None:
    """Learn nothing from a case any more, and drop what is kept for it."""
    session.add(Forgotten(case_id=case_id, at=at))
    for table in (CaseVector, LabelDoubt):
        await session.execute(delete(table).where(table.case_id == case_id))


async def forgotten(session: AsyncSession) -> Sequence[str]:
    """Numbers of the cases that no model may learn from."""
    return (await session.scalars(select(CASES.c.number).join(Forgotten, Forgotten.case_id == CASES.c.id))).all()


# --- labels in doubt


async def checked_labels(session: AsyncSession, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """What somebody found right of the department that a case was given: (given, right) by case id."""
    query = select(LabelDoubt.case_id, LabelDoubt.given, LabelDoubt.label)
    rows = await session.execute(query.where(LabelDoubt.case_id.in_(ids), LabelDoubt.label.is_not(None)))
    return {case_id: (given, label) for case_id, given, label in rows if label}


async def replace_doubts(session: AsyncSession, doubts: Iterable[DoubtfulLabel], at: datetime) -> None:
    """Put new doubts in place of those nobody has looked at, or whose case has another department by now."""
    now = select(CASES.c.department).where(CASES.c.id == LabelDoubt.case_id).scalar_subquery()
    await session.execute(delete(LabelDoubt).where(LabelDoubt.label.is_(None) | (LabelDoubt.given != now)))
    settled = set(await session.scalars(select(Forgotten.case_id).union(select(LabelDoubt.case_id))))
    session.add_all(LabelDoubt(**asdict(one), found_at=at) for one in doubts if one.case_id not in settled)


async def open_doubts(session: AsyncSession, most: int) -> Sequence[Row[str, LabelDoubt]]:
    """Number and doubt, the most glaring first, where nobody has looked yet and the label still stands."""
    query = (
        select(CASES.c.number, LabelDoubt)
        .join(CASES, CASES.c.id == LabelDoubt.case_id)
        .where(CASES.c.department == LabelDoubt.given, LabelDoubt.label.is_(None))
        .order_by(LabelDoubt.of_given - LabelDoubt.of_instead, LabelDoubt.case_id)
        .limit(most)
    )
    return (await session.execute(query)).all()


async def doubt_of(session: AsyncSession, case_id: int) -> LabelDoubt | None:
    """The doubt about a case's label, whether or not somebody has looked."""
    return await session.get(LabelDoubt, case_id)


# --- decisions beside suggestions


async def decided(session: AsyncSession, since: datetime) -> list[DecidedCase]:
    """Decisions in force taken since then, beside their suggestions: what people made of what was shown."""
    query = (
        select(DECIDED.c.decided_at, DECIDED.c.department, *SUGGESTED.c)
        .join(SUGGESTED, SUGGESTED.c.id == DECIDED.c.suggestion_id)
        .where(DECIDED.c.decided_at >= since)
        .order_by(DECIDED.c.id)
    )
    return [
        DecidedCase(
            on=day_of(at),
            department=department,
            suggested=suggested,
            probability=probability,
            confident=confident,
            inside=department in department_set if department_set is not None else None,
            known_share=known_share,
            model=model,
        )
        for at, department, _, suggested, probability, confident, department_set, known_share, model in (
            await session.execute(query)
        )
    ]


# --- vectors


async def without_vector(session: AsyncSession, model: str, newest: int, most: int) -> Sequence[int]:
    """Ids of some of the `newest` cases that have no vector of a model, newest first."""
    among = _learnable().order_by(ANSWERED.c.id.desc()).limit(newest).subquery()
    done = select(CaseVector.case_id).where(CaseVector.model == model)
    query = select(among.c.id).where(among.c.id.not_in(done)).order_by(among.c.id.desc()).limit(most)
    return (await session.scalars(query)).all()


async def keep_vectors(session: AsyncSession, model: str, vectors: Sequence[tuple[int, bytes]]) -> None:
    """Keep vectors of some cases in place of those of an earlier model."""
    await session.execute(delete(CaseVector).where(CaseVector.case_id.in_([case_id for case_id, _ in vectors])))
    session.add_all(CaseVector(case_id=case_id, model=model, packed=packed) for case_id, packed in vectors)


async def stamp(session: AsyncSession, model: str) -> tuple[int, int]:
    """What changes whenever the vectors of a model do: how many there are, and the newest case among them."""
    query = select(func.count(CaseVector.case_id), func.max(CaseVector.case_id)).where(CaseVector.model == model)
    number, last = (await session.execute(query)).one()
    return number, last or 0


async def vectors(session: AsyncSession, model: str, most: int) -> list[tuple[str, bytes]]:
    """Number and vector of the newest cases that have one of a model."""
    query = (
        select(CASES.c.number, CaseVector.packed)
        .join(CASES, CASES.c.id == CaseVector.case_id)
        .where(CaseVector.model == model)
        .order_by(CaseVector.case_id.desc())
        .limit(most)
    )
    return [(number, packed) for number, packed in await session.execute(query)]
