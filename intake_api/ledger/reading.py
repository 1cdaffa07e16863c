"""From rows to entries: every cell in its normal form, every problem with its row and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, islice

from intake_api import keys
from intake_api.directory import Directory
from intake_api.ledger.columns import COLUMNS, FREE_TEXT, REQUIRED, SECTIONS, VALUES, Column, half_width, plain
from intake_api.ledger.days import UnreadableDay, parse_day
from intake_api.ledger.files import Cell, text_of
from intake_api.ledger.header import SEARCHED, TALLEST, Header, find_header
from intake_api.ledger.mapping import Mapping
from intake_api.ledger.problems import Problem, problem
from intake_api.people import identity
from intake_api.statute.deadlines import IN_FORCE
from intake_api.terms.receipt import CHANNELS
from intake_api.text import legible

FIRST_STATUTE = date(2008, 5, 1)  # 国务院令第492号
_BAD_NUMBER = frozenset("/\\?#%&<>\"'")  # they end or change an address
_CELL_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!")
Values = dict[str, str]


@dataclass(frozen=True)
class Entry:
    """A row of the ledger in its normal form: codes, ISO dates, text; "" for what it leaves open."""

    row: int
    values: Values


@dataclass
class Reading:
    """What a file says: entries without faults, the columns it has, and everything that is to be said about it."""

    entries: list[Entry] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0

    @property
    def errors(self) -> list[Problem]:
        """The faults: with one of them nothing is imported."""
        return [p for p in self.problems if p.error]


def read_ledger(rows: Iterable[list[Cell]], mapping: Mapping, directory: Directory, today: date) -> Reading:
    """Read a whole table, the header first."""
    stream = iter(rows)
    head = list(islice(stream, SEARCHED + TALLEST))
    header = find_header(head, mapping)
    reading = Reading(columns=tuple(header.places), problems=list(header.problems))
    if reading.errors:
        return reading
    reader = _Reader(header, mapping, directory, today, reading)
    for number, row in enumerate(chain(head, stream), 1):
        if number > header.rows and any(text_of(cell) for cell in row):
            reader.take(number, row)
    if not reading.rows:
        reading.problems.append(problem(None, None, "empty"))
    return reading


class _Reader:
    def __init__(self, header: Header, mapping: Mapping, directory: Directory, today: date, reading: Reading) -> None:
        self.header = header
        self.mapping = mapping
        self.today = today
        self.reading = reading
        self.first_row: dict[str, int] = {}
        departments = {plain(d.name): d.code for d in directory.departments}
        agencies = {plain(a.name): a.code for a in directory.agencies}
        self.values = VALUES | {
            "department": {plain(d.code): d.code for d in directory.departments} | agencies | departments,
            "addressee": {plain(a.code): a.code for a in directory.agencies} | agencies,
        }

    def take(self, number: int, row: list[Cell]) -> None:
        self.reading.rows += 1
        self.row = number
        self.found: list[Problem] = []
        values = {name: self.cell(COLUMNS[name], row[place : place + 1]) for name, place in self.header.places.items()}
        self.refuse_overlong(row)
        spoiled = {p.column for p in self.found}
        self.check_number(values)
        self.check_days(values, spoiled)
        self.check_end(values, spoiled)
        self.check_remedies(values, spoiled)
        self.doubt_particulars(values)
        if not any(p.error for p in self.found):
            self.reading.entries.append(Entry(number, values))
        self.reading.problems += self.found

    def say(self, column: str | None, code: str, **facts: object) -> None:
        self.found.append(problem(self.row, column, code, **facts))

    # --- one cell

    def cell(self, column: Column, cells: list[Cell]) -> str:
        text = text_of(cells[0]) if cells else ""
        if text in _CELL_ERRORS:
            self.say(column.name, "cell_error", given=text)
            return ""
        if not text:
            if column.name in REQUIRED:
                self.say(column.name, "required", label=column.label)
            return ""
        own = self.mapping.values.get(column.name)
        if own and plain(text) in own:
            return own[plain(text)]
        if column.is_date:
            return self.day(column, cells[0])
        if column.name in self.values:
            return self.code(column, text)
        text = text if column.name in FREE_TEXT else "".join(legible(half_width(text)).split())
        if column.longest and len(text) > column.longest:
            self.say(column.name, "too_long", label=column.label, longest=column.longest)
        return text

    def day(self, column: Column, cell: Cell) -> str:
        given = text_of(cell)[:40]
        try:
            day = parse_day(cell)
        except UnreadableDay as error:
            self.say(column.name, str(error), given=given)
            return ""
        if day > self.today:
            self.say(column.name, "date_in_future", label=column.label, given=day)
        return day.isoformat()

    def code(self, column: Column, text: str) -> str:
        code = self.values[column.name].get(plain(text))
        if code is None:
            given = text[:40]
            if column.name in ("department", "addressee"):
                self.say(column.name, f"unknown_{column.name}", given=given)
            elif column.name == "outcome" and plain(text) in SECTIONS:
                self.say(column.name, "outcome_section", given=given)
            elif column.name == "litigation" and plain(text) in self.values["review"]:
                self.say(column.name, "litigation_route", given=given)
            else:
                words = [words[0] for words in column.words.values()]
                choices = "、".join(words[:10]) + ("……" if len(words) > 10 else "")
                self.say(column.name, "unknown_value", given=given, label=column.label, choices=choices)
            return ""
        return code

    # --- the row

    def refuse_overlong(self, row: list[Cell]) -> None:
        beyond = [place for place, cell in enumerate(row) if place >= self.header.width and text_of(cell)]
        if beyond:
            self.say(None, "row_too_long", place=beyond[0] + 1)

    def check_number(self, values: Values) -> None:
        number = values["number"] = values["number"].upper()
        if _BAD_NUMBER & set(number):
            self.say("number", "number_characters")
        first = self.first_row.setdefault(keys.number(number), self.row)
        if number and first != self.row:
            self.say("number", "number_twice", given=number, first=first)

    def check_days(self, values: Values, spoiled: set[str | None]) -> None:
        received = values["received_on"]
        if not received or "received_on" in spoiled:
            return
        if received < FIRST_STATUTE.isoformat():
            self.say("received_on", "before_first_statute", given=received)
        elif received < IN_FORCE.isoformat():
            self.say("received_on", "before_statute")
        basis, channel = values.get("receipt_basis"), values.get("channel")
        if basis and channel and basis not in CHANNELS[channel].bases:
            self.say("receipt_basis", "basis_channel")

    def check_end(self, values: Values, spoiled: set[str | None]) -> None:
        received, answered, outcome = values["received_on"], values.get("answered_on"), values.get("outcome")
        if answered and not outcome and "outcome" not in spoiled:
            self.say("outcome", "outcome_missing")
        if outcome and not answered and "answered_on" not in spoiled:
            self.say("answered_on", "answered_on_missing")
        if answered and received and answered < received:
            self.say("answered_on", "answered_before_received", given=answered, received=received)
        year_ago = (self.today - timedelta(366)).isoformat()
        if received and received < year_ago and not (answered or outcome) and not spoiled & {"answered_on", "outcome"}:
            self.say("outcome", "long_open")

    def check_remedies(self, values: Values, spoiled: set[str | None]) -> None:
        received, answered = values["received_on"], values.get("answered_on", "")
        for name in ("review", "litigation"):
            result, day = values.get(name), values.get(f"{name}_on")
            label, day_label = COLUMNS[name].label, COLUMNS[f"{name}_on"].label
            if spoiled & {name, f"{name}_on", "answered_on"}:
                continue
            if result and not (day or answered):
                self.say(f"{name}_on", "remedy_day_missing", label=day_label)
            if day and not result:
                self.say(name, "remedy_missing", label=label)
            if result and day and day < received:
                self.say(f"{name}_on", "remedy_before_received", label=day_label, given=day, received=received)
            elif result and day and day < answered:
                self.say(f"{name}_on", "remedy_before_answer", label=day_label, given=day)

    def doubt_particulars(self, values: Values) -> None:
        if name := values.get("applicant_name"):
            values["applicant_name"] = identity.person(name)
        if number := values.get("id_number"):
            natural = values.get("applicant_type") == "natural"
            kind = values.get("id_type") or ("resident_id" if natural else "uscc")
            values["id_number"] = self.doubted("id_number", identity.id_number(kind, number, self.today), number)
        for name, rule in (("phone", identity.phone), ("email", identity.email)):
            if given := values.get(name):
                values[name] = self.doubted(name, rule(given), given)

    def doubted(self, name: str, normal: str | None, given: str) -> str:
        """The normal form, or what was given, with a warning."""
        if normal is None:
            self.say(name, f"{name}_implausible")
        return normal or given
