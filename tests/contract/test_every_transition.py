"""Every step of the table × every role × a case in every state: what the table does not allow is refused.

The expectation is read from the table itself (`statute.workflow.STEPS`), so a new step or state is under this test too.
"""

import shutil
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from intake_api.cases.acts import Act, Choice, Matter
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.people.service import Account
from intake_api.statute.steps import Step
from intake_api.statute.workflow import STEPS
from intake_api.terms.course import STATUSES
from intake_api.terms.handling import ROLES
from tests.conftest import SettableClock
from tests.contract.test_staff import confirm, submitted
from tests.contract.test_workflow import Hire, Json, hire, taken, view  # noqa: F401  # hire: a fixture
from tests.samples import application

pytestmark = pytest.mark.usefixtures("every_approval")
DEPARTMENT = "natural-resources"
MATTERS = [{"description": "征地批复文件"}, {"description": "教育经费决算"}]


@pytest.fixture
def db_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The table is the same whatever the database: one is enough."""
    path = tmp_path / "test.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def every_approval(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office that wants every approval: then every step of the table has a place in it."""
    monkeypatch.setenv("GONGKAI_SECRECY_REVIEW", "two")
    monkeypatch.setenv("GONGKAI_SIGN_OFF", "office")


async def a_case_in_every_state(client: httpx2.AsyncClient, hire: Hire, clock: SettableClock) -> Json:  # noqa: F811
    """The numbers by state; all but the first two are with the department."""
    boss, second = await hire("zhuren", "admin"), await hire("fuzhuren", "reviewer")
    entered = {"channel": "fax", "receipt_basis": "fax"}
    receipt = (await boss.post("/api/v1/staff/cases", json=application(**entered))).json()
    found = {"registered": receipt["number"], "received": await submitted(client)}
    for state in STATUSES:
        if state not in (*found, "merged"):
            found[state] = await submitted(client)
            await confirm(boss, found[state], department=DEPARTMENT)
    await taken(boss, found["consulting"], "consultation_started", party="third_party")
    await taken(boss, found["awaiting_fee"], "fee_noticed", sent_on="2026-11-20")
    for state in ("clarifying", "lapsed"):
        await taken(boss, found[state], "clarification_requested", reply_by="2026-11-24")
    await taken(boss, found["withdrawn"], "withdrawn")
    await boss.post(f"/api/v1/staff/cases/{found['split']}/children", json={"children": MATTERS})
    torn = await submitted(client)
    parts = (await boss.post(f"/api/v1/staff/cases/{torn}/children", json={"children": MATTERS})).json()["children"]
    await taken(boss, torn, "voided", ref=(await view(boss, torn))["undoable"], reason="分错了")
    found["merged"] = parts[0]["number"]
    for state in ("answered", "closed"):
        await taken(boss, found[state], "signed_off")
        await taken(second, found[state], "reviewed")
        await taken(boss, found[state], "answered", outcome="3.4.1", delivery="post")
    await taken(boss, found["closed"], "closed")
    clock.moment += timedelta(days=14)
    await taken(boss, found["lapsed"], "clarification_lapsed")
    return found


def in_the_table(step: Step, state: str, role: str, department: str | None) -> bool:
    ranks = list(ROLES)
    least = "reviewer" if step.code == "voided" and not STATUSES[state].open else step.least
    reaches = least is not None and ranks.index(role) >= ranks.index(least)
    # an answer that names another agency is none of these cases' (tests/contract/test_filed_on.py)
    # nor is a review or suit under way on any (tests/contract/test_proceedings.py)
    here = state in step.sources - step.contested and not step.elsewhere
    return reaches and here and not (step.office and department)


async def attempt(staff: httpx2.AsyncClient, number: str, step: Step) -> httpx2.Response:
    """The step by the call that it has; what it asks is left open, for its place is looked at first."""
    address = f"/api/v1/staff/cases/{number}"
    if step.call == "confirmation":
        made = (await view(staff, number))["decision"] or {"id": 1}
        decision = made["id"] if step.code == "correct" else None
        body: Any = {"department": "housing", "disposition": "public", "supersedes": decision}
        return await staff.post(f"{address}/confirmation", json=body)
    if step.call == "children":
        return await staff.post(f"{address}/children", json={"children": MATTERS})
    return await staff.post(f"{address}/events", json={"type": step.code})


async def within(office: Office, account: Account, number: str, step: Step, decision: int | None) -> Failure:
    """The same without HTTP, which costs more: the use case that the route calls, and its refusal."""
    if step.call == "confirmation":
        choice = Choice("housing", "public", supersedes=(decision or 1) if step.code == "correct" else None)
        doing: Awaitable[object] = office.cases.confirm(account, number, choice)
    elif step.call == "children":
        doing = office.cases.split(account, number, [Matter(one["description"]) for one in MATTERS])
    else:
        doing = office.approvals.record(account, number, Act(step.code))
    with pytest.raises(Failure) as refused:
        await doing
    return refused.value


def refused_here(state: str, role: str, department: str | None) -> list[Step]:
    """What is tried: what nobody may do in the state by the strongest hand, and by the others what is above them."""
    refused = [one for one in STEPS.values() if not in_the_table(one, state, role, department)]
    strongest = "admin"
    return [one for one in refused if role == strongest or in_the_table(one, state, strongest, None)]


HANDS = [*((role, None) for role in ROLES), *((role, DEPARTMENT) for role in ("clerk", "officer"))]


async def test_what_the_table_does_not_allow_is_refused_and_what_it_allows_is_offered(
    client: httpx2.AsyncClient,
    office: Office,
    clock: SettableClock,
    hire: Hire,  # noqa: F811
) -> None:
    cases, refused = await a_case_in_every_state(client, hire, clock), 0
    for place, (role, department) in enumerate(HANDS):
        account = Account(place + 100, f"{role}-{department}", role, department)
        for state, number in cases.items():
            if department and state in ("registered", "received", "merged"):
                continue  # not confirmed for the department, which does not see it
            shown = await office.case_views.view(account, number)
            where, decision = f"{role} {department} {state}", shown.decision and shown.decision.id
            assert shown.status == state
            happened = {event.type for event in shown.events}
            wanted = [step for step in STEPS.values() if in_the_table(step, state, role, department)]
            wanted = [step for step in wanted if not (step.once and step.event in happened)]
            assert [one.code for one in shown.allowed] == [step.code for step in wanted], where
            for step in refused_here(state, role, department):
                failure = await within(office, account, number, step, decision)
                assert failure.status == 409, f"{where} {step.code}: {failure}"
                told = {one["code"] for one in failure.extra["allowed"]}
                assert told >= {one.code for one in shown.allowed}, f"{where} {step.code}: {failure}"
                refused += 1
            assert (await office.case_views.view(account, number)).seq == shown.seq, where
    assert refused > 300
    assert (await office.verified())[1] is None


async def test_over_http_a_refused_step_says_what_is_allowed(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client)
    shown = await view(staff, number)
    for step in (one for one in STEPS.values() if not in_the_table(one, "received", "officer", None)):
        answer = await attempt(staff, number, step)
        assert answer.status_code == 409, f"{step.code}: {answer.text}"
        told = {one["code"] for one in answer.json()["error"]["allowed"]}
        assert told == {one["code"] for one in shown["allowed"]}, step.code
    assert (await view(staff, number))["seq"] == shown["seq"]


async def test_a_correction_has_no_step_that_needs_a_term(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client, kind="correction")
    await confirm(staff, number)
    for step in (one for one in STEPS.values() if one.term):
        error = (await attempt(staff, number, step)).json()["error"]
        assert error["code"] in ("impossible_event", "step_not_allowed"), step.code
        assert step.code not in {one["code"] for one in error["allowed"]}


async def test_a_department_returns_a_case_and_does_not_route_it_anew(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number = await submitted(client)
    decision = (await confirm(staff, number, department=DEPARTMENT)).json()["decision"]["id"]
    handler = await hire("ziran", "officer", DEPARTMENT)
    for named in (None, decision):
        answer = await confirm(handler, number, department="housing", supersedes=named)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (409, "department_returns")
        assert "returned" in error["message"]
        assert "returned" in {one["code"] for one in error["allowed"]}
        assert "correct" not in {one["code"] for one in error["allowed"]}
    assert (await view(staff, number))["department"] == DEPARTMENT
