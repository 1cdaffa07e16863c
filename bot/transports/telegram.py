"""Telegram: long polling or a webhook, both through the inbox; sending with patience."""

import asyncio
import hmac
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from aiogram import BaseMiddleware, Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery, Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import BotCommand, TelegramObject, Update
from aiohttp import web

from bot import texts
from bot.faults import describe
from bot.inbox import Inbox
from bot.storage import answers
from bot.talk import WEB_BOT_ID
from bot.transports.updates import FetchUpdates, name, numbered, read

log = logging.getLogger(__name__)
POLL = 25
"""Seconds one getUpdates waits at Telegram."""
AT_ONCE = 32
"""Updates handled at the same time; those of one chat wait for each other all the same, and take no place meanwhile."""
WAITING = 1_000
"""Updates taken up and not handled; more are fetched when these become fewer."""
TRIES = 5
"""Times that an update is taken up again after the storage of the conversations failed under it."""
GRACE = 10
"""Seconds that handlers may go on after the process was told to stop."""
PATIENCE = 300
"""Seconds that sending one message may be put off by Telegram before it is given up."""
Taking = Callable[[asyncio.TaskGroup], Coroutine[Any, Any, None]]
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


class Patience(BaseRequestMiddleware):
    """Sends again what Telegram put off.

    After `retry_after` for 429; with growing pauses for 5xx, broken lines and answers that are not Telegram's (a
    proxy's error page). getUpdates has its own loop. An answer to a button that came too late is dropped:
    nobody is waiting for it.
    """

    def __init__(self, pause: float = 0.5, patience: float = PATIENCE) -> None:
        self._pause = pause
        self._patience = patience

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Send one method."""
        pause, waited = self._pause, 0.0
        while True:
            try:
                return await make_request(bot, method)
            except (TelegramRetryAfter, TelegramServerError, TelegramNetworkError, ClientDecodeError) as error:
                delay = float(error.retry_after) if isinstance(error, TelegramRetryAfter) else pause
                if isinstance(method, FetchUpdates) or waited + delay > self._patience:
                    raise
                log.warning("Telegram put off %s: %s", type(method).__name__, type(error).__name__)
                await asyncio.sleep(delay)
                waited += delay
                pause = min(pause * 2, 30)
            except TelegramBadRequest:
                if not isinstance(method, AnswerCallbackQuery):
                    raise
                return True  # type: ignore[return-value]  # aiogram's middlewares pass on the result itself


class OnlyOnce(BaseMiddleware):
    """Drops an update that is already handled; runs while the chat is held, so that two processes cannot both pass."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._free = asyncio.Semaphore(AT_ONCE)

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle an update of Telegram; cancelled in the middle, it stays open for the next start."""
        bot_id = data["bot"].id
        if bot_id == WEB_BOT_ID or not isinstance(event, Update):
            return await handler(event, data)
        if not await self._inbox.is_open(bot_id, event.update_id):
            return None
        try:
            async with self._free:
                result = await handler(event, data)
        except Exception:
            await self._inbox.done(bot_id, event.update_id)
            raise
        await self._inbox.done(bot_id, event.update_id)
        return result


class Telegram:
    """One Telegram bot on the dispatcher that the web chat uses too."""

    def __init__(self, token: str, api: str, dispatcher: Dispatcher, inbox: Inbox) -> None:
        session = AiohttpSession(api=TelegramAPIServer.from_base(api))
        session.middleware(Patience())
        self.bot = Bot(token, session, DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True))
        self._dispatcher = dispatcher
        self._inbox = inbox
        self._allowed = dispatcher.resolve_used_update_types()
        self._room = asyncio.Semaphore(WAITING)
        self._taking = asyncio.Lock()
        self._stumbled = asyncio.Event()
        self._stumbles: Counter[int] = Counter()

    async def poll(self, stop: asyncio.Event) -> None:
        """Take updates until `stop`; where Telegram is unreachable or refuses the token, the pauses grow."""
        await self._until(stop, self._polling)

    async def serve_webhook(self, stop: asyncio.Event, url: str, secret: str, host: str, port: int) -> None:
        """Take updates as Telegram posts them to `url` (public, https), on `host:port` here, until `stop`.

        An update is stored, then answered with 200, then handled. `secret` is what Telegram sends along with each.
        """
        if not _SECRET.fullmatch(secret):
            raise ValueError("the webhook secret needs 1 to 256 letters, digits, _ or -")
        await self._until(stop, lambda handling: self._hooked(handling, url, secret, host, port))

    async def close(self) -> None:
        """Close the connection."""
        await self.bot.session.close()

    async def _until(self, stop: asyncio.Event, taking: Taking) -> None:
        """Take updates until `stop`; what is being handled then may finish, for a while. The rest is in the inbox."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as handling:
                taker = handling.create_task(taking(handling))
                mender = handling.create_task(self._mend(handling))
                stopped = handling.create_task(stop.wait())
                await asyncio.wait((taker, stopped), return_when=asyncio.FIRST_COMPLETED)
                taker.cancel()
                mender.cancel()
                limit.reschedule(asyncio.get_running_loop().time() + GRACE)

    async def _polling(self, handling: asyncio.TaskGroup) -> None:
        await self._insist(self._start_polling)
        await self._take_up(handling)
        offset, pause = 0, 1.0
        while True:
            try:
                fetch = FetchUpdates(offset=offset, timeout=POLL, allowed_updates=self._allowed)
                found = await self.bot(fetch, request_timeout=POLL + 10)
            except (TelegramAPIError, ClientDecodeError) as error:
                pause = await _back_off(error, pause)
                continue
            pause, updates = 1.0, numbered(found)
            offset = max((offset, *(update["update_id"] + 1 for update in updates)))
            await self._take(handling, updates)

    async def _hooked(self, handling: asyncio.TaskGroup, url: str, secret: str, host: str, port: int) -> None:
        app = web.Application(client_max_size=1024 * 1024)

        async def receive(request: web.Request) -> web.Response:
            return await self._receive(request, secret, handling)

        app.router.add_post(urlsplit(url).path or "/", receive)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            await self._take_up(handling)
            await self._insist(lambda: self._start_webhook(url, secret))
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _receive(self, request: web.Request, secret: str, handling: asyncio.TaskGroup) -> web.Response:
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):  # str would raise on é
            return web.Response(status=401)
        try:
            update = await request.json()
        except ValueError:
            return web.Response(status=400)
        await self._take(handling, numbered([update]))
        return web.Response()  # whatever it is: Telegram would send the same again

    async def _take(self, handling: asyncio.TaskGroup, updates: list[dict[str, Any]]) -> None:
        """Store updates and begin with those that are new, unless all wait for the storage of the conversations."""
        async with self._taking:
            fresh = await self._inbox.add(self.bot.id, updates)
            if not self._stumbled.is_set():
                await self._begin(handling, fresh)

    async def _take_up(self, handling: asyncio.TaskGroup) -> None:
        """Begin with everything that is stored and not handled, in its order."""
        async with self._taking:
            self._stumbled.clear()
            await self._begin(handling, await self._inbox.unfinished(self.bot.id))

    async def _begin(self, handling: asyncio.TaskGroup, updates: Iterable[dict[str, Any]]) -> None:
        for update in updates:
            await self._room.acquire()
            handling.create_task(self._handle(update))

    async def _handle(self, plain: dict[str, Any]) -> None:
        """Handle one update: none may end the others."""
        number = plain["update_id"]
        try:
            update = read(self.bot, plain)
            if update is not None:
                await self._dispatcher.feed_update(self.bot, update)
            else:
                log.error("%s is put aside: it cannot be read", name(plain))
                await self._inbox.done(self.bot.id, number)
        except Exception as error:
            log.error("%s failed: %s", name(plain), describe(error))
            if await self._inbox.is_open(self.bot.id, number):  # not even its chat could be looked up
                await self._stumble(number)
        finally:
            self._room.release()

    async def _stumble(self, number: int) -> None:
        """Keep an update for a later attempt, but no update for ever."""
        self._stumbles[number] += 1
        if self._stumbles[number] > TRIES:
            await self._inbox.done(self.bot.id, number)
        else:
            self._stumbled.set()

    async def _mend(self, handling: asyncio.TaskGroup) -> None:
        """Where the storage of the conversations fails under updates, wait for it, then take them up in their order."""
        while True:
            await self._stumbled.wait()
            pause = 1.0
            await asyncio.sleep(pause)
            while not await answers(self._dispatcher.storage, self.bot.id):
                pause = min(pause * 2, 30)
                await asyncio.sleep(pause)
            await self._take_up(handling)

    async def _insist(self, start: Callable[[], Awaitable[None]]) -> None:
        pause = 1.0
        while True:
            try:
                await start()
                return
            except (TelegramAPIError, ClientDecodeError) as error:
                pause = await _back_off(error, pause)

    async def _start_polling(self) -> None:
        await self.bot.delete_webhook()
        await self._name_commands()

    async def _start_webhook(self, url: str, secret: str) -> None:
        await self.bot.set_webhook(url, secret_token=secret, allowed_updates=self._allowed)
        await self._name_commands()

    async def _name_commands(self) -> None:
        await self.bot.set_my_commands(
            [BotCommand(command=name, description=text) for name, text in texts.COMMANDS.items()]
        )


async def _back_off(error: Exception, pause: float) -> float:
    """Wait, as long as Telegram says or `pause` seconds; returns the next pause, a minute at most."""
    log.warning("Telegram cannot be used now: %s", type(error).__name__)
    await asyncio.sleep(float(error.retry_after) if isinstance(error, TelegramRetryAfter) else pause)
    return min(pause * 2, 60)
