"""Every column of every case can be derived from its events, whatever has happened to it."""

from typing import Any

from sqlalchemy import select, update

from intake_api.cases.acts import Choice, Matter
from intake_api.cases.audit import rebuild_projections
from intake_api.cases.models import Case
from intake_api.cases.projection import NOTHING_YET
from intake_api.cases.schemas import EventIn
from intake_api.form.application import StaffSubmission, Submission
from intake_api.office import Office
from intake_api.people.service import Account
from tests.conftest import SettableClock
from tests.samples import application

HOUSING = Choice(department="housing", disposition="public")


async def filed(office: Office, **changes: object) -> tuple[str, str]:
    receipt = await office.cases.submit(Submission.model_validate(application(**changes)))
    return receipt.number, receipt.query_code


async def record(office: Office, who: Account, number: str, *steps: dict[str, Any]) -> None:
    for step in steps:
        await office.cases.record(who, number, EventIn.model_validate(step).act())


async def history(office: Office, who: Account) -> None:
    """Cases in every state, with the entries that columns come from."""
    cases = office.cases
    await cases.prepare()
    by_mail = application(channel="email", receipt_basis="internet")
    await cases.enter(who, StaffSubmission.model_validate(by_mail))
    whole, _ = await filed(office)
    await cases.split(who, whole, [Matter("批复")] * 2)
    back, _ = await filed(office)
    await cases.confirm(who, back, HOUSING)
    await record(office, who, back, {"type": "returned", "reason": "不归本局"})
    done, code = await filed(office)
    await cases.confirm(who, done, HOUSING)
    await record(
        office,
        who,
        done,
        {"type": "linked", "number": back, "relation": "repeat"},
        {"type": "consultation_started", "party": "third_party"},
        {"type": "consultation_delivered"},
        {"type": "consultation_ended", "opinion": "object_with_reason"},
        {"type": "extended", "days": 10},
        {"type": "answered", "outcome": "3.3.4", "delivery": "post"},
        {"type": "delivered", "way": "post"},
        {"type": "closed"},
        {"type": "review", "result": "corrected"},
        {"type": "litigation", "route": "after_review", "result": "pending"},
    )
    await cases.rate(done, code, 2, "等得太久")
    gone, code = await filed(office)
    await cases.withdraw(gone, code)
    asked, code = await filed(office)
    await record(office, who, asked, {"type": "clarification_requested", "reply_by": "2026-12-04"})
    await cases.supplement(asked, code, "是甲村东侧地块")


async def rows(office: Office) -> list[dict[str, Any]]:
    async with office.db.read() as session:
        found = await session.execute(select(*Case.__table__.columns).order_by(Case.id))
        return [dict(row._mapping) for row in found]


async def test_every_row_is_derived_anew_from_its_events(office: Office, clock: SettableClock) -> None:
    await office.people.add("zhang", "admin", None, "a long password")
    who = (await office.people.sign_in("zhang", "a long password")).account
    await history(office, who)
    before = await rows(office)
    states = {row["status"] for row in before}
    assert states == {"registered", "split", "received", "closed", "withdrawn"}
    ended = next(row for row in before if row["status"] == "closed")
    assert {name: ended[name] for name in ("outcome", "review", "litigation", "rating", "extended", "in_time")} == {
        "outcome": "3.3.4",
        "review": "corrected",
        "litigation": "after_review:pending",
        "rating": 2,
        "extended": True,
        "in_time": True,
    }
    assert [(row["returned"], row["department"]) for row in before if row["returned"]] == [(1, None)]
    split = next(row for row in before if row["status"] == "split")
    assert (split["open"], split["due_on"], split["outcome"], split["ended_on"]) == (False, None, None, None)
    assert [row["parent_id"] for row in before if row["parent_id"]] == [split["id"]] * 2
    assert await rebuild_projections(office.db, office.calendar, clock.today()) == (len(before), 0)
    async with office.db.write() as session:
        await session.execute(update(Case).values(NOTHING_YET))
    # the one that only waits for its receipt looks as it did at first
    assert await rebuild_projections(office.db, office.calendar, clock.today()) == (len(before), len(before) - 1)
    assert await rows(office) == before
    assert await office.verified() == (len(before), None)
