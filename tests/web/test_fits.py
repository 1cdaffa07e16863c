"""Every page at 320, 390 and 1280 px, in normal and in large type: nothing sticks out, is cut off, or is squeezed."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from intake_api.web import build_router
from tests.db.ledgers import as_csv, row
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.web.conftest import DESK, PASSWORD, Site, Visitors, choose
from tests.web.test_late_forms import pages
from tests.web.test_ledger_and_calendar import uploaded
from tests.web.test_models_page import profile, rows, used
from tests.web.test_notice_pages import begin, issue
from tests.web.test_which_case import look_up

__all__ = ["profile", "rows", "used"]
WIDTHS = (320, 390, 1280)
LONG = (
    "申请公开示例区幸福街道2019年至2025年老旧小区改造工程的招标文件、施工合同、竣工验收报告和资金使用明细，"
    "见 https://www.example.invalid/zwgk/2025/lingdaojianghua/tongzhigonggao/index_0000000000000001.html 的通知。"
)
PUBLIC = (
    "/",
    "/?q=老旧小区",
    "/published",
    "/log",
    "/guide",
    "/published/found",
    "/forms",
    "/forms/natural",
    "/forms/organisation",
    "/complaint",
    "/en",
    "/chat",
    f"/chat?q={LONG}",
    "/apply",
    f"/apply?q={LONG}",
    "/status",
    "/status/lost",
    "/status/follow?number=SF-2026-00001&token=none",
    "/status/unfollow?number=SF-2026-00001&token=none",
    "/status/code?number=SF-2026-00001&token=none",
    "/privacy",
    "/accessibility",
    "/staff/sign-in",
    "/no-such-page",
)
CONSOLE = (
    "/staff?tab=all",
    "/staff?q=nothing",
    "/staff/cases/none",
    "/staff",
    "/staff/cases/new",
    "/staff/password",
    "/staff/approvals",
    "/staff/supervision",
    "/staff/proceedings",
    "/staff/calendar",
    "/staff/doctor",
    "/staff/account",
    "/staff/second-factor",
    "/staff/accounts",
    "/staff/accounts/guanli",
    "/staff/audit",
    "/staff/rules",
    "/staff/reports",
    "/staff/reports/bulletin",
    "/staff/reports/figures",
    "/staff/reports/cases?year=2026&agency=city&row=1&column=total",
    "/staff/ledger",
    "/staff/published",
    "/staff/published/new",
    "/staff/published/proposals",
)
MEASURE = (Path(__file__).parent / "measure.js").read_text("utf-8")


# Addresses that are no page of their own: files, redirects, a part of a page.
NO_PAGES = {
    "/staff/next",
    "/staff/stamp",
    "/staff/models/run",
    "/staff/reports/annual.{kind}",
    "/staff/reports/bulletin.{kind}",
    "/staff/published/export.{kind}",
    "/published/feed.xml",
    "/log/feed.xml",
    "/published/to/{item}",
    "/forms/{kind}/file.docx",
    "/sitemap.xml",
    "/staff/cases/{number}/notices/{notice_id}/file",
    "/status/notices/{notice_id}",
    "/status/attachments/{attachment_id}",
}
seen: set[str] = set()
"""Addresses measured so far."""

DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
"""What is measured before it is drawn anew still has the lines of the width before."""


def measure(page: Page) -> None:
    """Nothing of the page fails to fit, at each width and size of type, with all its details open."""
    page.wait_for_load_state()
    path = page.evaluate("location.pathname")
    seen.add(path)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = []
    for large in (False, True):
        page.evaluate("large => document.documentElement.classList.toggle('large', large)", large)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(DRAWN)
            found += [f"{path} {width}{' large' if large else ''}: {one}" for one in page.evaluate(MEASURE)]
    page.evaluate("document.documentElement.classList.remove('large')")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    assert not found, "\n".join(found)


STICKING = "<p>" + "宽" * 80 + "</p>", "p { white-space: nowrap }"
CUT = "<div>这一行被切掉了一半</div>", "div { width: 4em; overflow: hidden; white-space: nowrap }"
HINT = (
    "<input placeholder='编号、姓名或电话（完整）'>",
    "input { width: 8em; font-variant-numeric: tabular-nums }",
)
SQUEEZED = (
    f"<table><tr><td>{'理由说明' * 9}</td><td>{'很宽的一栏' * 9}</td></tr></table>",
    "td { width: 1% } td + td { white-space: nowrap; width: 99% } table { table-layout: auto }",
)


@pytest.mark.parametrize(
    ("page_of", "told"),
    [(STICKING, "sticks out"), (CUT, "cut off"), (HINT, "cut off"), (SQUEEZED, "squeezed")],
    ids=["out", "cut", "hint", "thin"],
)
def test_the_measure_sees_what_it_is_for(visitors: Visitors, page_of: tuple[str, str], told: str) -> None:
    page = visitors.open()
    page.set_content(f"<style>body {{ overflow-wrap: anywhere }} {page_of[1]}</style>{page_of[0]}")
    assert any(told in one for one in page.evaluate(MEASURE))


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages(visitors: Visitors, path: str) -> None:
    page = visitors.open()
    page.goto(path)
    measure(page)


def test_what_is_published_and_an_item_with_a_page_of_its_own(visitors: Visitors, site: Site) -> None:
    async def bring_in() -> None:
        office = build_office(site.office.settings, DIRECTORY, KeywordClassifier, site.office.clock)
        item = {
            "title": f"示例市{LONG}",
            "summary": LONG,
            "body": LONG,
            "number": "示政办发〔2021〕21号",
            "topic": "住房",
        }
        await office.published.import_items(
            [json.dumps(item | {"published_on": "2026-01-05", "expires_on": "2026-11-01"})]
        )
        await office.published.import_items([json.dumps(item | {"published_on": "2026-01-06"})])
        await office.db.dispose()

    with ThreadPoolExecutor(1) as apart:  # this thread may hold the browser's running event loop
        apart.submit(asyncio.run, bring_in()).result()
    page = visitors.open()
    page.goto("/published?q=示政办发〔2021〕21号")
    measure(page)
    page.get_by_role("link", name="示例市申请公开").click()
    expect(page.get_by_text("示政办发〔2021〕21号")).to_be_visible()
    measure(page)
    page.goto("/published?topic=住房")
    measure(page)
    keeper = visitors.staff("chengban")
    keeper.goto("/staff/published?topic=住房")
    measure(keeper)
    keeper.get_by_role("link", name="示例市申请公开").first.click()
    expect(keeper.get_by_label("文号")).to_have_value("示政办发〔2021〕21号")
    measure(keeper)
    table = f"标题,公开日期,发布单位\n示例市{LONG},2026-01-06,教育局\n{LONG},昨天,教育局\n示例,2026-01-01,没有的局\n"
    file = {"name": "目录.csv", "mimeType": "text/csv", "buffer": table.encode()}
    keeper.goto("/staff/published")
    keeper.get_by_label("目录文件").set_input_files(file)
    keeper.get_by_role("button", name="上传并核对").click()
    expect(keeper.get_by_text("2 行有错误")).to_be_visible()
    measure(keeper)


def test_an_answered_case_made_public_and_the_log(visitors: Visitors, site: Site) -> None:
    number = site.submit(LONG)["number"]
    with httpx2.Client(base_url=f"{site.url}/api/v1/staff") as api:
        token = api.post("/tokens", json={"username": "chengban", "password": PASSWORD}).json()["token"]
        api.headers["Authorization"] = f"Bearer {token}"
        decided = {"department": "education", "disposition": "public"}
        assert api.post(f"/cases/{number}/confirmation", json=decided).status_code == 200
        answer = {"type": "answered", "outcome": "3.1", "delivery": "electronic"}
        assert api.post(f"/cases/{number}/events", json=answer).status_code == 200
    keeper = visitors.staff("chengban")
    keeper.goto("/staff/published/proposals")
    expect(keeper.get_by_text(number)).to_be_visible()
    measure(keeper)
    keeper.goto(f"/staff/cases/{number}/release")
    keeper.get_by_role("button", name="公开", exact=True).click()
    expect(keeper.get_by_role("alert")).to_be_visible()
    measure(keeper)
    keeper.get_by_label("标题").fill(LONG[:100])
    keeper.get_by_label("里面没有个人信息").check()
    keeper.get_by_role("button", name="公开", exact=True).click()
    expect(keeper.get_by_text("列入了")).to_be_visible()
    measure(keeper)
    page = visitors.open()
    page.goto("/log")
    measure(page)


def test_the_form_with_errors_its_receipt_and_the_question_for_the_code(visitors: Visitors) -> None:
    page = visitors.open()
    page.goto("/apply")
    page.get_by_label("单位或其他组织").check()
    page.get_by_label("由代理人办理").check()
    page.get_by_role("button", name="提交申请").click()
    page.get_by_role("alert").wait_for()
    measure(page)
    choose(page)
    page.get_by_label("由代理人办理").uncheck()
    page.get_by_label("您想了解什么").fill(LONG)
    page.get_by_label("姓名或名称").fill("阿卜杜热合曼·麦麦提依明·阿布都克里木")
    page.get_by_label("电子邮箱").fill("zhangsan.zhangsan.zhangsan.zhangsan@example.invalid")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("#receipt-code")).to_be_visible()
    measure(page)
    page.get_by_role("link", name="查看进度").click()
    measure(page)
    page.context.clear_cookies(name="gongkai_case")
    page.get_by_label("我确认撤回这件申请").check()
    page.get_by_role("button", name="撤回申请").click()
    expect(page.get_by_role("heading", name="请再填一次查询码")).to_be_visible()
    measure(page)


def test_the_conversation(visitors: Visitors) -> None:
    page = visitors.open(javascript=False)
    page.goto("/chat")
    page.get_by_label("您的话").fill(LONG)
    page.get_by_role("button", name="发送").click()
    scripted = visitors.open(session=page.context.storage_state())
    scripted.route("**/static/chat.js*", lambda route: route.abort())  # what the server drew is to be measured
    scripted.goto("/chat")
    measure(scripted)


def test_a_notice_on_both_sides(visitors: Visitors, site: Site) -> None:
    receipt = site.submit(LONG)
    clerk, page = visitors.staff("shenhe"), visitors.open()
    begin(clerk, receipt["number"], "N2")
    measure(clerk)
    for label in ("不明确之处", "需要补正的事项（一次列全，一行一项）"):
        clerk.get_by_label(label).fill("没有写明是哪一个小区、哪一年的，也没有写明文件的名称和文号")
    clerk.get_by_label("补正期限").fill("2026-12-07")
    clerk.get_by_role("button", name="保存").click()
    issue(clerk)
    measure(clerk)
    for path in ("/notices", "", "?step=answered"):
        clerk.goto(f"/staff/cases/{receipt['number']}{path}")
        measure(clerk)
    look_up(page, receipt)
    measure(page)


def test_a_split_request_on_both_sides(visitors: Visitors, site: Site) -> None:
    receipt = site.submit(LONG)
    clerk, page = visitors.staff("shenhe"), visitors.open()
    clerk.goto(f"/staff/cases/{receipt['number']}")
    clerk.get_by_text("分成几件办理", exact=True).click()
    form = clerk.locator("details[open]").filter(has_text="第 1 件")
    for place in (1, 2):
        form.get_by_label(f"第 {place} 件").fill(LONG)
    form.get_by_role("button", name="分件").click()
    expect(clerk.get_by_role("heading", name="已分为 2 件")).to_be_visible()
    measure(clerk)
    clerk.goto(f"/staff/cases/{receipt['number']}")
    measure(clerk)
    look_up(page, receipt)
    measure(page)


@pytest.mark.parametrize("path", CONSOLE)
def test_the_console(visitors: Visitors, path: str) -> None:
    page = visitors.staff("guanli")
    page.goto(path)
    measure(page)


def test_models(visitors: Visitors, used: tuple[str, str]) -> None:
    page = visitors.staff("guanli")
    for path in ("/staff/models", f"/staff/models/{used[0]}"):
        page.goto(path)
        measure(page)


def test_a_decided_case_and_the_help_for_keys(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("guanli")
    page.goto(f"/staff/cases/{site.submit(LONG)['number']}")
    page.keyboard.press("1")
    page.keyboard.press("y")
    expect(page.get_by_role("heading", name="已确认")).to_be_visible()
    measure(page)
    page.keyboard.press("?")
    measure(page)


def test_files_that_are_looked_at_before_they_are_imported(visitors: Visitors, tmp_path: Path) -> None:
    page = visitors.staff("guanli")
    page.goto("/staff/ledger")
    faulty = row(number="示政公开依申请〔2024〕第0000000001号", applicant_type="外星人")
    uploaded(page, tmp_path, as_csv([faulty, row(number="A2", received_on="昨天")]))
    expect(page.get_by_role("heading", name="核对台账：台账.csv")).to_be_visible()
    measure(page)
    page.goto("/staff/calendar")
    file = tmp_path / "2027.csv"
    file.write_text("date,is_workday,name\n2027-01-01,0,元旦\n", "utf-8")
    page.get_by_label("放假安排文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", name="核对放假安排")).to_be_visible()
    measure(page)


def test_an_entry_with_errors_and_its_receipt(visitors: Visitors) -> None:
    page = visitors.staff("guanli")
    page.goto("/staff/cases/new")
    page.get_by_role("button", name="登记").click()
    page.get_by_role("alert").wait_for()
    measure(page)
    choose(page, medium="纸质", way="当面领取")
    page.get_by_label("来件渠道").select_option("当面")
    page.get_by_label("收到日", exact=False).first.fill("2026-11-22")
    page.get_by_label("所需信息").fill(LONG)
    page.get_by_label("姓名或名称").fill("张三")
    page.get_by_label("电话", exact=True).fill("13800000000")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("heading", name="已登记")).to_be_visible()
    measure(page)


def test_no_page_is_left_out(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("keyword") or any("::" in argument for argument in request.config.args):
        pytest.skip("only where all tests above have run")
    routes = [route for route in pages(build_router()) if "GET" in route.methods and route.path not in NO_PAGES]
    assert [route.path for route in routes if not any(route.path_regex.match(path) for path in seen)] == []
