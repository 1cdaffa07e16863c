"""Each page at a phone's and a desk's width: no violation of WCAG (axe), no sideways scrolling, large type included."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.conftest import DESK, PHONE, Site, Visitors, choose

PUBLIC = {
    "/": 200,
    "/?q=老旧小区": 200,
    "/published": 200,
    "/log": 200,
    "/guide": 200,
    "/published/found": 200,
    "/forms": 200,
    "/forms/organisation": 200,
    "/complaint": 200,
    "/en": 200,
    "/chat?q=老旧小区": 200,
    "/apply?q=老旧小区改造": 200,
    "/chat": 200,
    "/status": 200,
    "/status/lost": 200,
    "/status/follow?number=SF-2026-00001&token=x": 200,
    "/privacy": 200,
    "/accessibility": 200,
    "/staff/sign-in": 200,
    "/no-such-page": 404,
}
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def look(page: Page) -> None:
    width = page.viewport_size["width"]
    page.wait_for_load_state()  # what is measured half drawn is too wide
    wide = page.evaluate(
        "w => [...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > w + 1)"
        ".map(e => e.outerHTML.slice(0, 200))",
        width,
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width, wide
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize(
    ("size", "large"), [(PHONE, False), (DESK, False), (PHONE, True)], ids=["phone", "desk", "phone-large"]
)
def test_public_pages(visitors: Visitors, size: tuple[int, int], large: bool) -> None:
    page = visitors.open(size=size)
    if large:
        page.goto("/")
        page.get_by_role("button", name="大字版").click()
        page.get_by_role("button", name="标准字号").wait_for()
    for path, status in PUBLIC.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status, path
        look(page)


@SIZES
def test_form_with_errors_receipt_and_status(visitors: Visitors, size: tuple[int, int]) -> None:
    page = visitors.open(size=size)
    page.goto("/apply")
    page.get_by_label("单位或其他组织").check()
    page.get_by_label("由代理人办理").check()
    page.get_by_role("button", name="提交申请").click()
    page.get_by_role("alert").wait_for()
    look(page)
    page.get_by_label("由代理人办理").uncheck()
    choose(page)
    page.get_by_label("您想了解什么").fill("申请公开示例区2025年老旧小区改造计划。")
    page.get_by_label("姓名或名称").fill("张三")
    page.get_by_label("电子邮箱").fill("zhangsan@example.invalid")
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("heading", name="核对申请").wait_for()
    look(page)
    page.get_by_role("button", name=re.compile("^修改.*怎样联系$")).click()
    expect(page.get_by_label("电子邮箱")).to_have_value("zhangsan@example.invalid")
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="确认无误，提交申请").click()
    page.wait_for_url("**/status/receipt")
    look(page)
    page.get_by_role("link", name="查看进度").click()
    page.get_by_text("期限是怎样算出来的").click()
    look(page)


@SIZES
def test_console(visitors: Visitors, site: Site, size: tuple[int, int]) -> None:
    number = site.submit("举报示例公司征地，并申请公开补偿方案。")["number"]
    page = visitors.staff("shenhe", size=size)
    for path in (
        "/staff",
        "/staff?q=nothing",
        "/staff/cases/new",
        "/staff/password",
        f"/staff/cases/{number}",
        "/staff/cases/none",
        "/staff/published",
        "/staff/published/new",
    ):
        page.goto(path)
        look(page)
    page.goto(f"/staff/cases/{number}")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    look(page)
    page.keyboard.press("?")
    look(page)
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    page.keyboard.press("y")
    page.get_by_role("heading", name="已确认").wait_for()
    look(page)
