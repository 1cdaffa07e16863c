"""One button files what another agency holds there: for the applicant on their page, for the clerk on theirs."""

import re

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import PASSWORD, PHONE, Site, Visitors
from tests.web.test_case_steps import take


@pytest.fixture
def receipt(site: Site) -> dict[str, str]:
    """An application that was answered: a district of the installation is responsible."""
    filed = site.submit()
    with httpx2.Client(base_url=f"{site.url}/api/v1/staff") as http:
        token = http.post("/tokens", json={"username": "chengban", "password": PASSWORD}).json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        decided = {"department": "sample-district", "disposition": "not_this_agency"}
        assert http.post(f"/cases/{filed['number']}/confirmation", json=decided).status_code == 200
        answered = {"type": "answered", "delivery": "electronic", "reason": "当面告知"}
        assert http.post(f"/cases/{filed['number']}/events", json=answered).status_code == 200
    return filed


def look_up(page: Page, receipt: dict[str, str]) -> None:
    page.goto("/status")
    page.get_by_label("编号").fill(receipt["number"])
    page.get_by_label("查询码").fill(receipt["query_code"])
    page.get_by_role("button", name="查询").click()


def test_the_applicant_presses_one_button_and_has_the_receipt_of_the_other_agency(
    visitors: Visitors, receipt: dict[str, str]
) -> None:
    page = visitors.open(javascript=False, size=PHONE)
    look_up(page, receipt)
    page.get_by_role("button", name="同意，向示例区人民政府提出").click()
    expect(page.locator("#receipt-number")).to_have_text(re.compile(r"SQ-2026-\d{5}"))
    number = page.locator("#receipt-number").inner_text()
    page.goto("/status/case")
    expect(page.get_by_text(f"经您同意，由 {receipt['number']} 提出")).to_be_visible()
    look_up(page, receipt)
    expect(page.locator("main")).to_contain_text("经您同意，已向示例区人民政府提出同一申请")
    expect(page.locator("main")).to_contain_text(number)
    expect(page.get_by_role("button", name="同意，向示例区人民政府提出")).to_have_count(0)


def test_a_clerk_records_the_consent_and_hands_over_the_receipt(visitors: Visitors, receipt: dict[str, str]) -> None:
    page = visitors.staff("jingban", javascript=False)
    page.goto(f"/staff/cases/{receipt['number']}")
    take(page, "经申请人同意，向负责的机关提出", 申请人怎样同意的="oral")
    expect(page.get_by_role("heading", name="已向负责的机关提出")).to_be_visible()
    number = page.get_by_role("link", name=re.compile("SQ-2026-")).inner_text()
    page.get_by_role("link", name="回到原申请").click()
    expect(page.get_by_role("link", name=number)).to_be_visible()
    expect(page.locator("main")).to_contain_text("经申请人同意，向负责的机关提出")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_role("link", name=receipt["number"])).to_be_visible()
