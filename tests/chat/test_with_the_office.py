"""The conversation and the office on each of its databases, from the application to the supplement."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from bot.courier import Courier
from bot.watches import Watches
from tests.chat.conftest import TO_SUMMARY, Chat, Citizen
from tests.conftest import database_of
from tests.contract.test_notices import event, issued


@pytest.fixture(params=["sqlite", "postgres"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind."""
    template = str(request.getfixturevalue(f"migrated_{request.param}"))
    with database_of(request, request.param, tmp_path, template) as url:
        yield url


async def test_an_application_by_chat_becomes_a_case_with_a_due_date_and_a_status(chat: Chat, citizen: Citizen) -> None:
    receipt = await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    assert "申请已经提交成功" in receipt
    assert "2026年12月18日" in receipt
    await citizen.presses("查询进度")
    status = await citizen.presses("SF-2026-")
    assert "答复期限：2026年12月18日" in status


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("[个人]", "张三", "110105194912310021"), "身份证号码不正确"),
        (("[个人]", "张三", "[跳过]", "12345"), "电话号码不正确"),
        (("[个人]", "张三", "[跳过]", "a@b"), "电子邮箱不正确"),
        (("[个人]", "张" * 201), "最多 200 个字"),
        (("[单位]", "[商业企业]", "示例公司", "[统一社会信用代码]", "91110000600037341X"), "统一社会信用代码不正确"),
    ],
)
async def test_the_offices_rules_are_the_chats_rules(citizen: Citizen, answers: tuple[str, ...], said: str) -> None:
    assert said in await citizen.fills_in(TO_SUMMARY[0], "[填写申请]", *answers)


async def test_the_same_press_twice_is_one_case(chat: Chat, citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY)
    button = await citizen.button_data("确认提交")
    first = await citizen.presses_data(button)
    assert "已经用过" in await citizen.presses_data(button)
    assert "SF-2026-" in first


async def test_what_the_staff_decide_reaches_the_chat(chat: Chat, citizen: Citizen, staff: httpx2.AsyncClient) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    await citizen.presses("查询进度")
    number = (await citizen.buttons())[0]
    decision = {"department": "housing", "disposition": "public"}
    answer = await staff.post(f"/api/v1/staff/cases/{number}/confirmation", json=decision)
    assert answer.status_code == 200
    await Courier(chat.office, Watches(chat.database), {chat.web.bot.id: chat.web.bot}).round()
    news = (await citizen.page())[-1]["text"]
    assert number in news
    assert "住房和城乡建设局" in news
    assert await chat.office.outbox() == []


async def test_a_clarification_is_asked_answered_and_on_record(
    chat: Chat, citizen: Citizen, staff: httpx2.AsyncClient
) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]", "查询进度")
    number = (await citizen.buttons())[0]
    await event(staff, number, type="clarification_requested", reply_by="2026-12-04")
    await issued(staff, number, "N2", unclear="没有写明年份", needed="所需文件的年份\n文件名称")
    await Courier(chat.office, Watches(chat.database), {chat.web.bot.id: chat.web.bot}).round()
    asked = (await citizen.page())[-1]["text"]
    for part in ("补正告知书", "• 所需文件的年份", "2026年12月4日", "视为放弃申请"):
        assert part in asked
    assert number in await citizen.says("是2025年的批复")
    assert "补正已经提交" in await citizen.presses("作为补正提交")
    case = (await staff.get(f"/api/v1/staff/cases/{number}")).json()
    assert case["status"] == "received"
    assert case["events"][-1]["note"] == "是2025年的批复"
