"""The statement that finds answered cases folds voided entries by itself: it must find what `standing` holds."""

from datetime import UTC, date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, StaticPool, create_engine, select
from sqlalchemy.orm import Session

from intake_api.cases.answered import ANSWERED, ENDS, UNANSWERED
from intake_api.cases.models import Case, CaseText, Event
from intake_api.cases.projection import columns
from intake_api.cases.record import Counting, Standing, standing
from intake_api.kit.db import Base
from intake_api.statute.calendar import Calendar
from intake_api.statute.effective import Entry

ON, AT = date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC)
DATA: dict[str, dict[str, Any]] = {
    "received": {"basis": "counter"},
    "confirmed": {"department": "housing", "disposition": "public", "decision": 1},
    "returned": {"decision": 1},
    "answered": {"outcome": "3.1"},
    **{end: {} for end in ENDS},
}
# What is taken in turn: an entry, or the voiding of one of those before it (how many back).
histories = st.lists(st.sampled_from(sorted(DATA)) | st.integers(1, 3), min_size=2, max_size=8)


@cache
def database() -> Engine:
    """One in memory for all examples; each takes back what it has put in."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine, tables=[Base.metadata.tables[name] for name in ("cases", "case_text", "event")])
    return engine


def record_of(history: list[str | int]) -> list[Entry]:
    """A record that begins with receipt and decision, so that much of what follows is answered."""
    record: list[Entry] = []
    for taken in ("received", "confirmed", *history):
        seq = len(record) + 1
        if isinstance(taken, str):
            record.append(Entry(seq, taken, ON, DATA[taken], "citizen"))
            continue
        named = record[-min(taken, seq - 1)]
        if named.type != "voided":
            record.append(Entry(seq, "voided", ON, {"ref": named.ref}, "citizen"))
    return record


def answered(held: Standing) -> bool:
    """What the statement says of a case, said of its record."""
    counted = held.ended_on is not None and held.department is not None and held.outcome is not None
    return counted and held.outcome not in UNANSWERED and held.happened.isdisjoint(ENDS)


def put(session: Session, number: int, record: list[Entry], held: Standing) -> None:
    """The rows of a case; what it is is projected as everywhere."""
    filed = {"kind": "disclosure", "channel": "counter", "applicant_type": "natural", "flags": []}
    wanted = {"delivery_medium": "paper", "delivery_way": "post", "agency_code": "city", "submitted_at": AT}
    projected = columns(SimpleNamespace(receipt_basis="counter"), held)
    session.add(
        Case(id=number, number=f"示-{number}", event_count=len(record), head_hash="", **filed, **wanted, **projected)
    )
    session.add(CaseText(case_id=number, sealed=b"sealed"))
    for e in record:
        kept = {"type": e.type, "on": e.on, "data": dict(e.data), "actor": e.by}
        session.add(Event(case_id=number, seq=e.seq, at=AT, prev_hash="", hash="", **kept))


@settings(max_examples=50, deadline=None)
@given(st.lists(histories, min_size=6, max_size=12))
def test_answered_cases_are_those_that_stand_so_whatever_was_voided(many: list[list[str | int]]) -> None:
    counting = Counting(Calendar.shipped(), ON)
    wanted = set()
    with Session(database()) as session:
        for number, history in enumerate(many, start=1):
            record = record_of(history)
            held = standing("correction", record, counting)  # which has no clock to refuse two ends
            put(session, number, record, held)
            wanted |= {number} if answered(held) else set()
        session.flush()
        found = set(session.scalars(select(ANSWERED.c.id)))
        session.rollback()
    assert found == wanted
