"""Saved filters of the desk: lists at one press with counts, combined with what narrows them, kept in the address."""

import re

import httpx2
import pytest

from intake_api.office import Office
from tests.contract.test_account_pages import Browser, hired
from tests.contract.test_staff import submitted
from tests.contract.test_workflow import taken
from tests.samples import application


@pytest.fixture
async def zhang(office: Office, client: httpx2.AsyncClient) -> Browser:
    """A clerk at an open desk."""
    return await hired(office, client, "zhang", "clerk")


async def listed(browser: Browser, query: str) -> set[str]:
    return set(re.findall(r'id="row-([^"]+)"', (await browser.get(f"/staff?{query}")).text))


def tallies(page: str) -> dict[str, str]:
    return dict(re.findall(r'>([^<>]+) <span class="tally">([^<]+)</span>', page))


async def test_what_the_model_is_unsure_of_is_one_press_away(client: httpx2.AsyncClient, zhang: Browser) -> None:
    await submitted(client)
    doubtful = await submitted(client, description="请公开材料")
    assert await listed(zhang, "mark=doubtful") == {doubtful}
    assert tallies((await zhang.get("/staff")).text)["拿不准"] == "1"


async def test_a_supplement_is_on_its_list_until_somebody_acts(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, zhang: Browser
) -> None:
    receipt = (await client.post("/api/v1/requests", json=application())).json()
    number, code = receipt["number"], {"X-Query-Code": receipt["query_code"]}
    await taken(staff, number, "clarification_requested", reply_by="2026-12-10")
    assert await listed(zhang, "mark=supplemented") == set()
    sent = await client.post(f"/api/v1/requests/{number}/supplements", json={"text": "要的是2025年的"}, headers=code)
    assert sent.status_code == 200, sent.text
    assert await listed(zhang, "mark=supplemented") == {number}
    await staff.post(f"/api/v1/staff/cases/{number}/particulars")  # a look is no act
    assert await listed(zhang, "mark=supplemented") == {number}
    confirmation = {"department": "education", "disposition": "public"}
    assert (await staff.post(f"/api/v1/staff/cases/{number}/confirmation", json=confirmation)).status_code == 200
    assert await listed(zhang, "mark=supplemented") == set()


async def test_filters_combine_and_stay_in_every_link(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, zhang: Browser
) -> None:
    by_web = await submitted(client)
    entered = application(channel="counter", receipt_basis="counter", received_on="2026-11-18")
    at_counter = (await staff.post("/api/v1/staff/cases", json=entered)).json()["number"]
    assert await listed(zhang, "channel=counter") == {at_counter}
    assert await listed(zhang, "channel=web&until=2026-11-18") == set()
    assert await listed(zhang, "until=2026-11-18") == {at_counter}
    assert await listed(zhang, "since=2026-11-19&state=received") == {by_web}
    flagged = await submitted(client, description="举报示例公司征地，并申请公开补偿方案。")
    assert await listed(zhang, "flag=complaint") == {flagged}
    page = (await zhang.get("/staff?channel=counter&until=2026-11-18")).text
    tabs = re.findall(r'href="(/staff\?[^"]*)"', page.partition('class="tabs"')[2].partition("</ul>")[0])
    assert len(tabs) == 5
    assert all("channel=counter" in link and "until=2026-11-18" in link for link in tabs)
    assert "没有符合这些条件的申请" in (await zhang.get("/staff?flag=excessive")).text


async def test_what_is_no_filter_filters_nothing(client: httpx2.AsyncClient, zhang: Browser) -> None:
    number = await submitted(client)
    assert await listed(zhang, "channel=x&flag=%22&state=x&mark=x&since=x&until=2026-13-01") == {number}
