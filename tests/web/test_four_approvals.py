"""A whole case with consultation, extension and four approvals, every click of every hand counted."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from intake_api import migrate
from intake_api.app import create_app
from intake_api.kit.clock import Clock
from intake_api.settings import Settings
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.web.conftest import NOW, PASSWORD, Site, Visitors, serve
from tests.web.test_case_steps import confirmed
from tests.web.test_every_page import SIZES, look
from tests.web.test_whole_cases import Hand, button, open_form

STAFF = (
    ("jingban", "clerk"),
    ("chengban", "officer"),
    ("bumen", "officer"),
    ("baomi", "officer"),
    ("bangong", "reviewer"),
    ("zhuren", "reviewer"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An office that wants four hands on an answer."""
    wants: dict[str, Any] = {"secrecy_review": "two", "sign_off": "office", "submissions_per_minute": 1000}
    settings = Settings.load({"data": tmp_path_factory.mktemp("strict")} | wants)
    migrate.upgrade(settings.database)

    async def hire() -> None:
        office = build_office(settings, DIRECTORY, KeywordClassifier, Clock(lambda: NOW))
        for name, role in STAFF:
            await office.people.add(name, role, None, PASSWORD)
        await office.db.dispose()

    with ThreadPoolExecutor(1) as apart:  # this thread may hold the browser's running event loop
        apart.submit(asyncio.run, hire()).result()
    office = build_office(settings, DIRECTORY, KeywordClassifier, Clock(lambda: NOW))
    with serve(create_app(office)) as server:
        yield Site(f"http://127.0.0.1:{server.port}", office, "")


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    """Those of this office."""
    return {}


def consult(page: Page, hand: Hand) -> None:
    """Ask a third party, note that the letter arrived, and what it said."""
    hand.click(button(page, "政府信息公开征求第三方意见书"))
    for label, text in (("收件人", "示例公司"), ("所涉政府信息", "补偿方案"), ("涉及的合法权益", "商业秘密")):
        page.get_by_label(label).first.fill(text)
    hand.click(button(page, "保存"))
    hand.click(button(page, "编号并发出"))
    expect(page.locator(".strip .now")).to_contain_text("征求")
    steps = page.get_by_role("region", name="下一步")
    hand.click(steps.get_by_text("对方收到征求意见书", exact=True))
    arrived = steps.locator("details[open]").filter(has_text="对方收到的日期")
    arrived.locator("[name=on]").fill(str(NOW.date()))
    hand.click(arrived.get_by_role("button", name="记录"))
    form = open_form(page)
    form.locator("[name=on]").fill(str(NOW.date()))
    hand.choose(form.get_by_label("对方的意见"), "同意公开")
    hand.click(form.get_by_role("button", name="记录"))


def approve(visitors: Visitors, hand: Hand, name: str, words: str) -> Page:
    page = visitors.staff(name)
    if name == "zhuren":  # has a session already; whoever signs in lands there
        page.goto("/staff/approvals")
    hand.click(page.get_by_role("table").get_by_role("link").first)
    hand.click(button(page, words))
    expect(page.get_by_role("heading", name="待我审签")).to_be_visible()
    return page


def test_a_full_case_takes_no_more_than_24_clicks(visitors: Visitors, site: Site) -> None:
    page, hand = visitors.staff("chengban"), Hand()
    number = confirmed(page, site)
    consult(page, hand)
    head = visitors.staff("zhuren")
    head.goto(f"/staff/cases/{number}")
    hand.click(button(head, "政府信息公开延期答复告知书"))
    head.get_by_label("延长的工作日数").fill("10")
    head.get_by_label("同意的日期").fill(str(NOW.date()))
    hand.click(button(head, "保存"))
    hand.click(button(head, "编号并发出"))
    expect(head.locator("main")).to_contain_text("延长10个工作日")
    page.goto(f"/staff/cases/{number}")
    hand.click(button(page, "拟写政府信息公开申请答复书（予以公开）"))
    page.get_by_label("所涉政府信息的名称").fill("征地补偿方案")
    page.get_by_label("随附的信息").fill("随附")
    hand.click(button(page, "保存并送审"))
    approve(visitors, hand, "bumen", "同意：部门负责人签批")
    approve(visitors, hand, "baomi", "承办部门的保密审查：可以公开")
    approve(visitors, hand, "bangong", "办公室的保密审查：可以公开")
    approve(visitors, hand, "zhuren", "同意：办公室审核")
    page.goto(f"/staff/cases/{number}")
    hand.click(page.get_by_role("link", name="核对并发出"))
    hand.click(button(page, "编号并发出"))
    expect(page.locator(".case-head")).to_contain_text("已答复")
    assert hand.clicks <= 24, hand.clicks


@SIZES
@pytest.mark.parametrize("large", [False, True], ids=["plain", "large"])
def test_pages_of_approval(visitors: Visitors, site: Site, size: tuple[int, int], *, large: bool) -> None:
    page = visitors.staff("chengban", size=size)
    confirmed(page, site)
    look(page)
    button(page, "拟写政府信息公开申请答复书（予以公开）").click()
    page.get_by_label("所涉政府信息的名称").fill("征地补偿方案")
    page.get_by_label("随附的信息").fill("随附")
    look(page)
    button(page, "保存并送审").click()
    look(page)
    head = visitors.staff("bumen", size=size)
    head.goto("/staff/approvals")
    if large:
        button(head, "大字版").click()
    look(head)
    head.get_by_role("table").get_by_role("link").first.click()
    look(head)
    head.get_by_text("退回修改", exact=True).click()
    head.get_by_label("理由").fill("没有写明页数")
    button(head, "退回").click()
    expect(head.get_by_text("现在没有等您审签的文书")).to_be_visible()
    if large:
        button(head, "标准字号").click()
