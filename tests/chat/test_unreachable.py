"""When the office's API does not answer, or says no."""

import asyncio

import pytest

from bot.courier import Courier
from bot.watches import Watches
from tests.chat.conftest import QUESTION, TO_SUMMARY, Chat, Citizen
from tests.chat.office import FIRST, news, numbers, outbox
from tests.fakes.office_api import OfficeApi

FILING = "/api/v1/requests"


async def test_the_question_is_kept_and_tried_again_by_one_press(citizen: Citizen, api: OfficeApi) -> None:
    api.down = True
    assert "暂时连不上" in await citizen.says(QUESTION)
    assert await citizen.buttons() == ["再试一次"]
    assert "暂时连不上" in await citizen.presses("再试一次")
    api.down = False
    assert QUESTION in await citizen.presses("再试一次")


async def test_an_answer_is_kept_and_tried_again_by_one_press(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY[:5])
    api.down = True
    assert "暂时连不上" in await citizen.says("11010519491231002X")
    api.down = False
    assert "联系方式" in await citizen.presses("再试一次")


async def test_a_lost_receipt_is_fetched_without_a_second_case(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY)
    api.lost.add(FILING)
    assert "暂时连不上" in await citizen.presses("确认提交")
    assert "SF-2026-00001" in await citizen.presses("再试一次")
    assert await numbers(api.office) == [FIRST]


@pytest.mark.parametrize("way_out", ["再写几句", "/cancel", "[修改]"])
async def test_nothing_changes_while_it_is_not_known_whether_the_case_exists(
    citizen: Citizen, api: OfficeApi, way_out: str
) -> None:
    await citizen.fills_in(*TO_SUMMARY)
    summary_fix = await citizen.button_data("修改")
    api.lost.add(FILING)
    await citizen.presses("确认提交")
    reply = await (citizen.presses_data(summary_fix) if way_out == "[修改]" else citizen.says(way_out))
    assert "有可能已经提交成功" in reply
    assert "SF-2026-00001" in await citizen.presses("再试一次")


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (429, "rate_limited", "提交得太频繁了，请在 30 秒后再试。"),
        (503, "storage_unavailable", "系统暂时无法读写数据，不能确定有没有存上。"),
    ],
)
async def test_a_refusal_is_said_in_the_offices_words_and_can_be_tried_again(
    citizen: Citizen, api: OfficeApi, status: int, code: str, message: str
) -> None:
    await citizen.fills_in(*TO_SUMMARY)
    api.refuse(FILING, status, code, message)
    assert message in await citizen.presses("确认提交")
    api.instead.clear()
    assert "SF-2026-00001" in await citizen.presses("确认提交")


async def test_a_submission_refused_for_one_field_leads_to_that_question(citizen: Citizen, api: OfficeApi) -> None:
    api.refuse("/api/v1/requests/check", 429, "rate_limited", "提交得太频繁了，请在 3 秒后再试。")
    assert "太频繁" in await citizen.fills_in(QUESTION, "[填写申请]", "[个人]", "张三")
    api.instead.clear()
    assert "证件种类" in await citizen.says("张三")


async def test_a_fault_of_our_own_is_said_kindly_and_logged_without_a_word_of_theirs(
    citizen: Citizen, api: OfficeApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.instead["/api/v1/suggestions"] = 200, {"confident": True}
    assert "您已经填写的内容还在" in await citizen.says(QUESTION)
    assert "KeyError at texts.py" in caplog.text
    assert QUESTION not in caplog.text
    api.instead.clear()
    await citizen.says("/start")
    assert QUESTION in await citizen.presses("接着写")


async def test_without_a_suggestion_one_applies_all_the_same(citizen: Citizen, api: OfficeApi) -> None:
    api.refuse("/api/v1/suggestions", 503, "model_loading", "系统正在启动，请过几秒再试。")
    api.refuse("/api/v1/published", 404, "not_found", "没有找到您要的页面。")
    reply = await citizen.says(QUESTION)
    assert QUESTION in reply
    assert "启动" not in reply
    assert "个人，还是单位" in await citizen.presses("填写申请")


async def test_news_waits_in_the_mailbox_of_the_chat_that_applied(citizen: Citizen, chat: Chat, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    message_id = await news(api.office, FIRST, "已由<住房和城乡建设局>办理。" + "长" * 5_000)
    courier = Courier(chat.office, Watches(chat.database), {chat.web.bot.id: chat.web.bot})
    await courier.round()
    await courier.round()
    said = "".join(message["text"] for message in (await citizen.page())[-2:])
    assert "<住房和城乡建设局>办理" in said
    assert said.count("长") == 5_000
    assert (await outbox(api.office))["delivered"] == [message_id]
    assert api.times(f"/api/v1/service/outbox/{message_id}/delivered") == 1, "delivered once, acknowledged once"


async def test_news_for_a_bot_that_runs_elsewhere_is_left_to_it(citizen: Citizen, chat: Chat, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    message_id = await news(api.office, FIRST, "已经答复。")
    await Courier(chat.office, Watches(chat.database), {}).round()
    assert await outbox(api.office) == {"delivered": [], "refused": [message_id], "waiting": [message_id]}


async def test_the_courier_goes_on_after_the_office_was_away(chat: Chat, api: OfficeApi) -> None:
    api.down = True
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(Courier(chat.office, Watches(chat.database), {}).run(stop))
        await asyncio.sleep(0.1)
        assert not running.done()
        stop.set()


async def test_the_office_counts_chats_without_learning_who_they_are(
    citizen: Citizen, chat: Chat, api: OfficeApi
) -> None:
    await citizen.says(QUESTION)
    await (await Citizen.arrives(chat)).says(QUESTION)
    clients = {call.client for call in api.calls}
    assert len(clients) == 2
    assert all(len(client) == 32 for client in clients)
