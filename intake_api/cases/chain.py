"""The hash chain of a case's events (ADR 0003): what was recorded cannot be changed unnoticed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases.models import Case, Event
from intake_api.kit.hashing import GENESIS, instant, link

Happened = tuple[str, date, str, dict[str, Any]]
"""What happened, on which day, by whom (`actor`), and its data."""


def event_hash(
    number: str, seq: int, kind: str, on: date, at: datetime, actor: str, data: Mapping[str, Any], prev: str
) -> str:
    """The hash of an event and of the hash before it (hex)."""
    return link([number, seq, kind, on.isoformat(), instant(at), actor, data, prev])


def chained(number: str, history: Iterable[Happened], at: datetime) -> list[dict[str, Any]]:
    """The whole record of a new case, as rows without its id."""
    events: list[dict[str, Any]] = []
    prev = GENESIS
    for seq, (kind, on, actor, data) in enumerate(history, 1):
        content = {"seq": seq, "type": kind, "on": on, "at": at, "actor": actor, "data": data, "prev_hash": prev}
        prev = event_hash(number, seq, kind, on, at, actor, data, prev)
        events.append(content | {"hash": prev})
    return events


def append(
    session: AsyncSession,
    case: Case,
    kind: str,
    on: date,
    at: datetime,
    actor: str,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Add the next event; the caller holds the case's row. `data` holds ids, codes, dates and digests only."""
    content = dict(data or {})
    seq = case.event_count + 1
    event = Event(
        case_id=case.id,
        seq=seq,
        type=kind,
        on=on,
        at=at,
        actor=actor,
        data=content,
        prev_hash=case.head_hash,
        hash=event_hash(case.number, seq, kind, on, at, actor, content, case.head_hash),
    )
    case.event_count, case.head_hash = seq, event.hash
    session.add(event)
    return event


def first_break(case: Case, events: Iterable[Event]) -> str | None:
    """What is wrong with a case's chain, or None: a changed, missing or foreign event, or a lost tail."""
    prev, seq = GENESIS, 0
    for event in events:
        seq += 1
        if event.seq != seq:
            return f"缺少第 {seq} 条事件"
        good = event_hash(case.number, seq, event.type, event.on, event.at, event.actor, event.data, prev)
        if event.prev_hash != prev or event.hash != good:
            return f"第 {seq} 条事件的内容与哈希不符"
        prev = event.hash
    if seq != case.event_count or prev != case.head_hash:
        return f"末尾缺少事件（应有 {case.event_count} 条，实有 {seq} 条）"
    return None
