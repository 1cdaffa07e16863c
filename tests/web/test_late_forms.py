"""A staff form whose session has ended is carried through the sign-in and shown again; nothing typed is lost."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Page, expect

from intake_api.web import again, build_router
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.web.conftest import PASSWORD, Site, Visitors, choose
from tests.web.test_case_steps import steps
from tests.web.test_protection import HTML, signed_in

WHY = "申请的是学校用地，\n不归本局"
# Addresses that take no words of anybody: a button, a choice among rows, a password, a file that is still on its disk.
NOTHING_TYPED = {
    "/staff/sign-in",
    "/staff/sign-out",
    "/staff/password",
    "/staff/calendar/preview",
    "/staff/ledger",
    "/staff/ledger/{key}",
    "/staff/published/uploads",
    "/staff/published/uploads/{key}",
    "/staff/published/links",
    "/staff/models/doubts",
    "/staff/models/retrain",
    "/staff/models/rollback",
    "/staff/models/promote",
    "/staff/doctor/backup",
    "/staff/second-factor",
    "/staff/stand-in",
    "/staff/account/factor",
    "/staff/account/sessions",
    "/staff/account/absence",
    "/staff/accounts/{username}/password",
    "/staff/accounts/{username}/factor",
    "/staff/accounts/{username}/state",
    "/staff/accounts/{username}/sessions",
    "/staff/accounts/{username}/absence",
    "/staff/audit/check",
    "/staff/cases/{number}/forgotten",
    "/staff/cases/{number}/particulars",
    "/staff/cases/{number}/notices",
    "/staff/cases/{number}/notices/{notice_id}/discard",
    "/staff/cases/{number}/notices/{notice_id}/approve",
    "/staff/cases/{number}/attachments",
    "/staff/cases/{number}/dossier",
    "/staff/cases/{number}/attachments/{attachment_id}",
    "/staff/cases/{number}/messages/{message_id}",
    "/staff/cases/{number}/query-code",
}


def pages(router: Any) -> Iterator[APIRoute]:
    """All routes of a router; FastAPI keeps the routers that it includes as they are."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif inner := getattr(route, "original_router", None):
            yield from pages(inner)


def posts() -> set[str]:
    """The addresses of the console that take a form."""
    return {route.path for route in pages(build_router()) if "POST" in route.methods and "/staff" in route.path[:6]}


def test_every_form_with_words_in_it_can_be_shown_again() -> None:
    filled = re.compile(r"\{\w+\}")
    assert {path for path in posts() if again.find(filled.sub("7", path)) is None} == NOTHING_TYPED


def sign_in(page: Page, name: str = "chengban") -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def expire(page: Page) -> None:
    page.context.clear_cookies(name="gongkai_staff")


@pytest.fixture
def clerk(visitors: Visitors) -> Page:
    return visitors.staff("chengban", javascript=False)


def test_the_words_of_a_step_come_back_after_a_wrong_password_too(clerk: Page, site: Site) -> None:
    number = site.submit()["number"]
    clerk.goto(f"/staff/cases/{number}")
    clerk.get_by_role("button", name="确认", exact=False).first.click()
    steps(clerk).get_by_text("退回分办", exact=True).click()
    steps(clerk).get_by_label("理由", exact=True).locator("visible=true").fill(WHY)
    expire(clerk)
    steps(clerk).locator("details[open] button:not([type=button])").click()
    expect(clerk.get_by_text("您刚才填写的内容还在")).to_be_visible()
    assert "学校用地" not in clerk.content()  # who sits down here next sees nothing before signing in
    clerk.get_by_label("用户名").fill("chengban")
    clerk.get_by_label("密码").fill("wrong")
    clerk.get_by_role("button", name="登录").click()
    expect(clerk.get_by_role("alert")).to_contain_text("不正确")
    sign_in(clerk)
    expect(clerk.get_by_role("alert")).to_contain_text("请核对后再提交一次")
    form = steps(clerk).locator("details[open]")
    expect(form.get_by_label("理由")).to_have_value(WHY)
    form.locator("button:not([type=button])").click()
    expect(clerk.get_by_text("已经退回，请重新确定承办部门")).to_be_visible()


def test_a_whole_entry_comes_back(clerk: Page) -> None:
    clerk.goto("/staff/cases/new")
    typed = {"所需信息": "甲村2025年征地批复。", "姓名或名称": "张三", "电话": "13800000000"}
    for label, value in typed.items():
        clerk.get_by_label(label, exact=True).fill(value)
    choose(clerk, medium="纸质", way="当面领取")
    clerk.get_by_label("来件渠道").select_option("口头")
    clerk.get_by_label("收到日", exact=False).first.fill("2026-11-22")
    clerk.get_by_label("现场查阅、抄录").check()
    expire(clerk)
    clerk.get_by_role("button", name="登记").click()
    sign_in(clerk)
    for label, value in typed.items():
        expect(clerk.get_by_label(label, exact=True)).to_have_value(value)
    expect(clerk.get_by_label("来件渠道")).to_have_value("oral")
    expect(clerk.get_by_label("现场查阅、抄录")).to_be_checked()
    clerk.get_by_role("button", name="登记").click()
    expect(clerk.get_by_role("heading", name="已登记")).to_be_visible()


def test_a_form_of_the_session_before_is_shown_again_with_the_token_of_this_one(clerk: Page, site: Site) -> None:
    number = site.submit()["number"]
    clerk.goto(f"/staff/cases/{number}")
    clerk.locator("summary", has_text="选其他部门").click()
    clerk.get_by_label("部门", exact=True).select_option("教育局")
    clerk.get_by_label("初步处理").select_option("予以公开")
    clerk.locator("#c-note").fill("家长问的是学校用地")
    expire(clerk)
    other = clerk.context.new_page()
    other.goto("/staff")
    sign_in(other)
    clerk.locator("details[open]").get_by_role("button", name="确认").click()
    expect(clerk.get_by_role("alert")).to_contain_text("请核对后再提交一次")
    expect(clerk.locator("#c-note")).to_have_value("家长问的是学校用地")
    clerk.locator("details[open]").get_by_role("button", name="确认").click()
    expect(clerk.get_by_role("region", name="已确认")).to_contain_text("教育局")


def posted_late(site: Site, who: str, path: str, **values: Any) -> str:
    """The page after a form sent without a session, and a sign-in as `who`."""
    with httpx2.Client(base_url=site.url, headers=HTML) as client:
        answer = client.post(path, data=values)
        assert answer.status_code == 401
        found = re.search(r'name="kept" value="([^"]+)"', answer.text)
        assert found, answer.text
        filled = {"username": who, "password": PASSWORD, "kept": found[1]}
        shown = client.post("/staff/sign-in", data=filled)
        assert "gongkai_staff" in shown.headers["set-cookie"]
        return shown.text or client.get(shown.headers["location"]).text


def test_figures_days_and_spans_come_back(site: Site) -> None:
    page = posted_late(site, "guanli", "/staff/calendar/day", day="2026-12-24", choice="work", name="本地的集市日")
    assert 'value="本地的集市日"' in page
    assert 'value="2026-12-24"' in page
    assert '<option value="work" selected>' in page
    assert 'value="2026-01-31"' in posted_late(site, "guanli", "/staff/ledger/export/file", until="2026-01-31")
    shown = posted_late(
        site, "guanli", "/staff/reports/figures", agency="city", year="2025", **{"table3.carried.natural": "4711"}
    )
    assert "2025 年度报告的数字" in shown


def test_who_may_not_see_a_form_is_not_shown_it_either(site: Site) -> None:
    page = posted_late(site, "jingban", "/staff/calendar/day", day="2026-12-24", choice="work", name="本地的集市日")
    assert "本地的集市日" not in page
    assert "待办列表" in page


def test_what_is_not_sealed_by_us_is_no_form(site: Site) -> None:
    with httpx2.Client(base_url=site.url, headers=HTML) as client:
        for kept in ("", "AAAA", "x" * 100, "征地"):
            filled = {"username": "jingban", "password": PASSWORD, "kept": kept}
            assert client.post("/staff/sign-in", data=filled).headers["location"] == "/staff"


def test_a_token_that_is_wrong_changes_nothing(site: Site) -> None:
    number = site.submit()["number"]
    with httpx2.Client(base_url=site.url, headers=HTML) as client:
        signed_in(client)
        answer = client.post(f"/staff/cases/{number}/events", data={"csrf": "x", "type": "withdrawn"})
        assert answer.status_code == 403
        assert "待分办" in client.get(f"/staff/cases/{number}").text
        # a button is only refused: there are no words to keep
        assert "csrf_failed" in client.post("/staff/sign-out", data={"csrf": "x"}).text


def test_signing_in_leads_back_to_the_tab_and_the_page_of_the_form(site: Site) -> None:
    with httpx2.Client(base_url=site.url, headers=HTML) as client:
        asked = client.get("/staff?tab=overdue&q=SF").headers["location"]
        assert asked == "/staff/sign-in?next=%2Fstaff%3Ftab%3Doverdue%26q%3DSF"
        page = client.post("/staff/models/retrain", headers={"Referer": f"{site.url}/staff/models"}).text
        assert 'name="next" value="/staff/models"' in page
        page = client.post("/staff/models/retrain", headers={"Referer": "https://elsewhere.invalid/staff"}).text
        assert 'name="next" value="/staff"' in page


async def newcomer(site: Site) -> str:
    """The one-time password of `xinren`, who has just been hired."""
    office = build_office(site.office.settings, DIRECTORY, KeywordClassifier, site.office.clock)
    one_time = await office.people.add("xinren", "clerk", None, None)
    await office.db.dispose()
    return one_time


def test_after_a_one_time_password_the_form_comes_with_the_new_one(site: Site) -> None:
    with ThreadPoolExecutor(1) as apart:  # this thread may hold the browser's running event loop
        one_time = apart.submit(asyncio.run, newcomer(site)).result()
    with httpx2.Client(base_url=site.url, headers=HTML) as client:
        answer = client.post("/staff/cases/new", data={"description": "甲村2025年征地批复。"})
        kept = re.search(r'name="kept" value="([^"]+)"', answer.text)
        assert kept
        filled = {"username": "xinren", "password": one_time, "kept": kept[1]}
        page = client.post("/staff/sign-in", data=filled).text
        assert "请先换成自己的密码" in page
        assert "甲村" not in page
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token
        new = "一句别人猜不到的长口令"
        change = {"csrf": token[1], "old": one_time, "new": new, "repeat": new, "kept": kept[1]}
        assert "甲村2025年征地批复。" in client.post("/staff/password", data=change).text


def test_who_signs_in_without_a_form_is_no_sign_of_damage(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    with httpx2.Client(base_url=site.url, headers=HTML) as client:
        answer = client.post("/staff/sign-in", data={"username": "jingban", "password": PASSWORD})
    assert answer.headers["location"] == "/staff"
    out, err = capfd.readouterr()
    assert "sealed_damaged" not in out + err
