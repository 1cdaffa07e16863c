"""信息处理费 in the console: an office that charges none is not offered the notice; the API takes the event anyway."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from intake_api.app import create_app
from intake_api.office import Office
from tests.conftest import SettableClock
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import application

PASSWORD = "a long password"
STEP, NOTICE = "收费通知已送达", "信息处理费收费通知"


@pytest.fixture
async def charging(office: Office, clock: SettableClock) -> Office:
    """The same office with the fee by items turned on."""
    settings = office.settings.model_copy(update={"fees": "items"})
    return build_office(settings, DIRECTORY, KeywordClassifier, clock)


@pytest.fixture(params=[False, True], ids=["off", "on"])
async def pages(
    request: pytest.FixtureRequest, office: Office, charging: Office
) -> AsyncIterator[tuple[httpx2.AsyncClient, bool]]:
    """A browser's session of an officer, and whether the office charges fees; by default it does not."""
    chosen = charging if request.param else office
    await chosen.people.add("chengban", "officer", None, PASSWORD)
    app = create_app(chosen, work=False)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        await http.post("/staff/sign-in", data={"username": "chengban", "password": PASSWORD})
        yield http, request.param
    await chosen.db.dispose()


async def test_fee_notices_are_offered_only_where_fees_are_on(pages: tuple[httpx2.AsyncClient, bool]) -> None:
    http, on = pages
    number = (await http.post("/api/v1/requests", json=application())).json()["number"]
    signed_in = {"username": "chengban", "password": PASSWORD}
    token = (await http.post("/api/v1/staff/tokens", json=signed_in)).json()["token"]
    api = {"Authorization": f"Bearer {token}"}
    case = f"/api/v1/staff/cases/{number}"
    decision = {"department": "housing", "disposition": "public"}
    await http.post(f"{case}/confirmation", json=decision, headers=api)
    assert (STEP in (await http.get(f"/staff/cases/{number}")).text) is on
    assert (NOTICE in (await http.get(f"/staff/cases/{number}/notices")).text) is on
    answer = await http.post(f"{case}/events", json={"type": "fee_noticed"}, headers=api)
    assert (answer.status_code, answer.json()["status"]) == (200, "awaiting_fee"), "docs/contract.md §3"
    assert "完成缴费" in (await http.get(f"/staff/cases/{number}")).text, "what was begun can be ended"
