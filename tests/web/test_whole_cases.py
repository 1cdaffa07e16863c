"""Whole cases by the book, every click counted: whatever the hand does with a button, link, choice or fold."""

from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import NOW, Site, Visitors
from tests.web.test_case_steps import confirmed


class Hand:
    """The clicks of a case, whoever makes them; what is typed is reached by the tab key."""

    clicks = 0

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def choose(self, target: Locator, value: str) -> None:
        self.clicks += 1
        target.select_option(value)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).first


def open_form(page: Page) -> Locator:
    return page.get_by_role("region", name="下一步").locator("details[open]")


def test_a_simple_answer_takes_six_clicks_after_the_confirmation(visitors: Visitors, site: Site) -> None:
    page, hand = visitors.staff("chengban"), Hand()
    confirmed(page, site)
    hand.click(page.get_by_role("button", name="拟写政府信息公开申请答复书（予以公开）"))
    page.get_by_label("所涉政府信息的名称").fill("征地补偿方案")
    page.get_by_label("随附的信息").fill("随附")
    hand.click(button(page, "保存"))
    hand.click(button(page, "编号并发出"))
    expect(page.locator(".case-head")).to_contain_text("已答复")
    form = open_form(page)
    form.locator("[name=on]").fill(str(NOW.date()))
    hand.choose(form.get_by_label("送达方式"), "电子送达")
    hand.click(form.get_by_role("button", name="记录"))
    open_form(page).locator("[name=on]").fill(str(NOW.date()))
    hand.click(open_form(page).get_by_role("button", name="记录"))
    expect(page.locator(".case-head")).to_contain_text("已归档")
    expect(page.locator(".strip .done")).to_have_count(5)
    assert hand.clicks == 6
