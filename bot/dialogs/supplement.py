"""补正 in the chat: what a citizen writes after being asked to make an application clear, sent on once they confirm it.

Whether an application is waited for stands beside it (`Held.asked`): the courier learns it with each message.
"""

from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message

from bot import keyboards, texts
from bot.api_client import ApiRefused, ApiUnreachable
from bot.dialogs import status, steps
from bot.keyboards import ADD, NOT_THIS, SEND, Supply
from bot.states import Apply, Status, Supplement
from bot.talk import Talk
from bot.watches import Held


def build_router() -> Router:
    """A fresh router."""
    router = Router(name="supplement")
    router.message.register(more, Supplement.confirm, F.text)
    router.message.register(written, Supplement.text, F.text)
    open_ = StateFilter(None, Apply, Status)
    router.message.register(offered, open_, F.text.func(texts.has_words), _answers_what_was_asked)
    router.callback_query.register(pressed, Supply.filter())
    return router


async def _answers_what_was_asked(message: Message, talk: Talk) -> bool:
    """Whether a text is likely the answer to a request for 补正: nothing else is open, or that was said last."""
    asked = await _asked(talk)
    if not asked or status.is_about_a_case(message.text or ""):
        return False
    if await talk.state.get_state() is None and await talk.draft() is None:
        return True
    said = (await talk.state.get_data()).get("said") or 0
    return (asked[0].asked or 0) > said


async def _asked(talk: Talk) -> list[Held]:
    """The applications of this chat that wait for 补正, the one asked for last first."""
    every = await talk.watches.of_chat(talk.bot.id, talk.chat_id, limit=100)
    waiting = [held for held in every if held.asked is not None]
    return sorted(waiting, key=lambda held: held.asked or 0, reverse=True)


async def offered(message: Message, talk: Talk) -> None:
    """A text that may be a supplement: kept, and asked about."""
    await _ask(talk, message.text or "", [held.number for held in await _asked(talk)])


async def written(message: Message, talk: Talk) -> None:
    """The text that was asked for, for one application."""
    kept = await _kept(talk)
    if texts.has_words(message.text or ""):
        await _ask(talk, message.text or "", kept["numbers"])
    else:
        await talk.say(texts.SUPPLEMENT_ASK)


async def more(message: Message, talk: Talk) -> None:
    """A yes, or more of the text: long ones arrive in several messages."""
    kept, text = await _kept(talk), message.text or ""
    await talk.strip(kept["board"])
    if texts.means("submit", text) and len(kept["numbers"]) == 1 and await talk.said_last(kept["board"]):
        await send(talk, kept["numbers"][0])
    elif texts.means("not_this", text):
        await _not_this(talk)
    elif len(longer := f"{kept['text']}\n{text}") > (most := (await talk.form()).supplement or texts.MOST):
        await _ask(talk, kept["text"], kept["numbers"], texts.SUPPLEMENT_TOO_LONG.format(most=most))
    else:
        await _ask(talk, longer, kept["numbers"], texts.ADDED)


async def pressed(query: CallbackQuery, callback_data: Supply, talk: Talk) -> None:
    """One of the buttons; what is not waited for any more has old ones."""
    number, act, kept = callback_data.number, callback_data.act, await _kept(talk)
    waiting = [held.number for held in await _asked(talk)]
    old = number not in kept["numbers"] or not await talk.said_last(kept["board"])
    if (act == ADD and number not in waiting) or (act != ADD and old):
        await query.answer(texts.OLD_BUTTON, show_alert=True)
        return
    await query.answer()
    await talk.settle(query.message)
    if act == SEND:
        await send(talk, number)
    elif act == NOT_THIS:
        await _not_this(talk)
    else:
        await _keep(talk, {"numbers": [number]})
        await talk.state.set_state(Supplement.text)
        await talk.say(texts.SUPPLEMENT_ASK if act == ADD else texts.SUPPLEMENT_AGAIN)


async def send(talk: Talk, number: str) -> None:
    """Hand the text in as the supplement. The same text again changes nothing, so that it may be repeated."""
    kept, held = await _kept(talk), await talk.watches.of_number(number)
    if held is None or not kept["text"]:
        await talk.say(texts.LOST)
        return
    try:
        view = await talk.office.supplement(number, held.query_code, kept["text"])
    except ApiUnreachable:
        await talk.wait("supplement", number)
        return
    except ApiRefused as refusal:
        await _refused(talk, number, refusal)
        return
    await talk.watches.touch(number, asked=None)
    await talk.say(texts.supplied(view), keyboards.of_case(number))
    await _leave(talk)


async def _refused(talk: Talk, number: str, refusal: ApiRefused) -> None:
    """The office did not take it: nothing is waited for any more, or the text does not do, or later."""
    message = texts.quote(next(iter(refusal.fields.values()), refusal.message))
    if refusal.code == "step_not_allowed":
        await talk.watches.touch(number, asked=None)
        await talk.say(f"{message}\n\n{texts.SUPPLEMENT_NOT_TAKEN}", keyboards.of_case(number))
        await _leave(talk)
    else:
        kept = await _kept(talk)
        await _ask(talk, kept["text"], kept["numbers"], message)


async def _ask(talk: Talk, text: str, numbers: list[str], note: str = "") -> None:
    """Show the text and ask for which application it is, if for any."""
    question = texts.supplement_sure(text, numbers)
    board = await talk.say(f"{note}\n\n{question}" if note else question, keyboards.of_supplement(numbers))
    await _keep(talk, {"numbers": numbers, "text": text, "board": board})
    await talk.state.set_state(Supplement.confirm)


async def _not_this(talk: Talk) -> None:
    """The text was meant for the application being written, or begins one."""
    text, draft = (await _kept(talk))["text"], await talk.draft()
    await _leave(talk, quietly=True)
    if draft is None:
        await steps.begin(talk, text)
    else:
        await steps.take(talk, draft, text)


async def _leave(talk: Talk, *, quietly: bool = False) -> None:
    """Forget the text; the draft, where there is one, is open again."""
    await _keep(talk, None)
    if not await status.to_the_draft(talk, quietly=quietly):
        await talk.state.set_state(None)


async def _kept(talk: Talk) -> dict[str, Any]:
    nothing: dict[str, Any] = {"numbers": [], "text": "", "board": None}
    return nothing | ((await talk.state.get_data()).get("supplement") or {})


async def _keep(talk: Talk, kept: dict[str, Any] | None) -> None:
    await talk.state.update_data(supplement=kept)
