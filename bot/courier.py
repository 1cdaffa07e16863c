"""Messages from the office to citizens who applied by chat: from the API's outbox to the chat that holds the number."""

import asyncio
import logging
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError

from bot import texts
from bot.api_client import ApiRefused, ApiUnreachable, Office
from bot.watches import Held, Watches

log = logging.getLogger(__name__)
EVERY = 3.0
"""Seconds between looks into the outbox."""
ONE_ROUND = 10.0
"""Seconds that one bot's messages may take in a round: Telegram being slow must not keep the web chat waiting."""


class Courier:
    """Delivers at least once: a message is acknowledged after it is sent, or when no chat can be reached with it.

    A message for a bot that does not run here is left to the process in which it does.
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
        """Deliver what waits now."""
        found: list[tuple[dict[str, Any], Held]] = []
        for item in await self._office.outbox():
            held = await self._watches.of_number(item["number"])
            if held is None:
                await self._office.delivered(item["id"])
            elif held.bot_id in self._bots:
                found.append((item, held))
        found.sort(key=lambda one: (one[1].bot_id, one[0]["id"]))
        await asyncio.gather(
            *(
                self._deliver(self._bots[bot_id], list(items))
                for bot_id, items in groupby(found, lambda one: one[1].bot_id)
            )
        )

    async def _deliver(self, bot: Bot, items: list[tuple[dict[str, Any], Held]]) -> None:
        try:
            async with asyncio.timeout(ONE_ROUND):
                for item, held in items:
                    await self._send(bot, item, held)
        except (TimeoutError, AiogramError) as error:  # stays in the outbox for a later round
            log.warning("a message could not be delivered now: %s", type(error).__name__)

    async def _send(self, bot: Bot, item: dict[str, Any], held: Held) -> None:
        try:
            for piece in texts.split(texts.news(held.number, item["sentence"], repeated=item.get("repeated", False))):
                await bot.send_message(held.chat_id, piece)
        except (TelegramForbiddenError, TelegramBadRequest):  # blocked, or no such chat: page and number still work
            await self._watches.drop(held.number)
        else:
            await self._watches.touch(held.number)
        await self._office.delivered(item["id"])
