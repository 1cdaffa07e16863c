"""规则依据: who answers for the office sees what the product takes to be the law, and how sure it is."""

from playwright.sync_api import expect

from intake_api.rulebook import lines
from tests.web.conftest import Site, Visitors
from tests.web.test_every_page import SIZES, look


@SIZES
def test_a_reviewer_finds_every_rule_by_way_of_the_calendar(
    visitors: Visitors, site: Site, size: tuple[int, int]
) -> None:
    page = visitors.staff("shenhe", size=size)
    page.goto("/staff/calendar")
    page.get_by_role("link", name="规则依据").click()
    expect(page.get_by_role("heading", name="规则依据", exact=True)).to_be_visible()
    shown = page.locator("main").inner_text()
    for line in lines(site.office.settings):
        assert line.says in shown, line.code
        assert line.where in shown, line.code
    look(page)


def test_it_is_no_page_for_the_departments(visitors: Visitors) -> None:
    page = visitors.staff("chengban")
    page.goto("/staff/calendar")
    expect(page.get_by_role("link", name="规则依据")).to_have_count(0)
    answer = page.goto("/staff/rules")
    assert answer is not None
    assert answer.status == 403
