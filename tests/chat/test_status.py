"""Asking where an application stands."""

import pytest

from tests.chat.conftest import QUESTION, TO_SUMMARY, Chat, Citizen
from tests.fakes.office_api import OfficeApi


@pytest.fixture
async def elsewhere(chat: Chat, citizen: Citizen) -> Citizen:
    """Another visitor, after `citizen` has applied."""
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    return await Citizen.arrives(chat)


async def test_number_and_code_are_asked_one_after_the_other(elsewhere: Citizen) -> None:
    assert "申请编号" in await elsewhere.says("/status")
    assert "查询码" in await elsewhere.says("SF-2026-00001")
    reply = await elsewhere.says("ABCD-EFGH-2222")
    for shown in (
        "SF-2026-00001",
        "已收到",
        "正在确定承办部门",
        "2026年12月18日",
        "2026年11月20日　确认收到申请",
    ):
        assert shown in reply


async def test_the_status_names_the_notices_and_where_to_get_them(elsewhere: Citizen, api: OfficeApi) -> None:
    out = {"id": 1, "title": "补正告知书", "number": "示政公开补〔2026〕1号", "issued_on": "2026-11-21"}
    api.notices = [
        out | {"in_force": False, "replaced_by": "示政公开补〔2026〕2号"},
        out | {"id": 2, "number": "示政公开补〔2026〕2号", "in_force": True, "replaced_by": None},
    ]
    reply = await elsewhere.fills_in("/status", "SF-2026-00001 ABCD-EFGH-2222")
    assert "《补正告知书》示政公开补〔2026〕1号，2026年11月21日（已更正，以示政公开补〔2026〕2号为准）" in reply
    assert "《补正告知书》示政公开补〔2026〕2号，2026年11月21日" in reply
    assert "凭编号和查询码下载" in reply


@pytest.mark.parametrize(
    "typed",
    ["SF-2026-00001 ABCD-EFGH-2222", "sf-2026-00001  abcd-efgh-2222", "ＳＦ－２０２６－００００１　ABCD-EFGH-2222"],
)
async def test_both_in_one_message_however_they_are_typed(elsewhere: Citizen, typed: str) -> None:
    assert "已收到" in await elsewhere.fills_in("查询进度", typed)


@pytest.mark.parametrize("typed", ["SF-2026-00001 XXXX", "SF-2026-99999 ABCD-EFGH-2222", "../requests 编号", "。 。"])
async def test_a_wrong_number_and_a_wrong_code_are_told_apart_by_nobody(elsewhere: Citizen, typed: str) -> None:
    assert "编号或查询码不正确" in await elsewhere.fills_in("/status", typed)
    assert "申请编号" in await elsewhere.presses("查询进度")


async def test_what_was_applied_for_here_needs_one_press(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    await citizen.presses("查询进度")
    assert "已收到" in await citizen.presses("SF-2026-00001")


async def test_nobody_sees_what_another_chat_applied_for(elsewhere: Citizen) -> None:
    assert "请选择" not in await elsewhere.says("/status")
    assert "已经用过或者过期" in await elsewhere.presses_data("s:SF-2026-00001")


async def test_a_draft_waits_while_one_asks(elsewhere: Citizen) -> None:
    await elsewhere.fills_in(QUESTION, "[填写申请]", "[个人]")
    assert "接着写吗" in await elsewhere.fills_in("/status", "SF-2026-00001 ABCD-EFGH-2222")
    assert "证件种类" in await elsewhere.says("张三"), "and goes on with the same question"


async def test_the_status_can_be_asked_again_when_the_office_is_back(elsewhere: Citizen, api: OfficeApi) -> None:
    api.down = True
    assert "暂时连不上" in await elsewhere.fills_in("/status", "SF-2026-00001 ABCD-EFGH-2222")
    api.down = False
    assert "已收到" in await elsewhere.presses("再试一次")


@pytest.mark.parametrize("draft", [(), (QUESTION,), (QUESTION, "[填写申请]", "[个人]")])
async def test_a_wrong_code_is_asked_again_and_never_becomes_an_application(
    elsewhere: Citizen, api: OfficeApi, draft: tuple[str, ...]
) -> None:
    await elsewhere.fills_in(*draft)
    asked = list(api.texts)
    reply = await elsewhere.fills_in("/status", "SF-2026-00001", "WXYZ-WXYZ-2222")
    assert "编号或查询码不正确" in reply
    assert await elsewhere.buttons() == ["查询进度", "不查了"]
    assert "编号或查询码不正确" in await elsewhere.says("忘了放在哪里")
    assert "已收到" in await elsewhere.says("ABCD-EFGH-2222")
    assert api.texts == asked


async def test_a_wrong_number_can_be_put_right_where_the_code_is_asked(elsewhere: Citizen) -> None:
    await elsewhere.fills_in("/status", "SF-2026-00009", "ABCD-EFGH-2222")
    assert "查询码" in await elsewhere.says("sf-2026-00001")
    assert "已收到" in await elsewhere.says("abcd-efgh-2222")


@pytest.mark.parametrize("how", ["[不查了]", "不查了"])
@pytest.mark.parametrize(("draft", "then"), [((), "您想了解哪方面"), ((QUESTION,), "接着写吗")])
async def test_asking_for_the_status_can_be_left(
    elsewhere: Citizen, how: str, draft: tuple[str, ...], then: str
) -> None:
    await elsewhere.fills_in(*draft, "/status", "SF-2026-00001", "WXYZ")
    assert then in await elsewhere.fills_in(how)


async def test_what_is_no_number_is_asked_again(elsewhere: Citizen) -> None:
    assert "没有认出申请编号" in await elsewhere.fills_in("/status", "找不到回执了")
    assert "已收到" in await elsewhere.says("SF-2026-00001 ABCD-EFGH-2222")
