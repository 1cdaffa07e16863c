"""A message and the model's suggestion for it, read together: for the interface and the pages."""

from datetime import date
from typing import Any

from intake_api.directory import Directory
from intake_api.understanding.reading import Understood, understand
from intake_api.understanding.ways import way

__all__ = ["Understood", "told_apart", "understand"]


def told_apart(
    text: str, suggestion: dict[str, Any] | None, today: date, directory: Directory
) -> tuple[Understood, str]:
    """What a message says, and which way it has (empty for an application); `suggestion` is None without a model."""
    flags = {flag["code"] for flag in suggestion["flags"]} if suggestion else set()
    likely = suggestion["department_set"] if suggestion and suggestion["confident"] else []
    read = understand(text, today, flags)
    return read, way(read.kind, text, likely, directory)
