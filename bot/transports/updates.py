"""Updates as Telegram sends them: fetched as they are and read one by one, so that one nobody can read stops no other.

aiogram decodes the answer to getUpdates as a whole, and its types lag behind what Telegram sends (aiogram#1587, #1840).
"""

import json
import logging
from collections.abc import Iterable
from typing import Any

from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiogram.types import Update
from pydantic import ValidationError

log = logging.getLogger(__name__)
_MOST = 2**63 - 1  # what a database can hold


class FetchUpdates(TelegramMethod[list[Any]]):
    """getUpdates, its result not decoded."""

    __returning__ = list[Any]
    __api_method__ = "getUpdates"

    offset: int
    timeout: int
    allowed_updates: list[str]


def numbered(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Those that are updates at all, in a form that can be stored: halves of characters are replaced."""
    kept = [one for one in found if isinstance(one, dict) and _is_number(one.get("update_id"))]
    return [json.loads(_whole(json.dumps(one, ensure_ascii=False))) for one in kept]


def read(bot: Bot, update: dict[str, Any]) -> Update | None:
    """The update, without those parts of its event that cannot be read; None where then nothing can be read."""
    try:
        return _read(bot, update)
    except ValidationError as error:
        bad = {(str(event), str(part)) for event, part, *_ in (problem["loc"] for problem in _problems(error))}
    log.warning("%s is read without: %s", name(update), ", ".join(sorted(part for _, part in bad)) or "anything")
    slim = {
        event: {part: value for part, value in body.items() if (event, part) not in bad}
        if isinstance(body, dict)
        else body
        for event, body in update.items()
    }
    try:
        return _read(bot, slim)
    except ValidationError:
        return None


def name(update: dict[str, Any]) -> str:
    """How the log names an update: number and kind, nothing of what it says."""
    kind = next((event for event in update if event != "update_id"), "")
    return f"update {update['update_id']} ({kind if kind in Update.model_fields else 'unknown'})"


def _read(bot: Bot, update: dict[str, Any]) -> Update:
    return Update.model_validate(update, context={"bot": bot})


def _problems(error: ValidationError) -> list[Any]:
    every = error.errors(include_url=False, include_context=False, include_input=False)
    return [problem for problem in every if len(problem["loc"]) > 1]


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_number(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= _MOST
