"""What works at any point: the commands, the buttons that always mean the same, and the words people type instead."""

import re
from functools import partial
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot import keyboards, texts
from bot.dialogs import attaching, status, steps
from bot.dialogs.status import names_a_case
from bot.keyboards import CANCEL, DROP, HELP, LEAVE, NEW, RESTART, RESUME, STATUS, Menu
from bot.states import Status
from bot.talk import Talk


def build_router() -> Router:
    """A fresh router; it comes first, so that no command is ever taken for an answer."""
    router = Router(name="common")
    router.message.register(not_for_us, F.text.func(_addressee), _is_for_another_bot)
    router.message.register(in_a_group, F.chat.type != "private")
    router.message.register(show, Command("status"), F.text.func(lambda text: bool(_argument(text))))
    router.message.register(show, Command("start"), F.text.func(lambda text: names_a_case(_argument(text))))
    for name, action in _ACTIONS.items():
        if name in texts.COMMANDS:
            router.message.register(_on_message(action), Command(name))
        if name in texts.WORDS:
            router.message.register(_on_message(action), F.text.func(_word(name)))
        pressed = ask_to_cancel if name == CANCEL else action
        router.callback_query.register(_on_button(pressed), Menu.filter(F.action == name))
    for word in texts.SMALL_TALK:
        router.message.register(_on_message(partial(small_talk, word=word)), F.text.func(_word(word)))
    router.message.register(_on_message(help_), F.text.regexp(r"^/\w+"))
    return router


async def in_a_group(message: Message, talk: Talk) -> None:
    """Personal data do not belong in a group: our commands are answered with that, the rest is none of our business."""
    command = _COMMAND.match(message.text or "")
    if command and command["name"] in texts.COMMANDS:
        await talk.say(texts.PRIVATE_ONLY)


async def not_for_us(message: Message) -> None:
    """A command that names another bot (/help@other): silence."""


async def show(message: Message, talk: Talk) -> None:
    """/status NUMBER, and /start NUMBER, which is how a link to the bot names an application."""
    await talk.state.set_state(Status.number)
    await status.look_up(talk, _argument(message.text or ""))


async def start(talk: Talk) -> None:
    """A greeting, or the unfinished application."""
    if await talk.draft():
        await offer_to_resume(talk)
    else:
        await talk.state.clear()
        await talk.say(texts.GREETING)


async def restart(talk: Talk) -> None:
    """A new application in place of the old draft."""
    draft = await talk.draft()
    if draft and draft.sent is not None:
        await steps.uncertain(talk)
        return
    await attaching.forget(talk)
    await talk.state.clear()
    await talk.say(texts.GREETING)


async def resume(talk: Talk) -> None:
    """The open question once more."""
    draft = await talk.draft()
    if draft is None:
        await start(talk)
    elif draft.sent is not None:
        await steps.uncertain(talk)
    else:
        await steps.ask(talk, draft)


async def offer_to_resume(talk: Talk, note: str = "") -> None:
    """Ask whether to go on with the unfinished application (接着写吗？)."""
    await talk.say(f"{texts.RESUME}{note}", keyboards.menu(RESUME, RESTART))


async def cancel(talk: Talk) -> None:
    """Typed: asks once, the second time it is meant."""
    if (await talk.state.get_data()).get("cancelling"):
        await drop(talk)
    else:
        await ask_to_cancel(talk)


async def ask_to_cancel(talk: Talk) -> None:
    """Pressed: only ever asks, because a button is easily pressed twice."""
    draft = await talk.draft()
    if draft is None:
        await talk.state.clear()
        await talk.say(texts.NOTHING_TO_CANCEL)
        return
    await talk.state.update_data(cancelling=True)
    sure = f"{texts.UNCERTAIN}\n\n{texts.CANCEL_SURE}" if draft.sent is not None else texts.CANCEL_SURE
    first = keyboards.RETRY if draft.sent is not None else RESUME
    await talk.say(sure, keyboards.menu(first, DROP))


async def drop(talk: Talk) -> None:
    """The draft is deleted, if that is what was asked last: the button may be an old one."""
    if not (await talk.state.get_data()).get("cancelling"):
        await ask_to_cancel(talk)
        return
    await attaching.forget(talk)
    await talk.state.clear()
    await talk.say(texts.CANCELLED)


async def help_(talk: Talk) -> None:
    """How it works; the state stays."""
    draft = await talk.draft()
    await talk.say(texts.HELP, keyboards.menu(RESUME) if draft else None)


async def small_talk(talk: Talk, word: str) -> None:
    """Thanks, a greeting, a wish to speak to a person: answered, never taken for a part of the application."""
    answer = texts.by_the_way(word, talk.site)
    if await talk.draft():
        await talk.say(answer, keyboards.menu(RESUME))
    elif await talk.state.get_state() is None:
        await talk.say(f"{answer}{texts.ASK}")
    else:
        await talk.say(answer, keyboards.menu(STATUS, LEAVE))


_ACTIONS = {
    "start": start,
    NEW: start,
    STATUS: status.start,
    CANCEL: cancel,
    HELP: help_,
    RESUME: resume,
    RESTART: restart,
    DROP: drop,
    LEAVE: status.leave,
}


_COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<rest>\S.*))?", re.DOTALL)


def _addressee(text: str) -> str:
    """The bot that a command names; empty where it names none."""
    command = _COMMAND.match(text)
    return (command and command["bot"]) or ""


def _argument(text: str) -> str:
    command = _COMMAND.match(text)
    return ((command and command["rest"]) or "").strip()


async def _is_for_another_bot(message: Message, bot: Bot) -> bool:
    ours = (await bot.me()).username  # the web chat has none: whatever is said there is said to us
    return ours is not None and _addressee(message.text or "").lower() != ours.lower()


def _word(name: str) -> Any:
    return lambda text: isinstance(text, str) and texts.means(name, text)


def _on_message(action: Any) -> Any:
    async def handler(message: Message, talk: Talk) -> None:
        await action(talk)

    return handler


def _on_button(action: Any) -> Any:
    async def handler(query: CallbackQuery, talk: Talk) -> None:
        await query.answer()
        await talk.settle(query.message)
        await action(talk)

    return handler
