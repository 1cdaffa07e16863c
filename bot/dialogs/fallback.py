"""What nothing else took: never silence."""

import logging

from aiogram import F, Router
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.types import CallbackQuery, ErrorEvent, Message

from bot import texts
from bot.dialogs.common import offer_to_resume
from bot.faults import describe
from bot.talk import Talk

log = logging.getLogger(__name__)


def build_router() -> Router:
    """A fresh router; it comes last."""
    router = Router(name="fallback")
    router.message.register(lost, F.text)
    router.message.register(not_text)
    router.edited_message.register(edited)
    router.callback_query.register(unknown_button)
    router.errors.register(failed)
    return router


async def lost(message: Message, talk: Talk) -> None:
    """A state that this version does not know: the draft is still there, or we begin anew."""
    await talk.state.set_state(None)
    if await talk.draft():
        await offer_to_resume(talk, texts.RESUME_NOT_TAKEN)
    else:
        await talk.say(f"{texts.LOST}{texts.ASK_AGAIN}")


async def not_text(message: Message, talk: Talk) -> None:
    """Pictures, stickers, voice, files."""
    await talk.say(texts.TEXT_ONLY)


async def edited(message: Message, talk: Talk) -> None:
    """A message changed afterwards."""
    if message.chat.type == "private":
        await talk.say(texts.EDITED)


async def unknown_button(query: CallbackQuery) -> None:
    """A button of an earlier version."""
    await query.answer(texts.OLD_BUTTON, show_alert=True)


async def failed(event: ErrorEvent, talk: Talk | None = None) -> None:
    """A handler failed: the place is logged, never the text; the citizen is told that nothing is lost.

    Before there is a Talk nothing was taken: that is for the transport to tell, or to try again.
    """
    error = event.exception
    if talk is None:
        raise error
    if isinstance(error, TelegramForbiddenError):  # they blocked the bot, which is their right
        return
    log.error("a handler failed: %s", describe(error))
    if not isinstance(error, TelegramAPIError):
        await talk.say(texts.TROUBLE)
