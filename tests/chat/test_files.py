"""Photos, PDFs and Word files sent in a chat reach the application; what cannot be taken is said, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.database import upload
from bot.inbox import Inbox
from bot.transports.telegram import Telegram
from intake_api.files.models import Attachment
from intake_api.office import Office
from intake_api.terms.limits import FILE_MB, FILES
from tests.chat.conftest import TO_SUMMARY, Chat, Citizen
from tests.chat.office import FIRST, code_in
from tests.contract.test_attachments import PDF, docx, png
from tests.fakes.bot_api import TOKEN, BotApi, running_bot_api
from tests.fakes.office_api import OfficeApi

ZHANG = 7_100_000_001
EXE = b"MZ" + bytes(200)
TOO_BIG = PDF + bytes(FILE_MB * 1024 * 1024)


async def kept(office: Office) -> list[str]:
    """Kinds of all files that the office holds, in their order."""
    async with office.db.read() as session:
        return list(await session.scalars(select(Attachment.kind).order_by(Attachment.id)))


async def waiting(chat: Chat) -> int:
    """Files that wait in chats."""
    async with chat.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(upload))).scalar_one()


async def test_what_is_sent_while_applying_goes_with_the_application(
    chat: Chat, citizen: Citizen, office: Office
) -> None:
    await citizen.says(TO_SUMMARY[0])
    assert "收到“身份证.png”" in await citizen.sends("身份证.png", png())
    await citizen.fills_in(*TO_SUMMARY[1:])
    assert "收到“委托书.docx”" in await citizen.sends("委托书.docx", docx())
    assert await kept(office) == [], "nothing is with the office before it is sent"
    receipt = await citizen.presses("确认提交")
    assert f"材料已经交到申请 {FIRST}：“身份证.png”、“委托书.docx”。" in receipt
    assert await kept(office) == ["png", "docx"]
    assert await waiting(chat) == 0


async def test_after_the_receipt_a_file_goes_to_the_one_application_of_the_chat(
    citizen: Citizen, office: Office
) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    assert f"材料已经交到申请 {FIRST}" in await citizen.sends("线索.pdf", PDF)
    assert await kept(office) == ["pdf"]


async def test_with_several_applications_it_is_asked_which(citizen: Citizen, office: Office) -> None:
    for _ in range(2):
        await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    assert "哪一件申请" in await citizen.sends("线索.pdf", PDF)
    assert f"材料已经交到申请 {FIRST}" in await citizen.presses(f"交到 {FIRST}")
    assert await kept(office) == ["pdf"]


async def test_with_number_and_code_it_goes_to_a_case_of_elsewhere(
    chat: Chat, citizen: Citizen, office: Office
) -> None:
    other = await Citizen.arrives(chat)
    code = code_in(await other.fills_in(*TO_SUMMARY, "[确认提交]"))
    assert "先替您留着" in await citizen.sends("线索.pdf", PDF)
    reply = await citizen.says(f"/status {FIRST} {code}")
    assert f"材料已经交到申请 {FIRST}" in reply
    assert await kept(office) == ["pdf"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("身份证.jpg", EXE, "没有收下"),
        ("空白.pdf", b"%PDF-1.7\n", "没有收下"),
        ("大.pdf", TOO_BIG, "MB"),
    ],
    ids=["not what it says", "broken", "too big"],
)
async def test_what_cannot_be_taken_is_said_and_the_application_goes_on(
    chat: Chat, citizen: Citizen, office: Office, name: str, content: bytes, said: str
) -> None:
    await citizen.says(TO_SUMMARY[0])
    reply = await citizen.sends(name, content)
    assert f"“{name}”没有收下" in reply
    assert said in reply
    await citizen.fills_in(*TO_SUMMARY[1:], "[确认提交]")
    assert await kept(office) == []
    assert await waiting(chat) == 0


async def test_ten_at_once_are_taken_and_the_eleventh_is_told(chat: Chat, citizen: Citizen, office: Office) -> None:
    await citizen.says(TO_SUMMARY[0])
    files = [(f"{place}.png", png(place + 2)) for place in range(FILES + 1)]
    replies = await asyncio.gather(*(citizen.sends(*one) for one in files))
    assert sum("没有收下" in reply for reply in replies) == 1
    assert await waiting(chat) == FILES
    await citizen.fills_in(*TO_SUMMARY[1:], "[确认提交]")
    assert await kept(office) == ["png"] * FILES


async def test_a_cancelled_application_takes_its_files_along(chat: Chat, citizen: Citizen) -> None:
    await citizen.says(TO_SUMMARY[0])
    await citizen.sends("身份证.png", png())
    await citizen.fills_in("取消", "取消")
    assert await waiting(chat) == 0


async def test_while_the_office_is_away_the_file_waits(
    chat: Chat, citizen: Citizen, office: Office, api: OfficeApi
) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    api.down = True
    assert "再试一次" in await citizen.sends("线索.pdf", PDF)
    assert await waiting(chat) == 1
    api.down = False
    assert f"材料已经交到申请 {FIRST}" in await citizen.presses("再试一次")
    assert (await kept(office), await waiting(chat)) == (["pdf"], 0)


@pytest.mark.parametrize("body", [{}, {"file": "text"}], ids=["nothing", "no file"])
async def test_a_form_without_a_file_is_told(citizen: Citizen, body: dict[str, str]) -> None:
    answer = await citizen.http.post(f"/chat/{citizen.session}/attachments", data=body)
    assert answer.status == 422
    assert (await answer.json())["error"]["code"] == "invalid_request"


@pytest.fixture
async def telegram(chat: Chat) -> AsyncIterator[BotApi]:
    """The fake Bot API, with a bot on the dispatcher of this chat that polls it."""
    async with running_bot_api() as api:
        bot, stop = Telegram(TOKEN, api.base_url, chat.dispatcher, Inbox(chat.database)), asyncio.Event()
        async with asyncio.TaskGroup() as running:
            running.create_task(bot.poll(stop))
            yield api
            stop.set()
        await bot.close()


async def test_in_telegram_a_photo_with_words_a_file_and_one_that_is_none(
    telegram: BotApi, office: Office, chat: Chat
) -> None:
    telegram.send_photo(
        ZHANG, png(), caption="我叫王芳，身份证11010519491231002X，电话13800000000，要低保名单，网上下载"
    )
    await telegram.hears(ZHANG, "请核对")
    telegram.send_file(ZHANG, "委托书.docx", docx())
    await telegram.hears(ZHANG, "收到“委托书.docx”")
    telegram.send_file(ZHANG, "照片.jpg", EXE)
    await telegram.hears(ZHANG, "没有收下")
    telegram.send(ZHANG, document={"file_id": "gone", "file_unique_id": "gone", "file_name": "gone.pdf"})
    await telegram.hears(ZHANG, "请再发一次")
    huge = {"file_id": "huge", "file_unique_id": "huge", "file_name": "huge.pdf", "file_size": 2**30}
    telegram.send(ZHANG, document=huge)
    await telegram.hears(ZHANG, "太大")
    telegram.say(ZHANG, "接着写")
    await telegram.hears(ZHANG, "请核对")
    telegram.say(ZHANG, "确认")
    await telegram.hears(ZHANG, f"材料已经交到申请 <b>{FIRST}</b>：“照片.jpg”、“委托书.docx”。")
    assert await kept(office) == ["png", "docx"]
    assert await waiting(chat) == 0
