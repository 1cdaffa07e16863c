"""How often what is public spared an application: counted by month and surface, and nothing of anybody."""

import re

import httpx2

from intake_api.office import Office
from tests.contract.test_catalogue import HOUSE, SCHOOL, Desk, bring, desk

__all__ = ["desk"]
ASKED = {"q": "老旧小区改造"}


async def test_what_is_shown_opened_and_found_is_counted_by_month(
    client: httpx2.AsyncClient, office: Office, desk: Desk
) -> None:
    assert await office.deflection.months() == []
    assert "先看已公开的信息" not in (await desk.get("/staff/reports/bulletin")).text
    await bring(office, HOUSE, SCHOOL | {"url": "https://www.shilishi.invalid/2"})
    page = (await client.get("/", params=ASKED)).text
    await client.get("/published", params=ASKED)
    [link] = re.findall(r'href="(/published/to/\d+\?from=page)"', page)
    opened = await client.get(link)
    assert (opened.status_code, opened.headers["location"].partition("?")[2]) == (303, "from=page")
    assert "/published/found?from=page" in (await client.get(opened.headers["location"])).text
    assert "找到了就好" in (await client.get("/published/found?from=page")).text
    await client.get("/published/found?from=elsewhere")
    hint = await client.post("/apply/hint", data={"description": ASKED["q"]})
    await client.post("/apply/hint", data={"description": ASKED["q"], "hinted": "1"})
    assert 'name="hinted"' in hint.text
    bot = {"X-Service-Key": office.vault.service_key}
    [item] = (await client.get("/api/v1/published", params=ASKED, headers=bot)).json()["items"]
    assert item["url"].endswith("?from=chat")
    await client.get(item["url"])
    [month] = await office.deflection.months()
    assert month.month == "2026-11"
    assert month.counts == {
        "page": {"shown": 2, "opened": 1, "found": 1},
        "form": {"shown": 1, "opened": 0, "found": 0},
        "chat": {"shown": 1, "opened": 1, "found": 0},
    }
    await client.get(link)
    assert (await office.deflection.months())[0].counts["page"]["opened"] == 2, "what is counted later is added"
    console = (await desk.get("/staff/reports/bulletin")).text
    assert "先看已公开的信息" in console
    assert "2026-11" in console


async def test_the_way_to_an_item_leads_nowhere_else(client: httpx2.AsyncClient, office: Office) -> None:
    await bring(office, SCHOOL | {"url": "https://www.shilishi.invalid/2"})
    [item] = await office.published.page()
    answer = await client.get(f"/published/to/{item.id}?from=https://elsewhere.invalid")
    assert answer.headers["location"] == "https://www.shilishi.invalid/2"
    for other in (0, 10**30, "x"):
        assert (await client.get(f"/published/to/{other}")).status_code in (404, 422)
