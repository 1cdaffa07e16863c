"""One conversation, two transports: aiogram dialogs behind Telegram and behind the web chat. Talks HTTP to the API."""

from bot.deferred import import_aiogram

import_aiogram()
