"""What `/readyz` says: that applications can be taken, else why not; and what a wrong clock does to them."""

from datetime import timedelta

import httpx2
import pyotp
import pytest
from sqlalchemy import event, select
from structlog.testing import capture_logs

from intake_api import readiness
from intake_api.cases.models import Case
from intake_api.cases.schemas import EventIn
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.people.service import Account
from intake_api.readiness import Readiness
from tests.conftest import SettableClock
from tests.samples import APPLICATION, application

READY = {"database": "ok", "writing": "ok", "space": "ok", "clock": "ok", "model": "keywords-1"}


async def test_all_is_well(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, READY | {"model": answer.json()["model"]})


async def test_no_space_is_said(office: Office) -> None:
    with capture_logs() as lines:
        found, ready = await Readiness(office, enough=2**60).look()
    assert (found["space"], ready) == ("low", False)
    assert [(line["event"], line["space"]) for line in lines] == [("not_ready", "low")]


@pytest.fixture
def full(office: Office) -> None:
    """From here on nothing more can be stored."""
    if office.db.is_sqlite:

        @event.listens_for(office.db._engines[0].sync_engine, "begin")
        def _no_room(connection) -> None:  # type: ignore[no-untyped-def]  # SQLAlchemy's event
            connection.exec_driver_sql("PRAGMA query_only=ON")
    else:

        @event.listens_for(office.db._engines[0].sync_engine, "begin")
        def _no_writing(connection) -> None:  # type: ignore[no-untyped-def]  # SQLAlchemy's event
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")


async def test_a_database_that_cannot_be_written_is_said_and_logged(
    office: Office, client: httpx2.AsyncClient, full: None
) -> None:
    del full
    with capture_logs() as lines:
        ready = await client.get("/readyz")
        refused = await client.post("/api/v1/requests", json=APPLICATION)
    assert (ready.status_code, ready.json()["writing"], ready.json()["database"]) == (503, "read_only", "ok")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "storage_unavailable")
    said = [(line["event"], line.get("cause")) for line in lines]
    assert said.count(("storage_unavailable", "read_only")) == 2


async def test_whoever_asks_often_does_not_write_often(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, written = Readiness(office), 0

    @event.listens_for(office.db._engines[0].sync_engine, "commit")
    def _count(_connection: object) -> None:
        nonlocal written
        written += 1

    for _ in range(5):
        await looks.look()
    assert written == 1
    monkeypatch.setattr(readiness, "WRITES_EVERY", 0.0)
    await looks.look()
    assert written == 2


class TestClockBehind:
    """A clock more than a day behind the newest event: intake goes on, the day of receipt waits for a clerk."""

    @pytest.fixture(autouse=True)
    async def _late(self, office: Office, client: httpx2.AsyncClient, clock: SettableClock) -> None:
        self.first = (await client.post("/api/v1/requests", json=APPLICATION)).json()
        clock.moment -= timedelta(days=2)

    async def test_an_application_is_taken_without_its_day(self, client: httpx2.AsyncClient) -> None:
        for _ in range(2):
            with capture_logs() as lines:
                answer = await client.post("/api/v1/requests", json=APPLICATION)
            assert answer.status_code == 201
            assert (answer.json()["received_on"], answer.json()["due_on"]) == (None, None)
            assert "clock_behind" in [line["event"] for line in lines]
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["clock"]) == (200, "behind")

    async def test_within_a_day_all_is_as_ever(self, client: httpx2.AsyncClient, clock: SettableClock) -> None:
        clock.moment += timedelta(days=1)
        assert (await client.post("/api/v1/requests", json=APPLICATION)).json()["received_on"] == "2026-11-19"

    async def test_who_knows_the_clock_to_be_right_says_so(self, office: Office, client: httpx2.AsyncClient) -> None:
        await office.cases.trust_clock()
        assert (await client.get("/readyz")).json()["clock"] == "ok"
        assert (await client.post("/api/v1/requests", json=APPLICATION)).json()["received_on"] == "2026-11-18"

    async def test_what_a_clerk_enters_keeps_its_day(self, office: Office, staff: httpx2.AsyncClient) -> None:
        entry = application(channel="counter", received_on="2026-11-18", receipt_basis="counter")
        answer = await staff.post("/api/v1/staff/cases", json=entry)
        assert answer.json()["received_on"] == "2026-11-18"

    async def test_the_applicant_can_supplement_all_the_same(self, office: Office, clock: SettableClock) -> None:
        clock.moment += timedelta(days=2)
        officer = Account(1, "zhang", "officer", None)
        await office.people.add("zhang", "officer", None, "a long password")
        asked = EventIn.model_validate({"type": "clarification_requested", "reply_by": "2026-12-10"}).act()
        await office.cases.record(officer, self.first["number"], asked)
        clock.moment -= timedelta(days=2)
        own = self.first["number"], self.first["query_code"]
        await office.cases.supplement(*own, "城关镇 2024 年的批复。")
        view = await office.case_views.citizen_view(*own)
        assert view.status != "clarifying"
        async with office.db.read() as session:
            case = (await session.scalars(select(Case))).one()
        assert case.due_on is not None


async def test_a_code_used_under_a_clock_far_ahead_locks_nobody_out(office: Office, clock: SettableClock) -> None:
    await office.people.add("zhang", "clerk", None, "a long password")
    totp = pyotp.parse_uri(await office.people.reset_totp("zhang"))

    async def sign_in() -> None:
        code = totp.at(clock.moment)  # type: ignore[union-attr]  # time-based
        await office.people.sign_in("zhang", "a long password", code)

    clock.moment += timedelta(days=365)
    await sign_in()
    clock.moment -= timedelta(days=365)
    await sign_in()
    with pytest.raises(Failure, match="wrong_credentials"):
        await sign_in()  # a code is good once


async def test_a_wait_given_by_a_clock_far_ahead_is_none(office: Office, clock: SettableClock) -> None:
    await office.people.add("zhang", "clerk", None, "a long password")

    async def guess() -> str:
        with pytest.raises(Failure) as refused:
            await office.people.sign_in("zhang", "another password")
        return refused.value.code

    clock.moment += timedelta(days=365)
    assert {await guess() for _ in range(8)} == {"wrong_credentials", "account_locked"}
    clock.moment -= timedelta(days=365)
    await office.people.sign_in("zhang", "a long password")


async def test_a_demo_of_other_days_is_no_wrong_clock(office: Office, clock: SettableClock) -> None:
    await office.cases.prepare()
    body = Submission.model_validate(application())
    await office.cases.submit(body)
    earlier = office.cases.at(type(clock)())
    assert (await earlier.submit(body)).received_on is not None
