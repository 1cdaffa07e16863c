"""Assessment scores (考核得分) on both databases, every number by hand."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from intake_api.calendars.current import Calendars
from intake_api.cases.models import Case, Decision, Event
from intake_api.directory import AgencyCode
from intake_api.kit.db import Database
from intake_api.people.models import Account as StoredAccount
from intake_api.people.service import Account
from intake_api.reports.report import Assessed, Bulletin
from intake_api.reports.service import ReportService
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.fakes.cases import case_row, put_cases
from tests.fakes.directory import DIRECTORY

RECEIVED, ANSWERED, EARLIER = date(2026, 10, 8), date(2026, 10, 20), date(2026, 8, 20)
PARTS = ("on_time", "not_returned", "not_corrected", "satisfaction")


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    """October 2026: housing with all four parts, education with two, natural resources with none."""
    database = Database(db_url)
    done = {"received_on": RECEIVED, "ended_on": ANSWERED, "outcome": "3.1"}
    before = {"received_on": date(2026, 8, 3), "ended_on": EARLIER, "outcome": "3.1", "in_time": True, "rating": 1}
    await put_cases(
        database,
        [
            case_row(1, **done, in_time=True, rating=5, returned=3),
            case_row(2, **done, in_time=True, rating=2, review="pending", review_on=ANSWERED),
            case_row(3, **done, in_time=True),
            case_row(4, **done, in_time=False),
            case_row(5, **done | {"outcome": "3.6.3", "status": "withdrawn"}, in_time=True),  # no answer: not timed
            case_row(
                6,
                **before,
                review="upheld",
                review_on=date(2026, 10, 12),
                litigation="after_review:corrected",
                litigation_on=date(2026, 10, 31),
            ),
            case_row(7, **before, review="corrected", review_on=date(2026, 11, 2)),
            case_row(8, **before, review="corrected", review_on=date(2026, 10, 12), kind="correction"),
            case_row(9, **before, litigation="direct:pending", litigation_on=date(2026, 10, 12)),
            case_row(10, **done, in_time=True, department="education"),
            case_row(11, received_on=RECEIVED, department="natural-resources"),
            case_row(
                12,
                **before,
                agency_code="sample-district",
                department=None,
                review="corrected",
                review_on=ANSWERED,
            ),
        ],
    )
    await given_back(database, 3)
    yield database
    await database.dispose()


async def given_back(db: Database, times: int) -> None:
    """Housing gives its first case back so often."""
    at = datetime(2026, 10, 9, tzinfo=UTC)
    async with db.write() as session:
        case_id = await session.scalar(select(Case.id).where(Case.returned > 0))
        session.add(StoredAccount(id=1, username="shouli", password_hash="x", role="clerk", created_at=at))
        await session.flush()
        for seq in range(1, times + 1):
            decided = {"department": "housing", "disposition": "public", "account_id": 1, "decided_at": at}
            decision = Decision(case_id=case_id, seq=seq, **decided)
            session.add(decision)
            await session.flush()
            chain = {"at": at, "actor": "account:1", "prev_hash": "0" * 64, "hash": "0" * 64}
            session.add(
                Event(case_id=case_id, seq=seq, type="returned", on=at.date(), data={"decision": decision.id}, **chain)
            )


def reports(db: Database, clock: SettableClock, tmp_path: Path, weights: str | None = None) -> ReportService:
    settings = Settings(assessment=weights) if weights else Settings()
    return ReportService(db, clock, DIRECTORY, Calendars(tmp_path / "data"), settings.weights)


def by_department(made: Bulletin) -> dict[str, Assessed]:
    return {line.department: line for line in made.assessment}


def parts(line: Assessed) -> list[tuple[float | None, int]]:
    assert tuple(line.parts) == PARTS
    return [(part.value, part.n) for part in line.parts.values()]


async def test_a_score_is_the_mean_of_the_parts_there_are(db: Database, clock: SettableClock, tmp_path: Path) -> None:
    made = await reports(db, clock, tmp_path).bulletin("2026-10")
    assert made.weights == {"on_time": 40, "not_returned": 20, "not_corrected": 30, "satisfaction": 10}
    lines = by_department(made)
    assert list(lines) == ["sample-district", "housing", "natural-resources", "education"]
    housing = lines["housing"]
    # 3 of 4 in time; 5 concluded, 3 given back; a review upheld, a suit corrected; 5 and 2 stars are 4/4 and 1/4
    assert parts(housing) == [(0.75, 4), (0.625, 8), (0.5, 2), (0.625, 2)]
    assert (housing.name, housing.score) == ("住房和城乡建设局", 63.75)  # 30 + 12.5 + 15 + 6.25
    assert parts(lines["education"]) == [(1, 1), (1, 1), (None, 0), (None, 0)]
    assert lines["education"].score == 100, "40 and 20 share what the other two weigh"
    assert parts(lines["natural-resources"]) == [(None, 0)] * 4
    assert lines["natural-resources"].score is None, "nothing is neither good nor bad"
    assert (parts(lines["sample-district"])[2], lines["sample-district"].score) == ((0, 1), 0)
    assert "sample-district" not in {line.code for line in made.departments}, "its answer was in August"


@pytest.mark.parametrize(
    ("weights", "housing", "education"),
    [
        ("on_time=1,satisfaction=1", 68.75, 100),  # (0.75 + 0.625) / 2
        ("not_corrected=7", 50, None),  # and what education has weighs nothing
        ("not_returned=1, not_corrected=3", 53.12, 100),  # (0.625 + 3 × 0.5) / 4 = 0.53125, to the even
    ],
)
async def test_the_weights_are_a_setting(
    db: Database, clock: SettableClock, tmp_path: Path, weights: str, housing: float, education: float | None
) -> None:
    lines = by_department(await reports(db, clock, tmp_path, weights).bulletin("2026-10"))
    assert (lines["housing"].score, lines["education"].score) == (housing, education)


@pytest.mark.parametrize(("unit", "period"), [("quarter", "2026Q4"), ("half", "2026H2"), ("year", "2026")])
async def test_every_stretch_has_its_scores(
    db: Database, clock: SettableClock, tmp_path: Path, unit: str, period: str
) -> None:
    lines = by_department(await reports(db, clock, tmp_path).bulletin(period, unit=unit))
    whole = unit != "quarter"  # with August: three answers more, all in time, each with one star
    assert parts(lines["housing"]) == [
        (6 / 7, 7) if whole else (0.75, 4),
        (8 / 11, 11) if whole else (0.625, 8),
        (1 / 3, 3),
        (0.25, 5) if whole else (0.625, 2),
    ]


async def test_an_account_sees_the_scores_of_its_own(db: Database, clock: SettableClock, tmp_path: Path) -> None:
    made = await reports(db, clock, tmp_path).bulletin("2026-10", Account(1, "jiaoyu", "officer", "education"))
    assert list(by_department(made)) == ["education"]
    district = Account(2, "shiliqu", "officer", AgencyCode("sample-district"))
    assert list(by_department(await reports(db, clock, tmp_path).bulletin("2026-10", district))) == ["sample-district"]
    assert (await reports(db, clock, tmp_path).bulletin("2026-01")).assessment == []
