"""The chat page's script in a real browser, under the product's content security policy."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Locator, Page, Route, async_playwright, expect

import intake_api.web
from bot import texts
from bot.transports.web import Handler
from intake_api.web.texts import CHAT_SPEAKERS
from tests.browsers import CHROMIUM, FLAGS
from tests.chat.conftest import QUESTION, Chat
from tests.contract.test_attachments import png

STATIC = Path(intake_api.web.__file__).parent / "static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'"
PAGE = """<!doctype html><html lang="zh-CN"><title>在线对话</title>
<link rel="stylesheet" href="/static/app.css"><link rel="stylesheet" href="/static/chat.css">
<script type="module" src="/static/chat.js"></script>
<div id="chat" data-api="/chat"><ol id="chat-log"><li>drawn by the server</li></ol>
<form id="chat-form" method="post"><label>您的话<textarea name="text"></textarea></label><button>发送</button></form>
<form id="chat-file" method="post"><label>材料<input type="file" name="file"></label><button>交材料</button></form>
</div>
"""


class Site:
    """The page and the web chat under one origin.

    `starting` answers 503 as the API does while the bot starts, `away` as the chat does without its storage.
    """

    def __init__(self) -> None:
        self.starting = False
        self.away = False

    @web.middleware
    async def gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.starting and request.path.startswith("/chat"):
            error = {"error": {"code": "chat_starting", "message": "在线对话正在启动，请过几秒再试。"}}
            return web.json_response(error, status=503, headers={"Retry-After": "1"})
        if self.away and request.method == "POST":
            error = {"error": {"code": "chat_unavailable", "message": texts.NOT_TAKEN}}
            return web.json_response(error, status=503)
        response: web.StreamResponse = await handler(request)
        return response


@pytest.fixture
async def site(chat: Chat) -> AsyncIterator[tuple[Site, str]]:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    site = Site()
    app = chat.web.application()
    app.middlewares.insert(0, site.gate)
    app.router.add_get("/page", page)
    app.router.add_static("/static", STATIC)
    server = TestServer(app)
    await server.start_server()
    yield site, str(server.make_url("/page"))
    await server.close()


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page on which neither an error nor a policy violation is tolerated."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context(viewport={"width": 390, "height": 844})
        page = await context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        yield page
        await browser.close()
        assert wrong == []


def last(page: Page) -> Locator:
    return page.locator("#chat-log > li").last


async def test_a_conversation_by_keyboard_and_button_survives_a_reload(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您想了解哪方面的政府信息")
    await expect(page.locator("#chat-log > li")).to_have_count(1)
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await expect(last(page)).to_contain_text("住房和城乡建设局")
    await expect(page.locator("textarea")).to_have_value("")
    await page.get_by_role("button", name="填写申请").click()
    await expect(last(page)).to_contain_text("个人，还是单位")
    await expect(page.get_by_role("button", name="个人", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(last(page)).to_contain_text("您的姓名")
    await expect(page.locator("#chat-log")).to_contain_text("✓ 个人")
    drawn = await page.locator("#chat-log").inner_text()
    await page.reload()
    await expect(last(page)).to_contain_text("您的姓名")
    assert await page.locator("#chat-log").inner_text() == drawn
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def test_a_file_is_sent_and_answered(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await expect(last(page)).to_contain_text("住房和城乡建设局")
    await page.set_input_files("#chat-file input", {"name": "身份证.png", "mimeType": "image/png", "buffer": png()})
    await page.click("#chat-file button")
    await expect(last(page)).to_contain_text("收到“身份证.png”")
    await expect(page.locator("#chat-log")).to_contain_text("［材料］身份证.png")
    await page.set_input_files("#chat-file input", {"name": "a.png", "mimeType": "image/png", "buffer": b"MZ no"})
    await page.click("#chat-file button")
    await expect(last(page)).to_contain_text("“a.png”没有收下")


async def test_shift_enter_makes_a_line_and_an_input_method_keeps_its_enter(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")
    await page.fill("textarea", "第一行")
    await page.press("textarea", "Shift+Enter")
    await page.keyboard.type("第二行")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    await page.evaluate(f"document.querySelector('textarea').dispatchEvent({composing})")
    await expect(page.locator("textarea")).to_have_value("第一行\n第二行")


async def test_while_the_bot_starts_the_page_says_so_and_goes_on_by_itself(page: Page, site: tuple[Site, str]) -> None:
    site[0].starting = True
    await page.goto(site[1])
    await expect(page.locator("#chat-state")).to_contain_text("正在启动")
    site[0].starting = False
    await expect(last(page)).to_contain_text("您好")
    await expect(page.locator("#chat-state")).to_have_text("")


async def test_what_was_not_taken_stays_in_the_field_and_can_be_sent_again(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")
    site[0].away = True
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await expect(page.locator("#chat-state")).to_contain_text("没有收下")
    await expect(page.locator("textarea")).to_have_value(QUESTION)
    site[0].away = False
    await page.press("textarea", "Enter")
    await expect(last(page)).to_contain_text("住房和城乡建设局")


async def test_a_lost_session_begins_anew_and_keeps_what_was_typed(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")
    await page.evaluate("localStorage.setItem('gongkai-chat', 'expired')")
    await page.reload()
    await expect(last(page)).to_contain_text("您好")
    assert await page.evaluate("localStorage.getItem('gongkai-chat')") != "expired"


async def test_a_line_that_breaks_after_sending_does_not_send_twice(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")

    async def arrive_but_break(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")

    await page.route("**/messages", arrive_but_break, times=1)
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await expect(last(page)).to_contain_text("住房和城乡建设局")
    await expect(page.locator("textarea")).to_have_value("")
    await expect(page.locator("#chat-log > li.citizen")).to_have_count(1)


async def test_news_of_the_office_appear_without_asking(page: Page, site: tuple[Site, str], chat: Chat) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")
    chat_id = await chat.mailbox.chat_of(await page.evaluate("localStorage.getItem('gongkai-chat')"))
    await chat.web.bot.send_message(chat_id or 0, "您的申请有新进展")
    await expect(last(page)).to_contain_text("您的申请有新进展")


async def test_what_could_not_be_sent_stays_in_the_field(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")
    await page.route("**/messages", lambda route: route.abort("connectionreset"), times=1)
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await expect(page.locator("#chat-state")).to_contain_text("没有发出去")
    await expect(page.locator("textarea")).to_have_value(QUESTION)
    await page.press("textarea", "Enter")
    await expect(last(page)).to_contain_text("住房和城乡建设局")


async def test_what_may_have_arrived_is_sent_again_without_being_said_twice(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")
    await page.route("**/events*", lambda route: route.abort("connectionreset"))
    await page.reload()
    await expect(last(page)).to_contain_text("您好")

    async def arrive_but_break(route: Route) -> None:
        if route.request.method == "POST":
            await route.fetch()
        await route.abort("connectionreset")

    await page.route("**/messages*", arrive_but_break, times=2)  # neither the answer nor the mailbox can be read
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await expect(page.locator("#chat-state")).to_contain_text("可能没有发出去")
    await expect(page.locator("textarea")).to_have_value(QUESTION)
    await page.press("textarea", "Enter")
    await expect(last(page)).to_contain_text("住房和城乡建设局")
    await expect(page.locator("#chat-log > li.citizen")).to_have_count(1)
    await expect(page.locator("textarea")).to_have_value("")


SPOKEN = """() => {
  window.spoken = [];
  const added = (records) => records.flatMap((one) => [...one.addedNodes].map((node) => node.textContent));
  const heard = (records) => window.spoken.push(...added(records));
  const regions = document.querySelectorAll("#chat [aria-live]:not([aria-live=off]), #chat [role=log]");
  regions.forEach((region) => new MutationObserver(heard).observe(region, { childList: true, subtree: true }));
}"""


async def test_a_screen_reader_hears_each_new_question_once_and_who_speaks(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")
    await page.evaluate(SPOKEN)
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await expect(last(page)).to_contain_text("住房和城乡建设局")
    await page.get_by_role("button", name="填写申请").click()
    await expect(last(page)).to_contain_text("个人，还是单位")
    await page.get_by_role("button", name="个人", exact=True).click()
    await expect(last(page)).to_contain_text("您的姓名")
    heard = await page.evaluate("window.spoken")
    assert len(heard) == 3  # the edits of what was asked before are silent
    assert heard[0].startswith("在线办理：")
    assert "个人，还是单位" in heard[1]
    assert "可选：个人、单位" in heard[1]
    assert "您的姓名" in heard[2]
    await expect(page.locator("#chat-log > li.citizen > .unseen")).to_have_text(["您："])
    assert set(await page.locator("#chat-log > li.office > .unseen").all_inner_texts()) == {"在线办理："}
    assert CHAT_SPEAKERS == {"office": "在线办理：", "citizen": "您："}
    await page.evaluate("document.querySelector('#chat-voice').replaceChildren()")
    await page.reload()
    await expect(last(page)).to_contain_text("您的姓名")
    await expect(page.locator("#chat-voice")).to_have_text("")  # what was read is not read out again


async def test_focus_goes_on_where_the_conversation_does(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await page.get_by_role("button", name="填写申请").click()
    await expect(page.get_by_role("button", name="个人", exact=True)).to_be_focused()
    await page.get_by_role("button", name="上一步").click()
    await expect(last(page)).to_contain_text("住房和城乡建设局")
    await expect(last(page)).to_be_focused()  # a message to read, and what binds is one step away
    await page.get_by_role("button", name="填写申请").click()
    await page.get_by_role("button", name="个人", exact=True).click()
    await expect(last(page)).to_contain_text("您的姓名")
    await expect(page.locator("textarea")).to_be_focused()  # one types now; 上一步 is not where Enter should land


async def test_a_text_too_long_is_refused_in_words(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")
    await page.fill("textarea", "字" * 10_001)
    await page.press("textarea", "Enter")
    await expect(page.locator("#chat-state")).to_contain_text("最多 10,000 字")


async def test_the_conversation_survives_its_tab(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await expect(last(page)).to_contain_text("住房和城乡建设局")
    other = await page.context.new_page()
    await page.close()
    await other.goto(site[1])
    await expect(last(other)).to_contain_text("住房和城乡建设局")


async def test_ending_the_conversation_leaves_nothing_in_any_tab(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    await expect(last(page)).to_contain_text("住房和城乡建设局")
    other = await page.context.new_page()
    await other.goto(site[1])
    await expect(last(other)).to_contain_text("住房和城乡建设局")
    before = await page.evaluate("localStorage.getItem('gongkai-chat')")
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="结束对话，清除本机记录").click()
    for tab in (page, other):
        await expect(last(tab)).to_contain_text("您想了解哪方面的政府信息")
        await expect(tab.locator("#chat-log > li")).to_have_count(1)
    after = await page.evaluate("localStorage.getItem('gongkai-chat')")
    assert after
    assert after != before


async def test_in_large_type_the_field_never_covers_the_buttons(page: Page, site: tuple[Site, str]) -> None:
    await page.goto(site[1])
    await expect(last(page)).to_contain_text("您好")
    await page.evaluate("document.documentElement.classList.add('large')")
    await page.fill("textarea", QUESTION)
    await page.press("textarea", "Enter")
    for label, then in (("填写申请", "个人，还是单位"), ("个人", "您的姓名"), ("上一步", "个人，还是单位")):
        button = last(page).get_by_role("button", name=label, exact=True)
        await expect(button).to_be_visible()
        await expect(page.locator("#chat")).not_to_have_attribute("aria-busy", "true")
        lowest = await last(page).evaluate("item => item.getBoundingClientRect().bottom")
        assert lowest <= await page.locator("#chat-form").evaluate("form => form.getBoundingClientRect().top")
        await button.click()
        await expect(last(page)).to_contain_text(then)
