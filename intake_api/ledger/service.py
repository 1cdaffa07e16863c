"""Use cases of the ledger: look at a file, bring it in whole or not at all, take any span of time out again."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError

from intake_api import keys
from intake_api.calendars.current import Calendars
from intake_api.cases.past import (
    LedgerCase,
    completed,
    insert_past,
    lines_by_number,
    next_lines,
    past_case,
    record_look,
)
from intake_api.directory import Directory
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.text import tidy
from intake_api.kit.vault import Vault
from intake_api.ledger import files, repository
from intake_api.ledger.columns import COLUMNS
from intake_api.ledger.mapping import Mapping
from intake_api.ledger.models import LedgerUpload
from intake_api.ledger.problems import RowProblem, problem
from intake_api.ledger.reading import Reading, ReadLine, read_ledger
from intake_api.people.service import Account
from intake_api.statute.calendar import Calendar
from intake_api.statute.errors import StatuteError

NO_MAPPING = Mapping()
UPLOAD_LIFE = timedelta(days=1)


@dataclass(frozen=True)
class ImportPreview:
    """What importing a file would do; `problems` in order of the sheets and their rows.

    `teaching` counts the new rows from which a model can learn: what was asked, who handled it and how it ended.
    """

    rows: int
    new: int
    teaching: int
    unchanged: int
    sheets: dict[str, int]  # the rows of each sheet that was read, by its name where the file has several
    problems: tuple[RowProblem, ...]
    cases: tuple[LedgerCase, ...] = field(default=(), repr=False)

    @property
    def errors(self) -> tuple[RowProblem, ...]:
        """The faults: with one of them nothing is imported."""
        return tuple(p for p in self.problems if p.error)

    @property
    def warnings(self) -> tuple[RowProblem, ...]:
        """The doubts, which do not stop an import."""
        return tuple(p for p in self.problems if not p.error)


_KEYS = {"number": keys.number, "applicant_name": keys.name} | {
    name: keys.OF_PERSON[name] for name in ("id_number", "phone", "email")
}


def _same(column: str, given: str, stored: str) -> bool:
    """Whether two cells say the same: keys in their one form, for what was stored before it was; the rest as text."""
    form = _KEYS.get(column, tidy)
    return given == stored or form(given) == form(stored)


def _teaches(line: dict[str, str]) -> bool:
    return bool((line.get("description") or line.get("title")) and line.get("department") and line.get("outcome"))


def _quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


class LedgerService:
    """Everything slow (reading, sealing, chaining) is done before the one transaction of an import opens."""

    def __init__(self, db: Database, vault: Vault, clock: Clock, directory: Directory, calendars: Calendars) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._directory = directory
        self._calendars = calendars

    async def preview(
        self,
        name: str,
        raw: bytes,
        *,
        by: str,
        mapping: Mapping = NO_MAPPING,
        advance: Callable[[int, int], None] = _quiet,
    ) -> ImportPreview:
        """Read the file and say everything that is to be said; nothing is written. Failure where it is no table."""
        reading = await asyncio.to_thread(self._read, name, raw, mapping)
        problems = list(reading.problems)
        fresh: list[ReadLine] = []
        async with self._db.read() as session:
            calendar = await self._calendars.follow(session)
            for start in range(0, len(reading.entries), 500):
                batch = reading.entries[start : start + 500]
                there = await lines_by_number(session, self._vault, [e.values["number"] for e in batch])
                for entry in batch:
                    line = there.get(keys.number(entry.values["number"]))
                    if line is None:
                        fresh.append(entry)
                    elif differing := self._differing(entry, line):
                        problems.append(differing)
                advance(start // 2, 2 * len(reading.entries))
        cases = await asyncio.to_thread(self._built, fresh, calendar, by, problems, advance)
        unchanged = len(reading.entries) - len(fresh) - sum(p.code == "number_conflict" for p in problems)
        sheets = list(dict.fromkeys(p.sheet for p in reading.problems) | reading.sheets)
        ordered = tuple(sorted(problems, key=lambda p: (sheets.index(p.sheet), p.row or 0)))
        teaching = sum(_teaches(entry.values) for entry in fresh)
        return ImportPreview(reading.rows, len(fresh), teaching, unchanged, reading.sheets, ordered, tuple(cases))

    def _read(self, name: str, raw: bytes, mapping: Mapping) -> Reading:
        return read_ledger(files.read(name, raw), mapping, self._directory, self._clock.today())

    def _full(self, entry: ReadLine) -> dict[str, str]:
        return completed(entry.values, self._directory.default_agency.code, COLUMNS)

    def _differing(self, entry: ReadLine, line: dict[str, str]) -> RowProblem | None:
        full = self._full(entry)
        labels = [COLUMNS[name].label for name in entry.values if not _same(name, full[name], line[name])]
        if not labels:
            return None
        facts = {"given": full["number"], "labels": "、".join(labels)}
        return problem(entry.row, "number", "number_conflict", sheet=entry.sheet, **facts)

    def _built(
        self,
        entries: list[ReadLine],
        calendar: Calendar,
        by: str,
        problems: list[RowProblem],
        advance: Callable[[int, int], None],
    ) -> list[LedgerCase]:
        now, cases = self._clock.now(), []
        for place, entry in enumerate(entries):
            try:
                built = past_case(self._vault, calendar, self._full(entry), by, now)
            except StatuteError as error:
                problems.append(problem(entry.row, None, "impossible", sheet=entry.sheet, reason=error.message))
                continue
            if built.case["in_time"] is False:
                facts = {"given": built.case["ended_on"], "due": built.case["due_on"]}
                problems.append(problem(entry.row, "answered_on", "answered_late", sheet=entry.sheet, **facts))
            cases.append(built)
            if place % 500 == 0:
                advance(len(entries) + place, 2 * len(entries))
        return cases

    async def bring_in(self, preview: ImportPreview, *, advance: Callable[[int, int], None] = _quiet) -> None:
        """Write the new cases of a preview in one transaction.

        Failure `ledger_invalid` where it has faults, `ledger_overtaken` where one of the numbers was taken meanwhile.
        """
        if preview.errors:
            raise Failure("ledger_invalid", count=len(preview.errors))
        cases = list(preview.cases)
        try:
            async with self._db.write() as session:
                await self._calendars.follow(session, lock=True)
                await insert_past(session, cases, lambda done: advance(done, len(cases)))
        except IntegrityError:
            raise Failure("ledger_overtaken") from None

    async def export(
        self, file: BinaryIO, name: str, since: date | None = None, until: date | None = None, *, chinese: bool = False
    ) -> list[str]:
        """Write the cases received in a span of time (both days included) as .csv or .xlsx; their numbers.

        `chinese`: headers and codes in words, for people; else the names of docs/contract.md. Both can be imported.
        """
        written: list[str] = []

        async def rows() -> AsyncIterator[list[str]]:
            yield [column.label if chinese else column.name for column in COLUMNS.values()]
            after: tuple[date, str] | None = None
            async with self._db.read() as session:
                while lines := await next_lines(session, self._vault, since, until, after):
                    for line in lines:
                        yield [self._shown(name, line[name]) if chinese else line[name] for name in COLUMNS]
                    written.extend(line["number"] for line in lines)
                    after = (date.fromisoformat(lines[-1]["received_on"]), lines[-1]["number"])

        await files.write(file, name, rows())
        return written

    async def export_for(
        self, account: Account, file: BinaryIO, name: str, since: date | None, until: date | None
    ) -> int:
        """The same for a member of staff, in words; that the particulars were looked at is on record when it returns.

        An export that fails shows nothing to anybody, and leaves no such entry.
        """
        numbers = await self.export(file, name, since, until, chinese=True)
        for start in range(0, len(numbers), 200):  # short transactions: intake goes on meanwhile
            async with self._db.write() as session:
                batch = numbers[start : start + 200]
                await record_look(session, batch, f"account:{account.id}", self._clock.now())
        return len(numbers)

    def _shown(self, name: str, code: str) -> str:
        if name in ("department", "addressee"):
            return self._directory.name_of(code) if code else ""
        words = COLUMNS[name].words.get(code)
        return words[0] if words else code

    # --- the console: a file waits between its preview and its confirmation

    async def keep(self, account: Account, name: str, raw: bytes) -> str:
        """Keep an uploaded file, sealed; returns the key by which `kept` finds it for the same account."""
        key = secrets.token_hex(16)
        sealed = self._vault.seal(f"ledger:{key}", [name[-200:], base64.b85encode(raw).decode()])
        async with self._db.write() as session:
            row = {"sealed": sealed, "created_at": self._clock.now()}
            session.add(LedgerUpload(id=key, account_id=account.id, **row))
        return key

    async def kept(self, account: Account, key: str) -> tuple[str, bytes]:
        """Name and content of a file kept; Failure `ledger_upload_gone`."""
        async with self._db.read() as session:
            row = await repository.upload(session, key[:32]) if key.isalnum() else None
        if row is None or row.account_id != account.id:
            raise Failure("ledger_upload_gone")
        name, content = self._vault.open(f"ledger:{row.id}", row.sealed)
        return name, base64.b85decode(content)

    async def drop(self, key: str) -> None:
        """Forget a file that was imported or given up."""
        async with self._db.write() as session:
            await repository.drop(session, key)

    async def drop_old(self) -> None:
        """Housekeeping: files that nobody confirmed within a day."""
        async with self._db.write() as session:
            await repository.drop_before(session, self._clock.now() - UPLOAD_LIFE)
