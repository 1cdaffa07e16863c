"""A citizen finds, applies, keeps the receipt and follows the case, with and without JavaScript."""

import re

from playwright.sync_api import Page, expect

from tests.web.conftest import ASKED, PHONE, Site, Visitors, choose

ID_NUMBER = re.compile("^证件号码")


def fill_in(
    page: Page,
    *,
    name: str = "张三",
    phone: str = "13800000000",
    email: str = "zhangsan@example.invalid",
    asked: str = ASKED,
    who: str = "个人",
) -> None:
    choose(page, who=who)
    page.get_by_label("您想了解什么").fill(asked)
    page.get_by_label("姓名或名称").fill(name)
    page.get_by_label("电话", exact=True).fill(phone)
    page.get_by_label("电子邮箱").fill(email)


def send(page: Page) -> None:
    page.get_by_role("button", name="提交申请").click()


def number_and_code(page: Page) -> tuple[str, str]:
    expect(page.get_by_role("heading", name="已收到您的申请")).to_be_visible()
    return page.locator("#receipt-number").inner_text(), page.locator("#receipt-code").inner_text()


def test_the_question_asked_on_the_start_page_is_carried_into_the_form(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("老旧小区改造名单")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("heading", name="没找到？提交申请")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="填写申请表").click()
    expect(page.get_by_label("您想了解什么")).to_have_value("老旧小区改造名单")


def test_the_question_is_carried_into_the_conversation_too(page: Page) -> None:
    page.goto("/?q=老旧小区改造名单")
    page.get_by_role("main").get_by_role("link", name="在线对话").click()
    expect(page.get_by_label("您的话")).to_have_value("老旧小区改造名单")


def test_an_application_is_submitted_and_its_receipt_survives_a_reload(page: Page) -> None:
    page.goto("/apply")
    fill_in(page)
    send(page)
    number, code = number_and_code(page)
    assert re.fullmatch(r"[\w-]+-2026-\d{5}", number)
    assert code not in page.url
    # received on Sunday 22 November: day 1 is Monday, day 20 is Friday 18 December
    expect(page.get_by_text("2026年12月18日")).to_be_visible()
    page.reload()
    assert number_and_code(page) == (number, code)


def test_an_application_needs_no_javascript(plain_page: Page) -> None:
    plain_page.goto("/apply")
    fill_in(plain_page)
    send(plain_page)
    number, code = number_and_code(plain_page)
    plain_page.get_by_role("navigation").get_by_role("link", name="查询进度").click()
    plain_page.get_by_label("编号", exact=True).fill(number.lower().replace("-", ""))
    plain_page.get_by_label("查询码").fill(code)
    plain_page.get_by_role("button", name="查询").click()
    expect(plain_page.get_by_role("heading", name=number)).to_be_visible()
    expect(plain_page.get_by_text("您的申请已经收到")).to_be_visible()
    plain_page.get_by_text("期限是怎样算出来的").click()
    expect(plain_page.get_by_role("cell", name=re.compile("第三十三条"))).to_be_visible()


def test_every_error_is_named_and_what_was_typed_is_kept(plain_page: Page) -> None:
    plain_page.goto("/apply")
    fill_in(plain_page, phone="12")
    plain_page.get_by_label(ID_NUMBER).fill("110105194912310021")
    send(plain_page)
    summary = plain_page.get_by_role("alert")
    expect(summary).to_contain_text("身份证号码不正确")
    expect(summary).to_contain_text("电话号码不正确")
    expect(plain_page.get_by_label("您想了解什么")).to_have_value(ASKED)
    expect(plain_page.get_by_label("姓名或名称")).to_have_value("张三")
    expect(plain_page.get_by_label("电话", exact=True)).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link", name=re.compile("证件号码")).click()
    assert plain_page.url.endswith("#f-applicant-id_number")


def test_an_empty_form_is_told_everything_at_once_in_the_order_of_the_page(page: Page) -> None:
    page.goto("/apply")
    page.get_by_label("由代理人办理").check()
    send(page)
    expect(page.get_by_role("alert")).to_be_focused()
    told = [line.split("：")[0] for line in page.get_by_role("alert").get_by_role("link").all_inner_texts()]
    agent = ["代理人姓名", "代理人电话", "代理人证件种类", "代理人证件号码", "授权情况"]
    first = ["向哪个机关申请", "您想了解什么", "申请人是", "姓名或名称", "电话"]
    assert told == [*first, *agent, "提供形式", "获取方式"]


def test_nothing_is_chosen_for_the_applicant(page: Page) -> None:
    page.goto("/apply")
    expect(page.locator("form[action^='/apply'] :checked:not(option)")).to_have_count(0)
    for select in page.locator("form[action^='/apply'] select").all():
        assert select.input_value() == "", select.get_attribute("name")


def test_what_the_way_of_delivery_needs_is_asked_for(page: Page) -> None:
    page.goto("/apply")
    fill_in(page, email="")
    expect(page.get_by_label("邮寄")).to_be_hidden()  # what is electronic goes by no post
    page.get_by_label("纸质").check()
    page.get_by_label("邮寄").check()
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("邮寄的，请填写通信地址")
    page.get_by_label("电子版").check()
    page.get_by_label("在本网站下载").check()
    send(page)
    number_and_code(page)


def test_an_organisation_gives_its_class_and_credit_code(page: Page) -> None:
    page.goto("/apply")
    expect(page.get_by_label("单位类别")).to_be_hidden()
    fill_in(page, name="示例公司", who="单位或其他组织")
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("单位类别")
    page.get_by_label("单位类别").select_option("商业企业")
    page.get_by_label(ID_NUMBER).fill("91110000600037341L")
    send(page)
    number_and_code(page)


def test_a_representative_is_asked_for_only_when_there_is_one(page: Page) -> None:
    page.goto("/apply")
    expect(page.get_by_label("代理人姓名")).to_be_hidden()
    fill_in(page)
    page.get_by_label("由代理人办理").check()
    page.get_by_label("代理人姓名").fill("李四")
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("代理人证件号码")
    page.get_by_label("由代理人办理").uncheck()
    send(page)
    number_and_code(page)


def test_while_describing_the_likely_department_is_shown(page: Page) -> None:
    page.goto("/apply")
    page.get_by_label("您想了解什么").press_sequentially("我们村的征地补偿", delay=10)
    expect(page.locator("#hint")).to_contain_text("自然资源和规划局")
    expect(page.locator("#hint")).not_to_contain_text("%")


def test_a_matter_of_another_agency_is_said_before_submission_and_may_still_be_submitted(page: Page) -> None:
    page.goto("/apply")
    page.get_by_label("您想了解什么").press_sequentially("增值税发票核定的标准", delay=10)
    expect(page.locator("#hint")).to_contain_text("税务局不是本机关的部门")
    expect(page.locator("#hint")).to_contain_text("0000-7654321")
    expect(page.locator("#hint")).to_contain_text("仍然在这里提交")


def test_while_one_types_a_complaint_hears_of_its_own_way_and_numbers_are_pointed_out(page: Page) -> None:
    page.goto("/apply")
    page.get_by_label("您想了解什么").press_sequentially("举报油烟扰民，没有人管，我叫王芳，电话13800000000", delay=10)
    expect(page.locator("#hint")).to_contain_text("12345")
    expect(page.locator("#hint")).to_contain_text("这一栏里写了电话")


def test_sending_the_same_form_twice_is_one_application(page: Page) -> None:
    page.goto("/apply")
    fill_in(page)
    send(page)
    first = number_and_code(page)
    page.go_back()
    send(page)
    assert number_and_code(page) == first


def test_a_used_form_with_other_content_is_confirmed_before_it_becomes_a_second_application(page: Page) -> None:
    page.goto("/apply")
    fill_in(page)
    send(page)
    first = number_and_code(page)
    page.go_back()
    fill_in(page, asked="另一件事：申请公开示例区2024年老旧小区改造决算。")
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("已经用这张表提交过")
    send(page)
    assert number_and_code(page) != first


def test_where_there_are_several_agencies_one_is_chosen(page: Page) -> None:
    page.goto("/apply")
    fill_in(page)
    page.get_by_label("向哪个机关申请").select_option("示例区人民政府")
    send(page)
    number, _ = number_and_code(page)
    assert number.startswith("SQ-")


def test_a_robot_that_fills_the_hidden_field_is_told(plain_page: Page) -> None:
    plain_page.goto("/apply")
    fill_in(plain_page)
    plain_page.locator("[name=website]").fill("https://example.invalid", force=True)
    send(plain_page)
    expect(plain_page.get_by_role("alert")).to_contain_text("不需要填写")


def test_a_wrong_number_and_a_wrong_code_read_the_same(page: Page, site: Site) -> None:
    number = site.submit()["number"]
    said = []
    for tried in (number, "SF-2026-99999"):
        page.goto("/status")
        page.get_by_label("编号", exact=True).fill(tried)
        page.get_by_label("查询码").fill("AAAA-BBBB-CCCC")
        page.get_by_role("button", name="查询").click()
        said.append(page.get_by_role("alert").inner_text())
    assert said[0] == said[1] != ""


def test_on_a_shared_computer_the_case_can_be_cleared(page: Page, site: Site) -> None:
    receipt = site.submit()
    page.goto("/status")
    page.get_by_label("编号", exact=True).fill(receipt["number"])
    page.get_by_label("查询码").fill(receipt["query_code"])
    page.get_by_role("button", name="查询").click()
    page.get_by_role("button", name=re.compile("清除本页")).click()
    page.goto("/status/case")
    expect(page.get_by_role("heading", name="查询进度")).to_be_visible()


def test_the_receipt_prints_as_a_sheet_with_a_letterhead_and_nothing_else(page: Page) -> None:
    page.goto("/apply")
    fill_in(page)
    send(page)
    number, code = number_and_code(page)
    page.emulate_media(media="print")
    expect(page.get_by_text("政府信息公开申请登记回执")).to_be_visible()
    expect(page.locator("#receipt-code")).to_have_text(code)
    for gone in ("header", "footer", "main button", "nav"):
        for one in page.locator(gone).all():
            expect(one).to_be_hidden()
    assert number in page.locator("main").inner_text()


def test_large_type_is_switched_without_losing_what_is_typed_and_is_remembered(visitors: Visitors) -> None:
    page = visitors.open(size=PHONE)
    page.goto("/apply")
    page.get_by_label("姓名或名称").fill("张三")
    before = page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.get_by_role("button", name="大字版").click()
    expect(page.get_by_role("button", name="标准字号")).to_be_visible()
    expect(page.get_by_label("姓名或名称")).to_have_value("张三")
    assert page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 1.3 * before
    page.goto("/status")
    expect(page.get_by_role("button", name="标准字号")).to_be_visible()


def test_large_type_needs_no_javascript(plain_page: Page) -> None:
    plain_page.goto("/status")
    plain_page.get_by_role("button", name="大字版").click()
    expect(plain_page).to_have_url(re.compile("/status$"))
    expect(plain_page.locator("html")).to_have_class("large")


def test_the_conversation_is_drawn_by_the_server_where_there_is_no_javascript(plain_page: Page) -> None:
    plain_page.goto("/chat")
    expect(plain_page.get_by_text("您好")).to_be_visible()
    plain_page.get_by_label("您的话").fill("<b>老旧小区</b>改造")
    plain_page.get_by_role("button", name="发送").click()
    expect(plain_page.locator("li:target")).to_contain_text("您是个人还是单位？")
    log = plain_page.locator("#chat-log")
    expect(log).to_contain_text("您好，请说说您想了解什么。")
    expect(log).to_contain_text("<b>老旧小区</b>改造")
    log.get_by_role("button", name="单位").click()
    expect(log).to_contain_text("已选：单位")
    expect(log).not_to_contain_text("您是个人还是单位？")


def test_an_expired_conversation_starts_anew_with_what_was_said(plain_page: Page) -> None:
    plain_page.context.add_cookies([{"name": "gongkai_chat", "value": "gone", "domain": "127.0.0.1", "path": "/chat"}])
    plain_page.goto("/chat")
    expect(plain_page.get_by_role("status")).to_contain_text("已经过期")
    plain_page.get_by_label("您的话").fill("征地补偿方案")
    plain_page.get_by_role("button", name="发送").click()
    expect(plain_page.locator("#chat-log")).to_contain_text("征地补偿方案")
