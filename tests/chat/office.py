"""The office behind a conversation: what stands in its database, and what its staff do."""

import json
import re
from typing import Any

import httpx2
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.models import Case, Event, EventNote
from intake_api.cases.repository import OFFICE
from intake_api.jobs.models import Outbox
from intake_api.office import Office
from tests.contract.test_notices import event, issued
from tests.fakes.office_api import OfficeApi
from tests.samples import application

FIRST, SECOND = "SF-2026-00001", "SF-2026-00002"
_CODE = re.compile(r"查询码：(?:<code>)?([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})")


def code_in(receipt: str) -> str:
    """The query code of a receipt as it is read in a chat."""
    found = _CODE.search(receipt)
    assert found, receipt
    return found[1]


async def numbers(office: Office) -> list[str]:
    """All applications, in the order in which they were filed."""
    async with office.db.read() as session:
        return list(await session.scalars(select(Case.number).order_by(Case.id)))


async def filed(office: Office, number: str = FIRST) -> dict[str, Any]:
    """An application as it is on record; what was not given is left out."""
    async with office.db.read() as session:
        found = await repository.whole(session, number, OFFICE)
    assert found is not None
    assert found.text is not None
    asked = office.vault.open(f"case_text:{number}", found.text)
    return {name: asked[name] for name in ("title", "description", "document_number") if asked[name] is not None} | {
        "applicant": office.vault.open(f"applicant:{number}", found.applicant or b""),
        "delivery": {"medium": found.case.delivery_medium, "way": found.case.delivery_way},
        "channel": found.case.channel,
    }


async def supplements(office: Office) -> list[tuple[str, str]]:
    """Every supplement (补正) on record, in their order: the number and what was written."""
    rows = select(Case.number, Event.seq, EventNote.sealed).join(Event, Event.case_id == Case.id)
    notes = (EventNote.case_id == Event.case_id) & (EventNote.seq == Event.seq)
    asked = rows.join(EventNote, notes).where(Event.type == "clarification_received").order_by(Event.id)
    async with office.db.read() as session:
        found = (await session.execute(asked)).all()
    places = [(number, f"event_note:{number}:{seq}", sealed) for number, seq, sealed in found]
    return [(number, office.vault.open(place, sealed)["text"]) for number, place, sealed in places]


async def news(office: Office, number: str, sentence: str) -> int:
    """Put a message for the applicant into the outbox, as a step of the case does; returns its id."""
    async with office.db.write() as session:
        case = await repository.by_number(session, number, OFFICE)
        assert case is not None
        office.outbox.put(session, case.id, number, case.channel, sentence)
        await session.flush()
        return await _newest(session)


async def _newest(session: AsyncSession) -> int:
    newest = await session.scalar(select(func.max(Outbox.id)))
    assert newest is not None
    return newest


async def outbox(office: Office) -> dict[str, list[int]]:
    """The messages by what became of them: `delivered`, `refused` (so far) or `waiting` (with those refused)."""
    async with office.db.read() as session:
        rows = list(await session.scalars(select(Outbox).order_by(Outbox.id)))
    return {
        "delivered": [row.id for row in rows if row.delivered_at],
        "refused": [row.id for row in rows if row.refused and not row.delivered_at],
        "waiting": [row.id for row in rows if not row.delivered_at],
    }


async def of_another_chat(api: OfficeApi) -> str:
    """File an application by a chat that this bot knows nothing of; its number."""
    headers = {"X-Service-Key": api.key, "X-Client": "another"}
    answer = await api.http.post("/api/v1/requests", json=application(channel="chat"), headers=headers)
    number: str = answer.json()["number"]
    return number


async def publish(office: Office, *items: dict[str, Any]) -> None:
    """Publish items before anybody asks for them."""
    await office.published.import_items(json.dumps(item, ensure_ascii=False) for item in items)


REPLY_BY = "2026-12-04"
ASKED = {"unclear": "没有写明<年份>", "needed": "所需文件的年份\n文件名称"}


async def ask_for_supplement(staff: httpx2.AsyncClient, number: str = FIRST, *, notice: bool = False) -> None:
    """The staff want an application made clear; with the notice (补正告知书) that says what is unclear."""
    await event(staff, number, type="clarification_requested", reply_by=REPLY_BY)
    if notice:
        await issued(staff, number, "N2", **ASKED)
