"""补正 by chat: what is asked reaches the citizen, and what they answer becomes the supplement after one yes."""

from datetime import timedelta

import httpx2
import pytest

from bot import texts
from bot.courier import Courier
from bot.watches import Watches
from tests.chat.conftest import QUESTION, TO_SUMMARY, Chat, Citizen
from tests.chat.office import ASKED, SECOND, ask_for_supplement, code_in, numbers, supplements
from tests.chat.office import FIRST as NUMBER
from tests.conftest import SettableClock
from tests.contract.test_notices import event, issued
from tests.contract.test_workflow import MATTERS
from tests.fakes.office_api import OfficeApi

SAID = "是2025年的批复"
SUPPLEMENTS = f"/api/v1/requests/{NUMBER}/supplements"


async def deliver(chat: Chat) -> None:
    """What the office has to say reaches the chats."""
    await Courier(chat.office, Watches(chat.database), {chat.web.bot.id: chat.web.bot}).round()


@pytest.fixture
async def code(citizen: Citizen) -> str:
    """The query code of what `citizen` has applied for."""
    return code_in(await citizen.fills_in(*TO_SUMMARY, "[确认提交]"))


@pytest.fixture
async def asked(chat: Chat, citizen: Citizen, code: str, staff: httpx2.AsyncClient) -> Citizen:
    """A citizen who applied here and is asked to make the application clear."""
    await ask_for_supplement(staff)
    await deliver(chat)
    return citizen


async def lapse(staff: httpx2.AsyncClient, clock: SettableClock) -> None:
    """The day for the supplement passes, and the office ends the case."""
    clock.moment += timedelta(days=21)
    await event(staff, NUMBER, type="clarification_lapsed")


async def test_the_message_says_what_is_asked_by_when_and_what_happens_otherwise(
    chat: Chat, asked: Citizen, staff: httpx2.AsyncClient
) -> None:
    await issued(staff, NUMBER, "N2", **ASKED)
    await deliver(chat)
    said = (await asked.page())[-1]["text"]
    for part in ("没有写明<年份>", "• 所需文件的年份", "• 文件名称", "2026年12月4日", "视为放弃申请", "直接在这里回复"):
        assert part in said
    assert await asked.buttons() == ["补充说明", "查看进度"]


async def test_before_the_notice_is_out_the_message_points_to_it(
    chat: Chat, citizen: Citizen, code: str, staff: httpx2.AsyncClient
) -> None:
    await event(staff, NUMBER, type="clarification_requested")
    await deliver(chat)
    assert "见《补正告知书》" in (await citizen.page())[-1]["text"]


async def test_the_natural_reply_is_the_supplement_after_one_yes(asked: Citizen, api: OfficeApi) -> None:
    sure = await asked.says(SAID)
    assert SAID in sure
    assert NUMBER in sure
    assert await supplements(api.office) == [], "not before the yes"
    assert "补正已经提交" in await asked.presses("作为补正提交")
    assert await supplements(api.office) == [(NUMBER, SAID)]
    assert await numbers(api.office) == [NUMBER]
    assert "您想了解的是" in await asked.says(QUESTION), "what comes now is something new"


async def test_a_yes_can_be_typed_and_more_can_be_added_before_it(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(SAID)
    assert "还有文号" in await asked.says("还有文号：示政发〔2025〕3号")
    await asked.says("确认")
    assert await supplements(api.office) == [(NUMBER, f"{SAID}\n还有文号：示政发〔2025〕3号")]


async def test_by_the_button_and_written_anew(asked: Citizen, api: OfficeApi) -> None:
    assert "要补充的内容" in await asked.presses("补充说明")
    assert "作为申请" in await asked.says("写错了")
    assert "重新发一遍" in await asked.presses("重新写")
    await asked.fills_in(SAID, "[作为补正提交]")
    assert await supplements(api.office) == [(NUMBER, SAID)]


async def test_what_is_no_supplement_begins_an_application(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(QUESTION)
    assert "您想了解的是" in await asked.presses("不是补正")
    assert "个人，还是单位" in await asked.presses("填写申请")
    assert "您的姓名" in await asked.presses("个人"), "a draft goes on undisturbed"
    assert "证件种类" in await asked.says("张三")
    assert await supplements(api.office) == []


async def test_asked_in_the_middle_of_another_application_the_next_text_is_the_reply_and_the_draft_waits(
    chat: Chat, citizen: Citizen, code: str, staff: httpx2.AsyncClient, api: OfficeApi
) -> None:
    await citizen.fills_in(*TO_SUMMARY[:3])
    await ask_for_supplement(staff)
    await deliver(chat)
    assert "作为申请" in await citizen.says(SAID), "and not the applicant's name"
    assert "接着写吗" in await citizen.presses("作为补正提交")
    assert await supplements(api.office) == [(NUMBER, SAID)]
    assert "证件种类" in await citizen.says("张三")


@pytest.mark.parametrize("open_question", [("/status",), ("/status", "SF-2026-00009")])
async def test_a_question_for_the_status_left_open_does_not_take_the_reply(
    chat: Chat,
    citizen: Citizen,
    code: str,
    staff: httpx2.AsyncClient,
    api: OfficeApi,
    open_question: tuple[str, ...],
) -> None:
    await citizen.fills_in(*open_question)
    await ask_for_supplement(staff)
    await deliver(chat)
    await citizen.fills_in(SAID, "[作为补正提交]")
    assert await supplements(api.office) == [(NUMBER, SAID)]
    await citizen.fills_in("/status", "SF-2026-00009")
    assert "编号或查询码不正确" in await citizen.says("WXYZ-WXYZ-2222")


async def test_thanks_and_commands_are_no_supplement(asked: Citizen, api: OfficeApi) -> None:
    assert "不客气" in await asked.says("谢谢")
    assert "怎么用" in await asked.says("/help")
    assert "没有看明白" in await asked.says("……")
    assert "作为申请" in await asked.says(SAID)


async def test_of_two_applications_the_citizen_says_which(
    chat: Chat, citizen: Citizen, code: str, staff: httpx2.AsyncClient, api: OfficeApi
) -> None:
    await citizen.fills_in("/new", *TO_SUMMARY, "[确认提交]")
    for number in (NUMBER, SECOND):
        await ask_for_supplement(staff, number)
        await deliver(chat)
    assert "哪一份申请" in await citizen.says(SAID)
    assert (await citizen.buttons())[:2] == ["作为补正提交：SF-2026-00002", "作为补正提交：SF-2026-00001"]
    await citizen.presses("作为补正提交：SF-2026-00001")
    assert await supplements(api.office) == [(NUMBER, SAID)]


async def test_an_office_that_is_away_takes_it_later(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(SAID)
    api.down = True
    assert "暂时连不上" in await asked.presses("作为补正提交")
    api.down = False
    assert "补正已经提交" in await asked.presses("再试一次")
    assert await supplements(api.office) == [(NUMBER, SAID)]


async def test_what_comes_too_late_is_refused_in_the_offices_words(
    asked: Citizen, staff: httpx2.AsyncClient, clock: SettableClock
) -> None:
    await asked.says(SAID)
    await lapse(staff, clock)
    reply = await asked.presses("作为补正提交")
    assert "案件目前是“不再处理”，不能进行这一步。" in reply
    assert "没有提交，您写的内容还在" in reply
    assert "您想了解的是" in await asked.says(QUESTION)


async def test_a_refusal_for_now_is_said_in_the_offices_words_and_loses_nothing(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(SAID)
    api.refuse(SUPPLEMENTS, 429, "rate_limited", "提交得太频繁了，请在 30 秒后再试。")
    assert "太频繁" in await asked.presses("作为补正提交")
    api.instead.clear()
    assert "补正已经提交" in await asked.presses("作为补正提交")


async def test_an_answer_that_was_lost_is_fetched_without_a_second_supplement(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(SAID)
    api.lost.add(SUPPLEMENTS)
    assert "暂时连不上" in await asked.presses("作为补正提交")
    assert "补正已经提交" in await asked.presses("再试一次")
    assert await supplements(api.office) == [(NUMBER, SAID)]


async def test_what_is_answered_in_the_chat_is_not_told_there_once_more(
    chat: Chat, asked: Citizen, code: str, api: OfficeApi
) -> None:
    await asked.fills_in(SAID, "[作为补正提交]")
    page = await asked.page()
    await deliver(chat)
    assert await asked.page() == page


async def test_an_old_button_does_nothing(asked: Citizen, api: OfficeApi) -> None:
    await asked.says(SAID)
    button = await asked.button_data("作为补正提交")
    await asked.presses_data(button)
    assert "已经用过" in await asked.presses_data(button)
    assert "已经用过" in await asked.presses_data(f"c:{NUMBER}:add")
    assert await supplements(api.office) == [(NUMBER, SAID)]


async def test_once_it_is_no_longer_asked_a_text_is_something_new(
    chat: Chat, asked: Citizen, staff: httpx2.AsyncClient, clock: SettableClock
) -> None:
    await lapse(staff, clock)
    await deliver(chat)
    assert "因逾期未补正，这件申请不再处理" in (await asked.page())[-1]["text"]
    assert "您想了解的是" in await asked.says(QUESTION)


async def test_the_status_says_what_is_asked_and_offers_to_answer(
    citizen: Citizen, code: str, staff: httpx2.AsyncClient, api: OfficeApi
) -> None:
    await ask_for_supplement(staff, notice=True)
    await citizen.presses("查询进度")
    reply = await citizen.presses(NUMBER)
    assert "• 文件名称" in reply
    await citizen.fills_in("[补充说明]", SAID, "[作为补正提交]")
    assert await supplements(api.office) == [(NUMBER, SAID)]


async def test_who_only_knows_number_and_code_reads_what_is_asked(
    chat: Chat, asked: Citizen, code: str, staff: httpx2.AsyncClient
) -> None:
    await issued(staff, NUMBER, "N2", **ASKED)
    elsewhere = await Citizen.arrives(chat)
    assert "• 文件名称" in await elsewhere.fills_in("/status", f"{NUMBER} {code}")
    assert await elsewhere.buttons() == ["查询进度"]


async def test_what_is_split_off_is_answered_in_the_chat_of_the_first(
    chat: Chat, citizen: Citizen, code: str, staff: httpx2.AsyncClient, api: OfficeApi
) -> None:
    split = await staff.post(f"/api/v1/staff/cases/{NUMBER}/children", json=MATTERS)
    child = split.json()["children"][0]
    await deliver(chat)
    told = (await citizen.page())[-1]["text"]
    assert f"{child['number']}　查询码：{child['query_code']}" in told
    await ask_for_supplement(staff, child["number"], notice=True)
    await deliver(chat)
    assert "• 文件名称" in (await citizen.page())[-1]["text"]
    await citizen.fills_in(SAID, "[作为补正提交]")
    assert await supplements(api.office) == [(child["number"], SAID)]


async def test_what_was_split_off_unknown_to_the_chat_says_where_it_is_answered(
    chat: Chat, citizen: Citizen, code: str, staff: httpx2.AsyncClient
) -> None:
    split = await staff.post(f"/api/v1/staff/cases/{NUMBER}/children", json=MATTERS)
    for item in await chat.office.outbox():
        await chat.office.delivered(item["id"])
    await ask_for_supplement(staff, split.json()["children"][0]["number"])
    await deliver(chat)
    assert "请到网站的查询进度页输入它的编号和查询码" in (await citizen.page())[-1]["text"]
    assert await citizen.buttons() == ["查看进度"]


def test_a_fee_is_told_with_its_last_day() -> None:
    view = {"act_by": "2026-12-28", "clarification": None}
    item = {"sentence": "请按收费通知缴纳信息处理费。", "opened": {}, "repeated": False}
    assert "2026年12月28日" in texts.news(NUMBER, item, view)
