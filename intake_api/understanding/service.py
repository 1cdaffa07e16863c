"""A message and the model's suggestion for it, read together: for the interface and the pages."""

from datetime import date
from typing import Any

from intake_api.directory import Directory
from intake_api.terms.messages import HINTS
from intake_api.understanding.reading import Understood, understand
from intake_api.understanding.ways import way

__all__ = ["Understood", "hints_of", "told_apart", "understand"]


def told_apart(
    text: str, suggestion: dict[str, Any] | None, today: date, directory: Directory
) -> tuple[Understood, str]:
    """What a message says, and which way it has (empty for an application); `suggestion` is None without a model."""
    flags = {flag["code"] for flag in suggestion["flags"]} if suggestion else set()
    likely = suggestion["department_set"] if suggestion and suggestion["confident"] else []
    read = understand(text, today, flags)
    return read, way(read.kind, text, likely, directory)


def hints_of(suggestion: dict[str, Any] | None) -> list[str]:
    """What may be said of an application about which the model has a doubt; of another kind its way says it already."""
    codes = {flag["code"] for flag in suggestion["flags"]} if suggestion else set()
    return [said for code, said in HINTS.items() if code in codes]
