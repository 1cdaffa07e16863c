"""A form acts on the case that its page shows, whatever was opened since; nothing typed is lost by an expiry."""

from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Site, Visitors, choose
from tests.web.test_case_steps import take

SUPPLEMENT = "是甲村东侧地块\n2025年的批复"


def look_up(page: Page, receipt: dict[str, Any]) -> None:
    page.goto("/status")
    page.get_by_label("编号").fill(receipt["number"])
    page.get_by_label("查询码").fill(receipt["query_code"])
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", name=receipt["number"])).to_be_visible()


def state(site: Site, receipt: dict[str, Any]) -> str:
    headers = {"X-Query-Code": receipt["query_code"]}
    answer = httpx2.get(f"{site.url}/api/v1/requests/{receipt['number']}", headers=headers)
    said: str = answer.json()["status_label"]
    return said


def clarifying(visitors: Visitors, site: Site) -> dict[str, Any]:
    """The receipt of an application that is to be supplemented."""
    receipt = site.submit()
    clerk = visitors.staff("jingban")
    clerk.goto(f"/staff/cases/{receipt['number']}")
    take(clerk, "要求补正", 补正期限="2026-12-04")
    return receipt


def withdraw(page: Page) -> None:
    page.get_by_text("撤回这件申请", exact=True).click()
    page.get_by_label("我确认撤回这件申请").check()
    page.get_by_role("button", name="撤回申请").click()


def test_withdrawing_in_one_tab_spares_the_case_of_the_other(visitors: Visitors, site: Site) -> None:
    one, other = site.submit(), site.submit()
    page = visitors.open(javascript=False)
    look_up(page, one)
    second = page.context.new_page()
    look_up(second, other)
    withdraw(page)
    expect(page.get_by_role("alert")).to_contain_text("后来打开了另一件申请")
    assert (state(site, one), state(site, other)) == ("已收到", "已收到")
    page.get_by_label("查询码").fill(other["query_code"])  # not the code of the case that is shown
    page.get_by_role("button", name="核对并撤回申请").click()
    expect(page.get_by_role("alert")).to_contain_text("编号或查询码不正确")
    page.get_by_label("查询码").fill(one["query_code"])
    page.get_by_role("button", name="核对并撤回申请").click()
    expect(page.get_by_role("heading", name=one["number"])).to_be_visible()
    assert (state(site, one), state(site, other)) == ("已撤回", "已收到")


def test_filing_another_application_leaves_the_form_of_the_first_where_it_was(visitors: Visitors, site: Site) -> None:
    one = site.submit()
    page = visitors.open(javascript=False)
    look_up(page, one)
    second = page.context.new_page()
    second.goto("/apply")
    choose(second)
    second.get_by_label("您想了解什么").fill("申请公开示例区2025年老旧小区改造计划。")
    second.get_by_label("姓名或名称").fill("张三")
    second.get_by_label("电子邮箱").fill("zhangsan@example.invalid")
    second.get_by_role("button", name="提交申请").click()
    expect(second.get_by_role("heading", name="已收到您的申请")).to_be_visible()
    withdraw(page)
    expect(page.get_by_role("alert")).to_contain_text("刚才的操作没有进行")
    second.get_by_role("link", name="查看进度").click()
    expect(second.locator("main")).to_contain_text("已收到")


@pytest.mark.parametrize("gone", ["expired", "another case"])
def test_a_supplement_survives_the_end_of_its_quarter_of_an_hour(visitors: Visitors, site: Site, gone: str) -> None:
    receipt = clarifying(visitors, site)
    page = visitors.open(javascript=False)
    look_up(page, receipt)
    page.get_by_label("补充说明").fill(SUPPLEMENT)
    if gone == "expired":
        page.context.clear_cookies(name="gongkai_case")
    else:
        look_up(page.context.new_page(), site.submit())
    page.get_by_role("button", name="提交补正").click()
    expect(page.get_by_label("补充说明")).to_have_value(SUPPLEMENT)
    expect(page.get_by_label("编号")).to_have_value(receipt["number"])
    page.get_by_label("查询码").fill("AAAA-BBBB-CCCC")
    page.get_by_role("button", name="核对并提交补正").click()
    expect(page.get_by_role("alert")).to_contain_text("编号或查询码不正确")
    expect(page.get_by_label("补充说明")).to_have_value(SUPPLEMENT)
    page.get_by_label("查询码").fill(receipt["query_code"])
    page.get_by_role("button", name="核对并提交补正").click()
    expect(page.get_by_role("listitem").filter(has_text="收到您的补正")).to_be_visible()
    clerk = visitors.staff("jingban")
    clerk.goto(f"/staff/cases/{receipt['number']}")
    expect(clerk.locator(".said").last).to_have_text(SUPPLEMENT)


def test_a_rating_survives_too(visitors: Visitors, site: Site) -> None:
    receipt = site.submit()
    page = visitors.open(javascript=False)
    look_up(page, receipt)
    withdraw(page)
    page.get_by_text("评价这次办理").click()
    page.get_by_label("不满意", exact=True).check()
    page.get_by_label("说明").fill("网上没有说要等多久")
    page.context.clear_cookies(name="gongkai_case")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_label("说明")).to_have_value("网上没有说要等多久")
    page.get_by_label("查询码").fill(receipt["query_code"])
    page.get_by_role("button", name="核对并提交评价").click()
    expect(page.get_by_text("修改评价（已评：不满意）")).to_be_visible()


def test_what_was_typed_is_shown_where_the_case_has_moved_on_meanwhile(visitors: Visitors, site: Site) -> None:
    receipt = clarifying(visitors, site)
    page = visitors.open(javascript=False)
    look_up(page, receipt)
    page.get_by_label("补充说明").fill(SUPPLEMENT)
    clerk = visitors.staff("jingban")
    clerk.goto(f"/staff/cases/{receipt['number']}")
    take(clerk, "收到补正", 补正的内容="他在电话里说的")
    page.get_by_role("button", name="提交补正").click()
    expect(page.get_by_role("alert")).to_contain_text("是甲村东侧地块")


def test_a_supplement_of_the_greatest_length_is_taken_whole_and_a_longer_one_refused(
    visitors: Visitors, site: Site
) -> None:
    receipt = clarifying(visitors, site)
    page = visitors.open(javascript=False)
    look_up(page, receipt)
    longest = "字" * 4_999 + "\n" + "字" * 4_999 + "完"  # a line break is sent as two characters
    page.locator("[name=text]").evaluate("box => box.removeAttribute('maxlength')")
    page.get_by_label("补充说明").fill(longest + "了")
    page.get_by_role("button", name="提交补正").click()
    expect(page.get_by_role("alert")).to_contain_text("最多 10,000 字")
    expect(page.get_by_label("补充说明")).to_have_value(longest + "了")
    page.get_by_label("补充说明").fill(longest)
    page.get_by_role("button", name="提交补正").click()
    expect(page.get_by_role("listitem").filter(has_text="收到您的补正")).to_be_visible()
    clerk = visitors.staff("jingban")
    clerk.goto(f"/staff/cases/{receipt['number']}")
    expect(clerk.locator(".said").last).to_have_text(longest)


def test_a_notice_is_fetched_from_the_case_that_the_page_shows(visitors: Visitors, site: Site) -> None:
    receipt = site.submit()
    page = visitors.open(javascript=False)
    look_up(page, site.submit())
    answer = page.goto(f"/status/notices/1?number={receipt['number']}&format=pdf")
    assert answer is not None
    assert answer.status == 409
    expect(page.get_by_role("alert")).to_contain_text("后来打开了另一件申请")
    expect(page.get_by_label("编号")).to_have_value(receipt["number"])


def test_every_form_of_the_status_page_names_its_case(visitors: Visitors, site: Site) -> None:
    receipt = clarifying(visitors, site)
    page = visitors.open(javascript=False)
    look_up(page, receipt)
    forms = page.locator("main form:not([action='/status/close'])")
    assert forms.count() >= 2
    for form in forms.all():
        expect(form.locator("[name=number]")).to_have_value(receipt["number"])


def test_what_is_written_in_one_conversation_is_not_said_in_another(visitors: Visitors) -> None:
    page = visitors.open(javascript=False)
    other = page.context.new_page()
    for tab, words in ((page, "老旧小区改造"), (other, "学校划片")):
        page.context.clear_cookies(name="gongkai_chat")
        tab.goto("/chat")
        tab.get_by_label("您的话").fill(words)
        tab.get_by_role("button", name="发送").click()
        expect(tab.locator("#chat-log")).to_contain_text(words)
    page.get_by_label("您的话").fill("张三")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("status")).to_contain_text("另一段对话")
    expect(page.get_by_label("您的话")).to_have_value("张三")
    expect(page.locator("#chat-log")).not_to_contain_text("张三")
    page.get_by_role("button", name="发送").click()  # now that it is on the screen
    expect(page.locator("#chat-log")).to_contain_text("张三")
    expect(page.locator("#chat-log")).to_contain_text("学校划片")
    expect(other.locator("#chat-log > li.citizen .unseen").first).to_have_text("您：")


def test_the_receipt_to_print_is_that_of_the_application_just_entered_or_none(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("jingban", javascript=False)
    other = page.context.new_page()
    for clerk, name in ((page, "张三"), (other, "李四")):
        clerk.goto("/staff/cases/new")
        clerk.get_by_label("来件渠道").select_option("当面")
        clerk.get_by_label("收到日", exact=False).first.fill("2026-11-22")
        choose(clerk, medium="纸质", way="当面领取")
        clerk.get_by_label("所需信息").fill("申请公开示例区2025年老旧小区改造计划。")
        clerk.get_by_label("姓名或名称").fill(name)
        clerk.get_by_label("电话", exact=True).fill("13800000000")
        clerk.get_by_role("button", name="登记").click()
        expect(clerk.get_by_role("heading", name="已登记")).to_be_visible()
    second = other.locator("#receipt-number").inner_text()
    other.reload()
    expect(other.locator("#receipt-number")).to_have_text(second)
    page.reload()
    expect(page.locator("main")).to_contain_text("又登记了另一件")
    expect(page.locator("main")).not_to_contain_text(second)
