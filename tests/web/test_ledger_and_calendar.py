"""Ledger and calendar in the console: looked at before anything is written, and only by who answers for it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.db.ledgers import as_csv, bare_xlsx, row, workbook
from tests.web.conftest import DESK, PHONE, Visitors
from tests.web.test_every_page import look

HEAD = ["编号", "收到日期", "申请人类别"]
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def uploaded(page: Page, folder: Path, raw: bytes, name: str = "台账.csv") -> None:
    file = folder / name
    file.write_bytes(raw)
    page.get_by_label("台账文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()


@SIZES
def test_a_faulty_ledger_is_shown_with_every_problem_and_cannot_be_imported(
    visitors: Visitors, tmp_path: Path, size: tuple[int, int]
) -> None:
    page = visitors.staff("shenhe", size=size)
    page.goto("/staff/ledger")
    look(page)
    uploaded(page, tmp_path, as_csv([row(number="A1", applicant_type="外星人"), row(number="A2", received_on="昨天")]))
    expect(page.get_by_role("heading", name="核对台账：台账.csv")).to_be_visible()
    expect(page.get_by_role("row", name="第2行 申请人类别")).to_contain_text("外星人")
    expect(page.get_by_role("row", name="第3行 收到日期")).to_contain_text("昨天")
    expect(page.get_by_role("button", name="导入")).to_have_count(0)
    look(page)


def test_a_good_ledger_is_imported_and_exported_without_javascript(visitors: Visitors, tmp_path: Path) -> None:
    page = visitors.staff("shenhe", javascript=False)
    page.goto("/staff/ledger")
    uploaded(page, tmp_path, as_csv([row(number="示台〔2024〕1号"), row(number="示台〔2024〕2号")]))
    page.get_by_role("button", name="导入 2 件").click()
    expect(page.get_by_role("status")).to_have_text("已导入 2 件。")
    page.goto("/staff/cases/示台〔2024〕1号")
    expect(page.get_by_role("heading", name="示台〔2024〕1号")).to_be_visible()
    page.goto("/staff/ledger")
    page.get_by_label("收到日期从").fill("2024-03-01")
    page.get_by_label("到", exact=True).fill("2024-03-31")
    page.get_by_label("文件种类").select_option("csv")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert text.splitlines()[0].startswith("编号,受理机关,")
    assert "示台〔2024〕2号" in text
    page.goto("/staff/cases/示台〔2024〕2号")
    expect(page.get_by_text("查看申请人信息").first).to_be_attached()


def test_an_administrator_is_offered_to_train_with_what_was_just_imported(visitors: Visitors, tmp_path: Path) -> None:
    page = visitors.staff("guanli")
    page.goto("/staff/ledger")
    uploaded(page, tmp_path, as_csv([row(number="示台〔2023〕7号"), row(number="示台〔2023〕8号", description="")]))
    page.get_by_role("button", name="导入 2 件").click()
    expect(page.locator("#teach")).to_contain_text("其中 1 件写明了申请内容")
    look(page)
    page.get_by_role("button", name="用导入的申请训练模型").click()
    expect(page.get_by_role("heading", name="模型")).to_be_visible()
    expect(page.locator("#run")).to_contain_text("正在等待开始")


def test_what_is_no_table_is_told_so(visitors: Visitors, tmp_path: Path) -> None:
    page = visitors.staff("shenhe")
    page.goto("/staff/ledger")
    uploaded(page, tmp_path, b"PK\x03\x04 not a workbook", "台账.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("这不是完好的 .xlsx 文件")


def test_a_workbook_that_asks_for_terabytes_takes_nothing_down(visitors: Visitors, tmp_path: Path) -> None:
    page = visitors.staff("shenhe")
    page.goto("/staff/ledger")
    disguised = "<row r='1048576'><c r='A1'><v>1</v></c><c r='XFD1048576'><v>1</v></c></row>"
    uploaded(page, tmp_path, bare_xlsx(disguised), "台账.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("内存或者时间超过了限度")
    page.reload()  # once more: the file is not kept
    page.goto("/staff/ledger")
    uploaded(page, tmp_path, workbook({"1月": [HEAD, ["甲1", "2026-03-05", "自然人"]], "2月": [["无"]]}), "台账.xlsx")
    expect(page.get_by_role("row", name="工作表“2月”")).to_contain_text("这个工作表没有读取")
    expect(page.get_by_role("button", name="导入 1 件")).to_be_visible()


def test_a_clerk_moves_no_ledgers_and_changes_no_calendar(visitors: Visitors) -> None:
    page = visitors.staff("jingban")
    assert page.goto("/staff/ledger").status == 403
    page.goto("/staff/calendar")
    expect(page.get_by_role("heading", name="2026年工作日历")).to_be_visible()
    expect(page.get_by_role("button", name="保存")).to_have_count(0)


@SIZES
def test_the_months_of_a_year(visitors: Visitors, size: tuple[int, int]) -> None:
    page = visitors.staff("guanli", size=size)
    page.goto("/staff/calendar?year=2026")
    expect(page.locator("#m10 td.rest", has_text="休")).to_have_count(7)
    expect(page.locator("#m10 td:not(.rest)", has_text="班")).to_have_count(1)
    look(page)
    page.get_by_role("link", name="2027年 →").click()
    expect(page.get_by_text("2027年的放假安排尚未公布或者尚未完整导入")).to_be_visible()
    look(page)


def test_a_notice_is_looked_at_before_it_counts(visitors: Visitors, tmp_path: Path) -> None:
    page = visitors.staff("guanli", javascript=False)
    page.goto("/staff/calendar")
    notice = tmp_path / "2030.csv"
    notice.write_text("date,is_workday,name\n2030-10-04,0,示例安排\n2030-10-04,1,示例安排\n", "utf-8")
    page.get_by_label("放假安排文件").set_input_files(notice)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("alert")).to_contain_text("2030-10-04既是工作日又是休息日（第2行和第3行）")
    notice.write_text("date,is_workday,name\n2030-10-04,0,示例安排\n", "utf-8")
    page.get_by_label("放假安排文件").set_input_files(notice)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("2030-10-04 改为休息（示例安排）")).to_be_visible()
    expect(page.get_by_text("2030年的法定节日没有写全")).to_contain_text("还缺：1月1日（元旦）、2月2日（春节）")
    expect(page.get_by_role("heading", name="2030年工作日历")).to_be_visible()  # the year that the notice is about
    page.get_by_role("button", name="导入并重新计算届满日").click()
    page.wait_for_url("**/staff/calendar?year=2030&imported=1")
    expect(page.get_by_role("status")).to_contain_text("已导入")
    expect(page.locator("#m10 td.rest", has_text="4休")).to_have_count(1)


def test_a_day_of_the_offices_own_is_set_and_taken_back(visitors: Visitors) -> None:
    page = visitors.staff("guanli")
    page.goto("/staff/calendar?year=2031")
    page.get_by_label("日期").fill("2031-03-03")
    page.get_by_label("这一天").select_option("休息")
    page.get_by_label("名称").fill("示例自治州成立纪念日")
    page.get_by_label("这一天").select_option("rest")  # nothing that becomes a fact is preset
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/staff/calendar?year=2031#m3")
    expect(page.locator("#m3 td.rest", has_text="3休")).to_have_count(1)
    expect(page.get_by_text("2031-03-03 休息：示例自治州成立纪念日")).to_be_visible()
    page.get_by_label("日期").fill("2031-03-03")
    page.get_by_label("这一天").select_option("撤销本地设定")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#m3 td.rest", has_text="3休")).to_have_count(0)
