"""An applicant sends a file from the status page; a clerk sees and saves it, which is on record."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.contract.test_attachments import PDF, png
from tests.web.conftest import DESK, PHONE, Site, Visitors


def look_up(page: Page, receipt: dict[str, str]) -> None:
    page.goto("/status")
    page.get_by_label("编号").fill(receipt["number"])
    page.get_by_label("查询码").fill(receipt["query_code"])
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", name=receipt["number"])).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_file_goes_from_the_applicant_to_the_clerk(visitors: Visitors, site: Site, size: tuple[int, int]) -> None:
    receipt = site.submit()
    page = visitors.open(size=size)
    look_up(page, receipt)
    page.get_by_label("身份证明、授权委托书").set_input_files(
        {"name": "身份证.jpg", "mimeType": "image/jpeg", "buffer": png()}
    )
    page.get_by_role("button", name="提交材料").click()
    expect(page.get_by_role("listitem").filter(has_text="身份证.png")).to_contain_text("图片，1 KB，2026年11月22日提交")
    page.get_by_label("再交一份材料").set_input_files(
        {"name": "说明.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}
    )
    page.get_by_role("button", name="提交材料").click()
    expect(page.get_by_role("alert")).to_contain_text("只收照片")
    clerk = visitors.staff()
    clerk.goto(f"/staff/cases/{receipt['number']}")
    with clerk.expect_download() as download:
        clerk.get_by_role("button", name=re.compile("下载.*身份证")).click()
    assert download.value.path().read_bytes() == png()
    clerk.reload()
    expect(clerk.get_by_role("listitem").filter(has_text="查看申请人信息")).to_contain_text("jingban")


def test_a_paper_goes_from_the_office_to_the_applicant(visitors: Visitors, site: Site) -> None:
    receipt = site.submit()
    clerk = visitors.staff(javascript=False)
    clerk.goto(f"/staff/cases/{receipt['number']}")
    clerk.get_by_text("存入材料", exact=True).first.click()
    form = clerk.locator("form", has=clerk.get_by_label("是什么材料"))
    form.get_by_label("文件").set_input_files({"name": "台账.pdf", "mimeType": "application/pdf", "buffer": b"no"})
    form.get_by_label("是什么材料").select_option("公开的材料")
    form.get_by_label("谁可以看到").select_option("申请人也可见")
    form.get_by_role("button", name="存入").click()
    expect(clerk.get_by_role("alert")).to_contain_text("只收照片")
    expect(form.get_by_label("谁可以看到")).to_have_value("applicant")
    form.get_by_label("文件").set_input_files({"name": "台账.pdf", "mimeType": "application/pdf", "buffer": PDF})
    form.get_by_role("button", name="存入").click()
    expect(clerk.get_by_role("listitem").filter(has_text="台账.pdf").first).to_contain_text("申请人也可见")
    page = visitors.open(size=PHONE)
    look_up(page, receipt)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载.*台账")).click()
    assert download.value.path().read_bytes() == PDF


def test_a_case_that_the_browser_holds_no_more_is_asked_for_anew(visitors: Visitors, site: Site) -> None:
    page = visitors.open(javascript=False)
    look_up(page, site.submit())
    page.context.clear_cookies()
    page.get_by_label("身份证明、授权委托书").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="提交材料").click()
    expect(page.get_by_role("alert")).to_contain_text("查询结果只保留 15 分钟")
