"""Messages to citizens who applied by chat: none holds up another; only what may have arrived is called a repeat."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from intake_api.jobs.models import Outbox
from intake_api.jobs.repository import drop_finished
from intake_api.jobs.service import OutboxService
from intake_api.kit.db import Database
from intake_api.kit.vault import Vault
from tests.conftest import SettableClock
from tests.fakes.cases import case_row, put_cases

NUMBER = "SF-2025-000001"


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    database = Database(db_url)
    await put_cases(database, [case_row(1)])
    yield database
    await database.dispose()


@pytest.fixture
async def outbox(db: Database, clock: SettableClock) -> OutboxService:
    service = OutboxService(db, Vault([bytes(32)]), clock)
    async with db.write() as session:
        for place in range(3):
            service.put(session, 1, NUMBER, "chat", f"第{place}条")
    return service


async def waiting(outbox: OutboxService) -> list[tuple[str, bool]]:
    return [(item["sentence"], item["repeated"]) for item in await outbox.fetch(50)]


@pytest.mark.parametrize(
    "damaged",
    [b"", b"x", bytes(40), Vault([bytes(32)]).seal("outbox:another", "别处的")],
    ids=["empty", "short", "zeros", "another's"],  # a sealed value differs at each start
)
async def test_one_that_cannot_be_opened_holds_up_none_behind_it(
    db: Database, outbox: OutboxService, damaged: bytes
) -> None:
    async with db.write() as session:
        await session.execute(update(Outbox).where(Outbox.id == 1).values(sealed=damaged))
    assert await waiting(outbox) == [("第1条", False), ("第2条", False)]


async def test_only_what_may_have_arrived_comes_again_as_a_repeat(outbox: OutboxService, clock: SettableClock) -> None:
    await outbox.fetch(50)
    await outbox.delivered(1)
    await outbox.refused(2)
    assert await waiting(outbox) == [], "each is leased"
    clock.moment += timedelta(minutes=3)
    assert await waiting(outbox) == [("第1条", False), ("第2条", True)]


async def test_what_nobody_takes_is_asked_for_less_and_less_and_given_up_after_a_month(
    db: Database, outbox: OutboxService, clock: SettableClock
) -> None:
    asked = 0
    for _ in range(24 * 60):
        asked += len(await outbox.fetch(1))
        clock.moment += timedelta(minutes=1)
    assert 3 * 24 <= asked <= 3 * 30, "about once an hour each"
    clock.moment += timedelta(days=31)
    async with db.write() as session:
        await drop_finished(session, clock.now() - timedelta(days=30))
    assert await waiting(outbox) == []
