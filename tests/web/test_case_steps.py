"""The further course of a case on its page, and what the applicant does on theirs; none of it needs JavaScript."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import DESK, NOW, PASSWORD, PHONE, Site, Visitors, choose
from tests.web.test_every_page import look
from tests.web.test_notice_pages import begin

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def steps(page: Page) -> Locator:
    return page.get_by_role("region", name="下一步")


def take(page: Page, step: str, **fields: str) -> None:
    """Open a step's form, fill it in and record it."""
    fold = steps(page).locator("details").filter(has=page.locator("summary").get_by_text(step, exact=True))
    if fold.get_attribute("open") is None:  # the one to do first stands open
        fold.locator("summary").click()
    form = fold
    day = form.locator("[name=on]")
    if day.count() and not day.input_value():
        day.fill(str(NOW.date()))
    if form.locator("[name=letter_number]").count():
        form.get_by_label("没有文书的").fill("当面告知，没有文书")
    for label, value in fields.items():
        field = form.get_by_label(label)
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button:not([type=button])").click()


def confirmed(page: Page, site: Site) -> str:
    number: str = site.submit()["number"]
    page.goto(f"/staff/cases/{number}")
    page.get_by_role("button", name="确认", exact=False).first.click()
    expect(page.get_by_role("heading", name="已确认")).to_be_visible()
    return number


def status_page(
    visitors: Visitors, site: Site, size: tuple[int, int] = DESK, *, javascript: bool = False
) -> tuple[Page, str]:
    """The status page of an application just filed; its number."""
    receipt = site.submit()
    page = visitors.open(javascript=javascript, size=size)
    page.goto("/status")
    page.get_by_label("编号").fill(receipt["number"])
    page.get_by_label("查询码").fill(receipt["query_code"])
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", name=receipt["number"])).to_be_visible()
    return page, receipt["number"]


# --- staff


def test_a_department_gives_a_case_back_and_the_office_confirms_another(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban", javascript=False)
    confirmed(page, site)
    take(page, "退回分办", 理由="申请的是学校用地，不归本局")
    expect(page.get_by_text("已经退回，请重新确定承办部门")).to_be_visible()
    expect(page.get_by_text("理由：申请的是学校用地")).to_be_visible()
    suggested = page.get_by_role("group", name="建议的部门")
    expect(suggested).to_contain_text("已退回")
    expect(suggested.locator("input:checked")).to_have_count(0)  # one key must not send it back there
    page.locator("summary", has_text="选其他部门").click()
    page.get_by_label("部门", exact=True).select_option("教育局")
    page.get_by_label("初步处理").select_option("予以公开")
    page.locator("details[open]").get_by_role("button", name="确认").click()
    expect(page.get_by_role("region", name="已确认")).to_contain_text("教育局")
    expect(page.get_by_text("以前的确认（1）")).to_be_visible()


def test_a_department_that_gave_a_case_back_is_taken_to_its_list(visitors: Visitors, site: Site) -> None:
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, hired(site)).result()
    office = visitors.staff("jingban")
    number = confirmed(office, site)
    page = visitors.staff("ziran")
    page.goto(f"/staff/cases/{number}")
    take(page, "退回分办", 理由="不归本局")
    expect(page.get_by_role("heading", name="待办列表")).to_be_visible()


async def hired(site: Site) -> None:
    from tests.fakes.classifier import KeywordClassifier
    from tests.fakes.directory import DIRECTORY
    from tests.fakes.office import build_office

    office = build_office(site.office.settings, DIRECTORY, KeywordClassifier, site.office.clock)
    await office.people.add("ziran", "officer", "natural-resources", PASSWORD)
    await office.db.dispose()


def test_a_form_that_was_left_open_says_that_the_case_has_moved_on(visitors: Visitors, site: Site) -> None:
    first, second = visitors.staff("chengban"), visitors.staff("shenhe")
    number = confirmed(first, site)
    second.goto(f"/staff/cases/{number}")
    take(first, "征求意见", 征求谁的意见="第三方")
    expect(first.locator(".case-head")).to_contain_text("征求意见中")
    take(second, "延长答复期限", 延长的工作日数="10")
    expect(second.get_by_role("alert")).to_contain_text("已经有了新的记录，目前是“征求意见中”")
    form = steps(second).locator("details[open]")
    expect(form.get_by_label("延长的工作日数")).to_have_value("10")
    form.locator("button:not([type=button])").click()  # seen, and meant
    expect(second.locator("main")).to_contain_text("延长10个工作日")


def test_a_request_of_two_matters_is_split_and_the_codes_are_shown_once(visitors: Visitors, site: Site) -> None:
    page = visitors.staff(javascript=False)
    number = site.submit("申请公开征地批复，另外申请公开学校用地。")["number"]
    page.goto(f"/staff/cases/{number}")
    steps(page).get_by_text("分成几件办理").click()
    page.get_by_label("第 1 件").fill("征地批复")
    page.get_by_label("第 2 件").fill("学校用地规划")
    page.get_by_role("button", name="分件").click()
    expect(page.get_by_role("heading", name="已分为 2 件")).to_be_visible()
    codes = page.locator("tbody strong").all_inner_texts()
    assert len(codes) == 2
    page.get_by_role("link", name="回到原申请").click()
    expect(page.locator(".case-head")).to_contain_text("已分件")
    expect(page.get_by_role("listitem").filter(has_text="学校用地规划")).to_be_visible()
    assert codes[0] not in page.content()


def test_opinions_delivery_and_the_archive_are_recorded(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban", javascript=False)
    confirmed(page, site)
    take(page, "征求意见", 征求谁的意见="共同制作的机关")
    take(page, "对方收到征求意见书")
    take(page, "征求意见结束", 对方的意见="同意公开")
    expect(page.locator("main")).to_contain_text("共同制作的机关同意公开（条例第三十四条）")
    take(page, "答复", 处理结果="3.2", 送达方式="邮寄")
    take(page, "记录送达", 送达方式="邮寄", 邮件号="EA123456789CN")
    expect(page.get_by_text("邮件号：EA123456789CN")).to_be_visible()
    record = page.locator(".timeline.record").last
    expect(record).to_contain_text("部分公开")
    take(page, "归档", 档号="示政公开〔2026〕1号")
    take(page, "行政诉讼的结果", 起诉的途径="复议后起诉", 结论="尚未审结")
    expect(page.get_by_text("复议后起诉，尚未审结")).to_be_visible()


def test_a_step_offers_what_fits_how_the_request_came_and_says_how_it_is_to_be_answered(
    visitors: Visitors, site: Site
) -> None:
    page = visitors.staff("chengban", javascript=False)
    letter = site.submit(delivery={"medium": "paper", "way": "post"})
    page.goto(f"/staff/cases/{letter['number']}")
    page.get_by_role("button", name="确认", exact=False).first.click()
    steps(page).get_by_text("答复", exact=True).click()
    expect(steps(page).locator("details[open]").get_by_label("送达方式")).to_have_value("")
    expect(steps(page).locator("details[open]")).to_contain_text("申请人要求的获取方式：邮寄")
    page.goto("/staff/cases/new")
    page.get_by_label("来件渠道").select_option("传真")
    choose(page, medium="纸质", way="当面领取")
    page.get_by_label("所需信息").fill("申请公开公厕改造项目名单")
    page.get_by_label("姓名或名称").fill("张三")
    page.get_by_label("电话").first.fill("13800000000")
    page.get_by_role("button", name="登记").click()
    page.get_by_role("link", name="打开这件申请").click()
    bases = steps(page).locator("details[open]").get_by_label("依据").locator("option")
    expect(bases).to_have_text(["传真：双方确认之日"])


@SIZES
def test_the_case_page_with_everything_open(visitors: Visitors, site: Site, size: tuple[int, int]) -> None:
    page = visitors.staff("shenhe", size=size)
    number = confirmed(page, site)
    take(page, "征求意见", 征求谁的意见="第三方")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    look(page)
    page.reload()
    take(page, "与另一件申请关联", 另一件申请的编号=site.submit()["number"], 为什么关联="重复申请")
    expect(page.get_by_role("heading", name="有关的申请")).to_be_visible()
    look(page)
    assert number


# --- the applicant


@SIZES
def test_the_applicant_supplements_withdraws_and_rates(visitors: Visitors, site: Site, size: tuple[int, int]) -> None:
    page, number = status_page(visitors, site, size)
    clerk = visitors.staff("jingban")
    clerk.goto(f"/staff/cases/{number}")
    take(clerk, "要求补正", 补正期限="2026-12-04")
    page.reload()
    expect(page.locator("main")).to_contain_text("2026年12月4日之前（含当日）")
    page.get_by_label("补充说明").fill("是甲村东侧地块的批复")
    page.get_by_role("button", name="提交补正").click()
    expect(page.get_by_role("listitem").filter(has_text="收到您的补正")).to_be_visible()
    clerk.reload()
    expect(clerk.get_by_text("补正的内容：是甲村东侧地块的批复")).to_be_visible()
    expect(clerk.locator(".said").last).to_have_text("是甲村东侧地块的批复")  # beside the request
    page.get_by_text("撤回这件申请", exact=True).click()
    page.get_by_label("我确认撤回这件申请").check()
    page.get_by_role("button", name="撤回申请").click()
    expect(page.locator("main")).to_contain_text("已撤回")
    page.get_by_text("评价这次办理").click()
    page.get_by_label("不满意", exact=True).check()
    page.get_by_label("说明").fill("网上没有说要等多久")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("修改评价（已评：不满意）")).to_be_visible()


@SIZES
def test_what_is_asked_stands_above_the_box(visitors: Visitors, site: Site, size: tuple[int, int]) -> None:
    page, number = status_page(visitors, site, size, javascript=True)  # axe needs it
    clerk = visitors.staff("jingban")
    clerk.goto(f"/staff/cases/{number}")
    begin(clerk, number, "N2")
    clerk.get_by_label("补正期限").fill("2026-12-04")
    clerk.get_by_label("不明确之处").fill("没有写明年份")
    clerk.get_by_label("需要补正的事项（一次列全，一行一项）").fill("所需文件的年份\n文件名称")
    clerk.get_by_role("button", name="保存").click()
    clerk.get_by_role("button", name="编号并发出").click()
    expect(clerk.locator(".case-head")).to_contain_text("待补正")
    page.reload()
    expect(page.locator("#needed li")).to_have_text(["所需文件的年份", "文件名称"])
    expect(page.locator("#unclear")).to_have_text("没有写明年份")
    expect(page.locator("main")).to_contain_text(
        "补正期限：2026年12月4日（含当日）。无正当理由逾期不补正的，视为放弃申请"
    )
    above = "document.querySelector('#needed').compareDocumentPosition(document.querySelector('#text'))"
    assert page.evaluate(above) == 4, "the box follows"
    look(page)


def test_a_withdrawal_without_the_tick_changes_nothing(visitors: Visitors, site: Site) -> None:
    page, _ = status_page(visitors, site)
    page.get_by_text("撤回这件申请", exact=True).click()
    page.locator("[name=sure]").evaluate("box => box.required = false")
    page.get_by_role("button", name="撤回申请").click()
    expect(page.get_by_role("alert")).to_contain_text("请先在方框里打勾")
    expect(page.locator("main")).to_contain_text("已收到")


@SIZES
def test_the_status_page_with_its_forms(visitors: Visitors, site: Site, size: tuple[int, int]) -> None:
    receipt = site.submit()
    page = visitors.open(size=size)
    page.goto("/status")
    page.get_by_label("编号").fill(receipt["number"])
    page.get_by_label("查询码").fill(receipt["query_code"])
    page.get_by_role("button", name="查询").click()
    clerk = visitors.staff("jingban")
    clerk.goto(f"/staff/cases/{receipt['number']}")
    take(clerk, "要求补正")
    page.reload()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    look(page)
    take(clerk, "申请人撤回")
    page.reload()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    look(page)


@SIZES
def test_disclosing_over_an_objection_asks_for_the_reason_and_reminds_of_the_third_party(
    visitors: Visitors, site: Site, size: tuple[int, int]
) -> None:
    page = visitors.staff("shenhe", size=size)
    confirmed(page, site)
    take(page, "征求意见", 征求谁的意见="第三方")
    take(page, "征求意见结束", 对方的意见="不同意，有合理理由")
    take(page, "答复", 处理结果="3.1", 送达方式="邮寄", 没有文书的="")
    look(page)
    form = steps(page).locator("details[open]")
    expect(form).to_contain_text("第三方不同意公开且有合理理由")
    expect(form.get_by_label("没有文书的")).to_have_attribute("required", "")
    form.get_by_label("没有文书的").fill("涉及饮用水安全，不公开影响重大")
    form.locator("button:not([type=button])").click()
    expect(page.locator(".case-head")).to_contain_text("已答复")
    expect(page.get_by_text("要书面告知第三方")).to_be_visible()
    expect(page.locator(".timeline.record").last).to_contain_text("理由：涉及饮用水安全，不公开影响重大")
    look(page)


def test_an_answer_without_an_objection_asks_for_no_reason(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban", javascript=False)
    confirmed(page, site)
    steps(page).get_by_text("答复", exact=True).click()
    expect(steps(page).locator("details[open]")).not_to_contain_text("第三方不同意公开")
