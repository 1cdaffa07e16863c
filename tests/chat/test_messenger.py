"""Behind a messenger: links need a host, others talk in the same group, people block the bot and come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx2
import pytest

from bot.courier import Courier
from bot.inbox import Inbox
from bot.site import Sites
from bot.transports.telegram import Telegram
from bot.watches import Watches
from tests.chat.conftest import BotClock, Chat, running_chat
from tests.chat.office import FIRST, SECOND, ask_for_supplement, code_in, filed, news, outbox
from tests.chat.test_telegram import STEPS, walk
from tests.conftest import SettableClock
from tests.fakes.bot_api import TOKEN, BotApi, Fault, running_bot_api
from tests.fakes.office_api import OfficeApi

ZHANG, LI, GROUP = 7_100_000_001, 7_100_000_002, -100_200
WORDS = {"agency": "示例市政务公开办公室", "phone": "0000-1234567", "address": "示例市示例路1号"}
RECEIVED = "正在确定由哪个部门办理"
LEASED = timedelta(minutes=2, seconds=1)
"""After so long the office gives a message out again."""
NOWHERE = Sites.known(None)
IN_WORDS = Sites.known(None, **WORDS)
WITH_PAGE = Sites.known("https://gongkai.example.com/", **WORDS)


@pytest.fixture
async def telegram() -> AsyncIterator[BotApi]:
    async with running_bot_api() as api:
        yield api


@asynccontextmanager
async def office_bot(
    url: str, api: OfficeApi, now: BotClock, telegram: BotApi, sites: Sites = NOWHERE
) -> AsyncIterator[tuple[Chat, Courier]]:
    """The dialogs behind Telegram, and the courier to it."""
    async with running_chat(url, api, now, sites=sites) as chat:
        bot = Telegram(TOKEN, telegram.base_url, chat.dispatcher, Inbox(chat.database))
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(bot.poll(stop))
            yield chat, Courier(chat.office, Watches(chat.database), {bot.bot.id: bot.bot})
            stop.set()
        await bot.close()


@pytest.fixture
async def running(
    storage_url: str, api: OfficeApi, now: BotClock, telegram: BotApi
) -> AsyncIterator[tuple[Chat, Courier]]:
    async with office_bot(storage_url, api, now, telegram) as running:
        yield running


@pytest.mark.parametrize(
    ("sites", "there", "not_there"),
    [
        (WITH_PAGE, ('<a href="https://gongkai.example.com/apply">填写申请表</a>', "电话0000-1234567"), ("首页",)),
        (IN_WORDS, ("电话0000-1234567，地址示例市示例路1号",), ("<a", "填写申请表")),
        (NOWHERE, ("打电话、到窗口来办。",), ("<a", "首页")),
    ],
)
async def test_a_link_has_its_host_and_without_one_the_address_is_said(
    storage_url: str,
    api: OfficeApi,
    staff: httpx2.AsyncClient,
    now: BotClock,
    telegram: BotApi,
    sites: Sites,
    there: tuple[str, ...],
    not_there: tuple[str, ...],
) -> None:
    """The fake refuses what Telegram drops in silence: a link without a host, in any message."""
    async with office_bot(storage_url, api, now, telegram, sites):
        telegram.say(ZHANG, "。")
        await telegram.hears(ZHANG, "没有看明白")
        telegram.say(ZHANG, "？？")
        lost = await telegram.hears(ZHANG, "如果这样说不方便")
        await walk(telegram, ZHANG, *STEPS)
        await ask_for_supplement(staff, notice=True)
        await walk(telegram, ZHANG, ("/status", "请选择"), ("[SF-2026-00001]", "示政公开补〔2026〕1号"))
        telegram.say(ZHANG, "转人工")
        person = await telegram.hears(ZHANG, "没有人工接听")
    said = "\n".join(telegram.heard(ZHANG))
    for part in there:
        assert part in lost
    for part in not_there:
        assert part not in said
    assert (sites.outside.contact in person) or not sites.outside.contact
    assert ("与示例市政务公开办公室联系" in said) == (sites is IN_WORDS)


@pytest.mark.parametrize("command", ["/start SF-2026-00001", "/status SF-2026-00001", "/status sf－2026－00001"])
async def test_a_command_with_a_number_shows_that_application(
    running: tuple[Chat, Courier], telegram: BotApi, command: str
) -> None:
    await walk(telegram, ZHANG, *STEPS)
    code = code_in(telegram.heard(ZHANG)[-1])
    await walk(telegram, ZHANG, (command, RECEIVED))
    await walk(telegram, LI, (command, "查询码"), (code, RECEIVED))
    await walk(telegram, LI, (f"{command} {code}", RECEIVED))


async def test_a_command_with_anything_else_is_the_plain_command(
    running: tuple[Chat, Courier], telegram: BotApi
) -> None:
    await walk(telegram, ZHANG, ("/start banner", "您想了解哪方面"), ("/status 找不到回执", "没有认出申请编号"))


@pytest.mark.parametrize("said", ["/help@otherbot", "/ban@otherbot", "/new@OtherBot 张三", "/ban", "大家好"])
async def test_what_is_said_to_others_is_not_answered(
    running: tuple[Chat, Courier], telegram: BotApi, said: str
) -> None:
    telegram.send(GROUP, text=said, chat={"id": GROUP, "type": "supergroup", "title": "示例群"})
    if "@" in said:
        telegram.say(ZHANG, said)
    telegram.say(LI, "/help@Example_Bot")
    await telegram.hears(LI, "怎么用")
    assert telegram.heard(GROUP) == telegram.heard(ZHANG) == []


async def test_a_message_of_a_group_that_is_for_us_is_answered_once(
    running: tuple[Chat, Courier], telegram: BotApi
) -> None:
    telegram.send(GROUP, text="/status@example_bot", chat={"id": GROUP, "type": "supergroup", "title": "示例群"})
    await telegram.hears(GROUP, "请不要在群里填写")


async def test_who_blocked_the_bot_is_told_once_they_are_back(
    running: tuple[Chat, Courier], api: OfficeApi, telegram: BotApi, clock: SettableClock
) -> None:
    _, courier = running
    await walk(telegram, ZHANG, *STEPS)
    await walk(telegram, LI, *((said, part.replace("00001", "00002")) for said, part in STEPS))
    telegram.blocked_by.add(ZHANG)
    blocked = [await news(api.office, FIRST, "第一件事。"), await news(api.office, FIRST, "第二件事。")]
    other = await news(api.office, SECOND, "别人的事。")
    await courier.round()
    await telegram.hears(LI, "别人的事")
    assert await outbox(api.office) == {"delivered": [other], "refused": blocked, "waiting": blocked}
    telegram.blocked_by.clear()
    clock.moment += LEASED
    await courier.round()
    assert (await outbox(api.office))["delivered"] == [*blocked, other]
    again = telegram.heard(ZHANG)[-2:]
    assert ["第一件事" in said for said in again] == [True, False], "in their order"
    assert not any("可能已经收到过" in said for said in again), "they come again, and not as repeats"


@pytest.mark.parametrize(
    ("fault", "again"),
    [
        (Fault("sendMessage", 400, "Bad Request: chat not found"), False),
        (Fault("sendMessage", 401, "Unauthorized"), True),
        (Fault("sendMessage", 429, "Too Many Requests", retry_after=400), True),
    ],
)
async def test_a_message_that_cannot_be_sent_holds_up_no_other(
    running: tuple[Chat, Courier],
    api: OfficeApi,
    telegram: BotApi,
    clock: SettableClock,
    fault: Fault,
    again: bool,
) -> None:
    _, courier = running
    await walk(telegram, ZHANG, *STEPS)
    await walk(telegram, LI, *((said, part.replace("00001", "00002")) for said, part in STEPS))
    telegram.faults.append(fault)
    bad, good = await news(api.office, FIRST, "第一件事。"), await news(api.office, SECOND, "别人的事。")
    await courier.round()
    assert sum("有新进展" in text for chat_id in (ZHANG, LI) for text in telegram.heard(chat_id)) == 1
    left = await outbox(api.office)
    assert (len(left["refused"]), len(left["waiting"])) == (again, again)
    clock.moment += LEASED
    await courier.round()
    assert (await outbox(api.office))["delivered"] == [bad, good]
    assert sum("有新进展" in text for chat_id in (ZHANG, LI) for text in telegram.heard(chat_id)) == 1 + again


LONG = "关于示例路改造工程的审批文件" * 600  # 8,400 characters


def cut(text: str, at: int = 4_096) -> list[str]:
    return [text[place : place + at] for place in range(0, len(text), at)]


TO_DESCRIPTION = (("[修改]", "要修改哪一项"), ("[内容描述]", "请重新写一下"))


async def test_a_long_correction_that_arrives_in_parts_is_kept_whole(
    running: tuple[Chat, Courier], api: OfficeApi, telegram: BotApi
) -> None:
    await walk(telegram, ZHANG, *STEPS[:-1], *TO_DESCRIPTION)
    for part in cut(LONG):
        telegram.say(ZHANG, part)
    await telegram.hears(ZHANG, "共 8,400 字")
    await walk(telegram, ZHANG, ("[确认提交]", "SF-2026-00001"))
    assert (await filed(api.office))["description"] == LONG


async def test_a_correction_that_is_too_long_as_a_whole_is_not_offered_for_submission(
    running: tuple[Chat, Courier], api: OfficeApi, telegram: BotApi
) -> None:
    await walk(telegram, ZHANG, *STEPS[:-1], *TO_DESCRIPTION)
    for part in cut("字" * 12_000):
        telegram.say(ZHANG, part)
    await telegram.hears(ZHANG, "10,000")
    assert "确认提交" not in telegram.labels(ZHANG)


async def test_the_rest_of_a_long_text_is_no_answer_of_its_own(
    running: tuple[Chat, Courier], api: OfficeApi, telegram: BotApi
) -> None:
    await walk(telegram, ZHANG, *STEPS[:4])
    for part in cut("我" * 4_100):
        telegram.say(ZHANG, part)
    await telegram.hears(ZHANG, "最多 200 个字")
    await walk(telegram, ZHANG, ("张三", "证件种类"))


async def test_what_comes_later_or_means_a_button_is_not_added(
    running: tuple[Chat, Courier], api: OfficeApi, telegram: BotApi
) -> None:
    await walk(telegram, ZHANG, *STEPS[:-1], *TO_DESCRIPTION, (LONG[:4_000], "共 4,000 字"))
    await walk(telegram, ZHANG, ("确认提交", "SF-2026-00001"))
    assert (await filed(api.office))["description"] == LONG[:4_000]
    await walk(telegram, LI, *STEPS[:-1], *TO_DESCRIPTION, (LONG[:4_000], "共 4,000 字"))
    telegram.send(LI, text="第二天的话", date=1_795_086_400)
    await telegram.hears(LI, "没有听懂")
