"""What a device remembers: only what was asked for, in its own browser, until one button clears it."""

from playwright.sync_api import expect

from tests.web.conftest import Visitors, choose


def test_applicant_and_case_are_remembered_on_request_and_cleared(visitors: Visitors) -> None:
    page = visitors.open()

    def file(*, remember: bool) -> None:
        page.goto("/apply")
        choose(page)
        page.get_by_label("您想了解什么").fill("申请公开示例区2025年老旧小区改造计划。")
        page.get_by_label("姓名或名称").fill("张三")
        page.get_by_label("电子邮箱").fill("zhangsan@example.invalid")
        page.locator("[name='applicant.id_number']").fill("11010519491231002X")
        page.get_by_label("在这台设备上记住申请人").set_checked(remember)
        page.get_by_role("button", name="提交申请").click()
        page.wait_for_url("**/status/receipt")

    file(remember=False)
    assert page.evaluate("localStorage.length") == 0, "nothing is kept before it is asked for"
    file(remember=True)
    assert "11010519491231002X" not in page.evaluate("JSON.stringify(localStorage)")
    expect(page.get_by_text("公用的设备请不要记住")).to_be_visible()
    number = page.locator("#receipt-number").inner_text()
    page.get_by_role("button", name="在这台设备上记住这件申请").click()
    older = {"who": "natural", "applicant.name": "张三", "applicant.email": "zhangsan@example.invalid"}
    more = {"applicant.id_number": "11010519491231002X", "applicant.agent.name": "李四"}
    page.evaluate("kept => localStorage.setItem('gongkai-applicant', JSON.stringify(kept))", older | more)
    page.goto("/apply")
    assert page.evaluate("JSON.parse(localStorage.getItem('gongkai-applicant'))") == older
    page.get_by_role("button", name="填上次的申请人").click()
    expect(page.get_by_label("姓名或名称")).to_have_value("张三")
    expect(page.get_by_label("电子邮箱")).to_have_value("zhangsan@example.invalid")
    expect(page.get_by_label("个人", exact=True)).to_be_checked()
    expect(page.get_by_label("您想了解什么")).to_have_value("")
    page.get_by_role("button", name="清除记住的申请人").click()
    page.context.clear_cookies()
    page.goto("/status")
    page.get_by_role("button", name=number).click()
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    expect(page.get_by_text("现在轮到")).to_be_visible()
    page.goto("/status")
    page.get_by_role("button", name="全部清除").click()
    expect(page.get_by_role("heading", name="这台设备上记住的申请")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0
