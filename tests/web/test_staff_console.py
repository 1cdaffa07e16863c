"""A clerk signs in, sees what is due, confirms with a key, corrects, and is told what somebody else decided."""

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, expect

from intake_api.web.texts import DISPOSITION_KEYS
from tests.web.conftest import ASKED, PASSWORD, Site, Visitors, choose


def open_case(page: Page, number: str) -> None:
    page.goto(f"/staff/cases/{number}")
    expect(page.get_by_role("heading", name=number)).to_be_visible()


def press(page: Page, key: str) -> None:
    """Press a key once the script of the page runs: a page is seen before its keys work."""
    expect(page.locator("html.keys")).to_be_attached()
    page.keyboard.press(key)


def test_signing_in_leads_back_to_the_page_that_was_wanted(page: Page, site: Site) -> None:
    number = site.submit()["number"]
    page.goto(f"/staff/cases/{number}")
    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()
    page.get_by_label("用户名").fill("jingban")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("不正确")
    expect(page.get_by_label("用户名")).to_have_value("jingban")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    page.goto("/staff?tab=open&q=王小样")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()
    # the mark of a browser that has signed in, of which a guesser elsewhere has none, and nothing that was searched for
    [left] = page.context.cookies()
    assert left["name"] == "gongkai_device"
    assert re.fullmatch(r"[\w-]{22}\.[0-9a-f]{32}", left["value"])
    page.goto("/staff")
    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()


def test_the_queue_shows_what_is_due_and_what_is_suggested(visitors: Visitors, site: Site) -> None:
    number = site.submit()["number"]
    page = visitors.staff()
    page.get_by_role("searchbox").fill(number)
    page.get_by_role("button", name="筛选").click()
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("还剩 20 个工作日")
    expect(row).to_contain_text("2026-12-18")
    expect(row).to_contain_text("80% 自然资源和规划局")


def test_each_tab_says_how_many_it_holds(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()

    def held() -> dict[str, int]:
        tabs = page.get_by_role("navigation", name="分类").get_by_role("link").all_inner_texts()
        return {word: int(count) for word, count in (tab.split() for tab in tabs)}

    before = held()
    for _ in range(2):
        site.submit()
    page.reload()
    after = held()
    assert {word: after[word] - before[word] for word in after} == {
        "待确认": 2,
        "未办结": 2,
        "即将到期": 0,
        "已超期": 0,
        "全部": 2,
    }


def test_a_search_finds_the_applicant_by_full_name_or_telephone_only(visitors: Visitors, site: Site) -> None:
    applicant = {"type": "natural", "name": "王小样", "phone": "13800000321"}
    number = site.submit(applicant=applicant)["number"]
    page = visitors.staff()
    for word, found in (("王小样", 1), ("138 0000 0321", 1), ("王", 0)):
        page.get_by_role("searchbox").fill(word)
        page.get_by_role("button", name="筛选").click()
        expect(page.get_by_role("row").filter(has_text=number)).to_have_count(found)
    expect(page.get_by_text("没有找到")).to_be_visible()


@pytest.mark.parametrize("key", ["Enter", "y"])
def test_one_key_confirms_the_suggestion(visitors: Visitors, site: Site, key: str) -> None:
    page = visitors.staff()
    open_case(page, site.submit()["number"])
    expect(page.locator("mark").first).to_have_text("征地")
    press(page, key)
    expect(page.get_by_role("heading", name="已确认")).to_be_visible()
    expect(page.get_by_text("与建议一致")).to_be_visible()


def test_two_keys_choose_another_suggested_department(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()
    open_case(page, site.submit()["number"])
    press(page, "2")
    press(page, "y")
    decided = page.get_by_role("region", name="已确认")
    expect(decided).to_contain_text("住房和城乡建设局")
    expect(decided).not_to_contain_text("与建议一致")


def test_where_the_model_is_not_sure_a_key_confirms_nothing(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()
    open_case(page, site.submit("请公开材料")["number"])
    expect(page.get_by_text("系统拿不准，请人工判断")).to_be_visible()
    press(page, "y")
    expect(page.get_by_role("heading", name="已确认")).to_have_count(0)
    press(page, "1")
    press(page, "t")  # the key of 需补正, ranked second here and last elsewhere
    press(page, "Enter")
    expect(page.get_by_role("region", name="已确认")).to_contain_text("住房和城乡建设局，内容不明确")


def test_the_key_of_a_disposition_is_the_same_on_every_case(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()
    for text in (ASKED, "请公开材料"):
        open_case(page, site.submit(text)["number"])
        for option in page.get_by_role("group", name="初步处理").get_by_role("radio").all():
            assert option.get_attribute("data-key") == DISPOSITION_KEYS[option.get_attribute("value") or ""]
    press(page, "?")
    expect(page.get_by_role("dialog").get_by_role("row").filter(has_text="部分公开")).to_contain_text("w")


def test_after_confirming_a_key_leads_to_the_next_case_that_waits(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()
    numbers = [site.submit()["number"] for _ in range(2)]
    open_case(page, numbers[0])
    press(page, "y")
    expect(page.get_by_role("heading", name="已确认")).to_be_visible()
    press(page, "n")
    expect(page.get_by_role("heading", name="分给谁、怎样处理")).to_be_visible()
    assert not page.url.endswith(numbers[0])


def test_a_key_during_the_sending_does_not_break_it_off(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()
    number = site.submit()["number"]
    open_case(page, number)
    held: list[Route] = []
    page.route("**/confirmation", lambda route: held.append(route))
    with page.expect_request("**/confirmation"):
        press(page, "y")
    page.keyboard.press("u")
    page.wait_for_timeout(300)  # long enough to have left
    held[0].continue_()
    expect(page.get_by_role("heading", name="已确认")).to_be_visible()
    assert page.url.endswith(number)


def test_a_mistaken_entry_is_voided_with_its_reason_and_stays_readable(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban")
    open_case(page, site.submit()["number"])
    press(page, "y")
    steps = page.get_by_role("region", name="下一步")
    steps.get_by_text("征求意见", exact=True).click()
    steps.get_by_label("发出日期").fill("2026-11-22")
    steps.get_by_label("征求谁的意见").select_option("第三方")
    steps.get_by_label("没有文书的").locator("visible=true").fill("当面征求")
    steps.get_by_role("button", name="记录").locator("visible=true").click()
    steps.get_by_text("作废一条错误记录").click()
    steps.get_by_label("哪一条记录有误").select_option("2026-11-22 征求意见")
    form = steps.locator("details[open]").filter(has_text="哪一条记录有误")
    form.get_by_label("理由").fill("录入到了另一件申请")
    form.get_by_role("button", name="记录").click()
    expect(page.locator("s")).to_have_text("征求意见")
    expect(page.get_by_text("理由：录入到了另一件申请")).to_be_visible()


def test_who_has_a_one_time_password_chooses_another_before_anything_else(page: Page, site: Site) -> None:
    page.goto("/staff")
    page.get_by_label("用户名").fill("linshi")
    page.get_by_label("密码").fill(site.one_time)
    page.get_by_role("button", name="登录").click()
    page.goto("/staff/cases/new")
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()

    def change(old: str, new: str, repeat: str) -> None:
        for label, word in (("原密码", old), ("新密码", new), ("再输入一次新密码", repeat)):
            page.get_by_label(label, exact=True).fill(word)
        page.get_by_role("button", name="修改密码").click()

    for old, new, repeat, told in (
        ("wrong", PASSWORD, PASSWORD, "原密码不正确"),
        (site.one_time, PASSWORD, PASSWORD + "!", "不一样"),
        (site.one_time, "short", "short", "至少"),
        (site.one_time, site.one_time, site.one_time, "不能和原密码相同"),
    ):
        change(old, new, repeat)
        expect(page.get_by_role("alert")).to_contain_text(told)
    change(site.one_time, PASSWORD, PASSWORD)
    expect(page.get_by_role("heading", name="待办列表")).to_be_visible()


def test_shortcuts_leave_typing_alone_and_can_be_switched_off(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()
    number = site.submit()["number"]
    open_case(page, number)
    press(page, "c")
    page.get_by_label("说明").fill("")
    page.get_by_label("说明").press_sequentially("yes u")
    expect(page.get_by_label("说明")).to_have_value("yes u")
    page.get_by_role("heading", name=number).click()
    press(page, "?")
    page.get_by_label("使用单键快捷键").uncheck()
    page.get_by_role("button", name="知道了").click()
    page.keyboard.press("y")
    expect(page.get_by_role("heading", name="分给谁、怎样处理")).to_be_visible()


def test_confirming_and_correcting_need_no_javascript(visitors: Visitors, site: Site) -> None:
    page = visitors.staff(javascript=False)
    number = site.submit()["number"]
    open_case(page, number)
    page.get_by_role("button", name="确认", exact=False).first.click()
    expect(page.get_by_role("heading", name="已确认")).to_be_visible()
    page.get_by_text("更正", exact=False).first.click()
    page.get_by_label("部门", exact=True).select_option("教育局")
    page.get_by_label("说明").fill("涉及学校用地")
    page.get_by_role("button", name="更正", exact=True).click()
    decided = page.get_by_role("region", name="已确认")
    expect(decided).to_contain_text("教育局")
    expect(decided).to_contain_text("涉及学校用地")
    expect(decided).to_contain_text("以前的确认（1）")


def test_an_outside_agency_is_never_a_silent_transfer(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()
    open_case(page, site.submit()["number"])
    press(page, "c")
    page.get_by_label("部门", exact=True).select_option("tax")
    page.get_by_label("初步处理").select_option("予以公开")
    page.locator("details[open]").get_by_role("button", name="确认").click()
    expect(page.get_by_role("region", name="已确认")).to_contain_text("不属于本机关负责公开")


def test_the_second_of_two_clerks_is_told_what_the_first_decided(visitors: Visitors, site: Site) -> None:
    number = site.submit()["number"]
    first, second = visitors.staff("jingban"), visitors.staff("chengban")
    open_case(first, number)
    open_case(second, number)
    first.keyboard.press("y")
    expect(first.get_by_role("heading", name="已确认")).to_be_visible()
    second.keyboard.press("3")
    with second.expect_response(re.compile("confirmation")) as answer:
        second.keyboard.press("y")
    assert answer.value.status == 409
    alert = second.get_by_role("alert")
    expect(alert).to_contain_text("jingban")
    expect(alert).to_contain_text("自然资源和规划局")
    # the second clerk's own choice is ready to be sent as a correction
    expect(second.get_by_label("部门", exact=True)).to_have_value("tax")
    second.get_by_role("button", name="更正", exact=True).click()
    expect(second.get_by_role("region", name="已确认")).to_contain_text("税务局")


def test_particulars_are_masked_until_asked_for_and_each_look_is_on_record(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()
    number = site.submit()["number"]
    open_case(page, number)
    expect(page.locator("main")).not_to_contain_text("11010519491231002X")
    page.get_by_role("button", name=re.compile("显示完整号码")).click()
    expect(page.locator("main")).to_contain_text("11010519491231002X")
    page.goto(f"/staff/cases/{number}")
    expect(page.locator("main")).to_contain_text("查看申请人信息")


def test_a_step_is_recorded_and_the_clock_follows(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban")
    open_case(page, site.submit()["number"])
    press(page, "y")
    steps = page.get_by_role("region", name="下一步")
    steps.get_by_text("要求补正", exact=True).click()
    steps.get_by_role("button", name="今天").locator("visible=true").click()
    steps.get_by_label("补正期限").fill("2026-12-04")
    steps.get_by_label("没有文书的").locator("visible=true").fill("当面告知")
    steps.get_by_role("button", name="记录").locator("visible=true").click()
    expect(page.get_by_role("region", name="答复期限")).to_contain_text("暂停计时")
    expect(page.locator("main")).to_contain_text("待补正")


def test_a_step_that_cannot_be_is_refused_in_words_and_the_page_stays(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban")
    open_case(page, site.submit()["number"])
    steps = page.get_by_role("region", name="下一步")
    steps.get_by_text("要求补正", exact=True).click()
    steps.get_by_label("日期", exact=True).locator("visible=true").fill("2026-11-30")
    steps.get_by_label("没有文书的").locator("visible=true").fill("当面告知")
    steps.get_by_role("button", name="记录").locator("visible=true").click()
    expect(page.get_by_role("alert")).to_contain_text("不能晚于今天")
    expect(steps.get_by_label("日期", exact=True).locator("visible=true")).to_have_value("2026-11-30")


def test_what_a_role_may_not_do_is_not_drawn(visitors: Visitors, site: Site) -> None:
    number = site.submit()["number"]
    drawn = {}
    for name in ("jingban", "shenhe"):
        page = visitors.staff(name)
        open_case(page, number)
        drawn[name] = page.get_by_role("region", name="下一步").inner_text()
    assert "延长答复期限" in drawn["shenhe"]
    assert "延长答复期限" not in drawn["jingban"]


def test_an_application_from_the_counter_is_entered_and_gets_its_receipt(visitors: Visitors) -> None:
    page = visitors.staff()
    page.get_by_role("link", name="录入申请").click()
    expect(page.get_by_label("收到日的依据")).to_be_hidden()
    page.get_by_label("来件渠道").select_option("邮寄")
    expect(page.get_by_label("收到日的依据")).to_be_visible()
    page.get_by_label("来件渠道").select_option("口头")
    page.get_by_label("所需信息").fill("申请公开示例路拓宽工程的规划许可。")
    page.get_by_role("button", name="登记").click()
    told = [line.split("：")[0] for line in page.get_by_role("alert").get_by_role("link").all_inner_texts()]
    assert told == ["收到日", "向哪个机关申请", "申请人是", "姓名或名称", "电话", "提供形式", "获取方式"]
    expect(page.get_by_label("所需信息")).to_have_value("申请公开示例路拓宽工程的规划许可。")
    page.get_by_role("button", name="今天").click()
    choose(page, medium="纸质", way="当面领取")
    page.get_by_label("姓名或名称").fill("李四")
    page.get_by_label("电话", exact=True).fill("13800000000")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("heading", name="已登记")).to_be_visible()
    number = page.locator("#receipt-number").inner_text()
    press(page, "Enter")
    expect(page.get_by_role("heading", name=number)).to_be_visible()


def test_an_entry_presets_nothing_that_is_a_fact_of_law(visitors: Visitors) -> None:
    page = visitors.staff()
    page.goto("/staff/cases/new")
    entry = page.locator("form[action='/staff/cases/new']")
    expect(entry.locator(":checked:not(option)")).to_have_count(0)
    for field in entry.locator("select, input:not([type=hidden], [type=radio], [type=checkbox])").all():
        assert field.input_value() == "", field.get_attribute("name")


@pytest.mark.parametrize(
    ("channel", "basis", "waits"),
    [
        ("传真", "", True),
        ("电子邮件", "", True),
        ("邮寄", "平常信函：与申请人确认之日", True),
        ("邮寄", "挂号、特快专递：签收之日", False),
        ("当面", "", False),
    ],
)
def test_only_what_waits_for_a_confirmation_is_entered_without_a_day(
    visitors: Visitors, channel: str, basis: str, waits: bool
) -> None:
    page = visitors.staff(javascript=False)
    page.goto("/staff/cases/new")
    page.get_by_label("来件渠道").select_option(channel)
    if channel == "邮寄":
        page.get_by_role("button", name="登记").click()
        expect(page.get_by_role("alert")).to_contain_text("收到日的依据")
        page.get_by_label("收到日的依据").select_option(basis)
    page.get_by_label("所需信息").fill("申请公开示例路拓宽工程的规划许可。")
    page.get_by_label("姓名或名称").fill("李四")
    page.get_by_label("通信地址").fill("示例市示例路1号")
    choose(page, medium="纸质", way="邮寄")
    page.get_by_role("button", name="登记").click()
    if waits:
        expect(page.get_by_role("heading", name="已登记")).to_be_visible()
        page.get_by_role("link", name="打开这件申请").click()
        expect(page.get_by_text("还没有确认收到，期限未起算")).to_be_visible()
    else:
        expect(page.get_by_role("alert")).to_contain_text("请填写收到日")


def test_a_step_records_no_fact_that_nobody_gave(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("shenhe", javascript=False)
    open_case(page, site.submit()["number"])
    page.get_by_role("button", name="确认", exact=False).first.click()
    steps = page.get_by_role("region", name="下一步")
    for field in steps.locator("select, input:not([type=hidden]):not([type=checkbox]), textarea").all():
        assert field.input_value() == "", field.get_attribute("id")
    for box in steps.locator("input[type=checkbox]").all():
        assert not box.is_checked(), box.get_attribute("id")
    steps.get_by_text("答复", exact=True).click()
    form = steps.locator("details[open]")
    form.evaluate("e => e.querySelector('form').noValidate = true")
    form.locator("button:not([type=button])").click()
    for label in ("日期", "处理结果", "送达方式"):
        expect(page.get_by_role("alert")).to_contain_text(label)
    expect(page.locator(".case-head")).to_contain_text("办理中")


def test_a_passed_day_for_asking_for_clarification_is_called_passed(visitors: Visitors) -> None:
    page = visitors.staff()
    page.goto("/staff/cases/new")
    page.get_by_label("来件渠道").select_option("当面")
    page.get_by_label("收到日", exact=False).first.fill("2026-10-26")
    choose(page)
    page.get_by_label("电子邮箱").fill("lisi@example.invalid")
    page.get_by_label("所需信息").fill("申请公开示例路拓宽工程的规划许可。")
    page.get_by_label("姓名或名称").fill("李四")
    page.get_by_label("电话", exact=True).fill("13800000000")
    page.get_by_role("button", name="登记").click()
    page.get_by_role("link", name="打开这件申请").click()
    expect(page.get_by_role("region", name="答复期限")).to_contain_text("补正告知最迟 2026-11-04（已过）")


def test_j_and_k_move_in_the_queue_and_enter_opens(visitors: Visitors, site: Site) -> None:
    for _ in range(2):
        site.submit()
    page = visitors.staff()
    rows = page.locator("[data-row]")
    press(page, "j")
    expect(rows.nth(0)).to_be_focused()
    press(page, "j")
    expect(rows.nth(1)).to_be_focused()
    press(page, "k")
    expect(rows.nth(0)).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("heading", name="申请人")).to_be_visible()
    press(page, "u")
    expect(page.get_by_role("heading", name="待办列表")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_way_back_leads_to_the_part_of_the_list_and_the_row(
    visitors: Visitors, site: Site, javascript: bool
) -> None:
    numbers = [
        site.submit(applicant={"type": "natural", "name": "王回回", "phone": "13800000777"})["number"] for _ in "ab"
    ]
    page = visitors.staff(javascript=javascript)
    page.goto("/staff?tab=open")
    page.get_by_role("searchbox").fill("王回回")
    page.get_by_role("button", name="筛选").click()
    looked_at = page.url
    row = page.get_by_role("row").filter(has_text=numbers[1]).get_by_role("link")
    row.click()
    page.get_by_role("button", name="显示完整号码").click()  # a form of the page does not lose the way
    page.get_by_role("link", name="回到列表").click()
    address, _, fragment = page.url.partition("#")
    assert parse_qs(address.partition("?")[2]) == parse_qs(looked_at.partition("?")[2])
    assert fragment == f"row-{numbers[1]}"
    if javascript:
        expect(row).to_be_focused()


def test_a_close_second_shows_the_line_between_both_and_what_each_part_may_do(visitors: Visitors, site: Site) -> None:
    receipt = site.submit("申请公开征地建学校、划学区的材料。")
    page = visitors.staff()
    page.goto(f"/staff/cases/{receipt['number']}")
    second = page.get_by_role("listitem").filter(has=page.get_by_role("radio", name="教育局"))
    expect(second).to_contain_text("与自然资源和规划局的界限：学校用地的审批归自然资源和规划局，学校的设置归教育局")
    expect(page.get_by_text("可能不止一个部门有份")).to_be_visible()
