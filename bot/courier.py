"""Messages from the office to citizens who applied by chat: from the API's outbox to the chat that holds the number."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramServerError,
)
from aiohttp import ClientConnectorError

from bot import keyboards, texts
from bot.api_client import ApiRefused, ApiUnreachable, Office
from bot.faults import describe
from bot.watches import Held, Watches

log = logging.getLogger(__name__)
EVERY = 3.0
"""Seconds between looks into the outbox."""
ONE_ROUND = 10.0
"""Seconds that one bot's messages may take in a round."""
_BLOCKED = "blocked"
AT_ONCE = 8
"""Chats that a bot speaks to at the same time."""


@dataclass(frozen=True)
class _Letter:
    """A message of the outbox and the chat that it is for."""

    item: dict[str, Any]
    held: Held
    bot: Bot


class Courier:
    """Delivers at least once: a message is acknowledged after it is sent, or when nobody will ever be sent it.

    What cannot be sent now comes again later, with growing pauses: a person who blocked the bot may be back by then.
    No message waits for one to another chat. One for a bot that does not run here is left to the process in which it
    does.
    """

    def __init__(self, office: Office, watches: Watches, bots: Mapping[int, Bot]) -> None:
        self._office = office
        self._watches = watches
        self._bots = bots

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`."""
        while not stop.is_set():
            try:
                await self.round()
            except (ApiUnreachable, ApiRefused) as error:
                log.warning("the outbox cannot be read now: %s", type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), EVERY)
            except TimeoutError:
                continue

    async def round(self) -> None:
        """Deliver what waits now, to each chat in its order; a bot that is slow keeps no other waiting."""
        bots: defaultdict[int, defaultdict[int, list[_Letter]]] = defaultdict(lambda: defaultdict(list))
        for item in await self._office.outbox():
            held = await self._watches.of_number(item["number"])
            if held is None:
                await self._office.delivered(item["id"], "nobody")
            elif bot := self._bots.get(held.bot_id):
                bots[held.bot_id][held.chat_id].append(_Letter(item, held, bot))
            else:
                await self._office.refused(item["id"])
        await asyncio.gather(*(self._by_one_bot(list(chats.values())) for chats in bots.values()))

    async def _by_one_bot(self, chats: list[list[_Letter]]) -> None:
        untried = {letter.item["id"] for letters in chats for letter in letters}
        free = asyncio.Semaphore(AT_ONCE)

        async def to_one_chat(letters: list[_Letter]) -> None:
            async with free:
                for letter in letters:
                    untried.discard(letter.item["id"])
                    if not await self._deliver(letter):
                        return

        try:
            async with asyncio.timeout(ONE_ROUND):
                await asyncio.gather(*map(to_one_chat, chats))
        except TimeoutError:
            log.warning("messages are left for a later round: Telegram is slow")
        for message_id in untried:
            await self._office.refused(message_id)

    async def _deliver(self, letter: _Letter) -> bool:
        """Send one message and say what became of it; False where its chat cannot be spoken to now."""
        message_id, result = letter.item["id"], None
        try:
            await self._send(letter)
        except TelegramBadRequest as error:  # no such chat, or no such message: neither will ever be
            log.error("message %d cannot be sent: %s", message_id, describe(error))
            result = "nobody"
        except (TelegramAPIError, ApiUnreachable, ApiRefused) as error:
            log.warning("message %d cannot be sent now: %s", message_id, type(error).__name__)
            if not _may_have_arrived(error):
                await self._office.refused(message_id, _BLOCKED if isinstance(error, TelegramForbiddenError) else None)
            return False
        except Exception as error:  # a fault of ours: it comes again, and the next is sent meanwhile
            log.error("message %d failed: %s", message_id, describe(error))
            return True
        await self._office.delivered(message_id, result)
        return True

    async def _send(self, letter: _Letter) -> None:
        """Say what happened, and what the applicant is to do as the case stands now."""
        item = letter.item
        for number, code in item["opened"].items():
            await self._watches.keep(replace(letter.held, number=number, query_code=code, asked=None))
        known = await self._watches.of_number(item["about"])
        held = known or letter.held
        view = await self._view(held)
        asked = bool(view.get("clarification"))
        html = texts.news(held.number, item, view, held_here=known is not None)
        *first, last = texts.split(html)
        still = item.get("quiet") or None  # by night a telephone does not ring
        for piece in first:
            await letter.bot.send_message(held.chat_id, piece, disable_notification=still)
        board = keyboards.of_case(held.number, asked=asked, onward=texts.onward(view))
        sent = await letter.bot.send_message(held.chat_id, last, reply_markup=board, disable_notification=still)
        await self._watches.touch(held.number, asked=sent.message_id if asked else None)

    async def _view(self, held: Held) -> dict[str, Any]:
        """The case as it stands; empty where number and code open none any more."""
        try:
            return await self._office.of_chat(self._watches.client_of(held)).status(held.number, held.query_code)
        except ApiRefused as refusal:
            if refusal.retry_later:
                raise
            return {}


def _may_have_arrived(error: Exception) -> bool:
    """Whether a failed call may have been carried out all the same: the answer was lost, or never given."""
    no_answer = isinstance(error, (TelegramNetworkError, TelegramServerError))
    return no_answer and not isinstance(error.__cause__, ClientConnectorError)
