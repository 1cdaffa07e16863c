"""The links of a hash chain: what is recorded one after the other cannot be changed unnoticed (ADR 0003)."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
"""What stands before the first entry."""


def link(content: Sequence[Any]) -> str:
    """SHA-256 over the canonical JSON of an entry, the hash before it among its parts (hex)."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def instant(at: datetime) -> str:
    """A moment as an entry has it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
