"""The bot's process: one dispatcher, the web chat on a Unix socket, Telegram where a token is set, the courier."""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage
from aiogram.utils.token import TokenValidationError

from bot.api_client import Office, connect
from bot.courier import Courier
from bot.database import Database
from bot.dialogs import apply, common, fallback, files, status, supplement
from bot.faults import describe
from bot.inbox import Inbox
from bot.mailbox import Mailbox
from bot.site import UNKNOWN, Sites
from bot.storage import open_storage
from bot.talk import TalkMiddleware
from bot.transports.telegram import OnlyOnce, Telegram
from bot.transports.web import WebChat
from bot.watches import Watches

log = logging.getLogger(__name__)
SWEEP_EVERY = 3_600.0
"""Seconds between removals of what has expired."""
RESTART_AFTER = 5.0
"""Seconds before a part that failed is started again."""


@dataclass(frozen=True)
class BotConfig:
    """Everything the bot needs to know; the composition root builds it from the settings."""

    api_url: str
    """Base URL of the office's API."""
    service_key: str
    """What makes the bot known to the API (X-Service-Key)."""
    storage_url: str
    """Async SQLAlchemy URL: `sqlite+aiosqlite:///…/bot.db`, or `postgresql+psycopg://…` (schema `bot`)."""
    storage_key: str
    """32 bytes in hex that seal what is stored."""
    sites: Sites = UNKNOWN
    """How the office is found, on its page and from a messenger."""
    redis_url: str | None = None
    """Conversation state on Redis instead, where several processes serve one bot."""
    chat_socket: Path | None = None
    """Unix socket on which the web chat is served."""
    telegram_token: str | None = None
    telegram_api: str = "https://api.telegram.org"
    webhook_url: str | None = None
    """Public https URL for a webhook; without it Telegram is polled."""
    webhook_secret: str | None = None
    webhook_host: str = "127.0.0.1"
    webhook_port: int = 8081


def build_dispatcher(
    office: Office,
    database: Database,
    storage: BaseStorage,
    isolation: BaseEventIsolation,
    sites: Sites = UNKNOWN,
) -> Dispatcher:
    """The conversation, with commands first and the fallback last; the same for every transport."""
    dispatcher = Dispatcher(storage=storage, events_isolation=isolation)
    dispatcher.update.outer_middleware(OnlyOnce(Inbox(database)))
    dispatcher.update.outer_middleware(TalkMiddleware(office, Watches(database), database, sites))
    dispatcher.include_routers(*(part.build_router() for part in (common, files, supplement, status, apply, fallback)))
    return dispatcher


async def run(config: BotConfig) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(wanted, stop.set)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # its lines hold what citizens search for
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)
    async with AsyncExitStack() as opened:
        database = Database(config.storage_url, bytes.fromhex(config.storage_key))
        opened.push_async_callback(database.close)
        await database.prepare()
        office = connect(config.api_url, config.service_key)
        opened.push_async_callback(office.http.aclose)
        storage, isolation = open_storage(database, config.redis_url)
        opened.push_async_callback(storage.close)
        opened.push_async_callback(isolation.close)
        dispatcher = build_dispatcher(office, database, storage, isolation, config.sites)
        await _serve(config, dispatcher, database, office, opened, stop)


async def _serve(
    config: BotConfig,
    dispatcher: Dispatcher,
    database: Database,
    office: Office,
    opened: AsyncExitStack,
    stop: asyncio.Event,
) -> None:
    bots: dict[int, Bot] = {}
    if config.chat_socket:
        chat = WebChat(dispatcher, Mailbox(database), database)
        bots[chat.bot.id] = chat.bot
        runner = await chat.serve(config.chat_socket)
        opened.push_async_callback(runner.cleanup)
    telegram = _telegram(config, dispatcher, database)
    if telegram:
        bots[telegram.bot.id] = telegram.bot
        opened.push_async_callback(telegram.close)
    async with asyncio.TaskGroup() as parts:
        parts.create_task(_keep_up(stop, lambda: Courier(office, Watches(database), bots).run(stop)))
        parts.create_task(_keep_up(stop, lambda: _sweep(database, stop)))
        if telegram:
            parts.create_task(_keep_up(stop, lambda: _take_updates(config, telegram, stop)))
        await stop.wait()


def _telegram(config: BotConfig, dispatcher: Dispatcher, database: Database) -> Telegram | None:
    if not config.telegram_token:
        return None
    try:
        return Telegram(config.telegram_token, config.telegram_api, dispatcher, Inbox(database))
    except TokenValidationError:
        log.error("the Telegram token is not of the form 123456:ABC…; Telegram is off, the web chat goes on")
        return None


async def _take_updates(config: BotConfig, telegram: Telegram, stop: asyncio.Event) -> None:
    if config.webhook_url:
        secret = config.webhook_secret or ""
        await telegram.serve_webhook(stop, config.webhook_url, secret, config.webhook_host, config.webhook_port)
    else:
        await telegram.poll(stop)


async def _sweep(database: Database, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await database.sweep()
        try:
            await asyncio.wait_for(stop.wait(), SWEEP_EVERY)
        except TimeoutError:
            continue


async def _keep_up(stop: asyncio.Event, part: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Start a part again after a failure: none of them may take the others down."""
    while not stop.is_set():
        try:
            await part()
            return
        except Exception as error:
            log.error("a part of the bot failed and starts again: %s", describe(error))
        try:
            await asyncio.wait_for(stop.wait(), RESTART_AFTER)
        except TimeoutError:
            continue
