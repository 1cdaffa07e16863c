"""Asking where an application stands."""

import httpx2
import pytest

from tests.chat.conftest import QUESTION, TO_SUMMARY, Chat, Citizen
from tests.chat.office import ASKED, FIRST, ask_for_supplement, code_in, numbers
from tests.contract.test_notices import event, issued
from tests.contract.test_staff import confirm
from tests.fakes.office_api import OfficeApi


@pytest.fixture
async def code(citizen: Citizen) -> str:
    """The query code of what `citizen` has applied for."""
    return code_in(await citizen.fills_in(*TO_SUMMARY, "[确认提交]"))


@pytest.fixture
async def elsewhere(chat: Chat, code: str) -> Citizen:
    """Another visitor, after `citizen` has applied."""
    return await Citizen.arrives(chat)


async def test_number_and_code_are_asked_one_after_the_other(elsewhere: Citizen, code: str) -> None:
    assert "申请编号" in await elsewhere.says("/status")
    assert "查询码" in await elsewhere.says("SF-2026-00001")
    reply = await elsewhere.says(code)
    for shown in (
        "SF-2026-00001",
        "已收到",
        "正在确定由哪个部门办理",
        "2026年12月18日",
        "2026年11月20日　确认收到申请",
    ):
        assert shown in reply


async def test_the_status_names_the_notices_and_where_to_get_them(
    elsewhere: Citizen, code: str, staff: httpx2.AsyncClient
) -> None:
    await ask_for_supplement(staff, notice=True)
    await issued(staff, FIRST, "N2", **ASKED, replaces="示政公开补〔2026〕1号")
    reply = await elsewhere.fills_in("/status", f"{FIRST} {code}")
    notice = "《政府信息公开申请补正告知书》示政公开补〔2026〕"
    assert f"{notice}1号，2026年11月20日（已更正，以示政公开补〔2026〕2号为准）" in reply
    assert f"{notice}2号，2026年11月20日\n" in reply
    assert "凭编号和查询码下载" in reply


@pytest.mark.parametrize("typed", ["SF-2026-00001 {}", "sf-2026-00001  {}", "ＳＦ－２０２６－００００１　{}"])
async def test_both_in_one_message_however_they_are_typed(elsewhere: Citizen, code: str, typed: str) -> None:
    code = code.lower() if typed.islower() else code
    assert "已收到" in await elsewhere.fills_in("查询进度", typed.format(code))


@pytest.mark.parametrize(
    "typed",
    ["SF-2026-00001 XXXX", "SF-2026-99999 {}", "../requests 编号", "SF-2026-00001/supplements {}", ".. 1", "。 。"],
)
async def test_a_wrong_number_and_a_wrong_code_are_told_apart_by_nobody(
    elsewhere: Citizen, code: str, typed: str
) -> None:
    assert "编号或查询码不正确" in await elsewhere.fills_in("/status", typed.format(code))
    assert "申请编号" in await elsewhere.presses("查询进度")


async def test_what_was_applied_for_here_needs_one_press(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    await citizen.presses("查询进度")
    assert "已收到" in await citizen.presses("SF-2026-00001")


async def test_nobody_sees_what_another_chat_applied_for(elsewhere: Citizen) -> None:
    assert "请选择" not in await elsewhere.says("/status")
    assert "已经用过或者过期" in await elsewhere.presses_data("s:SF-2026-00001")


async def test_a_draft_waits_while_one_asks(elsewhere: Citizen, code: str) -> None:
    await elsewhere.fills_in(QUESTION, "[填写申请]", "[个人]")
    assert "接着写吗" in await elsewhere.fills_in("/status", f"{FIRST} {code}")
    assert "证件种类" in await elsewhere.says("张三"), "and goes on with the same question"


async def test_the_status_can_be_asked_again_when_the_office_is_back(
    elsewhere: Citizen, code: str, api: OfficeApi
) -> None:
    api.down = True
    assert "暂时连不上" in await elsewhere.fills_in("/status", f"{FIRST} {code}")
    api.down = False
    assert "已收到" in await elsewhere.presses("再试一次")


@pytest.mark.parametrize("draft", [(), (QUESTION,), (QUESTION, "[填写申请]", "[个人]")])
async def test_a_wrong_code_is_asked_again_and_never_becomes_an_application(
    elsewhere: Citizen, code: str, api: OfficeApi, draft: tuple[str, ...]
) -> None:
    await elsewhere.fills_in(*draft)
    asked = list(api.texts)
    reply = await elsewhere.fills_in("/status", "SF-2026-00001", "WXYZ-WXYZ-2222")
    assert "编号或查询码不正确" in reply
    assert await elsewhere.buttons() == ["查询进度", "不查了"]
    assert "编号或查询码不正确" in await elsewhere.says("忘了放在哪里")
    assert "已收到" in await elsewhere.says(code)
    assert api.texts == asked


async def test_a_wrong_number_can_be_put_right_where_the_code_is_asked(elsewhere: Citizen, code: str) -> None:
    await elsewhere.fills_in("/status", "SF-2026-00009", code)
    assert "查询码" in await elsewhere.says("sf-2026-00001")
    assert "已收到" in await elsewhere.says(code.lower())


@pytest.mark.parametrize("how", ["[不查了]", "不查了"])
@pytest.mark.parametrize(("draft", "then"), [((), "您想了解哪方面"), ((QUESTION,), "接着写吗")])
async def test_asking_for_the_status_can_be_left(
    elsewhere: Citizen, how: str, draft: tuple[str, ...], then: str
) -> None:
    await elsewhere.fills_in(*draft, "/status", "SF-2026-00001", "WXYZ")
    assert then in await elsewhere.fills_in(how)


async def test_what_is_no_number_is_asked_again(elsewhere: Citizen, code: str) -> None:
    assert "没有认出申请编号" in await elsewhere.fills_in("/status", "找不到回执了")
    assert "已收到" in await elsewhere.says(f"{FIRST} {code}")


async def test_with_one_press_the_application_is_filed_with_the_agency_responsible(
    citizen: Citizen, staff: httpx2.AsyncClient, api: OfficeApi
) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    await confirm(staff, FIRST, department="sample-district")
    await event(staff, FIRST, type="answered", delivery="electronic")
    await citizen.presses("查询进度")
    assert "这件事由示例区人民政府负责。您同意的" in await citizen.presses(FIRST)
    api.lost.add(f"/api/v1/requests/{FIRST}/filed-on")  # done, and the answer is lost
    assert "再试一次" in await citizen.presses("同意，向示例区人民政府提出") + str(await citizen.buttons())
    receipt = await citizen.presses("再试一次")
    assert "SQ-2026-00001" in receipt
    assert code_in(receipt)
    assert "已收到" in await citizen.presses("查看进度")
    await citizen.presses("查询进度")
    assert "经您同意，已向示例区人民政府提出同一申请：SQ-2026-00001" in await citizen.presses(FIRST)
    assert await numbers(api.office) == [FIRST, "SQ-2026-00001"]


async def test_the_button_needs_no_application_of_this_chat_and_works_for_nobody_else(
    elsewhere: Citizen, code: str, staff: httpx2.AsyncClient
) -> None:
    await confirm(staff, FIRST, department="sample-district")
    await event(staff, FIRST, type="answered", delivery="electronic")
    assert "已经用过或者过期" in await elsewhere.presses_data(f"o:{FIRST}")
    await elsewhere.fills_in("/status", f"{FIRST} {code}")
    assert "SQ-2026-00001" in await elsewhere.presses("同意，向示例区人民政府提出")
