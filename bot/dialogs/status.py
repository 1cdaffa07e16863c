"""Where an application stands: by number and code, or by one press for those made in this chat."""

import re
import unicodedata

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot import keyboards, texts
from bot.api_client import ApiRefused, ApiUnreachable
from bot.dialogs.attaching import attach
from bot.keyboards import Follow, Onward
from bot.states import Status, state_of
from bot.talk import Talk
from bot.typed import legible
from bot.watches import Held

_CODE = re.compile(r"[A-Z0-9]{4}(-?)[A-Z0-9]{4}\1[A-Z0-9]{4}")
_NUMBER = re.compile(r"\S+-[12]\d{3}-\d{5,9}")


def build_router() -> Router:
    """A fresh router."""
    router = Router(name="status")
    router.message.register(number_typed, Status.number, F.text)
    router.message.register(code_typed, Status.code, F.text)
    router.callback_query.register(held_pressed, Follow.filter())
    router.callback_query.register(agreed, Onward.filter())
    return router


def names_a_case(text: str) -> bool:
    """Whether a text begins with the number of an application."""
    return bool(_NUMBER.fullmatch(_plain(text).partition(" ")[0]))


def is_about_a_case(text: str) -> bool:
    """Whether a text is a number or a query code, and so no answer to anything else."""
    return names_a_case(text) or bool(_CODE.fullmatch(_plain(text)))


async def start(talk: Talk) -> None:
    """Ask for the number; a draft waits meanwhile."""
    await talk.state.set_state(Status.number)
    if held := await talk.held():
        await talk.say(texts.STATUS_ASK_HELD, keyboards.of_held(held))
    else:
        await talk.say(texts.STATUS_ASK)


async def number_typed(message: Message, talk: Talk) -> None:
    """A number, or number and code in one message."""
    await look_up(talk, message.text or "")


async def look_up(talk: Talk, text: str) -> None:
    """Show the application of a number, with the code that follows it or that this chat knows; else ask for it."""
    number, *code = _plain(text).split() or [""]
    if not code and not any(ch.isdigit() for ch in number):
        await talk.say(texts.STATUS_NO_NUMBER, keyboards.menu(keyboards.LEAVE))
        return
    known = next((held.query_code for held in await talk.held() if held.number == number), "".join(code))
    if known:
        await show(talk, number, known)
        return
    await talk.state.update_data(number=number)
    await talk.state.set_state(Status.code)
    await talk.say(texts.STATUS_CODE)


async def code_typed(message: Message, talk: Talk) -> None:
    """The query code, or another number."""
    text = _plain(message.text or "")
    if names_a_case(text):
        await look_up(talk, text)
        return
    await show(talk, (await talk.state.get_data()).get("number", ""), text)


async def held_pressed(query: CallbackQuery, callback_data: Follow, talk: Talk) -> None:
    """An application made in this chat."""
    held = await _held(talk, callback_data.number)
    if held is None:
        await query.answer(texts.OLD_BUTTON, show_alert=True)
        return
    await query.answer()
    await talk.settle(query.message)
    await show(talk, held.number, held.query_code)


async def show(talk: Talk, number: str, code: str) -> None:
    """Look it up and say where it stands, then back to the draft, where there is one; a wrong code is asked again."""
    try:
        view = await talk.office.status(number, code)
    except ApiUnreachable:
        await talk.wait("status", [number, code])
        return
    except ApiRefused as refusal:
        await talk.state.set_state(Status.code)
        await talk.state.update_data(number=number)
        again = f"{texts.quote(refusal.message)}\n\n{texts.code_again(number)}"
        await talk.say(again, keyboards.menu(keyboards.STATUS, keyboards.LEAVE))
        return
    here = view.get("clarification") and await _learn(talk, view["number"])
    wanted = (await talk.state.get_data()).get("attach")
    onward = texts.onward(view)
    board = keyboards.of_case(view["number"], asked=True) if here else keyboards.of_status(view["number"], onward)
    await talk.say(texts.status(view, talk.site), board)
    if not await to_the_draft(talk):
        await talk.state.clear()
    if onward:  # the button has no room for the code, and the case need not be one of this chat's
        await talk.state.update_data(onward=[view["number"], code])
    if wanted and await talk.draft() is None:
        await attach(talk, view["number"], code)


async def agreed(query: CallbackQuery, callback_data: Onward, talk: Talk) -> None:
    """The applicant agrees that the application is filed with the agency responsible."""
    number, code = (await talk.state.get_data()).get("onward") or ["", ""]
    if number != callback_data.number:
        held = await _held(talk, callback_data.number)
        number, code = (held.number, held.query_code) if held else ("", "")
    if not number:
        await query.answer(texts.OLD_BUTTON, show_alert=True)
        return
    await query.answer()
    await talk.settle(query.message)
    await file_on(talk, number, code)


async def file_on(talk: Talk, number: str, code: str) -> None:
    """File it there; the chat holds what it opens. The same again is the same receipt, so that it may be repeated."""
    try:
        receipt = await talk.office.file_on(number, code)
    except ApiUnreachable:
        await talk.wait("onward", [number, code])
        return
    except ApiRefused as refusal:
        await talk.say(texts.quote(refusal.message), keyboards.menu(keyboards.STATUS))
        return
    await talk.watches.keep(Held(receipt["number"], receipt["query_code"], talk.bot.id, talk.chat_id))
    await talk.say(texts.filed_on(receipt), keyboards.of_case(receipt["number"]))


async def _held(talk: Talk, number: str) -> Held | None:
    """An application of this chat by its number."""
    return next((one for one in await talk.held() if one.number == number), None)


async def _learn(talk: Talk, number: str) -> bool:
    """Note that 补正 is waited for, where the application is one of this chat's; False where it is not."""
    held = await talk.watches.of_number(number)
    if held is None or (held.bot_id, held.chat_id) != (talk.bot.id, talk.chat_id):
        return False
    if held.asked is None:
        await talk.watches.touch(number, asked=0)
    return True


async def leave(talk: Talk) -> None:
    """不查了: on with the draft, or with whatever the citizen asks next."""
    if not await to_the_draft(talk):
        await talk.state.clear()
        await talk.say(texts.ASK)


async def to_the_draft(talk: Talk, *, quietly: bool = False) -> bool:
    """Stand at the draft's open question again and offer to go on, unless `quietly`; False where there is no draft."""
    draft = await talk.draft()
    if draft is None:
        return False
    await talk.state.set_data({"draft": draft.as_json()})
    await talk.state.set_state(state_of(draft.step))
    if not quietly:
        await talk.say(texts.RESUME, keyboards.menu(keyboards.RESUME))
    return True


def _plain(text: str) -> str:
    """Half width, though a Chinese keyboard types full; dashes of any length as one; nothing that cannot be seen."""
    return (
        unicodedata.normalize("NFKC", legible(text)).translate(dict.fromkeys(map(ord, "‐‑–—－"), "-")).strip().upper()
    )
