"""A real bot process against a fake Bot API over HTTP: a whole application, and what goes wrong on the way."""

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bot.courier import Courier
from bot.inbox import Inbox
from bot.transports.telegram import Telegram
from bot.watches import Watches
from tests.chat.conftest import QUESTION, STORAGE_KEY, TO_SUMMARY, Chat
from tests.chat.office import FIRST, filed, news, numbers, of_another_chat, outbox
from tests.fakes.bot_api import TOKEN, BotApi, Fault, running_bot_api
from tests.fakes.office_api import OfficeApi

ROOT = Path(__file__).parents[2]
ZHANG, LI = 7_100_000_001, 7_100_000_002


@dataclass
class Running:
    """A bot process; `stop` ends it as a service manager would and returns its exit code."""

    process: Process
    log: str = ""

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process.returncode is None:
            self.process.send_signal(how)
        _, err = await asyncio.wait_for(self.process.communicate(), 30)
        self.log += err.decode()
        return self.process.returncode or 0


@asynccontextmanager
async def running_bot(config: Path) -> AsyncIterator[Running]:
    command = (sys.executable, "-W", "error", "-m", "tests.chat.bot_process", str(config))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=PIPE)
    running = Running(process)
    try:
        yield running
    finally:
        await running.stop()


@pytest.fixture
async def telegram() -> AsyncIterator[BotApi]:
    async with running_bot_api() as api:
        yield api


@pytest.fixture
def config(tmp_path: Path, api: OfficeApi, telegram: BotApi) -> Callable[..., Path]:
    """Writes the configuration of a bot process; the storage stays the same between restarts."""

    def write(**more: Any) -> Path:
        fields = {
            "api_url": api.base_url,
            "service_key": api.key,
            "storage_url": f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}",
            "storage_key": STORAGE_KEY.hex(),
            "telegram_token": TOKEN,
            "telegram_api": telegram.base_url,
        }
        path = tmp_path / "bot.json"
        path.write_text(json.dumps(fields | more))
        return path

    return write


async def walk(telegram: BotApi, chat_id: int, *steps: tuple[str, str]) -> None:
    """Send or press each, and wait for what it must bring."""
    for said, expected in steps:
        if said.startswith("["):
            telegram.press(chat_id, said[1:-1])
        else:
            telegram.say(chat_id, said)
        await telegram.hears(chat_id, expected)


STEPS = (
    ("/start", "您想了解哪方面"),
    *zip(
        TO_SUMMARY,
        (QUESTION, "个人，还是单位", "姓名", "证件种类", "证件号码", "联系方式", "形式", "怎样拿到", "请核对"),
        strict=True,
    ),
    ("[确认提交]", "SF-2026-00001"),
)


async def test_a_whole_application_with_everything_going_wrong(
    config: Callable[..., Path], api: OfficeApi, telegram: BotApi
) -> None:
    telegram.repeat_updates = True
    telegram.faults.extend(
        [
            Fault("getUpdates", 502, "", body="<html>Bad Gateway</html>"),
            Fault("getUpdates", 409, "Conflict: terminated by other getUpdates request"),
            Fault("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1),
            Fault("sendMessage", 500, "Internal Server Error"),
            Fault("sendMessage", 502, "", body="<html>Bad Gateway</html>"),
            Fault("answerCallbackQuery", 400, "Bad Request: query is too old and response timeout expired"),
        ]
    )
    async with running_bot(config()) as bot:
        await walk(telegram, ZHANG, *STEPS)
        assert not telegram.faults, "every fault was met"
        case = await filed(api.office)
        assert case["channel"] == "telegram"
        assert case["applicant"]["name"] == "张三"
        telegram.blocked_by.add(LI)
        telegram.say(LI, "/start")
        await walk(telegram, ZHANG, ("/status", "请选择要查询的申请"), ("[SF-2026-00001]", "正在确定由哪个部门办理"))
        assert await bot.stop() == 0
    questions = [text for text in telegram.heard(ZHANG) if "个人，还是单位" in text]
    assert len(questions) == 1, "updates given twice are handled once"
    for secret in (QUESTION, "张三", "11010519491231002X", "13800000000", TOKEN, "SF-2026-00001"):
        assert secret not in bot.log


async def test_killed_in_the_middle_it_goes_on_where_it_was(
    config: Callable[..., Path], api: OfficeApi, telegram: BotApi
) -> None:
    async with running_bot(config()) as bot:
        await walk(telegram, ZHANG, *STEPS[:6])
        await bot.stop(signal.SIGKILL)
    async with running_bot(config()):
        await walk(telegram, ZHANG, *STEPS[6:])
    assert await numbers(api.office) == [FIRST]


@asynccontextmanager
async def polling(chat: Chat, telegram: BotApi) -> AsyncIterator[Telegram]:
    """The same polling in this process, where no process of its own is needed to show a rule."""
    bot = Telegram(TOKEN, telegram.base_url, chat.dispatcher, Inbox(chat.database))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bot.poll(stop))
        yield bot
        stop.set()
    await bot.close()


async def test_fast_messages_of_one_chat_keep_their_order(chat: Chat, api: OfficeApi, telegram: BotApi) -> None:
    for text in ("第一句话", "第二句话", "第三句话"):
        telegram.say(ZHANG, text)
    async with polling(chat, telegram):
        await telegram.hears(ZHANG, "第三句话")
    assert api.texts[-1] == "第一句话\n第二句话\n第三句话"


STICKER = {"sticker": {"file_id": "1", "file_unique_id": "1", "type": "regular", "width": 1, "height": 1}}
STICKER["sticker"] |= {"is_animated": False, "is_video": False}
VOICE = {"voice": {"file_id": "1", "file_unique_id": "1", "duration": 1}}
PLACE = {"location": {"latitude": 1.0, "longitude": 1.0}}


@pytest.mark.parametrize("media", [STICKER, VOICE, PLACE])
async def test_what_is_not_text_gets_a_kind_answer(chat: Chat, telegram: BotApi, media: dict[str, Any]) -> None:
    telegram.send(ZHANG, **media)
    async with polling(chat, telegram):
        await telegram.hears(ZHANG, "请把内容打成文字发给我")


async def test_a_message_changed_afterwards_gets_a_kind_answer(chat: Chat, telegram: BotApi) -> None:
    telegram.change(ZHANG, text="改过的话")
    async with polling(chat, telegram):
        await telegram.hears(ZHANG, "请把正确的内容重新发一遍")


async def test_in_a_group_nobody_is_asked_for_personal_data(chat: Chat, telegram: BotApi) -> None:
    group = {"id": -100_200, "type": "supergroup", "title": "示例群"}
    telegram.send(-100_200, text="大家好，今天吃什么", chat=group)
    telegram.send(-100_200, text="/new", chat=group)
    async with polling(chat, telegram):
        await telegram.hears(-100_200, "请不要在群里填写")
    assert len(telegram.heard(-100_200)) == 1, "what is not meant for the bot is not answered"


async def test_messages_of_the_office_reach_the_chat_that_applied(chat: Chat, api: OfficeApi, telegram: BotApi) -> None:
    async with polling(chat, telegram) as bot:
        await walk(telegram, ZHANG, *STEPS)
        courier = Courier(chat.office, Watches(chat.database), {bot.bot.id: bot.bot})
        held = await news(api.office, FIRST, "已由住房和城乡建设局办理。")
        unknown = await news(api.office, await of_another_chat(api), "别人的")
        await courier.round()
        await telegram.hears(ZHANG, "住房和城乡建设局办理")
        telegram.blocked_by.add(ZHANG)
        blocked = await news(api.office, FIRST, "已经答复。")
        await courier.round()
    found = await outbox(api.office)
    assert found["delivered"] == [held, unknown]
    assert found["refused"] == [blocked], "one who blocked the bot may come back"


async def test_what_was_received_before_a_crash_is_handled_after_it(
    chat: Chat, api: OfficeApi, telegram: BotApi
) -> None:
    update = telegram.say(ZHANG, QUESTION)
    await Inbox(chat.database).add(int(TOKEN.split(":")[0]), [update])
    async with polling(chat, telegram):
        await telegram.hears(ZHANG, QUESTION)
    assert len(telegram.heard(ZHANG)) == 1, "and Telegram's repeat of it is not"


@pytest.mark.parametrize("trouble", [{"telegram_api": "http://127.0.0.1:9"}, {"telegram_token": "not-a-token"}])
async def test_whatever_ails_telegram_the_web_chat_goes_on(
    config: Callable[..., Path], tmp_path: Path, trouble: dict[str, str]
) -> None:
    path = tmp_path / "chat.sock"
    async with running_bot(config(**trouble, chat_socket=str(path))) as bot:
        async with asyncio.timeout(90):
            while not path.exists():
                await asyncio.sleep(0.1)
        assert path.stat().st_mode & 0o777 == 0o600, "nobody else on the machine may speak for a citizen"
        transport = httpx2.AsyncHTTPTransport(uds=str(path))
        async with httpx2.AsyncClient(transport=transport, base_url="http://bot") as http:
            session = (await http.post("/chat")).json()["session"]
            reply = await http.post(f"/chat/{session}/messages", json={"text": QUESTION})
            assert QUESTION in reply.json()["messages"][0]["text"]
            async with http.stream("GET", f"/chat/{session}/events") as stream:
                assert stream.status_code == 200
                assert await bot.stop() == 0, "an open page does not hold up the end"
    assert "not-a-token" not in bot.log
    assert QUESTION not in bot.log


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_webhook_takes_updates_only_with_its_secret(config: Callable[..., Path], telegram: BotApi) -> None:
    port = free_port()
    hook = {"webhook_url": "https://www.example.com/hook", "webhook_secret": "s3cret_-A", "webhook_port": port}
    async with running_bot(config(**hook)) as bot, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        async with asyncio.timeout(90):
            while not telegram.webhook:
                await asyncio.sleep(0.1)
        assert telegram.webhook["url"] == "https://www.example.com/hook"
        assert telegram.webhook["secret_token"] == "s3cret_-A"
        update = telegram.say(ZHANG, QUESTION)
        right = {"X-Telegram-Bot-Api-Secret-Token": "s3cret_-A"}
        for headers in (
            {},
            {"X-Telegram-Bot-Api-Secret-Token": "wrong"},
            {b"X-Telegram-Bot-Api-Secret-Token": b"\xe9"},
        ):
            assert (await http.post("/hook", json=update, headers=headers)).status_code == 401
        assert (await http.post("/hook", content=b"{", headers=right)).status_code == 400
        for _ in range(2):  # Telegram repeats what it thinks is lost
            assert (await http.post("/hook", json=update, headers=right)).status_code == 200
        await telegram.hears(ZHANG, QUESTION)
        assert (await http.post("/hook", json=telegram.say(ZHANG, "/help"), headers=right)).status_code == 200
        await telegram.hears(ZHANG, "怎么用")
        assert await bot.stop() == 0
    assert len(telegram.heard(ZHANG)) == 2
