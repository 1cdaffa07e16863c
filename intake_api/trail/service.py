"""The audit trail: appending in the transaction of what is done, looking up, and checking the chain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.hashing import GENESIS, instant, link
from intake_api.terms.record import STAFF
from intake_api.trail import repository
from intake_api.trail.models import TrailEntry

COMMAND_LINE = "cli"  # who acts at the command line of the machine
AT_ONCE = 200  # lines of a page


@dataclass(frozen=True)
class Done:
    """An entry as people look it up; `actor` and `subject` as stored."""

    at: datetime
    actor: str
    kind: str
    subject: str | None
    data: Mapping[str, Any]


async def note(
    session: AsyncSession,
    at: datetime,
    actor: str,
    kind: str,
    subject: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append what is done in this transaction. `data` holds ids, codes and dates: no words, no particulars."""
    head = await repository.head(session, lock=True)
    seq, content = head["count"] + 1, dict(data or {})
    entry = TrailEntry(seq=seq, at=at, actor=actor, kind=kind, subject=subject, data=content, prev_hash=head["hash"])
    entry.hash = _hash(entry)
    session.add(entry)
    await repository.move_head(session, seq, entry.hash)


def _hash(entry: TrailEntry) -> str:
    return link([entry.seq, instant(entry.at), entry.actor, entry.kind, entry.subject, entry.data, entry.prev_hash])


class TrailService:
    """Looks the trail up, and notes acts whose own record is elsewhere or nowhere."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def record(self, by: int, kind: str) -> None:
        """Note an act of an account, once it is done."""
        async with self._db.write() as session:
            await note(session, self._clock.now(), f"{STAFF}{by}", kind)

    async def between(
        self, begin: datetime, end: datetime, actor: str | None = None, kind: str | None = None
    ) -> list[Done]:
        """Entries of a span, newest first, `AT_ONCE` at most."""
        async with self._db.read() as session:
            rows = await repository.between(session, begin, end, actor, kind, AT_ONCE)
        return [Done(row.at, row.actor, row.kind, row.subject, row.data) for row in rows]

    async def first_fault(self) -> str | None:
        """What is wrong with the chain, in words: a changed or missing entry, a lost tail; None where it is whole."""
        prev, seq = GENESIS, 0
        async with self._db.read() as session:
            head = await repository.head(session)
            async for entry in repository.every(session):
                seq += 1
                if entry.seq != seq:
                    return f"操作留痕：缺少第 {seq} 条"
                if entry.prev_hash != prev or entry.hash != _hash(entry):
                    return f"操作留痕：第 {seq} 条的内容与哈希不符"
                prev = entry.hash
        if (seq, prev) != (head["count"], head["hash"]):
            return f"操作留痕：末尾缺少记录（应有 {head['count']} 条，实有 {seq} 条）"
        return None
