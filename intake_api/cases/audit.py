"""Verifying the record and deriving the projection anew."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api import keys
from intake_api.cases import chain, repository
from intake_api.cases.amending import AMENDED, ASKED
from intake_api.cases.models import Case, Event
from intake_api.cases.projection import columns, project
from intake_api.cases.reading import record_of
from intake_api.cases.record import Counting, LateClarification
from intake_api.cases.repository import Series
from intake_api.kit.db import Database
from intake_api.kit.vault import Vault, digest
from intake_api.statute.calendar import Calendar
from intake_api.statute.errors import StatuteError
from intake_api.statute.numbering import case_number, parse_number


async def first_fault(
    db: Database, vault: Vault, calendar: Calendar, today: date, late_clarification: LateClarification = "continues"
) -> tuple[int, str | None]:
    """How many cases were walked, and the first fault.

    A broken chain; a text that is damaged or is not the one whose digest the chain holds; a projection that does not
    follow from the events; a number that is missing from its series, or was never given out.
    """
    walked, counting = 0, Counting(calendar, today, late_clarification)
    async with db.read() as session:
        numbers = await _Numbers.of(session)
        async for case in repository.every_case(session):
            events = await repository.events_of(session, case.id)
            problem = (
                chain.first_break(case, events)
                or await _unlike_digest(session, vault, case, events)
                or numbers.take(case)
                or _unlike_events(case, events, counting)
            )
            if problem:
                return walked, f"案件 {case.number}：{problem}"
            walked += 1
    return walked, numbers.first_gap()


async def _unlike_digest(session: AsyncSession, vault: Vault, case: Case, events: list[Event]) -> str | None:
    """What is wrong with the sealed rows of a case; an erased one proves nothing and is no fault."""
    if not events:
        return "没有任何事件"
    text, person = await repository.text_of(session, case.id), await repository.applicant_of(session, case.id)
    if text is None or person is None:
        return "缺少申请内容或者申请人信息"
    asked = vault.read(f"case_text:{case.number}", text.sealed) if text.sealed else None
    stands = next((e.data[ASKED] for e in reversed(events) if ASKED in e.data), events[0].data.get("text"))
    if text.sealed and not _proves(stands, asked, "description"):
        return "申请内容已损坏，或者不是当初登记的内容"
    if person.sealed and vault.read(f"applicant:{case.number}", person.sealed) is None:
        return "申请人信息已损坏"
    for row in await repository.decisions_of(session, case.id):
        if row.note_sealed and vault.read(f"note:{case.number}", row.note_sealed) is None:
            return f"第 {row.seq} 次确认的附言已损坏"
    said = {event.seq: event.data.get("text") for event in events[1:]}
    for seq, sealed in (await repository.notes_of(session, case.id)).items():
        words = vault.read(f"event_note:{case.number}:{seq}", sealed) if sealed else None
        name = AMENDED if isinstance(words, dict) and AMENDED in words else "text"
        if sealed and not _proves(said.get(seq), words, name):
            return f"第 {seq} 条事件的文字已损坏，或者不是当初记录的文字"
    return None


def _proves(known: str | None, opened: dict[str, str] | str | None, name: str) -> bool:
    """Whether what was opened is what the chain holds the digest of; where it holds none, whether it opened."""
    if opened is None or known is None:
        return opened is not None
    return not isinstance(opened, str) and digest(opened["salt"], opened[name]) == known


def _unlike_events(case: Case, events: list[Event], counting: Counting) -> str | None:
    """Which columns do not follow from the events."""
    try:
        derived = columns(case, record_of(case, events, counting).standing)
    except StatuteError as error:
        return f"从记录中算不出案件的状态：{error.message}"
    derived["number_key"] = keys.number(case.number)
    other = [name for name, value in derived.items() if getattr(case, name) != value]
    return f"{'、'.join(other)} 与记录不符，请运行 gongkai rebuild" if other else None


@dataclass(frozen=True)
class CaseAct:
    """What a member of staff did on a case (`actor` as in the event), for the audit trail."""

    at: datetime
    actor: str
    kind: str
    number: str


async def acts_between(
    db: Database, begin: datetime, end: datetime, actor: str | None, kind: str | None, limit: int
) -> list[CaseAct]:
    """Acts of staff on cases in a span of time, newest first, `limit` at most."""
    async with db.read() as session:
        rows = await repository.acts_between(session, begin, end, actor, kind, limit)
    return [CaseAct(event.at, event.actor, event.type, number) for event, number in rows]


class _Numbers:
    """The serials that were given out, and those that cases hold."""

    def __init__(self, given: dict[Series, int], prefixes: dict[str, str]) -> None:
        self._given = given
        self._prefixes = prefixes
        self._held: defaultdict[Series, set[int]] = defaultdict(set)

    @classmethod
    async def of(cls, session: AsyncSession) -> Self:
        """What the database says was given out."""
        return cls(*await repository.series(session))

    def take(self, case: Case) -> str | None:
        """Count the number of a case. One from an imported ledger may hold a serial that its series passed over."""
        registered = case.code_hash is not None
        try:
            prefix, year, serial = parse_number(case.number)
        except StatuteError:
            return "编号不是本系统的编号" if registered else None
        series = (case.agency_code, case.kind, year)
        last = self._given.get(series, 0)
        if registered and serial > last:
            return f"这个编号没有发出过（{year} 年只发到第 {last} 号）"
        if registered or prefix == self._prefix(series):
            self._held[series].add(serial)
        return None

    def first_gap(self) -> str | None:
        """The first number that was given out and that no case holds."""
        for series, last in sorted(self._given.items()):
            held = sum(serial <= last for serial in self._held[series])
            if held < last:
                gap = next(serial for serial in range(1, last + 1) if serial not in self._held[series])
                number = case_number(self._prefix(series), series[2], gap)
                return f"编号发出 {last} 个，案件只有 {held} 件，缺少 {number}"
        return None

    def _prefix(self, series: Series) -> str:
        return self._prefixes[series[0]] + ("" if series[1] == "disclosure" else "-GZ")


async def rebuild_projections(
    db: Database, calendar: Calendar, today: date, late_clarification: LateClarification = "continues"
) -> tuple[int, int]:
    """Derive every projection from its events; how many cases, and how many rows differed."""
    cases, changed, counting = 0, 0, Counting(calendar, today, late_clarification)
    async with db.read() as session:
        ids = [case.id async for case in repository.every_case(session)]
    for start in range(0, len(ids), 200):  # short transactions: intake goes on meanwhile
        async with db.write() as session:
            for case_id in ids[start : start + 200]:
                case = await repository.held(session, case_id, lock=True)
                project(case, record_of(case, await repository.events_of(session, case.id), counting).standing)
                case.number_key = keys.number(case.number)
                cases += 1
                changed += inspect(case).modified and session.is_modified(case)
    return cases, changed
