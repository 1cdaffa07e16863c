"""Jobs and sessions on a real database: claimed once, tried again, never lost."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from intake_api.cases.models import Case
from intake_api.form.application import Submission
from intake_api.jobs.models import Job
from intake_api.jobs.repository import LEASE, MAX_ATTEMPTS, claim
from intake_api.jobs.service import JobService, enqueue
from intake_api.kit.db import Database
from intake_api.office import Office
from tests.conftest import SettableClock
from tests.samples import application


@pytest.fixture
async def db(db_url: str):  # type: ignore[no-untyped-def]
    database = Database(db_url)
    yield database
    await database.dispose()


async def fill(db: Database, clock: SettableClock, number: int) -> None:
    async with db.write() as session:
        for place in range(number):
            enqueue(session, "count", {"place": place}, clock.now())


async def test_eight_workers_run_each_job_once(db: Database, clock: SettableClock) -> None:
    done: list[int] = []

    async def count(payload: Mapping[str, Any]) -> None:
        done.append(payload["place"])

    await fill(db, clock, 60)
    service = JobService(db, clock, {"count": count}, recurring={})

    async def work() -> None:
        while await service.run_next():
            pass

    await asyncio.gather(*(work() for _ in range(8)))
    assert sorted(done) == list(range(60))


async def test_a_failing_job_is_tried_again_later_and_given_up_visibly(db: Database, clock: SettableClock) -> None:
    async def fail(_payload: Mapping[str, Any]) -> None:
        raise RuntimeError

    await fill(db, clock, 1)
    service, tries = JobService(db, clock, {"count": fail}, recurring={}), 0
    for _ in range(3 * MAX_ATTEMPTS):
        tries += await service.run_next()
        assert not await service.run_next()
        clock.moment += timedelta(hours=3)
    async with db.read() as session:
        job = (await session.scalars(select(Job))).one()
    assert tries == job.attempts == MAX_ATTEMPTS
    assert job.error == "RuntimeError"
    assert job.finished_at is not None


async def test_one_that_cannot_be_read_or_done_keeps_no_other_waiting(db: Database, clock: SettableClock) -> None:
    done: list[int] = []

    async def count(payload: Mapping[str, Any]) -> None:
        done.append(payload["place"])

    await fill(db, clock, 4)
    async with db.write() as session:
        # on PostgreSQL no JSON can be damaged, only be something else
        damaged = "{" if session.get_bind().dialect.name == "sqlite" else '"x"'
        await session.execute(text("UPDATE job SET payload = :damaged WHERE id = 1"), {"damaged": damaged})
        await session.execute(text("UPDATE job SET payload = '{}' WHERE id = 2"))
        await session.execute(text("UPDATE job SET kind = 'of-another-release' WHERE id = 3"))
    service = JobService(db, clock, {"count": count}, recurring={})
    while await service.run_next():
        pass
    assert done == [3]
    async with db.read() as session:
        errors = (await session.execute(text("SELECT error FROM job ORDER BY id"))).scalars().all()
    assert all(errors[:3])
    assert errors[3] is None


async def test_a_job_that_hangs_is_given_up_for_now(db: Database, clock: SettableClock) -> None:
    async def hang(_payload: Mapping[str, Any]) -> None:
        await asyncio.Event().wait()

    await fill(db, clock, 1)
    service = JobService(db, clock, {"count": hang}, recurring={}, longest=timedelta(milliseconds=10))
    assert await service.run_next()
    async with db.read() as session:
        job = (await session.scalars(select(Job))).one()
    assert (job.error, job.finished_at) == ("TimeoutError", None)
    assert job.run_at > clock.now()


async def test_a_job_whose_worker_died_is_claimed_again_after_its_lease(db: Database, clock: SettableClock) -> None:
    await fill(db, clock, 1)
    async with db.write() as session:
        assert await claim(session, clock.now(), {})
    async with db.write() as session:
        assert await claim(session, clock.now(), {}) is None
    clock.moment += LEASE + timedelta(seconds=1)
    async with db.write() as session:
        assert await claim(session, clock.now(), {})


async def test_two_writers_never_lose_an_update(db: Database, clock: SettableClock) -> None:
    from intake_api.cases.repository import next_serial, sync_agencies

    async with db.write() as session:
        await sync_agencies(session, [("city", "示例市人民政府", "SF")])

    async def take() -> int:
        async with db.write() as session:
            return await next_serial(session, "city", "disclosure", 2026)

    assert sorted(await asyncio.gather(*(take() for _ in range(40)))) == list(range(1, 41))


async def test_a_clock_a_year_ahead_parks_nothing_once_it_is_right_again(db: Database, clock: SettableClock) -> None:
    """A recurring job is never put off for longer than its period, no other for longer than the longest pause."""
    ran: list[str] = []

    async def work(payload: Mapping[str, Any]) -> None:
        ran.append("recurring" if "place" not in payload else "single")
        if clock.moment.year > 2026:
            raise RuntimeError

    service = JobService(db, clock, {"daily": work, "count": work}, {"daily": timedelta(days=1)})
    right = clock.moment
    clock.moment += timedelta(days=365)
    await service._prepare()
    await fill(db, clock, 1)
    while await service.run_next():  # both fail and wait for their next attempt, in a year
        pass
    async with db.write() as session:
        job = (await session.scalars(select(Job).where(Job.kind == "count"))).one()
        job.locked_until = clock.now() + LEASE  # its worker died
    ran.clear()
    clock.moment = right
    while await service.run_next():
        pass
    assert sorted(ran) == ["recurring", "single"]
    async with db.read() as session:
        daily = (await session.scalars(select(Job).where(Job.kind == "daily"))).one()
    assert daily.run_at == right + timedelta(days=1)
    assert not await service.run_next()


async def test_a_recurring_job_that_fails_is_tried_again_within_its_period(db: Database, clock: SettableClock) -> None:
    async def fail(_payload: Mapping[str, Any]) -> None:
        raise RuntimeError

    service = JobService(db, clock, {"often": fail}, {"often": timedelta(minutes=5)})
    await service._prepare()
    for _ in range(12):
        assert await service.run_next()
        assert not await service.run_next()
        clock.moment += timedelta(minutes=5)


async def test_a_message_leased_by_a_clock_a_year_ahead_goes_out(office: Office, clock: SettableClock) -> None:
    await office.cases.prepare()
    receipt = await office.cases.submit(Submission.model_validate(application()))
    async with office.db.write() as session:
        case = (await session.scalars(select(Case))).one()
        office.outbox.put(session, case.id, receipt.number, "chat", "请看答复。")
    clock.moment += timedelta(days=365)
    assert len(await office.outbox.fetch(5)) == 1
    clock.moment -= timedelta(days=365)
    assert len(await office.outbox.fetch(5)) == 1
    assert await office.outbox.fetch(5) == []
