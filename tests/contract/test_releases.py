"""Answered cases become proactive publication when a person says so (条例 art. 44), and show nothing of anybody."""

import re
from xml.etree import ElementTree

import httpx2
import pytest

from intake_api.office import Office
from intake_api.published.catalogue import Wanted
from intake_api.published.releases import personal_in
from tests.conftest import NOW
from tests.contract.test_catalogue import ATOM, SCHOOL, Desk, bring, desk, titles
from tests.contract.test_issue_is_the_act import case, event, handled
from tests.samples import APPLICATION

__all__ = ["desk"]
WRITTEN = {
    "title": "甲村2025年征地批复",
    "summary": "批复全文，隐去村民姓名。",
    "body": "批复正文",
    "log": "1",
    "catalogue": "1",
    "sure": "1",
}


async def granted(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, outcome: str = "3.1") -> str:
    number = await handled(client, staff)
    await event(staff, number, type="answered", outcome=outcome)
    return number


async def test_an_answered_case_is_proposed_released_and_taken_back(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, desk: Desk, office: Office
) -> None:
    number = await granted(client, staff)
    refused = await granted(client, staff, "3.4.1")
    page, path = (await desk.get("/staff/published/proposals")).text, f"/staff/cases/{number}/release"
    assert number in page
    assert refused not in page
    assert path in (await desk.get(f"/staff/cases/{number}")).text
    assert (await desk.get(f"/staff/cases/{refused}/release")).status_code == 409
    sent = await desk.post(path, WRITTEN)
    assert sent.headers["location"] == path
    log = (await client.get("/log")).text
    for told in ("甲村2025年征地批复", "隐去村民姓名", "2026年11月20日", "予以公开"):
        assert told in log
    for hidden in (number, "张三", "13800000000"):
        assert hidden not in log
    [item] = (await office.catalogue.listing(Wanted(), 1))[0]
    assert "批复正文" in (await client.get(item.text.url)).text
    assert item.text.url in log
    feed = ElementTree.fromstring((await client.get("/log/feed.xml")).content)
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "甲村2025年征地批复"
    assert entry.findtext(f"{ATOM}summary") == "予以公开：批复全文，隐去村民姓名。"
    assert number not in (await desk.get("/staff/published/proposals")).text
    assert "已经有人处理过" in (await desk.post(path, WRITTEN)).text
    await desk.post(path, {"act": "undo"})
    assert "甲村" not in (await client.get("/log")).text
    assert (await client.get(item.text.url)).status_code == 404
    assert number in (await desk.get("/staff/published/proposals")).text
    kinds = [done.kind for done in await office.trail.between(NOW.replace(year=2025), NOW.replace(year=2027))]
    assert {"answer_released", "release_undone"} <= set(kinds)


async def test_nothing_of_the_applicant_is_filled_in_or_let_through(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, desk: Desk
) -> None:
    path = f"/staff/cases/{await granted(client, staff)}/release"
    form = (await desk.get(path)).text
    filled = re.search(r'name="title" value="([^"]*)"', form)
    assert filled
    assert "张三" not in filled[1]
    wrong = {"title": "张 三申请的批复", "summary": "电话１３８００００００００", "sure": ""}
    answer = await desk.post(path, WRITTEN | wrong)
    assert answer.status_code == 422
    assert "里面有申请人或者代理人的姓名或者名称" in answer.text
    assert "里面有申请人或者代理人的号码" in answer.text
    assert "请确认里面没有个人信息" in answer.text
    assert "批复正文" in answer.text, "what was typed is still there"
    assert "批复" not in (await client.get("/log")).text


async def test_only_what_is_put_aside_is_in_neither(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, desk: Desk
) -> None:
    number = await granted(client, staff)
    answer = await desk.post(f"/staff/cases/{number}/release", WRITTEN | {"log": "", "catalogue": ""})
    assert answer.status_code == 422
    assert "请选择放在哪里" in answer.text
    assert "批复正文" in answer.text, "what was typed is still there"
    assert number in (await desk.get("/staff/published/proposals")).text


HOME = APPLICATION["applicant"] | {
    "address": "示例省示例市甲区丙街道幸福小区3号楼502室",
    "email": "lisi88@shilishi.invalid",
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("示例省示例市甲区丙街道2025年预算", 0),
        ("示例市甲区丙街道幸福小区改造", 0),
        ("丙街道幸福小区3号楼的批复", 1),
        ("https://www.shilishi.invalid/1", 0),
        ("https://www.shilishi.invalid/%E5%B9%B8%E7%A6%8F%E5%B0%8F%E5%8C%BA3%E5%8F%B7%E6%A5%BC", 1),
        ("https://www.shilishi.invalid/?from=LiSi88", 1),
    ],
)
def test_what_an_address_shares_with_its_neighbours_is_not_personal(text: str, found: int) -> None:
    assert len(personal_in(text, HOME, NOW.date())) == found


@pytest.mark.parametrize(
    ("address", "text"),
    [("示例市甲区", "示例市甲区"), ("甲区乙路1号", "甲区乙路1号"), ("文化路超市对面二楼", "文化路超市")],
)
def test_a_short_address_is_still_seen(address: str, text: str) -> None:
    assert personal_in(text, {"address": address}, NOW.date())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("甲村征地批复", 0),
        ("张三要的批复", 1),
        ("证件11010519491231002x", 2),  # the applicant's own, and a number of a person at all
        ("联系李四 13911112222", 1),
        ("写信到 somebody@example.invalid", 1),
    ],
)
def test_what_is_personal_is_seen_in_any_writing(text: str, found: int) -> None:
    assert len(personal_in(text, APPLICATION["applicant"], NOW.date())) == found


async def test_an_address_on_the_web_that_names_the_applicant_is_refused(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, desk: Desk
) -> None:
    path = f"/staff/cases/{await granted(client, staff)}/release"
    answer = await desk.post(path, WRITTEN | {"url": "https://www.shilishi.invalid/%E5%BC%A0%E4%B8%89.pdf"})
    assert answer.status_code == 422
    assert "里面有申请人或者代理人的姓名或者名称" in answer.text


async def test_a_case_may_stand_in_the_log_alone_or_be_put_aside(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, desk: Desk, office: Office
) -> None:
    logged, aside = await granted(client, staff, "3.2"), await granted(client, staff)
    only = WRITTEN | {"catalogue": "", "title": "只在公示里"}
    await desk.post(f"/staff/cases/{logged}/release", only)
    await desk.post(f"/staff/cases/{aside}/release", {"act": "aside"})
    page = (await client.get("/log")).text
    assert "只在公示里" in page
    assert "部分公开" in page
    assert (await office.catalogue.listing(Wanted(), 1))[1] == 0
    assert "现在没有等待处理的" in (await desk.get("/staff/published/proposals")).text
    assert "确定不转为主动公开" in (await desk.get(f"/staff/cases/{aside}/release")).text


async def test_what_was_released_is_taken_back_though_its_answer_is_voided(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, desk: Desk, office: Office
) -> None:
    number = await granted(client, staff)
    path = f"/staff/cases/{number}/release"
    await desk.post(path, WRITTEN)
    [answered] = [one for one in (await case(staff, number))["events"] if one["type"] == "answered"]
    await event(staff, number, type="voided", ref=f"e{answered['seq']}", reason="答复有误")
    for page in ("/log", "/log/feed.xml"):
        assert "甲村" not in (await client.get(page)).text, "the log says nothing of an answer that does not stand"
    assert "需要看一下" in (look := (await desk.get("/staff/published/proposals")).text)
    assert path in look
    assert path in (await desk.get(f"/staff/cases/{number}")).text
    form = await desk.get(path)
    assert form.status_code == 200
    assert "撤回" in form.text
    await desk.post(path, {"act": "undo"})
    assert (await office.catalogue.listing(Wanted(), 1))[1] == 0
    assert "需要看一下" not in (await desk.get("/staff/published/proposals")).text
    assert (await desk.get(path)).status_code == 409
    assert path not in (await desk.get(f"/staff/cases/{number}")).text


async def test_the_item_that_was_made_is_taken_back_wherever_it_was_moved(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, desk: Desk, office: Office
) -> None:
    path = f"/staff/cases/{await granted(client, staff)}/release"
    await desk.post(path, WRITTEN)
    [made] = (await office.catalogue.listing(Wanted(), 1))[0]
    elsewhere = {"title": made.text.title, "published_on": "2026-11-20", "url": "https://www.shilishi.invalid/1"}
    await desk.post(f"/staff/published/items/{made.id}", elsewhere)
    await bring(office, SCHOOL | {"url": made.text.url})
    assert elsewhere["url"] in (await client.get("/log")).text
    await desk.post(path, {"act": "undo"})
    assert await titles(office) == ["学区划分"]


async def test_an_item_that_is_removed_is_not_linked_any_more(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, desk: Desk, office: Office
) -> None:
    path = f"/staff/cases/{await granted(client, staff)}/release"
    await desk.post(path, WRITTEN)
    [made] = (await office.catalogue.listing(Wanted(), 1))[0]
    await desk.post(f"/staff/published/items/{made.id}", {"act": "remove", "sure": "1"})
    log = (await client.get("/log")).text
    assert "甲村2025年征地批复" in log
    assert made.text.url not in log
    await bring(office, SCHOOL | {"url": made.text.url})
    await desk.post(path, {"act": "undo"})
    assert await titles(office) == ["学区划分"], "what came to its address later is not its own"
