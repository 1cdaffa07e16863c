"""Who has a case open is told to the others, `n` skips it, and an open desk hears of what is new."""

from datetime import timedelta

import httpx2

from intake_api.office import Office
from tests.conftest import SettableClock
from tests.contract.test_account_pages import Browser, db_url, hired
from tests.contract.test_staff import confirm, submitted

__all__ = ["db_url"]


async def onward(browser: Browser) -> str:
    return (await browser.get("/staff/next")).headers["location"].rpartition("/")[2]


async def test_who_opens_a_case_holds_it_for_some_minutes(
    client: httpx2.AsyncClient, office: Office, clock: SettableClock
) -> None:
    first, second = await submitted(client), await submitted(client)
    zhang, li = (
        await hired(office, client, "zhang", "clerk", person="张示例"),
        await hired(office, client, "li", "clerk"),
    )
    assert await onward(li) == first
    await zhang.get(f"/staff/cases/{first}")
    assert "张示例 正在看" in (await li.get("/staff")).text
    assert "正在看" not in (await zhang.get("/staff")).text
    assert (await onward(li), await onward(zhang)) == (second, first)
    assert "张示例 正在看这件申请" in (await li.get(f"/staff/cases/{first}")).text
    assert await onward(zhang) == first  # a look at what another holds takes nothing
    await li.get(f"/staff/cases/{second}")
    third = await hired(office, client, "wang", "clerk")
    assert await onward(third) == "staff"  # nothing is free: back to the list
    clock.moment += timedelta(minutes=4)
    assert await onward(li) == first


async def test_what_has_its_department_and_what_a_department_sees_is_held_by_nobody(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = await submitted(client)
    await confirm(staff, number, department="education")
    zhang = await hired(office, client, "zhang", "clerk")
    wang = await hired(office, client, "wang", "officer", department="education")
    await wang.get(f"/staff/cases/{number}")
    assert "正在看" not in (await zhang.get("/staff?tab=all")).text


async def test_an_open_desk_asks_for_a_few_bytes_until_something_is_new(
    client: httpx2.AsyncClient, office: Office, clock: SettableClock
) -> None:
    zhang = await hired(office, client, "zhang", "clerk")

    async def asked(known: str) -> httpx2.Response:
        return await client.get("/staff/stamp", headers=zhang._cookie | {"If-None-Match": known})

    first = await asked('"0"')
    assert (first.status_code, first.content) == (204, b"")
    known = first.headers["etag"]
    assert f'data-stamp="{known.strip(chr(34))}"' in (await zhang.get("/staff")).text
    assert (await asked(known)).status_code == 304
    await submitted(client)
    assert (await asked(known)).status_code == 204
