"""补正 by chat: what is asked reaches the citizen, and what they answer becomes the supplement after one yes."""

from typing import Any

import pytest

from bot.courier import Courier
from bot.watches import Watches
from tests.chat.conftest import QUESTION, TO_SUMMARY, Chat, Citizen
from tests.fakes.office_api import OfficeApi

NUMBER = "SF-2026-00001"
ASKED = {
    "unclear": ["没有写明<年份>"],
    "needed": ["所需文件的年份", "文件名称"],
    "reply_by": "2026-12-04",
    "otherwise": "无正当理由逾期不补正的，视为放弃申请，不再处理（条例第三十条）。",
}
SAID = "是2025年的批复"


async def deliver(chat: Chat, api: OfficeApi, sentence: str, number: str = NUMBER) -> None:
    api.news(number, sentence)
    await Courier(chat.office, Watches(chat.database), {chat.web.bot.id: chat.web.bot}).round()


@pytest.fixture
async def asked(chat: Chat, citizen: Citizen, api: OfficeApi) -> Citizen:
    """A citizen who applied here and is asked to make the application clear."""
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    api.clarification = dict(ASKED)
    await deliver(chat, api, "请按补正告知书补充说明您的申请。")
    return citizen


async def test_the_message_says_what_is_asked_by_when_and_what_happens_otherwise(asked: Citizen) -> None:
    said = (await asked.page())[-1]["text"]
    for part in ("没有写明<年份>", "• 所需文件的年份", "• 文件名称", "2026年12月4日", "视为放弃申请", "直接在这里回复"):
        assert part in said
    assert await asked.buttons() == ["补充说明", "查看进度"]


async def test_before_the_notice_is_out_the_message_points_to_it(chat: Chat, citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    api.clarification = ASKED | {"unclear": [], "needed": [], "reply_by": None}
    await deliver(chat, api, "请补充说明您的申请。")
    assert "见《补正告知书》" in (await citizen.page())[-1]["text"]


async def test_the_natural_reply_is_the_supplement_after_one_yes(asked: Citizen, api: OfficeApi) -> None:
    sure = await asked.says(SAID)
    assert SAID in sure
    assert NUMBER in sure
    assert api.supplements == [], "not before the yes"
    assert "补正已经提交" in await asked.presses("作为补正提交")
    assert api.supplements == [(NUMBER, SAID)]
    assert len(api.cases) == 1
    assert "您想了解的是" in await asked.says(QUESTION), "what comes now is something new"


async def test_a_yes_can_be_typed_and_more_can_be_added_before_it(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(SAID)
    assert "还有文号" in await asked.says("还有文号：示政发〔2025〕3号")
    await asked.says("确认")
    assert api.supplements == [(NUMBER, f"{SAID}\n还有文号：示政发〔2025〕3号")]


async def test_by_the_button_and_written_anew(asked: Citizen, api: OfficeApi) -> None:
    assert "要补充的内容" in await asked.presses("补充说明")
    assert "作为申请" in await asked.says("写错了")
    assert "重新发一遍" in await asked.presses("重新写")
    await asked.fills_in(SAID, "[作为补正提交]")
    assert api.supplements == [(NUMBER, SAID)]


async def test_what_is_no_supplement_begins_an_application(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(QUESTION)
    assert "您想了解的是" in await asked.presses("不是补正")
    assert "个人，还是单位" in await asked.presses("填写申请")
    assert "您的姓名" in await asked.presses("个人"), "a draft goes on undisturbed"
    assert "证件种类" in await asked.says("张三")
    assert api.supplements == []


async def test_asked_in_the_middle_of_another_application_the_next_text_is_the_reply_and_the_draft_waits(
    chat: Chat, citizen: Citizen, api: OfficeApi
) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]", *TO_SUMMARY[:3])
    api.clarification = dict(ASKED)
    await deliver(chat, api, "请补充说明您的申请。")
    assert "作为申请" in await citizen.says(SAID), "and not the applicant's name"
    assert "接着写吗" in await citizen.presses("作为补正提交")
    assert api.supplements == [(NUMBER, SAID)]
    assert "证件种类" in await citizen.says("张三")


@pytest.mark.parametrize("open_question", [("/status",), ("/status", "SF-2026-00009")])
async def test_a_question_for_the_status_left_open_does_not_take_the_reply(
    chat: Chat, citizen: Citizen, api: OfficeApi, open_question: tuple[str, ...]
) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]", *open_question)
    api.clarification = dict(ASKED)
    await deliver(chat, api, "请补充说明您的申请。")
    await citizen.fills_in(SAID, "[作为补正提交]")
    assert api.supplements == [(NUMBER, SAID)]
    await citizen.fills_in("/status", "SF-2026-00009")
    assert "编号或查询码不正确" in await citizen.says("WXYZ-WXYZ-2222")


async def test_thanks_and_commands_are_no_supplement(asked: Citizen, api: OfficeApi) -> None:
    assert "不客气" in await asked.says("谢谢")
    assert "怎么用" in await asked.says("/help")
    assert "没有看明白" in await asked.says("……")
    assert "作为申请" in await asked.says(SAID)


async def test_of_two_applications_the_citizen_says_which(chat: Chat, citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]", "/new", *TO_SUMMARY, "[确认提交]")
    api.clarification = dict(ASKED)
    for number in ("SF-2026-00001", "SF-2026-00002"):
        await deliver(chat, api, "请补充说明您的申请。", number)
    assert "哪一份申请" in await citizen.says(SAID)
    assert (await citizen.buttons())[:2] == ["作为补正提交：SF-2026-00002", "作为补正提交：SF-2026-00001"]
    await citizen.presses("作为补正提交：SF-2026-00001")
    assert api.supplements == [("SF-2026-00001", SAID)]


async def test_an_office_that_is_away_takes_it_later(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(SAID)
    api.down = True
    assert "暂时连不上" in await asked.presses("作为补正提交")
    api.down = False
    assert "补正已经提交" in await asked.presses("再试一次")
    assert api.supplements == [(NUMBER, SAID)]


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ((409, "step_not_allowed", "案件目前是“不再处理”，不能进行这一步。"), "不再处理"),
        ((429, "rate_limited", "提交得太频繁了，请在 30 秒后再试。"), "太频繁"),
    ],
)
async def test_a_refusal_is_said_in_the_offices_words_and_loses_nothing(
    asked: Citizen, api: OfficeApi, refusal: Any, said: str
) -> None:
    await asked.says(SAID)
    api.refuse[f"/api/v1/requests/{NUMBER}/supplements"] = refusal
    assert said in await asked.presses("作为补正提交")
    api.refuse.clear()
    if refusal[0] == 429:
        assert "补正已经提交" in await asked.presses("作为补正提交")
    else:
        assert "您想了解的是" in await asked.says(QUESTION)


async def test_an_old_button_does_nothing(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(SAID)
    button = await asked.button_data("作为补正提交")
    await asked.presses_data(button)
    assert "已经用过" in await asked.presses_data(button)
    assert "已经用过" in await asked.presses_data(f"c:{NUMBER}:add")
    assert len(api.supplements) == 1


async def test_once_it_is_no_longer_asked_a_text_is_something_new(chat: Chat, asked: Citizen, api: OfficeApi) -> None:
    api.clarification = None
    await deliver(chat, api, "因逾期未补正，这件申请不再处理。")
    assert "您想了解的是" in await asked.says(QUESTION)


async def test_the_status_says_what_is_asked_and_offers_to_answer(chat: Chat, citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    api.clarification = dict(ASKED)
    await citizen.presses("查询进度")
    reply = await citizen.presses(NUMBER)
    assert "• 文件名称" in reply
    await citizen.fills_in("[补充说明]", SAID, "[作为补正提交]")
    assert api.supplements == [(NUMBER, SAID)]


async def test_who_only_knows_number_and_code_reads_what_is_asked(chat: Chat, asked: Citizen) -> None:
    elsewhere = await Citizen.arrives(chat)
    assert "• 文件名称" in await elsewhere.fills_in("/status", f"{NUMBER} ABCD-EFGH-2222")
    assert await elsewhere.buttons() == ["查询进度"]


async def test_a_fee_is_told_with_its_last_day(chat: Chat, citizen: Citizen, api: OfficeApi) -> None:
    from bot import texts

    view = {"act_by": "2026-12-28", "clarification": None}
    assert "2026年12月28日" in texts.news(NUMBER, "请按收费通知缴纳信息处理费。", view, repeated=False)
