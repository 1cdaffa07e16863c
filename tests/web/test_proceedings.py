"""A review on the page of its case and in the list, from the notice to the decision."""

from playwright.sync_api import expect

from tests.contract.test_attachments import PDF
from tests.web.conftest import DESK, PHONE, Site, Visitors
from tests.web.test_case_steps import confirmed, take
from tests.web.test_every_page import look


def test_a_review_from_the_notice_to_the_decision(visitors: Visitors, site: Site) -> None:
    page = visitors.staff("chengban")
    number = confirmed(page, site)
    take(
        page,
        "收到复议答复通知书、应诉通知书",
        **{"哪一种": "review", "复议机关、法院": "示例省人民政府", "案号": "示复答字〔2026〕7号"},
    )
    panel = page.get_by_role("region", name="复议、诉讼")
    expect(panel).to_contain_text("尚未审结")
    expect(panel).to_contain_text("示复答字〔2026〕7号")
    page.get_by_role("link", name="复议诉讼").click()
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("还剩 10 个工作日")
    for size in (PHONE, DESK):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        look(page)
    row.get_by_role("link").click()
    panel.get_by_role("link", name="记录已提交").click()
    take(page, "提交复议答复、诉讼答辩")
    expect(panel).to_contain_text("等待结果")
    panel.get_by_role("link", name="记录复议决定").click()
    page.locator("#s-review-file").set_input_files({"name": "决定书.pdf", "mimeType": "application/pdf", "buffer": PDF})
    take(page, "行政复议的结果", 结论="corrected", 怎样决定="ordered", 限期重新答复的="2026-12-30")
    expect(panel).to_contain_text("责令履行、重新答复，2026-12-30 前重新答复")
    expect(panel).to_contain_text("材料：决定书.pdf（行政复议的结果）")
    for size in (PHONE, DESK):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        look(page)
