"""aiogram's types are built when they are first used.

Importing `aiogram.types` resolves the names in its 400 models and builds a validator of each on the spot, every one
with the whole graph of messages inside: four fifths of a bot's start and 100 MB, where a conversation needs a dozen.
Here the import only remembers the names; pydantic then builds a type when something is made of it.
"""

from typing import Any

from pydantic import BaseModel

_names: dict[str, Any] = {}
_rebuild: Any = BaseModel.__dict__["model_rebuild"].__func__


def _remember(
    cls: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **options: Any
) -> bool | None:
    if _types_namespace is None:
        built: bool | None = _rebuild(cls, **options)
        return built
    _names.update(_types_namespace)
    return None


def _build(cls: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **options: Any) -> bool | None:
    built: bool | None = _rebuild(cls, _types_namespace=_types_namespace or _names, **options)
    return built


def import_aiogram() -> None:
    """Import aiogram so that its types are built on first use; to be called before anything else imports it."""
    model: Any = BaseModel
    whole = BaseModel.__dict__["model_rebuild"]
    model.model_rebuild = classmethod(_remember)
    try:
        from aiogram.methods.base import Response, TelegramMethod
        from aiogram.types.base import TelegramObject
    finally:
        model.model_rebuild = whole
    bases: tuple[Any, ...] = (TelegramObject, TelegramMethod, Response)
    for base in bases:
        base.model_rebuild = classmethod(_build)
