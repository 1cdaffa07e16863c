"""Write docs/images/*.png: one screenshot of each surface, from a fresh demo (needs the test tools)."""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.process.serving import Server, serving
from tests.web.conftest import CHROMIUM, FLAGS

IMAGES = Path(__file__).parents[1] / "docs" / "images"


def citizens(page: Page, server: Server) -> None:
    """Start page, form, chat, receipt."""
    page.goto(server.url + "/?q=老旧小区改造")
    page.screenshot(path=IMAGES / "start.png")
    page.goto(server.url + "/apply")
    page.screenshot(path=IMAGES / "apply.png")
    page.goto(server.url + "/chat")
    page.get_by_role("listitem").first.wait_for()
    page.get_by_role("textbox").fill("我们小区要加装电梯，想看规划审批的材料")
    page.get_by_role("button", name="发送").click()
    page.get_by_role("button", name="填写申请").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / "chat.png")
    page.goto(server.url + "/apply")
    page.get_by_label("姓名").first.fill("张三")
    page.locator("[name='phone'], [name='applicant.phone']").first.fill("13800000000")
    page.locator("[name='email'], [name='applicant.email']").first.fill("zhangsan@example.com")
    page.locator("textarea").first.fill("申请公开示例区2025年城镇老旧小区改造计划和已完成项目清单。")
    page.get_by_role("button", name="提交").click()
    page.get_by_text("查询码").first.wait_for()
    page.screenshot(path=IMAGES / "receipt.png")


def staff(page: Page, server: Server) -> None:
    """Queue and case."""
    password = re.search(r"shouli（clerk）密码 (\S+)", server.log.read_text("utf-8"))
    assert password
    page.goto(server.url + "/staff/sign-in")
    page.locator("input[name=username]").fill("shouli")
    page.locator("input[name=password]").fill(password[1])
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="待办列表").wait_for()
    page.screenshot(path=IMAGES / "queue.png")
    page.get_by_role("link", name=re.compile("小区物业")).first.click()
    page.get_by_role("heading", name=re.compile("SF-")).wait_for()
    page.screenshot(path=IMAGES / "case.png")


def main() -> None:
    """Serve the demo, take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "data", "--demo") as server:
        server.wait_until("/readyz")
        server.wait_for_chat()
        with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser:
            page = browser.new_page(viewport={"width": 1120, "height": 700}, locale="zh-CN")
            citizens(page, server)
            staff(page, server)


if __name__ == "__main__":
    main()
