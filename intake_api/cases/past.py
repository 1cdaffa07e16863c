"""Cases of an office's own ledger (台账): brought in as records of the past, and any case as a line of a ledger.

A line is a dict of text by the column names of docs/contract.md §6: codes, ISO dates, "" for what is not said.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api import keys
from intake_api.cases import chain, course
from intake_api.cases.indexes import of_person
from intake_api.cases.models import Applicant, Case, CaseText, Event, EventNote
from intake_api.cases.projection import NOTHING_YET, project
from intake_api.cases.reading import entry_of
from intake_api.cases.record import Counting, standing
from intake_api.form.fields import particulars
from intake_api.kit.clock import SHANGHAI, day_of
from intake_api.kit.db import Base
from intake_api.kit.vault import Vault, digest
from intake_api.people.service import usernames
from intake_api.statute.calendar import Calendar
from intake_api.statute.effective import Entry
from intake_api.statute.outcomes import DISPOSITIONS
from intake_api.terms.course import UNCOUNTED
from intake_api.terms.record import DAMAGED, STAFF

BATCH = 500
Line = Mapping[str, str]
_PERSONAL = tuple(item.leaf for item in particulars() if item.ask.column and not item.ask.column.name)
# Columns of a case that must say something; where a ledger is silent its lines stay silent too (`unsaid`).
_ASSUMED = {"delivery_medium": "paper", "delivery_way": "post"}
_LEADS_TO = {d.outcome: d.code for d in reversed(DISPOSITIONS.values())}  # 3.4.1: not_held, the usual ground


@dataclass(frozen=True)
class LedgerCase:
    """A case ready to be written: its rows without ids, and whether it was answered in time as far as the line says."""

    number: str
    case: dict[str, Any]
    applicant: dict[str, Any]
    text: dict[str, Any]
    events: list[dict[str, Any]]


def completed(line: Line, agency: str, columns: Iterable[str]) -> dict[str, str]:
    """The line with what is understood where it says nothing; `agency` is the default addressee."""
    full = dict.fromkeys(columns, "") | {name: value for name, value in line.items() if value}
    full["kind"], full["addressee"] = full["kind"] or "disclosure", full["addressee"] or agency
    full["channel"] = full["channel"] or "other"
    for remedy in ("review", "litigation"):
        if full[remedy]:
            full[f"{remedy}_on"] = full[f"{remedy}_on"] or full["answered_on"] or full["received_on"]
    return full


def past_case(vault: Vault, calendar: Calendar, line: Line, actor: str, now: datetime) -> LedgerCase:
    """Build the rows of a completed line; StatuteError where its history cannot be."""
    number, received = line["number"], date.fromisoformat(line["received_on"])
    salt = secrets.token_hex(16)
    # plain stand-ins: the projection only reads and sets attributes, and the object layer takes thrice the time
    case = SimpleNamespace(
        number=number,
        agency_code=line["addressee"],
        kind=line["kind"],
        channel=line["channel"],
        applicant_type=line["applicant_type"],
        receipt_basis=line["receipt_basis"] or None,
        submitted_at=datetime.combine(received, time(), SHANGHAI),
        code_hash=None,
        flags=[],
        **{name: line[name] or stand_in for name, stand_in in _ASSUMED.items()},
        **NOTHING_YET,
    )
    history = _history(line, received, digest(salt, line["description"]))
    events = chain.chained(number, [(kind, on, actor, data) for kind, on, data in history], now)
    entries = [Entry(e["seq"], e["type"], e["on"], e["data"], e["actor"]) for e in events]
    project(case, standing(case.kind, entries, Counting(calendar, day_of(now))))
    case.event_count, case.head_hash = len(events), events[-1]["hash"]
    applicant, text = _personal_rows(vault, line, salt)
    return LedgerCase(number, vars(case), applicant, text, events)


def _history(line: Line, received: date, text: str) -> list[tuple[str, date, dict[str, Any]]]:
    """What the line says that happened, in its order."""
    told = {"channel": line["channel"], "kind": line["kind"], "agency": line["addressee"], "text": text}
    basis = {"basis": line["receipt_basis"]} if line["receipt_basis"] else {}
    events: list[tuple[str, date, dict[str, Any]]] = [("submitted", received, told | {"source": "ledger"})]
    events.append(("received", received, basis))
    if line["department"]:
        decided = {"department": line["department"], "disposition": _LEADS_TO.get(line["outcome"])}
        events.append(("confirmed", received, decided))
    if line["outcome"]:
        delivery = {"delivery": line["delivery"]} if line["delivery"] else {}
        events.append(("answered", date.fromisoformat(line["answered_on"]), delivery | {"outcome": line["outcome"]}))
    if line["review"]:
        events.append(("review", date.fromisoformat(line["review_on"]), {"result": line["review"]}))
    if line["litigation"]:
        route, _, result = line["litigation"].partition(":")
        events.append(("litigation", date.fromisoformat(line["litigation_on"]), {"route": route, "result": result}))
    return events


def _personal_rows(vault: Vault, line: Line, salt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    number = line["number"]
    who = {name: line[name] for name in _PERSONAL if line[name]}
    who |= {"type": line["applicant_type"], "name": line["applicant_name"]}
    asked = {"title": line["title"] or None, "description": line["description"], "document_number": None, "salt": salt}
    asked |= {name: line[name] for name in ("notice_number", "note", *course.COLUMNS) if line.get(name)}
    unsaid = [name for name in _ASSUMED if not line[name]]
    applicant = {"sealed": vault.seal(f"applicant:{number}", who)} | of_person(vault, who)
    return applicant, {"sealed": vault.seal(f"case_text:{number}", asked | {"unsaid": unsaid})}


async def insert_past(session: AsyncSession, cases: list[LedgerCase], advance: Callable[[int], None]) -> None:
    """Write the cases in the caller's transaction, some thousand at a time; `advance` is told how many are in."""
    for start in range(0, len(cases), 2 * BATCH):
        batch = cases[start : start + 2 * BATCH]
        connection = await session.connection()  # plain tables: the object layer would take as long again
        await connection.execute(insert(Base.metadata.tables["cases"]), [c.case for c in batch])
        rows = await session.execute(select(Case.number, Case.id).where(Case.number.in_([c.number for c in batch])))
        ids: dict[str, int] = {row.number: row.id for row in rows}
        people = [c.applicant | {"case_id": ids[c.number]} for c in batch]
        texts = [c.text | {"case_id": ids[c.number]} for c in batch]
        events = [event | {"case_id": ids[c.number]} for c in batch for event in c.events]
        for table, lines in (("applicant", people), ("case_text", texts), ("event", events)):
            await connection.execute(insert(Base.metadata.tables[table]), lines)
        advance(start + len(batch))


# --- from cases to lines


async def lines_by_number(session: AsyncSession, vault: Vault, numbers: list[str]) -> dict[str, dict[str, str]]:
    """The lines of the cases that are there already, by the keys of their numbers (intake_api.keys)."""
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(numbers), BATCH):
        query = select(Case).where(Case.number_key.in_(map(keys.number, numbers[start : start + BATCH])))
        found |= {
            keys.number(line["number"]): line
            for line in await _lines(session, vault, list(await session.scalars(query)))
        }
    return found


async def next_lines(
    session: AsyncSession, vault: Vault, since: date | None, until: date | None, after: tuple[date, str] | None
) -> list[dict[str, str]]:
    """A batch of lines in order of receipt and number, those after (day, number); empty at the end.

    Cases that were split count through their children; what is not received yet has no line.
    """
    query = _received(select(Case), since, until)
    if after:
        query = query.where(tuple_(Case.received_on, Case.number) > after)
    rows = await session.scalars(query.order_by(Case.received_on, Case.number).limit(BATCH))
    return await _lines(session, vault, list(rows))


async def record_look(session: AsyncSession, numbers: list[str], actor: str, now: datetime) -> None:
    """Put on record, in each case, that its particulars were taken out."""
    query = select(Case).where(Case.number.in_(numbers)).order_by(Case.id).with_for_update()
    for case in await session.scalars(query):
        chain.append(session, case, "particulars_viewed", day_of(now), now, actor, {"by": "ledger"})


def _received(query: Select[Any], since: date | None, until: date | None) -> Select[Any]:
    query = query.where(Case.received_on.is_not(None), Case.status.not_in(UNCOUNTED))
    if since:
        query = query.where(Case.received_on >= since)
    return query.where(Case.received_on <= until) if until else query


async def _lines(session: AsyncSession, vault: Vault, cases: list[Case]) -> list[dict[str, str]]:
    ids = [case.id for case in cases]
    people = {a.case_id: a.sealed for a in await session.scalars(select(Applicant).where(Applicant.case_id.in_(ids)))}
    texts = {t.case_id: t.sealed for t in await session.scalars(select(CaseText).where(CaseText.case_id.in_(ids)))}
    records: dict[int, list[Entry]] = {case_id: [] for case_id in ids}
    recorded = select(Event).where(Event.case_id.in_(ids), Event.type != "particulars_viewed")
    for event in await session.scalars(recorded.order_by(Event.case_id, Event.seq)):
        records[event.case_id].append(entry_of(event))
    notes = select(EventNote).join(Event, (Event.case_id == EventNote.case_id) & (Event.seq == EventNote.seq))
    noted = await session.scalars(notes.where(Event.case_id.in_(ids), Event.type.in_(("delivered", "closed"))))
    sealed = {(note.case_id, note.seq): note.sealed for note in noted}
    by = {e.by for record in records.values() for e in record if e.type == "answered" and e.by.startswith(STAFF)}
    found = await usernames(session, {int(actor.removeprefix(STAFF)) for actor in by}) if by else {}
    names = {f"{STAFF}{account}": name for account, name in found.items()}
    lines = []
    for case in cases:
        record = records[case.id]
        line = _line(vault, case, people.get(case.id), texts.get(case.id), record)
        if record[0].data.get("source") != "ledger":  # which says itself what it knows

            def note(seq: int, case: Case = case) -> str:
                return _words(vault, case.number, seq, sealed.get((case.id, seq)))

            line |= course.words_of(record, line["due_on"], note, names)
        lines.append(line)
    return lines


def _words(vault: Vault, number: str, seq: int, sealed: bytes | None) -> str:
    opened = vault.read(f"event_note:{number}:{seq}", sealed) if sealed else ""
    return str(opened or "")


def _line(
    vault: Vault, case: Case, person: bytes | None, text: bytes | None, record: Sequence[Entry]
) -> dict[str, str]:
    who = (vault.read(f"applicant:{case.number}", person) or {"name": DAMAGED}) if person else {}
    asked = (vault.read(f"case_text:{case.number}", text) or {"title": DAMAGED, "description": DAMAGED}) if text else {}
    unsaid = asked.get("unsaid", ())
    shown: dict[str, Any] = {
        "number": case.number,
        "addressee": case.agency_code,
        "applicant_name": who.get("name"),
        "answered_on": case.ended_on,
        "delivery": next((e.data.get("delivery") for e in reversed(record) if _sent(e, case.ended_on)), ""),
    }
    shown |= {name: who.get(name) for name in _PERSONAL}
    shown |= {name: asked.get(name) for name in ("title", "description", "notice_number", "note", *course.COLUMNS)}
    if record[0].data.get("source") != "ledger":
        shown["due_on"] = case.due_on
    for name in ("kind", "received_on", "receipt_basis", "channel", "applicant_type", "department", "outcome"):
        shown[name] = getattr(case, name)
    for name in ("review", "review_on", "litigation", "litigation_on"):
        shown[name] = getattr(case, name)
    shown |= {name: "" if name in unsaid else getattr(case, name) for name in _ASSUMED}
    return {name: "" if value is None else _one_text(str(value)) for name, value in shown.items()}


def _sent(entry: Entry, on: date | None) -> bool:
    return entry.type == "answered" and entry.on == on


def _one_text(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()
