"""Updates that cannot be read, or not be handled now: none of them keeps the others waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from bot.inbox import Inbox
from bot.transports.telegram import Telegram
from tests.chat.conftest import QUESTION, BotClock, Chat, Citizen, running_chat
from tests.conftest import RedisServer, free_port
from tests.fakes.bot_api import TOKEN, BotApi, Fault, running_bot_api
from tests.fakes.office_api import OfficeApi

ZHANG, LI = 7_100_000_001, 7_100_000_002
SECRET = "s3cret_-A"
HIDDEN = {"forward_origin": {"type": "hidden_user", "date": 1_422_450_181}}
STORY = {"external_reply": {"origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}, "story": {}}}


@pytest.fixture
async def telegram() -> AsyncIterator[BotApi]:
    async with running_bot_api() as api:
        yield api


@asynccontextmanager
async def taking(chat: Chat, telegram: BotApi, hook: int | None = None) -> AsyncIterator[Telegram]:
    """Telegram's updates in this process: polled, or posted to port `hook`."""
    bot = Telegram(TOKEN, telegram.base_url, chat.dispatcher, Inbox(chat.database))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        url = "https://www.example.com/hook"
        tasks.create_task(bot.serve_webhook(stop, url, SECRET, "127.0.0.1", hook) if hook else bot.poll(stop))
        yield bot
        stop.set()
    await bot.close()


@pytest.mark.parametrize("extra", [HIDDEN, STORY, {"text": "\ud800" + QUESTION}, {"entities": [{"type": 1}]}])
async def test_what_can_be_read_of_a_message_is_answered(chat: Chat, telegram: BotApi, extra: dict[str, Any]) -> None:
    telegram.send(ZHANG, **{"text": QUESTION} | extra)
    async with taking(chat, telegram):
        await telegram.hears(ZHANG, QUESTION)


BROKEN: tuple[dict[str, Any], ...] = (
    {"message": {"text": "秘密的话"}},
    {"message": "秘密的话"},
    {"callback_query": {"id": 1}},
    {"something_new": {"text": "秘密的话"}},
    {},
)


@pytest.mark.parametrize("broken", BROKEN)
async def test_one_that_cannot_be_read_is_put_aside_and_the_next_is_served(
    chat: Chat, telegram: BotApi, caplog: pytest.LogCaptureFixture, broken: dict[str, Any]
) -> None:
    update = telegram.raw(**broken)
    telegram.say(LI, "/help")
    async with taking(chat, telegram):
        await telegram.hears(LI, "怎么用")
    kind = next((name for name in broken if name != "something_new"), "unknown")
    assert f"update {update['update_id']} ({kind})" in caplog.text
    assert "秘密" not in caplog.text
    assert await Inbox(chat.database).unfinished(int(TOKEN.split(":")[0])) == [], "nor does the next start meet it"


async def test_a_webhook_takes_what_it_cannot_read_once(chat: Chat, telegram: BotApi) -> None:
    port = free_port()
    async with taking(chat, telegram, port), httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        async with asyncio.timeout(60):
            while not telegram.webhook:
                await asyncio.sleep(0.05)
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        for broken in (*BROKEN, HIDDEN | {"message": {}}):
            answer = await http.post("/hook", json=telegram.raw(**broken), headers=headers)
            assert answer.status_code == 200, "anything else and Telegram repeats it"
        for broken in ([], {"update_id": "x"}, {"message": {}}, {"update_id": 2**70}, {"update_id": True}):
            assert (await http.post("/hook", json=broken, headers=headers)).status_code == 200
        assert (await http.post("/hook", json=telegram.say(LI, "/help"), headers=headers)).status_code == 200
        await telegram.hears(LI, "怎么用")


async def test_a_chat_that_telegram_puts_off_keeps_nobody_else_waiting(chat: Chat, telegram: BotApi) -> None:
    telegram.faults.append(Fault("sendMessage", 429, "Too Many Requests: retry after 2", retry_after=2))
    for place in range(40):
        telegram.say(ZHANG, f"/help {place}")
    telegram.say(LI, "/help")
    async with taking(chat, telegram):
        await telegram.hears(LI, "怎么用")
        assert telegram.heard(ZHANG) == []
        await telegram.hears(ZHANG, "怎么用")


@pytest.fixture
async def on_redis(storage_url: str, api: OfficeApi, now: BotClock, redis_server: RedisServer) -> AsyncIterator[Chat]:
    async with running_chat(storage_url, api, now, redis_server.url) as chat:
        yield chat


async def test_what_a_citizen_says_while_redis_is_away_is_refused_and_taken_when_said_again(
    on_redis: Chat, redis_server: RedisServer
) -> None:
    citizen = await Citizen.arrives(on_redis)
    await citizen.says(QUESTION)
    before = await citizen.page()
    redis_server.stop()
    for body in ({"text": "补充一句"}, {"button": await citizen.button_data("填写申请")}):
        answer = await on_redis.http.post(f"/chat/{citizen.session}/messages", json=body)
        assert answer.status == 503
        error = (await answer.json())["error"]
        assert error["code"] == "chat_unavailable"
        assert "没有收下" in error["message"]
    assert await citizen.page() == before, "what was not taken does not look as if it had been said"
    redis_server.start()
    assert "补充一句" in await citizen.says("补充一句")


async def test_what_comes_from_telegram_while_redis_is_away_is_answered_when_it_is_back_in_its_order(
    on_redis: Chat, api: OfficeApi, telegram: BotApi, redis_server: RedisServer
) -> None:
    async with taking(on_redis, telegram):
        telegram.say(LI, "/help")
        await telegram.hears(LI, "怎么用")
        redis_server.stop()
        for text in ("第一句话", "第二句话", "第三句话"):
            telegram.say(ZHANG, text)
        async with asyncio.timeout(60):
            while len(await Inbox(on_redis.database).unfinished(int(TOKEN.split(":")[0]))) < 3:
                await asyncio.sleep(0.1)
        redis_server.start()
        await telegram.hears(ZHANG, "第三句话")
    assert api.texts[-1] == "第一句话\n第二句话\n第三句话"
