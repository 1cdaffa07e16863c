"""Every route of staff × role × department × state of the account: who may call it, and who is refused."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from intake_api.app import create_app
from intake_api.dossier import service as dossier
from intake_api.office import Office
from intake_api.people.service import SignedIn
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.contract.test_staff import confirm, submitted
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.routes import routes_of
from tests.samples import application

# Who may call what. `all`: everybody at work; `office`: who is not limited to a department; `answerable`: of those,
# reviewers and administrators; `charge`: administrators; `any`: also who still has to choose a password.
RIGHTS = """
any GET /staff/password
any POST /staff/password
any POST /staff/sign-out
any POST /api/v1/staff/password
all DELETE /api/v1/staff/tokens
all GET /staff
all GET /staff/next
all GET /staff/stamp
all GET /staff/receipt
all GET /staff/supervision
all GET /staff/calendar
all GET /staff/proceedings
all GET /staff/reports/bulletin
all GET /staff/reports/bulletin.{kind}
all GET /staff/cases/{number}
all POST /staff/cases/{number}/confirmation
all POST /staff/cases/{number}/events
all POST /staff/cases/{number}/children
all POST /staff/cases/{number}/filed-on
all POST /staff/cases/{number}/particulars
all POST /staff/cases/{number}/attachments
all POST /staff/cases/{number}/attachments/{attachment_id}
all POST /staff/cases/{number}/messages/{message_id}
office POST /staff/cases/{number}/query-code
all GET /staff/cases/{number}/notices
all POST /staff/cases/{number}/notices
all GET /staff/cases/{number}/notices/{notice_id}
all POST /staff/cases/{number}/notices/{notice_id}
all GET /staff/cases/{number}/notices/{notice_id}/file
all POST /staff/cases/{number}/notices/{notice_id}/issue
all POST /staff/cases/{number}/notices/{notice_id}/discard
all POST /staff/cases/{number}/notices/{notice_id}/approval
all POST /staff/cases/{number}/notices/{notice_id}/approve
all POST /staff/cases/{number}/notices/{notice_id}/return
all GET /staff/approvals
all GET /api/v1/staff/cases
all GET /api/v1/staff/cases/{number}
all POST /api/v1/staff/cases/{number}/particulars
all GET /api/v1/staff/cases/{number}/messages
all POST /api/v1/staff/cases/{number}/messages/{message_id}
office POST /api/v1/staff/cases/{number}/query-code
all GET /api/v1/staff/cases/{number}/attachments
all POST /api/v1/staff/cases/{number}/attachments
all GET /api/v1/staff/cases/{number}/attachments/{attachment_id}
all POST /api/v1/staff/cases/{number}/confirmation
all POST /api/v1/staff/cases/{number}/events
all POST /api/v1/staff/cases/{number}/children
all POST /api/v1/staff/cases/{number}/filed-on
all GET /api/v1/staff/cases/{number}/proceedings
all POST /api/v1/staff/cases/{number}/proceedings
all GET /api/v1/staff/proceedings
all GET /api/v1/staff/cases/{number}/notices
all POST /api/v1/staff/cases/{number}/notices
all GET /api/v1/staff/cases/{number}/notices/{notice_id}
all PUT /api/v1/staff/cases/{number}/notices/{notice_id}
all DELETE /api/v1/staff/cases/{number}/notices/{notice_id}
all POST /api/v1/staff/cases/{number}/notices/{notice_id}/issue
all POST /api/v1/staff/cases/{number}/notices/{notice_id}/approval
all POST /api/v1/staff/cases/{number}/notices/{notice_id}/return
all GET /api/v1/staff/reports/bulletin
all GET /api/v1/staff/supervision
office GET /api/v1/staff/cases/{number}/dossier
office POST /staff/cases/{number}/dossier
office GET /staff/cases/new
office POST /staff/cases/new
office POST /api/v1/staff/cases
office GET /staff/reports
office GET /staff/reports/annual.{kind}
office GET /staff/reports/cases
office GET /staff/reports/figures
office POST /staff/reports/figures
office GET /api/v1/staff/reports/annual
office GET /staff/published
office GET /staff/published/proposals
office GET /staff/cases/{number}/release
office POST /staff/cases/{number}/release
office GET /staff/published/new
office POST /staff/published/new
office GET /staff/published/items/{item}
office POST /staff/published/items/{item}
office POST /staff/published/uploads
office GET /staff/published/uploads/{key}
office POST /staff/published/uploads/{key}
office GET /staff/published/export.{kind}
office POST /staff/published/links
answerable GET /staff/ledger
answerable POST /staff/ledger
answerable GET /staff/ledger/{key}
answerable POST /staff/ledger/{key}
answerable POST /staff/ledger/export/file
answerable GET /staff/models
answerable GET /staff/models/run
answerable GET /staff/models/{version}
answerable POST /staff/models/doubts
answerable GET /staff/rules
answerable POST /staff/cases/{number}/forgotten
all GET /staff/account
all GET /staff/second-factor
all POST /staff/second-factor
all POST /staff/account/factor
all POST /staff/account/sessions
all POST /staff/account/absence
all POST /staff/stand-in
charge GET /staff/accounts
charge POST /staff/accounts
charge GET /staff/accounts/{username}
charge POST /staff/accounts/{username}
charge POST /staff/accounts/{username}/password
charge POST /staff/accounts/{username}/factor
charge POST /staff/accounts/{username}/state
charge POST /staff/accounts/{username}/sessions
charge POST /staff/accounts/{username}/absence
charge GET /staff/audit
charge POST /staff/audit/check
charge GET /staff/doctor
charge POST /staff/doctor/backup
charge POST /staff/models/retrain
charge POST /staff/models/rollback
charge POST /staff/models/promote
charge POST /staff/calendar/preview
charge POST /staff/calendar/import
charge POST /staff/calendar/day
"""
WHO = {tuple(line.split()[1:]): line.split()[0] for line in RIGHTS.split("\n") if line}
PUBLIC = {("GET", "/staff/sign-in"), ("POST", "/staff/sign-in"), ("POST", "/api/v1/staff/tokens")}
BODIES: dict[str, Any] = {
    "/staff/cases": application(channel="counter", receipt_basis="counter"),
    "/confirmation": {"department": "education", "disposition": "public"},
    "/events": {"type": "linked", "number": "SF-2026-99999", "relation": "related"},
    "/children": {"children": [{"description": "第一件事项"}, {"description": "第二件事项"}]},
    "/filed-on": {"channel": "oral"},
    "/proceedings": {"kind": "review"},
    "/notices": {"code": "N1"},
    "/notices/7": {"elements": {}},
    "/notices/7/return": {"reason": "没有写明页数"},
    "/password": {"old": "not this one", "new": "a new long one"},
}
ROLES = ("clerk", "officer", "reviewer", "admin")
REFUSED = {"sign_in_required", "not_allowed", "password_change_required", "csrf_failed"}


@pytest.fixture
def db_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """Rights do not depend on the database: one kind is enough."""
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@dataclass
class Person:
    """An account with a session of each kind."""

    role: str
    department: str | None
    web: SignedIn
    api: SignedIn

    def may(self, right: str) -> bool:
        office = self.department is None
        return {
            "any": True,
            "all": True,
            "office": office,
            "answerable": office and self.role in ("reviewer", "admin"),
            "charge": office and self.role == "admin",
        }[right]


async def people(office: Office, password: str | None, department: str = "education") -> list[Person]:
    """One of each role, of the whole office and of a department."""
    hired = []
    for role in ROLES:
        for where in (None, department):
            name = f"{role}-{where}"
            given = await office.people.add(name, role, where, password)
            sessions = [await office.people.sign_in(name, given, kind=kind) for kind in ("web", "api")]
            hired.append(Person(role, where, *sessions))
    return hired


async def call(
    client: httpx2.AsyncClient, route: tuple[str, str], number: str, person: Person | None
) -> httpx2.Response:
    """Call a route as this person, with a body that gets as far as the service."""
    method, pattern = route
    names = {
        "number": number,
        "notice_id": 7,
        "attachment_id": 7,
        "message_id": 7,
        "kind": "xlsx",
        "item": 7,
        "username": "nobody",
    }
    names |= {"key": "no-such-file", "version": "no-such-model"}
    path = pattern.format(**names)
    if pattern.startswith("/api"):
        headers = {"Authorization": f"Bearer {person.api.token}"} if person else {"Authorization": "Bearer made-up"}
        body = next((body for end, body in BODIES.items() if path.endswith(end)), None)
        query = "?year=2026" if path.endswith("annual") else ""
        if (method, path.rpartition("/")[2]) == ("POST", "attachments"):
            file = {"file": ("a.pdf", b"no pdf", "application/pdf")}
            return await client.request(method, path, headers=headers, data={"paper": "other"}, files=file)
        return await client.request(method, path + query, headers=headers, json=None if method == "GET" else body)
    headers = {"Cookie": f"gongkai_staff={person.web.token if person else 'made-up'}"}
    form = {"csrf": person.web.account.csrf if person else "x"}
    return await client.request(method, path, headers=headers, data=form if method == "POST" else None)


def refused(answer: httpx2.Response) -> bool:
    """Whether the caller was turned away for who they are."""
    if answer.status_code == 303:
        return answer.headers["location"] == "/staff/password"
    error = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return isinstance(error, dict) and error.get("error", {}).get("code") in REFUSED


async def case_of_education(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> str:
    number = await submitted(client)
    await confirm(staff, number, department="education")
    return number


# What ends a session comes last.
ROUTES = sorted(WHO, key=lambda route: route[1].endswith(("/tokens", "/sign-out")))


def test_every_route_of_staff_has_its_right_written_down(office: Office) -> None:
    served = {(route.method, route.path) for route in routes_of(office)}
    assert {one for one in served if one[1].startswith(("/staff", "/api/v1/staff"))} == set(WHO) | PUBLIC


@pytest.fixture(autouse=True)
def _no_binding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may have a dossier is decided before it is bound, which takes seconds (tests/contract/test_dossier.py)."""
    monkeypatch.setattr(dossier, "_bound", lambda _: (1, b"%PDF-"))


async def test_who_is_at_work_may_do_what_is_written_down_and_nothing_else(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = await case_of_education(client, staff)
    wrong = [
        (person.role, person.department, *route)
        for person in await people(office, "a long password")
        for route in ROUTES
        if refused(await call(client, route, number, person)) == person.may(WHO[route])
    ]
    assert wrong == []


@pytest.mark.parametrize("state", ["one-time", "disabled", "expired"])
async def test_who_is_not_at_work_may_choose_a_password_at_most(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, clock: SettableClock, state: str
) -> None:
    number = await case_of_education(client, staff)
    everybody = await people(office, None if state == "one-time" else "a long password")
    if state == "disabled":
        for person in everybody:
            await office.people.disable(person.api.account.username)
    clock.moment += timedelta(days=30) if state == "expired" else timedelta()
    wrong = []
    for person in everybody:
        for route in ROUTES:
            may = state == "one-time" and WHO[route] == "any"
            if refused(await call(client, route, number, person)) == may:
                wrong.append((person.role, person.department, *route))
    assert wrong == []


async def test_nobody_comes_in_without_a_session(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await case_of_education(client, staff)
    assert [route for route in ROUTES if not refused(await call(client, route, number, None))] == []


async def test_a_department_finds_no_case_of_another_by_any_route(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = await case_of_education(client, staff)
    of_housing = [one for one in await people(office, "a long password", "housing") if one.department]
    found = []
    for person in of_housing:
        for route in (route for route in ROUTES if "{number}" in route[1]):
            status = (await call(client, route, number, person)).status_code
            if status != (403 if WHO[route] == "answerable" else 404):
                found.append((person.role, *route, status))
    assert found == []


async def test_departments_enter_applications_where_the_office_wants_it(
    tmp_path: Path, db_url: str, clock: SettableClock
) -> None:
    settings = Settings.load({"data": tmp_path / "data", "database_url": db_url, "department_entry": "on"})
    office = build_office(settings, DIRECTORY, KeywordClassifier, clock)
    await office.triage.start()
    await office.cases.prepare()
    transport = httpx2.ASGITransport(create_app(office, work=False))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        for person in await people(office, "a long password"):
            assert (await call(client, ("GET", "/staff/cases/new"), "", person)).status_code == 200
            assert (await call(client, ("POST", "/api/v1/staff/cases"), "", person)).status_code == 201
    await office.db.dispose()
