"""The desk in a real browser: a correction in six keys, what is new on an open list."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Site, Visitors


@pytest.mark.parametrize(("typed", "named"), [("jyj", "教育局"), ("sw", "税务局"), ("规划", "自然资源和规划局")])
def test_a_correction_outside_the_three_takes_six_keys(visitors: Visitors, site: Site, typed: str, named: str) -> None:
    page = visitors.staff()
    page.goto(f"/staff/cases/{site.submit()['number']}")
    expect(page.locator("html.keys [data-pick]:not([hidden])")).to_be_attached()
    page.keyboard.press("c")
    page.keyboard.type(typed)
    expect(page.get_by_label("部门", exact=True).locator("option:checked")).to_have_text(named)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert len(typed) + 3 <= 6
    expect(page.get_by_role("region", name="已确认")).to_contain_text(named)


def test_what_comes_in_shows_on_an_open_desk(visitors: Visitors, site: Site) -> None:
    page = visitors.staff()
    page.goto("/staff?tab=all&q=李新样")
    page.get_by_role("searchbox").fill("还在写的")
    applicant = {"type": "natural", "name": "李新样", "phone": "13800000322"}
    number = site.submit(applicant=applicant)["number"]
    expect(page.get_by_role("row").filter(has_text=number)).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("还在写的")
