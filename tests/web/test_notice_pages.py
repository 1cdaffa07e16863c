"""A clerk drafts a notice, is told what it lacks, previews it, sends it out; the applicant fetches it."""

import re
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from intake_api.notices import fonts
from tests.web.conftest import Site, Visitors
from tests.web.test_every_page import SIZES, look


def begin(page: Page, number: str, code: str) -> None:
    page.goto(f"/staff/cases/{number}")
    if page.get_by_role("heading", name="分给谁、怎样处理").count() and code not in ("N1", "N2"):
        page.get_by_role("button", name="确认", exact=False).first.click()
        expect(page.get_by_role("heading", name="已确认")).to_be_visible()
    page.get_by_role("link", name="拟写文书").click()
    page.get_by_label(re.compile("其他文书|选择文书")).select_option(code)
    page.get_by_role("button", name="拟写").click()


def issue(page: Page) -> str:
    """Issue a draft that takes a step, which leads back to its case; open the letter from there. Its number."""
    page.get_by_role("button", name="编号并发出").click()
    newest = page.get_by_role("region", name="文书", exact=True).get_by_role("listitem").first.get_by_role("link")
    expect(newest).to_have_text(re.compile("^示政公开.〔2026〕[0-9]+号$"))
    number = newest.inner_text()
    expect(page.locator(".timeline.record")).to_contain_text(["发出文书"])
    newest.click()
    expect(page.get_by_role("heading", name="文件")).to_be_visible()
    expect(page.locator(".case-head .tag").first).to_have_text(number)
    return number


def test_a_notice_goes_out_once_nothing_is_missing_without_a_script(visitors: Visitors, site: Site) -> None:
    receipt = site.submit()
    page = visitors.staff("chengban", javascript=False)
    begin(page, receipt["number"], "N10")
    expect(page.get_by_text("还缺少")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="获取该信息的方式、途径")).to_be_visible()
    expect(page.get_by_role("button", name="编号并发出")).to_have_count(0)
    page.get_by_label("获取该信息的方式、途径").fill("示例市人民政府网站")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("还缺少")).to_have_count(0)
    expect(page.get_by_label("第 2 段")).to_have_value(re.compile("示例市人民政府网站"))
    number = issue(page)
    assert number.startswith("示政公开答")
    expect(page.get_by_role("heading", name="政府信息公开申请答复书（已主动公开）")).to_be_visible()
    page.goto(f"/staff/cases/{receipt['number']}")
    expect(page.get_by_role("link", name=number)).to_be_visible()
    expect(page.locator(".case-head")).to_contain_text("已答复")
    expect(page.get_by_role("region", name="文书", exact=True).get_by_role("button")).to_have_count(0)  # one answer
    citizen = visitors.open()
    citizen.goto("/status")
    citizen.get_by_label("编号").fill(receipt["number"])
    citizen.get_by_label("查询码").fill(receipt["query_code"])
    citizen.get_by_role("button", name="查询").click()
    expect(citizen.get_by_text(number)).to_be_visible()
    with citizen.expect_download() as fetched:
        citizen.get_by_role("link", name="下载 PDF").click()
    assert fetched.value.suggested_filename == f"政府信息公开申请答复书（已主动公开） {number}.pdf"
    assert fetched.value.path().read_bytes().startswith(b"%PDF")


def test_a_paragraph_is_reworded_and_taken_back(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban")
    begin(page, site.submit()["number"], "N2")
    page.get_by_label("不明确之处").fill("没有写明年份")
    page.get_by_role("button", name="保存").click()
    first = page.get_by_label("第 1 段")
    drafted = first.input_value()
    page.get_by_label("第 5 段").fill("逾期不补正又没有正当理由的，不再处理。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已改写")).to_have_count(1)
    page.get_by_label("不明确之处").fill("没有写明文件的名称")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_label("第 2 段")).to_have_value(re.compile("没有写明文件的名称"))
    expect(first).to_have_value(drafted)
    page.get_by_label(re.compile("第 5 段")).fill("")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已改写")).to_have_count(0)


def test_what_is_typed_wrong_is_said_at_its_field_and_kept(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban")
    begin(page, site.submit()["number"], "N3")
    page.get_by_label("延长的工作日数").fill("三天")
    page.get_by_label("延期的原因").fill("需要向几个科室查找")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("请填写一个整数。")).to_be_visible()
    expect(page.get_by_label("延长的工作日数")).to_have_value("三天")
    expect(page.get_by_label("延期的原因")).to_have_value("需要向几个科室查找")


def test_one_save_keeps_elements_and_paragraphs_typed_together(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban", javascript=False)
    begin(page, site.submit()["number"], "N2")
    page.get_by_label("不明确之处").fill("没有写明年份")
    page.get_by_label("第 5 段").fill("逾期不补正又没有正当理由的，不再处理。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_label("不明确之处")).to_have_value("没有写明年份")
    expect(page.get_by_label("第 2 段")).to_have_value(re.compile("没有写明年份"))
    expect(page.get_by_label(re.compile("第 5 段"))).to_have_value("逾期不补正又没有正当理由的，不再处理。")
    expect(page.get_by_text("已改写")).to_have_count(1)


def test_what_was_typed_and_not_saved_is_saved_before_it_is_issued(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban", javascript=False)
    begin(page, site.submit()["number"], "N21")
    page.get_by_label("获取的途径").fill("市图书馆")
    page.get_by_role("button", name="保存").click()
    page.get_by_label("获取的途径").fill("市档案馆")
    page.get_by_role("button", name="编号并发出").click()
    expect(page.get_by_role("alert")).to_contain_text("文书还没有发出")
    expect(page.get_by_label("第 2 段")).to_have_value(re.compile("市档案馆"))
    issue(page)
    expect(page.locator(".drafted").nth(1)).to_contain_text("市档案馆")


def test_enter_in_a_field_saves_and_never_issues(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban")
    begin(page, site.submit()["number"], "N16")
    page.get_by_label("前次答复的日期").fill("2026-01-05")
    page.get_by_label("前次答复的文号").fill("旧政公开答〔2019〕9号")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("button", name="编号并发出")).to_be_visible()
    page.get_by_label("前次答复的文号").press("Enter")
    expect(page.get_by_text("草稿", exact=True)).to_be_visible()


def test_who_leaves_with_text_that_is_not_saved_is_asked_first(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban")
    begin(page, site.submit()["number"], "N21")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("获取的途径").fill("市图书馆")
    expect(page.get_by_text("有还没有保存的改动")).to_be_visible()
    page.get_by_role("link", name="全部文书").click()
    page.get_by_text("删除草稿").click()
    page.get_by_role("button", name="确认删除").click()  # another form of the page
    expect(page.get_by_label("获取的途径")).to_have_value("市图书馆")
    assert asked == ["beforeunload", "beforeunload"]
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("有还没有保存的改动")).to_be_hidden()
    page.get_by_role("link", name="全部文书").click()
    expect(page.get_by_role("heading", name="拟写文书")).to_be_visible()
    assert len(asked) == 2


def test_who_typed_while_somebody_else_saved_sees_both(visitors: Visitors, site: Site) -> None:
    page, other = visitors.staff("chengban"), visitors.staff("shenhe")
    begin(page, site.submit()["number"], "N21")
    other.goto(page.url)
    for one, words in ((other, "市档案馆"), (page, "市图书馆")):
        one.get_by_label("获取的途径").fill(words)
        one.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("刚刚被别人改过")
    expect(page.get_by_label("获取的途径")).to_have_value("市图书馆")
    expect(page.get_by_text("现在保存的是：市档案馆")).to_be_visible()
    issue(other)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("没有存入这份文书")).to_be_visible()
    expect(page.locator(".note .drafted").first).to_have_text("市图书馆")


def test_a_character_that_the_fonts_lack_is_said_and_holds_up_nothing(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban", javascript=False)
    begin(page, site.submit("😀申请公开甲村2025年征地批复文件")["number"], "N1")
    expect(page.get_by_text("PDF 中以“□”代替，Word 文件中保留：😀（U+1F600）")).to_be_visible()
    page.get_by_role("button", name="编号并发出").click()
    expect(page.get_by_role("heading", name="文件")).to_be_visible()
    expect(page.get_by_text("😀（U+1F600）")).to_be_visible()


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    fonts.faces.cache_clear()
    yield
    fonts.faces.cache_clear()


@pytest.mark.usefixtures("no_package")
def test_a_draft_says_with_which_fonts_of_the_machine_its_pdf_is_set(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban", javascript=False)
    begin(page, site.submit()["number"], "N1")
    names = fonts.faces(site.office.settings.data / "fonts").names
    expect(page.get_by_text(f"PDF 用的是这台机器上的字体（{names}）")).to_be_visible()


@pytest.mark.usefixtures("no_package")
def test_without_fonts_a_draft_is_worked_on_and_not_issued(
    visitors: Visitors, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose = fonts.choose
    monkeypatch.setattr(fonts, "choose", lambda office, package: choose(office, package, system=False))
    page = visitors.staff("chengban", javascript=False)
    begin(page, site.submit()["number"], "N1")
    expect(page.get_by_text("没有可用的中文字体，不能生成 PDF")).to_be_visible()
    page.get_by_role("button", name="编号并发出").click()
    expect(page.get_by_role("alert")).to_contain_text("没有可用的中文字体")
    expect(page.get_by_role("button", name="编号并发出")).to_be_visible()


def test_who_may_not_issue_is_told_so(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("jingban")
    begin(page, site.submit()["number"], "N21")
    page.get_by_label("获取的途径").fill("市图书馆")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("需要更高的岗位")).to_be_visible()
    expect(page.get_by_role("button", name="编号并发出")).to_have_count(0)


def test_an_issued_notice_has_taken_its_step(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban", javascript=False)
    number = site.submit()["number"]
    begin(page, number, "N2")
    for label in ("不明确之处", "需要补正的事项（一次列全，一行一项）"):
        page.get_by_label(label).fill("没有写明年份")
    page.get_by_label("补正期限").fill("2026-12-07")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="编号并发出").click()
    expect(page.get_by_role("link", name="记录“要求补正”")).to_have_count(0)
    page.goto(f"/staff/cases/{number}")
    expect(page.locator(".timeline.record").last).to_contain_text("补正期限 2026-12-07")
    expect(page.locator(".case-head")).to_contain_text("待补正")


def test_a_draft_is_thrown_away(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban")
    begin(page, site.submit()["number"], "N21")
    page.get_by_text("删除草稿").click()
    page.get_by_role("button", name="确认删除").click()
    expect(page.get_by_text("还没有拟写文书")).to_be_visible()


@SIZES
def test_pages_of_notices(visitors: Visitors, site: Site, size: tuple[int, int]) -> None:
    number = site.submit()["number"]
    page = visitors.staff("shenhe", size=size)
    for code in ("N13", "N26"):
        begin(page, number, code)
        look(page)
    begin(page, number, "N1")
    page.get_by_role("button", name="编号并发出").click()
    expect(page.get_by_role("heading", name="文件")).to_be_visible()
    look(page)
    page.goto(f"/staff/cases/{number}/notices")
    look(page)
    page.goto(f"/staff/cases/{number}")
    look(page)


# --- corrected notices


def issue_clarification(page: Page, number: str, until: str) -> str:
    """Draft and issue a 补正告知书; its number. The page is then that of the issued notice."""
    begin(page, number, "N2")
    return fill_clarification(page, until)


def fill_clarification(page: Page, until: str) -> str:
    for label in ("不明确之处", "需要补正的事项（一次列全，一行一项）"):
        page.get_by_label(label).fill("没有写明年份")
    page.get_by_label("补正期限").fill(until)
    page.get_by_role("button", name="保存").click()
    return issue(page)


@SIZES
def test_a_voided_entry_asks_for_the_corrected_notice_and_both_sides_see_it(
    visitors: Visitors, site: Site, size: tuple[int, int]
) -> None:
    page = visitors.staff("shenhe", size=size)
    receipt = site.submit()
    number = receipt["number"]
    wrong = issue_clarification(page, number, "2026-12-07")
    page.goto(f"/staff/cases/{number}")
    page.get_by_text("作废一条错误记录").click()
    form = page.locator("details[open]").filter(has_text="哪一条记录有误")
    form.get_by_label("哪一条记录有误").select_option("2026-11-22 要求补正")
    form.get_by_label("理由").fill("补正期限写错了")
    expect(form.get_by_label("据此发出的文书")).to_have_value("")
    form.get_by_label("据此发出的文书").select_option("不再有效，要发更正后的文书")
    form.locator("button:not([type=button])").click()
    expect(page.get_by_role("region", name="文书", exact=True)).to_contain_text("已作废")
    look(page)
    citizen = visitors.open(size=size)
    citizen.goto("/status")
    citizen.get_by_label("编号").fill(number)
    citizen.get_by_label("查询码").fill(receipt["query_code"])
    citizen.get_by_role("button", name="查询").click()
    expect(citizen.get_by_role("listitem").filter(has_text=wrong)).to_contain_text("已作废")
    look(citizen)
    page.get_by_role("link", name="拟写更正后的文书").click()
    look(page)
    page.get_by_role("button", name="拟写更正后的文书").click()
    expect(page.get_by_label("第 1 段")).to_have_value(re.compile(re.escape(wrong)))
    right = fill_clarification(page, "2026-12-14")
    look(page)
    page.get_by_role("link", name="全部文书").click()
    expect(page.get_by_role("row").filter(has_text=wrong)).to_contain_text(f"已更正 见 {right}")
    expect(page.get_by_role("button", name="拟写更正后的文书")).to_have_count(0)
    citizen.reload()
    expect(citizen.get_by_role("listitem").filter(has_text=f"请以 {right} 为准")).to_contain_text("已更正")
    look(citizen)
