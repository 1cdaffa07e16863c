"""What is handed to the process that binds a dossier: its plan, and the files in it, as one piece of bytes."""

import json
from collections.abc import Sequence
from typing import Any

_HEAD = 8  # bytes that say how long the plan is


def closed(plan: dict[str, Any], files: Sequence[bytes]) -> bytes:
    """Return plan and files as one; a part of the plan names its file by its place."""
    head = json.dumps(plan | {"sizes": [len(file) for file in files]}, ensure_ascii=False).encode()
    return b"".join((len(head).to_bytes(_HEAD, "big"), head, *files))


def opened(raw: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return plan and files of what `closed` made."""
    end = _HEAD + int.from_bytes(raw[:_HEAD], "big")
    plan: dict[str, Any] = json.loads(raw[_HEAD:end])
    files = []
    for size in plan.pop("sizes"):
        files.append(raw[end : end + size])
        end += size
    return plan, files
