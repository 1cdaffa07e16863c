"""Handlers of the application: the first free text, answers typed and pressed, corrections, retry."""

import re
from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message

from bot import keyboards, texts
from bot.dialogs import status, steps, supplement, telling
from bot.dialogs.attaching import attach
from bot.dialogs.common import cancel, offer_to_resume
from bot.draft import Draft
from bot.keyboards import Menu, Press
from bot.states import Apply, Status
from bot.talk import Talk

PAUSE = 12 * 3_600
"""Seconds after which a text is no longer taken as the answer to a question of long ago."""


_CASE = re.compile(r"(?<![0-9A-Z])[A-Z]{1,6}-[12]\d{3}-\d{5,9}(?![0-9A-Z])")
_ASKS = re.compile("申请公开|更正|想要|我要|补正")
CUT = 3_500
"""UTF-16 units from which a text may be the first part of a longer one: clients cut at 4,096, or at a gap before it."""
MOMENT = 60
"""Seconds within which the parts of a text arrive."""


def build_router() -> Router:
    """A fresh router (one has one parent only)."""
    router = Router(name="apply")
    router.message.register(typed, StateFilter(None, Apply), F.text)
    router.callback_query.register(pressed, Press.filter())
    router.callback_query.register(again, Menu.filter(F.action == keyboards.RETRY))
    return router


async def typed(message: Message, talk: Talk) -> None:
    """A text: the first question, or the answer to the open one."""
    draft = await talk.draft()
    text = message.text or ""
    if draft is None:
        if not await telling.taken(talk, text):
            await _first(talk, text)
    elif await talk.state.get_state() is None or talk.now - draft.touched > PAUSE:
        await offer_to_resume(talk, texts.RESUME_NOT_TAKEN)
    elif draft.sent is not None:
        await steps.uncertain(talk)
    else:
        board = draft.board
        await _take_whole(talk, draft, text, int(message.date.timestamp()))
        if draft.board != board:
            await talk.strip(board)


async def _first(talk: Talk, text: str) -> None:
    """The first message: the number of a case that is asked about is looked up, everything else is read."""
    if (about := _CASE.search(text.upper())) and not _ASKS.search(text):
        await talk.state.set_state(Status.number)
        await status.look_up(talk, about[0])
        return
    await steps.begin(talk, text)


async def _take_whole(talk: Talk, draft: Draft, text: str, sent_at: int) -> None:
    """Take an answer; what follows a long text within a moment is the rest of it, cut off by the citizen's client."""
    part = (await talk.state.get_data()).get("part")
    is_rest = part and 0 <= sent_at - part["at"] <= MOMENT and not steps.is_move(draft, text)
    cut = texts.units(text) >= CUT
    if part and is_rest:
        draft.step, text = part["step"], texts.rejoined(part["text"], text)
    step = draft.step
    if texts.means("needless", text) and draft.offered != step:  # nothing was shown that could have been it
        await cancel(talk)
        return
    await steps.take(talk, draft, text)
    if cut and step != "understood":  # there every text is added to what was said before
        await talk.state.update_data(part={"step": step, "text": text, "at": sent_at})


async def pressed(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """A button of the open question; any other one is an old one."""
    draft = await talk.draft()
    step, code = callback_data.step, callback_data.value
    if draft is None or (draft.id, draft.step) != (callback_data.draft, step):
        await query.answer(texts.OLD_BUTTON, show_alert=True)
        return
    if step != "understood" and not draft.form.known:
        await query.answer()
        await steps.ask(talk, draft)
        return
    choices, moves = keyboards.options(step, draft), keyboards.moves(step, draft)
    if code not in choices and code not in moves:
        await query.answer(texts.OLD_BUTTON, show_alert=True)
        return
    await query.answer()
    question = (
        None
        if step in ("understood", "summary")
        else texts.picked(texts.question(step, draft), (choices | moves)[code])
    )
    await talk.settle(query.message, question)
    if code in moves:
        await steps.move(talk, draft, code)
    else:
        await steps.choose(talk, draft, code)


async def again(query: CallbackQuery, talk: Talk) -> None:
    """再试一次."""
    pending: dict[str, Any] | None = (await talk.state.get_data()).get("pending")
    draft = await talk.draft()
    if pending is None or (draft is None and pending["what"] not in ("status", "supplement", "onward", "attach")):
        await query.answer(texts.OLD_BUTTON, show_alert=True)
        return
    await query.answer()
    await talk.settle(query.message)
    await talk.state.update_data(pending=None)
    if pending["what"] == "status":
        await status.show(talk, *pending["value"])
    elif pending["what"] == "attach":
        await attach(talk, *pending["value"])
    elif pending["what"] == "onward":
        await status.file_on(talk, *pending["value"])
    elif pending["what"] == "supplement":
        await supplement.send(talk, pending["value"])
    elif draft is not None:
        await steps.retry(talk, draft, pending)
