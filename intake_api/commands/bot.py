"""`gongkai bot`: the conversation as its own process, for Telegram and for the web chat of `gongkai serve`."""

import os
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from intake_api.kit.ending import ENDING
from intake_api.wiring.offices import load_directory, load_settings


def bot(
    api: Annotated[str | None, typer.Option(help="intake_api 的地址")] = None,
    webhook: Annotated[str | None, typer.Option(help="对外网址：用 webhook 代替长轮询")] = None,
    chat_socket: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run the conversation. Polls Telegram when GONGKAI_TELEGRAM_TOKEN is set; state survives a restart."""
    import asyncio

    ENDING.watch()  # until the bot's own loop takes the signals over
    if chat_socket:
        threading.Thread(target=_end_with_parent, daemon=True).start()

    from bot.app import BotConfig, run
    from bot.database import AnotherKeyError
    from bot.site import Sites
    from intake_api.installation import keys_of_bot
    from intake_api.kit.errors import Failure
    from intake_api.kit.logs import configure_logging
    from intake_api.private import keep_private

    settings = load_settings()
    configure_logging(settings.log_level)
    keep_private(settings)
    agency = load_directory(settings).default_agency
    words = {"agency": agency.office, "phone": agency.phone, "address": agency.address, "hours": agency.hours}
    if webhook and not (webhook.startswith("https://") and settings.webhook_secret):
        raise Failure(
            "settings_invalid", reason="用 webhook 时，--webhook 应为 https:// 地址，并设置 GONGKAI_WEBHOOK_SECRET。"
        )
    vault = keys_of_bot(settings)
    url = settings.database
    storage = f"sqlite+aiosqlite:///{(settings.data / 'bot.db').absolute()}" if url.startswith("sqlite") else url
    config = BotConfig(
        api_url=api or f"http://{settings.host}:{settings.port}",
        service_key=vault.service_key,
        storage_url=storage,
        redis_url=settings.secret("redis_url"),
        storage_key=vault.bot_storage_key,
        sites=Sites.known(settings.public_url, **words),
        telegram_token=settings.secret("telegram_token"),
        telegram_api=settings.telegram_api,
        chat_socket=chat_socket,
        webhook_url=webhook,
        webhook_secret=settings.secret("webhook_secret"),
    )
    try:
        asyncio.run(run(config))
    except AnotherKeyError:
        raise Failure("bot_database_foreign", path=settings.data) from None


def _end_with_parent() -> None:
    """The standard input is a pipe from `serve`: its end means that `serve` is gone, however it went."""
    while os.read(0, 4096):  # not through sys.stdin: its lock would be held when the interpreter ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)
