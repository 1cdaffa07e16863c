"""A real application on a loopback port, a real browser, and the few people of the office."""

import asyncio
import re
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from intake_api import migrate
from intake_api.app import create_app
from intake_api.kit.clock import Clock
from intake_api.office import Office
from intake_api.settings import Settings
from intake_api.wiring.room import RegisteredModels
from tests.browsers import CHROMIUM, FLAGS
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import application
from tests.web.chat_process import chat_application

# Machines that run tests are busy: what never comes costs this long, what comes costs nothing more.
expect.set_options(timeout=20_000)
PHONE, DESK = (390, 844), (1280, 900)
PASSWORD = "一个足够长的测试口令"
# A Sunday: what is received now is counted from Monday, 23 November.
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
ASKED = "申请公开示例区2025年征地补偿方案和安置房分配名单。"


def choose(page: Page, *, who: str = "个人", medium: str = "电子版", way: str = "电子邮件") -> None:
    """Choose on an application form what no form chooses for anybody."""
    page.get_by_label("向哪个机关申请").select_option("示例市人民政府")
    for label in (who, medium, way):
        page.get_by_label(label, exact=True).check()


@dataclass(frozen=True)
class Site:
    """The running application."""

    url: str
    office: Office
    one_time: str  # the password of `linshi`, who has not signed in yet

    def submit(self, description: str = ASKED, **changes: Any) -> dict[str, Any]:
        """An application sent by the API; its receipt."""
        body = application(description=description, **changes)
        answer = httpx2.post(f"{self.url}/api/v1/requests", json=body)
        assert answer.status_code == 201, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt


class Server(uvicorn.Server):
    """uvicorn in a thread of the test; it says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.up = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()

    def __enter__(self) -> "Server":
        self.thread.start()
        assert self.up.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.should_exit = True
        self.thread.join(15)

    @property
    def port(self) -> int:
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port


def serve(app: Any, **more: Any) -> Server:
    return Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False, **more))


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings.load({"data": tmp_path_factory.mktemp("web"), "submissions_per_minute": 1000})


async def staff_the_office(office: Office) -> str:
    """Hire the people of the office; the one-time password of `linshi`."""
    for name, role in (("jingban", "clerk"), ("chengban", "officer"), ("shenhe", "reviewer"), ("guanli", "admin")):
        await office.people.add(name, role, None, PASSWORD)
    one_time = await office.people.add("linshi", "clerk", None, None)
    await office.db.dispose()
    return one_time


@pytest.fixture(scope="session")
def site(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    migrate.upgrade(settings.database)
    clock = Clock(lambda: NOW)
    with ThreadPoolExecutor(1) as apart:  # this thread may hold the browser's running event loop
        hired = staff_the_office(build_office(settings, DIRECTORY, KeywordClassifier, clock))
        one_time = apart.submit(asyncio.run, hired).result()
    socket: Path = tmp_path_factory.mktemp("chat") / "chat"
    models = RegisteredModels(settings, lambda: DIRECTORY, clock)
    office = build_office(settings, DIRECTORY, KeywordClassifier, clock, lambda: models)
    with serve(chat_application(), uds=str(socket)), serve(create_app(office, chat_socket=socket)) as server:
        yield Site(f"http://127.0.0.1:{server.port}", office, one_time)


# For each file anew: while it is open, its event loop counts as running in this thread, and async tests would fail.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visitors:
    """Opens browsers of one test; whatever breaks the content policy or throws in a page fails the test."""

    browser: Browser
    site: Site
    sessions: dict[str, Any]

    def __post_init__(self) -> None:
        self.contexts: list[BrowserContext] = []
        self.broken: list[str] = []

    def open(self, *, javascript: bool = True, size: tuple[int, int] = DESK, session: Any = None) -> Page:
        context = self.browser.new_context(
            base_url=self.site.url,
            java_script_enabled=javascript,
            locale="zh-CN",
            viewport={"width": size[0], "height": size[1]},
            storage_state=session,
        )
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: self.broken.append(str(error.error)))
        context.on("console", lambda m: self.broken.append(m.text) if "Content Security Policy" in m.text else None)
        context.on("request", self._stays_here)
        self.contexts.append(context)
        return context.new_page()

    def staff(self, name: str = "jingban", **options: Any) -> Page:
        """A signed-in member of staff, on the queue; who has signed in before keeps the session."""
        page = self.open(session=self.sessions.get(name), **options)
        page.goto("/staff")
        if name in self.sessions:
            return page
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(re.compile("/staff(/approvals)?$"))
        self.sessions[name] = page.context.storage_state()
        return page

    def _stays_here(self, request: Any) -> None:
        if not request.url.startswith((self.site.url, "data:")):
            self.broken.append(f"left the site: {request.url}")


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Browser state of members of staff who have signed in, by user name."""
    return {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what stood on the pages of a failed test."""
    report = yield
    group = getattr(item, "funcargs", {}).get("visitors")
    if report.when == "call" and report.failed and group:
        for page in (page for context in group.contexts for page in context.pages):
            with suppress(Error):  # a page that hangs shows nothing, and must not end the run
                report.sections.append((page.url, page.locator("body").inner_text(timeout=2000)))
    return report


@pytest.fixture
def visitors(browser: Browser, site: Site, sessions: dict[str, Any]) -> Iterator[Visitors]:
    group = Visitors(browser, site, sessions)
    yield group
    for context in group.contexts:
        context.close()
    assert group.broken == []


@pytest.fixture
def page(visitors: Visitors) -> Page:
    return visitors.open()


@pytest.fixture
def plain_page(visitors: Visitors) -> Page:
    """A browser with JavaScript switched off."""
    return visitors.open(javascript=False)
