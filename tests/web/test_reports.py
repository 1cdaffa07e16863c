"""Reports and supervision in the console: cells that open, figures keyed in, downloads, a department's own view."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from intake_api import migrate
from intake_api.app import create_app
from intake_api.kit.clock import Clock
from intake_api.office import Office
from intake_api.settings import Settings
from tests.fakes.cases import case_row, put_cases
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.web.conftest import DESK, NOW, PASSWORD, PHONE, Site, Visitors, serve
from tests.web.test_every_page import look

DUE = date(2026, 11, 23)


def year() -> list[dict[str, Any]]:
    """2025 as a small office has it, a month of 2026, and what is due."""
    rows = [
        case_row(n, ended_on=date(2025, 6, 30), outcome=("3.1", "3.2", "3.4.1")[n % 3], in_time=n % 5 > 0, rating=4)
        for n in range(30)
    ]
    rows += [case_row(100 + n, channel="post", applicant_type="business", due_on=DUE) for n in range(3)]
    rows += [case_row(200 + n, department="education", due_on=date(2026, 11, 18)) for n in range(2)]
    rows += [case_row(300, ended_on=date(2025, 7, 1), department="education", litigation="direct:pending")]
    autumn = {"received_on": date(2026, 10, 9), "in_time": True, "outcome": "3.1"}
    rows += [case_row(400 + n, ended_on=date(2026, 10, 20 + n), **autumn) for n in range(4)]
    return rows


async def furnish(office: Office) -> None:
    await put_cases(office.db, year())
    await office.people.add("shenhe", "reviewer", None, PASSWORD)
    await office.people.add("jiaoyu", "officer", "education", PASSWORD)
    await office.db.dispose()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An office of its own: these cases are rows without a record, which no other page expects."""
    settings = Settings.load({"data": tmp_path_factory.mktemp("reports")})
    migrate.upgrade(settings.database)
    clock = Clock(lambda: NOW)
    with ThreadPoolExecutor(1) as apart:  # this thread may hold the browser's running event loop
        apart.submit(asyncio.run, furnish(build_office(settings, DIRECTORY, KeywordClassifier, clock))).result()
    office = build_office(settings, DIRECTORY, KeywordClassifier, clock)
    with serve(create_app(office, work=False)) as server:
        yield Site(f"http://127.0.0.1:{server.port}", office, "")


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    return {}


def cell(page: Page, row: str, column: int) -> str:
    """The text of a cell of 表三 by its row label and its place among the seven."""
    line = (
        page.get_by_role("region", name="三、收到和处理")
        .get_by_role("row")
        .filter(has=page.get_by_role("rowheader", name=row, exact=True))
    )
    return line.get_by_role("cell").nth(column).inner_text()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_number_opens_the_list_of_its_cases_and_these_the_case(visitors: Visitors, javascript: bool) -> None:
    page = visitors.staff("shenhe", javascript=javascript)
    page.get_by_role("link", name="年度报告").click()
    page.get_by_label("年度", exact=True).fill("2025")
    page.get_by_role("button", name="统计").click()
    assert cell(page, "一、本年新收政府信息公开申请数量", 6) == "36"
    expect(page.get_by_text("每一列：第三项总计＝各种办理结果之和")).to_contain_text("每一列")
    expect(page.get_by_text("不符", exact=True)).to_have_count(1)
    page.get_by_role("link", name="有已办结的申请没有登记办理结果").click()
    expect(page.get_by_role("rowheader")).to_have_text(["SF-2025-000300"])
    page.go_back()
    page.get_by_role("region", name="四、").get_by_role("link", name="1").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("未经复议直接起诉")
    page.get_by_role("link", name="回到 2025 年度报告").click()
    page.get_by_role("region", name="三、").get_by_role("link", name="3", exact=True).first.click()
    expect(page.get_by_text("2025 年，商业企业：3 件")).to_be_visible()


def test_figures_are_keyed_in_and_what_is_no_number_is_pointed_at(visitors: Visitors) -> None:
    page = visitors.staff("shenhe")
    page.goto("/staff/reports?year=2025")
    page.get_by_role("link", name="填报表二").click()
    page.get_by_label("规章，本年制发件数").fill("很多")
    page.get_by_label("自然人").fill("1")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("规章，本年制发件数：“很多”不是可以填报的数。")
    expect(page.get_by_label("自然人")).to_have_value("1")
    page.get_by_label("规章，本年制发件数").fill("1")
    for name in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"):
        page.get_by_label(name, exact=True).fill("0")
    page.get_by_label("全年收取信息处理费，金额（元）").fill("3940")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("自然人：上年结转0，上一年度报告1")).to_be_visible()
    expect(page.get_by_text("2025年度共收取政府信息公开信息处理费3940元。")).to_be_visible()


def test_reports_are_downloaded(visitors: Visitors) -> None:
    page = visitors.staff("shenhe")
    for path in ("/staff/reports?year=2025", "/staff/reports/bulletin?month=2026-10"):
        for words, ending in (("下载 Excel", ".xlsx"), ("下载 Word", ".docx")):
            page.goto(path)
            with page.expect_download() as download:
                page.get_by_role("link", name=words).click()
            assert download.value.suggested_filename.endswith(ending)
            assert download.value.path().read_bytes().startswith(b"PK")


def test_a_department_sees_its_own_month_and_its_own_list_and_no_annual_report(visitors: Visitors) -> None:
    page = visitors.staff("jiaoyu")
    expect(page.get_by_role("link", name="年度报告")).to_have_count(0)
    page.get_by_role("link", name="督办").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text(["教育局"])
    expect(page.get_by_text("超 2 个工作日")).to_have_count(2)
    page.goto("/staff/reports/bulletin?month=2025-07")
    for table, own in (("各承办机构办理情况", ["教育局", "合计"]), ("各承办机构考核得分", ["教育局"])):
        expect(page.get_by_role("region", name=table).get_by_role("rowheader")).to_have_text(own)
    answer = page.goto("/staff/reports")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_of_the_reports_can_be_read_by_everybody(visitors: Visitors, size: tuple[int, int]) -> None:
    page = visitors.staff("shenhe", size=size)
    for path, status in {
        "/staff/reports?year=2025": 200,
        "/staff/reports?year=2026&agency=all": 200,
        "/staff/reports?year=1900": 422,
        "/staff/reports/cases?year=2025&row=1&column=total": 200,
        "/staff/reports/cases?year=2025&row=3.5.5&column=other": 200,
        "/staff/reports/cases?year=2025&row=x&column=total": 404,
        "/staff/reports/figures?year=2025": 200,
        "/staff/reports/bulletin": 200,
        "/staff/reports/bulletin?month=2019-01": 200,
        "/staff/supervision": 200,
    }.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status, path
        look(page)
