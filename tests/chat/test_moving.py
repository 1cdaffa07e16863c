"""Going back, correcting, cancelling, resuming; commands at any point; old buttons; lost states."""

import asyncio

import pytest
from aiogram.fsm.storage.base import StorageKey

from bot.talk import WEB_BOT_ID
from tests.chat.conftest import QUESTION, TO_SUMMARY, BotClock, Chat, Citizen, running_chat
from tests.chat.office import FIRST, filed, numbers
from tests.fakes.office_api import OfficeApi

NAME_STEP = (QUESTION, "[填写申请]", "[个人]")


async def test_back_returns_to_each_question_and_keeps_the_answers(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY)
    for question in (
        "怎样拿到",
        "哪种形式",
        "联系方式",
        "证件号码",
        "证件种类",
        "您的姓名",
        "个人，还是单位",
        QUESTION,
    ):
        assert question in await citizen.presses("上一步")
    assert "请核对" in await citizen.presses("填写申请"), "what is answered is not asked again"


async def test_back_offers_to_keep_what_was_answered(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY[:5], "[上一步]", "[上一步]")
    assert "保留：张三" in await citizen.buttons()
    assert "证件号码" in await citizen.presses("保留：张三"), "on to the first question still open"


@pytest.mark.parametrize(
    ("item", "answer", "shown"),
    [
        ("姓名或名称", "李四", "李四"),
        ("电话", "13900000000", "13900000000"),
        ("电子邮箱", "lisi@example.com", "lisi@example.com"),
        ("通信地址", "示例市示例路9号", "示例市示例路9号"),
        ("内容描述", "示例路棚户区改造的批文", "示例路棚户区改造的批文"),
        ("证件号码", "110105194912310054", "证件号码"),
        ("文件名称或文号", "示例办法", "示例办法"),
        ("获取方式", "[当面领取]", "当面领取"),
    ],
)
async def test_any_item_can_be_corrected_from_the_summary(citizen: Citizen, item: str, answer: str, shown: str) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[修改]")
    reply = await citizen.fills_in(f"[{item}]", answer)
    assert shown in reply


async def test_changing_the_kind_of_applicant_asks_only_what_is_new(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[修改]", "[申请人]")
    asked = [await citizen.presses("单位"), await citizen.presses("科研机构")]
    assert "类别" in asked[0]
    assert "证件种类" in asked[1], "the name stays; the proof of identity is another one"
    summary = await citizen.fills_in("[其他证件]", "XH-2026-01", "[跳过]", "[跳过]")
    assert "科研机构" in summary
    assert "张三" in summary


async def test_the_only_contact_cannot_be_removed_but_one_of_two_can(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[修改]", "[电话]")
    assert "不留这一项" not in await citizen.buttons()
    await citizen.fills_in("[上一步]", "[修改]", "[电子邮箱]", "a@example.com", "[修改]", "[电话]")
    assert "13800000000" not in await citizen.presses("不留这一项")


async def test_correcting_can_be_left_without_a_change(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[修改]")
    assert "请核对" in await citizen.presses("上一步")


@pytest.mark.parametrize("how", ["/cancel", "取消", "[取消申请]"])
async def test_cancel_asks_once_and_then_deletes(citizen: Citizen, how: str) -> None:
    await citizen.fills_in(*NAME_STEP)
    assert "确定不写了吗" in await citizen.fills_in(how)
    assert "已经取消" in await citizen.presses("不写了，删除")
    assert "没有正在填写" in await citizen.says("/cancel")


async def test_a_second_cancel_is_meant(citizen: Citizen) -> None:
    await citizen.fills_in(*NAME_STEP, "/cancel")
    assert "已经取消" in await citizen.says("/cancel")


async def test_cancelling_can_be_thought_better_of(citizen: Citizen) -> None:
    await citizen.fills_in(*NAME_STEP, "/cancel")
    assert "您的姓名" in await citizen.presses("接着写")


@pytest.mark.parametrize("answers", [(), NAME_STEP[:1], NAME_STEP, TO_SUMMARY[:4], TO_SUMMARY[:6], TO_SUMMARY])
@pytest.mark.parametrize(
    ("command", "said"), [("/start", "接着写吗"), ("/new", "接着写吗"), ("/help", "怎么用"), ("/status", "申请编号")]
)
async def test_commands_work_at_any_point_and_keep_the_draft(
    citizen: Citizen, answers: tuple[str, ...], command: str, said: str
) -> None:
    question = await citizen.fills_in(*answers) if answers else ""
    reply = await citizen.says(command)
    if not answers:
        assert reply
        return
    assert said in reply
    await citizen.says("/start")
    assert (await citizen.presses("接着写")).splitlines()[-1] == question.splitlines()[-1]


async def test_a_new_application_in_place_of_the_old_draft(citizen: Citizen) -> None:
    await citizen.fills_in(*NAME_STEP, "/new")
    assert "您想了解哪方面" in await citizen.presses("重新写一份")
    assert "示例路的批文" in await citizen.says("示例路的批文")


@pytest.mark.parametrize("text", ["/nosuchcommand", "/status_", "/帮助"])
async def test_an_unknown_command_gets_the_help(citizen: Citizen, text: str) -> None:
    assert "怎么用" in await citizen.says(text)


@pytest.mark.parametrize("text", ["您好", "你好！", "在吗？"])
async def test_a_greeting_is_not_taken_for_a_request(citizen: Citizen, api: OfficeApi, text: str) -> None:
    assert "您想了解哪方面" in await citizen.says(text)
    assert api.texts == []


@pytest.mark.parametrize("text", ["😂😂😂", "？？？", "。", "是"])
async def test_what_says_nothing_is_asked_about_kindly(citizen: Citizen, api: OfficeApi, text: str) -> None:
    reply = await citizen.says(text)
    assert reply
    assert api.texts == []


async def test_a_press_on_an_old_button_gets_a_kind_answer(citizen: Citizen) -> None:
    await citizen.fills_in(*NAME_STEP[:2])
    old = await citizen.button_data("个人")
    await citizen.presses("个人")
    assert "已经用过或者过期" in await citizen.presses_data(old)
    assert "您的姓名" in (await citizen.page())[-2]["text"], "and nothing else changed"


@pytest.mark.parametrize("data", ["p:00000000:type:natural", "x:unknown", "p:broken", "m:nosuch", "f:00000000:name"])
async def test_a_forged_or_foreign_button_gets_a_kind_answer(citizen: Citizen, data: str) -> None:
    await citizen.fills_in(*NAME_STEP)
    assert "已经用过或者过期" in await citizen.presses_data(data)


async def test_pressing_submit_twice_is_one_case(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY)
    button = await citizen.button_data("确认提交")
    first, second = await asyncio.gather(citizen.presses_data(button), citizen.presses_data(button))
    assert ("SF-2026-00001" in first) != ("SF-2026-00001" in second)
    assert "已经用过或者过期" in first + second
    assert await numbers(api.office) == [FIRST]


async def test_three_fast_messages_keep_their_order(citizen: Citizen, api: OfficeApi) -> None:
    await asyncio.gather(*(citizen.says(text) for text in ("第一句话", "第二句话", "第三句话")))
    assert api.texts[-1] == "第一句话\n第二句话\n第三句话"


async def test_a_restart_in_the_middle_loses_nothing(storage_url: str, api: OfficeApi, now: BotClock) -> None:
    async with running_chat(storage_url, api, now) as before:
        citizen = await Citizen.arrives(before)
        await citizen.fills_in(*TO_SUMMARY[:6])
    async with running_chat(storage_url, api, now) as after:
        again = Citizen(after.http, citizen.session)
        await again.fills_in(*TO_SUMMARY[6:], "[确认提交]")
    assert (await filed(api.office))["applicant"]["name"] == "张三"


async def test_days_later_a_text_is_not_taken_for_an_answer(citizen: Citizen, now: BotClock) -> None:
    await citizen.fills_in(*NAME_STEP)
    now.seconds += 5 * 86_400
    reply = await citizen.says("那个旧房改造的事怎么样了")
    assert "没写完的申请，接着写吗" in reply
    assert "您的姓名" in await citizen.presses("接着写")
    assert "证件种类" in await citizen.says("张三")


async def test_after_thirty_days_a_draft_is_gone(citizen: Citizen, chat: Chat, now: BotClock) -> None:
    await citizen.fills_in(*NAME_STEP)
    now.seconds += 31 * 86_400
    assert await chat.database.sweep() > 0
    response = await chat.http.get(f"/chat/{citizen.session}/messages")
    assert response.status == 404


@pytest.mark.parametrize("text", ["接下来呢", "张三"])
async def test_a_renamed_state_offers_to_go_on(citizen: Citizen, chat: Chat, text: str) -> None:
    await citizen.fills_in(*NAME_STEP)
    chat_id = (await chat.mailbox.chat_of(citizen.session)) or 0
    key = StorageKey(WEB_BOT_ID, chat_id, chat_id)
    await chat.dispatcher.storage.set_state(key, "Apply:gone")
    assert "接着写吗" in await citizen.says(text)
    assert "您的姓名" in await citizen.presses("接着写")


async def test_a_lost_draft_is_said_and_begun_anew(citizen: Citizen, chat: Chat) -> None:
    await citizen.fills_in(*NAME_STEP)
    chat_id = (await chat.mailbox.chat_of(citizen.session)) or 0
    key = StorageKey(WEB_BOT_ID, chat_id, chat_id)
    await chat.dispatcher.storage.set_state(key, "Apply:gone")
    await chat.dispatcher.storage.set_data(key, {})
    assert "没有接上" in await citizen.says("张三")
    assert QUESTION in await citizen.says(QUESTION)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("姓名或名称", "您的姓名"),
        ("姓名", "您的姓名"),
        ("手机", "联系电话"),
        ("身份证号", "证件号码"),
        ("方式", "获取方式"),
    ],
)
async def test_the_item_to_correct_can_be_typed(citizen: Citizen, typed: str, asked: str) -> None:
    await citizen.fills_in(*TO_SUMMARY, "修改")
    assert asked in await citizen.says(typed)


async def test_what_is_not_an_item_gets_the_choice_again_and_never_submits(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[修改]")
    for typed in ("确认", "好的", "提交", "证件", "我的名字写错了"):
        assert "要修改哪一项" in await citizen.says(typed)
        assert "姓名或名称" in await citizen.buttons()
    assert await numbers(api.office) == []
    assert "李四" in await citizen.fills_in("姓名", "李四")
    assert "提交成功" in await citizen.says("确认"), "the summary is what was just shown"


@pytest.mark.parametrize("between", ["/cancel", "/help", "谢谢", "/new", "/status"])
async def test_a_typed_yes_submits_only_the_summary_that_was_just_shown(
    citizen: Citizen, api: OfficeApi, between: str
) -> None:
    await citizen.fills_in(*TO_SUMMARY, between)
    if between == "/status":
        await citizen.says("不查了")
    assert "请核对" in await citizen.says("好的")
    assert await numbers(api.office) == []
    await citizen.says("确认")
    assert await numbers(api.office) == [FIRST]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("谢谢！", "不客气"),
        ("好的，谢谢", "不客气"),
        ("人工", "电话和地址在首页"),
        ("转人工", "填写申请表"),
        ("你是谁？", "自动对话程序"),
        ("在吗", "我在"),
        ("您好", "我在"),
    ],
)
@pytest.mark.parametrize("answers", [(), NAME_STEP[:1], NAME_STEP, TO_SUMMARY[:7], TO_SUMMARY])
async def test_small_talk_is_answered_and_never_becomes_part_of_the_application(
    citizen: Citizen, api: OfficeApi, answers: tuple[str, ...], text: str, said: str
) -> None:
    await citizen.fills_in(*answers)
    assert said in await citizen.says(text)
    await citizen.fills_in(*TO_SUMMARY[len(answers) :], "[确认提交]")
    case = await filed(api.office)
    assert case["description"] == QUESTION
    assert case["applicant"]["name"] == "张三"
    assert "title" not in case
