"""One turn of a conversation, as handlers use it: the chat to speak to, its draft, the API on its behalf."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.context import FSMContext
from aiogram.types import InlineKeyboardMarkup, Message, TelegramObject

from bot import keyboards, texts
from bot.api_client import Office
from bot.database import Database
from bot.draft import Draft
from bot.form import Form, Forms
from bot.site import Site, Sites
from bot.states import state_of
from bot.uploads import Uploads
from bot.watches import Held, Watches

WEB_BOT_ID = 1
"""aiogram's bot id of the web chat; Telegram's own ids are far greater."""


@dataclass(frozen=True)
class Talk:
    """The conversation in one chat; `now` is the epoch second of this turn."""

    bot: Bot
    chat_id: int
    state: FSMContext
    office: Office
    watches: Watches
    site: Site
    forms: Forms
    now: int
    uploads: Uploads

    @property
    def channel(self) -> str:
        """The channel of applications made here (contract §3)."""
        return "chat" if self.bot.id == WEB_BOT_ID else "telegram"

    async def say(self, html: str, keyboard: InlineKeyboardMarkup | None = None) -> int:
        """Send a text, in several messages where it is too long for one; the keyboard goes under the last.

        Returns the number of the last message, and remembers it: an agreement is to what was said last.
        """
        *first, last = texts.split(html)
        for piece in first:
            await self.bot.send_message(self.chat_id, piece)
        said = (await self.bot.send_message(self.chat_id, last, reply_markup=keyboard)).message_id
        await self.state.update_data(said=said)
        return said

    async def said_last(self, board: int | None) -> bool:
        """Whether the message with these buttons was the last thing said in answer to the citizen."""
        return board is not None and (await self.state.get_data()).get("said") == board

    async def put(self, draft: Draft, html: str, keyboard: InlineKeyboardMarkup) -> None:
        """Send the open question of a draft; its buttons go when it is answered."""
        draft.board = await self.say(html, keyboard)
        await self.state.update_data(draft=draft.as_json())

    async def strip(self, board: int | None) -> None:
        """Take the buttons off a message that was answered by typing."""
        if board is not None:
            with suppress(TelegramBadRequest):
                await self.bot.edit_message_reply_markup(chat_id=self.chat_id, message_id=board, reply_markup=None)

    async def settle(self, pressed: Any, html: str | None = None) -> None:
        """Take the buttons off a message after one was pressed; `html` replaces its text."""
        if not isinstance(pressed, Message):  # too old for the bot to touch
            return
        with suppress(TelegramBadRequest):
            if html is None:
                await pressed.edit_reply_markup(reply_markup=None)
            else:
                await pressed.edit_text(html, reply_markup=None)

    async def draft(self) -> Draft | None:
        """The unfinished application of this chat."""
        data = (await self.state.get_data()).get("draft")
        return Draft.from_json(data, await self.form()) if data else None

    async def form(self) -> Form:
        """What the office asks of an application."""
        return await self.forms.current(self.office)

    async def keep(self, draft: Draft) -> None:
        """Store the draft and stand at its open question."""
        draft.touched = self.now
        await self.state.set_data({"draft": draft.as_json()})
        await self.state.set_state(state_of(draft.step))

    async def wait(self, what: str, value: Any = None) -> None:
        """The API cannot be reached: everything is kept, and one press of a button tries the same again."""
        await self.state.update_data(pending={"what": what, "value": value})
        await self.say(texts.UNREACHABLE, keyboards.menu(keyboards.RETRY))

    async def held(self) -> list[Held]:
        """The applications made in this chat."""
        return await self.watches.of_chat(self.bot.id, self.chat_id)


class TalkMiddleware(BaseMiddleware):
    """Gives every handler its Talk. It runs inside the chat's lock, after the state is loaded."""

    def __init__(self, office: Office, watches: Watches, database: Database, sites: Sites) -> None:
        self._sites = sites
        self._office = office
        self._watches = watches
        self._database = database
        self._forms = Forms()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Build the Talk from what aiogram found out about the update."""
        state: FSMContext | None = data.get("state")
        if state is not None:
            bot: Bot = data["bot"]
            client = self._database.client(bot.id, state.key.chat_id)
            data["talk"] = Talk(
                bot=bot,
                chat_id=state.key.chat_id,
                state=state,
                office=self._office.of_chat(client),
                watches=self._watches,
                site=self._sites.page if bot.id == WEB_BOT_ID else self._sites.outside,
                forms=self._forms,
                now=int(self._database.now()),
                uploads=Uploads(self._database),
            )
        return await handler(event, data)
