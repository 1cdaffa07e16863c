"""Issuing is one transaction: broken off at any of its statements, nothing of it is there, and it can be done again."""

from typing import Any

import httpx2
from sqlalchemy import event, func, select

from intake_api.cases.models import Case, Event, EventNote
from intake_api.jobs.models import Outbox
from intake_api.notices.models import Notice, NoticeFile, NoticeSeries
from intake_api.office import Office
from tests.contract.test_notices import STAFF, begun, submitted
from tests.contract.test_staff import CONFIRM

TABLES = (Event, EventNote, Outbox, NoticeFile, NoticeSeries)


async def state(office: Office) -> list[Any]:
    """Everything that issuing could have left half done."""
    async with office.db.read() as session:
        counts = [await session.scalar(select(func.count()).select_from(table)) for table in TABLES]
        cases = (await session.execute(select(Case.status, Case.outcome, Case.head_hash).order_by(Case.id))).all()
        drafts = (await session.execute(select(Notice.number, Notice.version).order_by(Notice.id))).all()
    return [counts, cases, drafts]


async def test_broken_off_at_any_statement_nothing_of_it_is_done(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    draft = await begun(staff, number, "N10", place="网站")
    before, engine = await state(office), office.db._engines[0].sync_engine
    at, seen = 0, 0

    def cut(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal seen
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            seen += 1
            if seen == at:
                raise OSError("the power is cut")

    event.listen(engine, "before_cursor_execute", cut)
    while True:
        at, seen = at + 1, 0
        try:
            answer = await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")
        except OSError:
            answer = None
        if answer is not None and answer.status_code == 200:
            break
        assert await state(office) == before, at
    event.remove(engine, "before_cursor_execute", cut)
    assert at > 5  # the act writes event, letter, files, series, draft and projection
    assert await office.verified() == (1, None)
    assert (await staff.get(f"{STAFF}/{number}")).json()["status"] == "answered"
