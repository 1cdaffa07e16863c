"""The chat takes an address for news by e-mail: at the end, in one sentence, never in the way."""

from collections.abc import Iterator

import pytest

from bot import texts
from intake_api.office import Office
from tests.chat.conftest import TO_SUMMARY, Citizen
from tests.chat.office import FIRST, SECOND, numbers
from tests.fakes.office_api import OfficeApi
from tests.fakes.smtp import MailServer

ME = "我叫王芳，身份证11010519491231002X，电话13800000000"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.fixture
def settings(request: pytest.FixtureRequest, server: MailServer) -> dict[str, str]:
    """An office that sends mail, unless a test says otherwise."""
    sends = {"smtp_url": server.url, "mail_from": "gk@example.invalid", "public_url": "https://gk.example.invalid"}
    return {} if getattr(request, "param", "") == "no mail" else sends


async def asked(office: Office, server: MailServer) -> list[tuple[str, str]]:
    """To whom questions went, and about which application."""
    await office.post.deliver({})
    return [(str(one["To"]), str(one["Subject"])) for one in server.got]


def about(number: str) -> str:
    return f"请确认：用它接收申请 {number} 的办理进展"


@pytest.mark.parametrize("said", ["wang@example.com", "我的邮箱是 wang@example.com。"])
async def test_an_address_said_after_the_receipt_is_asked(
    citizen: Citizen, office: Office, server: MailServer, said: str
) -> None:
    receipt = await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    assert "申请已经提交成功" in receipt
    assert receipt.endswith(texts.TELL_BY_MAIL)
    assert "确认邮件已经发往 wang@example.com" in await citizen.says(said)
    assert await asked(office, server) == [("wang@example.com", about(FIRST))]


async def test_an_address_given_in_the_opening_message_is_asked_without_a_word(
    citizen: Citizen, office: Office, server: MailServer
) -> None:
    await citizen.says(f"{ME}，邮箱wang@example.com，要示例桥的验收报告，电子版网上下载")
    assert "我们给您的邮箱 wang@example.com 发了一封确认邮件" in await citizen.says("好的")
    assert await asked(office, server) == [("wang@example.com", about(FIRST))]


@pytest.mark.parametrize("no", ["不用", "没有邮箱", "不用了，谢谢"])
async def test_who_wants_none_is_left_in_peace(citizen: Citizen, api: OfficeApi, no: str) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    assert await citizen.says(no) == texts.TELL_NOT
    assert await numbers(api.office) == [FIRST]


async def test_whatever_else_is_said_is_what_it_would_have_been(
    citizen: Citizen, office: Office, server: MailServer
) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    reply = await citizen.says("请把2024年的噪声监测报告发到 lin@example.com，我叫林涛")
    assert "林涛" in reply
    assert "确认邮件" not in reply
    await citizen.says("取消")
    await citizen.says("取消")
    assert "确认邮件" not in await citizen.says("wang@example.com"), "the offer is over"
    assert await asked(office, server) == []


async def test_a_slip_in_the_address_is_said_and_can_be_mended(
    citizen: Citizen, office: Office, server: MailServer
) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    assert "邮箱" in await citizen.says("wang@example")
    await citizen.says("wang@example.com")
    assert await asked(office, server) == [("wang@example.com", about(FIRST))]


async def test_for_several_matters_it_is_offered_once_and_holds_for_all(
    citizen: Citizen, office: Office, server: MailServer
) -> None:
    await citizen.says(f"{ME}，网上下载。有两件事：第一件，要2020年修路的合同；第二件，看镇卫生院的采购价")
    replies = [await citizen.fills_in("分开", "好的"), await citizen.says("好的")]
    assert [texts.TELL_BY_MAIL in reply for reply in replies] == [False, True]
    await citizen.says("wang@example.com")
    assert await asked(office, server) == [("wang@example.com", about(FIRST)), ("wang@example.com", about(SECOND))]


@pytest.mark.parametrize("settings", ["no mail"], indirect=True)
async def test_an_office_that_sends_no_mail_offers_none(citizen: Citizen) -> None:
    assert texts.TELL_BY_MAIL not in await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
