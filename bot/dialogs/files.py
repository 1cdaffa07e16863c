"""A photo, a PDF or a Word file sent in the chat: looked at by the office, kept, and handed in with an application."""

from io import BytesIO

from aiogram import F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, Document, Message, PhotoSize

from bot import keyboards, texts
from bot.api_client import ApiRefused, ApiUnreachable
from bot.dialogs import steps
from bot.dialogs.attaching import attach
from bot.keyboards import Hand
from bot.talk import WEB_BOT_ID, Talk
from bot.uploads import MOST

LARGEST = 20 * 1024 * 1024
"""Bytes that Telegram hands to a bot at most; the office takes fewer, and says so."""


def build_router() -> Router:
    """A fresh router; files are taken at any point of the conversation."""
    router = Router(name="files")
    router.message.register(sent, F.document | F.photo)
    router.callback_query.register(pressed, Hand.filter())
    return router


async def sent(message: Message, talk: Talk) -> None:
    """Take one file; what is said with it is taken as if it had been said after it."""
    document = message.document or (message.photo[-1] if message.photo else None)
    assert document is not None
    name = getattr(document, "file_name", None) or texts.PHOTO_NAME
    kept = await _received(talk, document, name)
    if kept is not None and await _taken(talk, kept, name):
        await _hand_in(talk, name)
    if message.caption:
        await _said(talk, message.caption)


async def _received(talk: Talk, document: Document | PhotoSize, name: str) -> int | None:
    """Keep its bytes; None, and the citizen is told, where it cannot be had."""
    if talk.bot.id == WEB_BOT_ID:  # its transport has kept them already
        return int(document.file_id)
    if (document.file_size or 0) > LARGEST:
        await talk.say(texts.file_refused(name, texts.FILE_TOO_LARGE))
        return None
    content = BytesIO()
    try:
        await talk.bot.download(document, content)
    except TelegramAPIError:
        await talk.say(texts.file_refused(name, texts.FILE_NOT_FETCHED))
        return None
    return await talk.uploads.keep(talk.bot.id, talk.chat_id, name, content.getvalue())


async def _taken(talk: Talk, kept: int, name: str) -> bool:
    """Whether the office would take it; else it is dropped and the citizen told why."""
    waiting = await talk.uploads.of_chat(talk.bot.id, talk.chat_id)
    raw = next((one.raw for one in waiting if one.id == kept), b"")
    problem = texts.FILES_ENOUGH.format(most=MOST) if len(waiting) > MOST else ""
    try:
        if not problem:
            await talk.office.check_file(name, raw)
    except ApiRefused as refusal:
        problem = refusal.message
    except ApiUnreachable:
        return True  # it is looked at when it is handed in
    if problem:
        await talk.uploads.drop([kept])
        await talk.say(texts.file_refused(name, problem))
    return not problem


async def _hand_in(talk: Talk, name: str) -> None:
    """With the application being made, to the only one of this chat, or to the one that is chosen."""
    held = await talk.held()
    if await talk.draft():
        await talk.say(texts.FILE_KEPT.format(name=texts.quote(name)), keyboards.menu(keyboards.RESUME))
    elif len(held) == 1:
        await attach(talk, held[0].number, held[0].query_code)
    else:
        await talk.state.update_data(attach=True)
        said = texts.FILE_WHOSE if held else texts.FILE_ALONE
        await talk.say(said.format(name=texts.quote(name)), keyboards.of_hand([one.number for one in held]))


async def pressed(query: CallbackQuery, callback_data: Hand, talk: Talk) -> None:
    """The application that the waiting files are for."""
    held = next((one for one in await talk.held() if one.number == callback_data.number), None)
    if held is None or not await talk.uploads.ids(talk.bot.id, talk.chat_id):
        await query.answer(texts.OLD_BUTTON, show_alert=True)
        return
    await query.answer()
    await talk.settle(query.message)
    await attach(talk, held.number, held.query_code)


async def _said(talk: Talk, caption: str) -> None:
    draft = await talk.draft()
    if draft is None and await talk.state.get_state() is None:
        await steps.begin(talk, caption)
    elif draft is not None and draft.sent is None:
        await steps.take(talk, draft, caption)
