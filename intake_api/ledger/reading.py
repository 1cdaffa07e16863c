"""From sheets to entries: every cell in its normal form, every problem with its sheet, row and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain, islice

from intake_api import keys
from intake_api.directory import Directory
from intake_api.kit.text import legible
from intake_api.ledger.asides import said_aside
from intake_api.ledger.bounds import MOST_PROBLEMS, MOST_ROWS, PLACES
from intake_api.ledger.columns import COLUMNS, REQUIRED, SECTIONS, VALUES, Column, half_width, plain
from intake_api.ledger.days import UnreadableDay, day_written
from intake_api.ledger.files import Cell, LedgerSheet, text_of
from intake_api.ledger.header import SEARCHED, TALLEST, HeaderRow, find_header
from intake_api.ledger.mapping import Mapping
from intake_api.ledger.merged import MergedCells
from intake_api.ledger.problems import RowProblem, place_of, problem
from intake_api.people import identity
from intake_api.statute.deadlines import IN_FORCE
from intake_api.terms.receipt import CHANNELS

FIRST_STATUTE = date(2008, 5, 1)  # 国务院令第492号
_BAD_NUMBER = frozenset("/\\?#%&<>\"'")  # they end or change an address
_CELL_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!")
Values = dict[str, str]


@dataclass(frozen=True)
class ReadLine:
    """A row of the ledger in its normal form: codes, ISO dates, text; "" for what it leaves open.

    `values` has the columns that its sheet has; `sheet` is empty where the file has only one.
    """

    row: int
    values: Values
    sheet: str = ""


@dataclass
class Reading:
    """What a file says: entries without faults, the rows of each sheet that was read, and all that is to be said."""

    entries: list[ReadLine] = field(default_factory=list)
    sheets: dict[str, int] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Applications in the file."""
        return sum(self.sheets.values())

    @property
    def errors(self) -> list[RowProblem]:
        """The faults: with one of them nothing is imported."""
        return [p for p in self.problems if p.error]


def read_ledger(sheets: Iterable[LedgerSheet], mapping: Mapping, directory: Directory, today: date) -> Reading:
    """Read a whole file, every sheet that has a header; what is not read is said."""
    reading = Reading()
    words = _words(directory)
    first_rows: dict[str, str] = {}
    try:
        for sheet in sheets:
            if not reading.sheets and sheet.left_out:
                reading.problems.append(problem(None, None, "left_out", kinds="、".join(sheet.left_out)))
            _Reader(sheet, mapping, words, today, reading, first_rows).read()
    except _Enough as enough:
        reading.problems.append(problem(None, None, str(enough), most=enough.most))
    if not reading.sheets and not reading.errors:
        reading.problems.append(problem(None, None, "header_missing"))
    elif not reading.rows and not reading.errors:
        reading.problems.append(problem(None, None, "empty"))
    return reading


class _Enough(Exception):
    """No more is looked at: the code of why, and the bound."""

    def __init__(self, code: str, most: int) -> None:
        super().__init__(code)
        self.most = most


def _words(directory: Directory) -> dict[str, dict[str, str]]:
    """What may stand in each column that has a vocabulary, in its plain form, with the code."""
    departments = {plain(d.name): d.code for d in directory.departments}
    agencies = {plain(a.name): a.code for a in directory.agencies}
    return VALUES | {
        "department": {plain(d.code): d.code for d in directory.departments} | agencies | departments,
        "addressee": {plain(a.code): a.code for a in directory.agencies} | agencies,
    }


class _Reader:
    """Reads one sheet into the reading of its file; `first_rows`: numbers met so far, with their places."""

    header: HeaderRow

    def __init__(
        self,
        sheet: LedgerSheet,
        mapping: Mapping,
        words: dict[str, dict[str, str]],
        today: date,
        reading: Reading,
        first_rows: dict[str, str],
    ) -> None:
        self.sheet = sheet
        self.mapping = mapping
        self.values = words
        self.today = today
        self.reading = reading
        self.first_rows = first_rows
        self.merged = MergedCells(sheet.merged)
        self.nameless: dict[int, int] = {}  # a column without a header -> the first row that has something in it

    def read(self) -> None:
        """The header, then every row below it."""
        rows = iter(self.sheet.rows)
        head = list(islice(rows, SEARCHED + TALLEST))
        header = find_header(head, self.mapping)
        if self.sheet.hidden:
            return self.tell("sheet_hidden")
        # a table of figures beside the ledger has some of its words, too
        if header is None or (self.sheet.name and len(header.places.keys() & set(REQUIRED)) < len(REQUIRED) - 1):
            return self.tell("sheet_ignored") if self.sheet.name else None
        self.header = header
        self.reading.sheets[self.sheet.name] = 0
        self.reading.problems += [replace(p, sheet=self.sheet.name) for p in header.problems]
        if any(p.error for p in header.problems):
            return None
        for number, row in enumerate(chain(head, rows), 1):
            if number > header.rows:
                self.row = number
                self.found: list[RowProblem] = []
                self.take(self.merged.fill(number, row))
                self.reading.problems += self.found
                self.refuse_more()
        return self.tell_the_rest()

    def tell(self, code: str, **facts: object) -> None:
        """Say something about the whole sheet."""
        self.reading.problems.append(problem(None, None, code, sheet=self.sheet.name, **facts))

    def tell_the_rest(self) -> None:
        """What of the sheet was not read, or read otherwise than it stands."""
        sheet = self.sheet
        for place, row in self.nameless.items():
            self.tell("column_nameless", place=place + 1, line=row)
        if sheet.far:
            self.tell("far_cells", places=_some(sheet.places, sheet.far))
        if sheet.uncounted:
            self.tell("uncounted", places=_some(sheet.uncounted, len(sheet.uncounted)))
        if filled := self.merged.filled:
            ranges = [f"第{top}至{bottom}行第{column + 1}列" for (top, column), bottom in sorted(filled.items())]
            self.tell("merged_filled", places=_some(ranges, len(ranges)))

    def refuse_more(self) -> None:
        if self.reading.rows > MOST_ROWS:
            raise _Enough("too_many_rows", MOST_ROWS)
        if len(self.reading.problems) > MOST_PROBLEMS:
            raise _Enough("too_many_problems", MOST_PROBLEMS)

    def take(self, row: list[Cell]) -> None:
        row = row + [None] * (len(self.header.words) - len(row))
        texts = [text_of(cell) for cell in row]
        if not any(texts[place] for place in self.header.places.values()):
            return self.pass_over(texts)
        places = self.header.places.items()
        values = {name: self.cell(COLUMNS[name], row[place], texts[place]) for name, place in places}
        self.look_beside(texts)
        spoiled = {p.column for p in self.found}
        self.check_number(values)
        self.check_days(values, spoiled)
        self.check_end(values, spoiled)
        self.check_remedies(values, spoiled)
        self.doubt_particulars(values)
        if not any(p.error for p in self.found):
            self.reading.entries.append(ReadLine(self.row, values, self.sheet.name))
        elif self.is_aside(texts, values):
            return self.pass_over(texts)
        self.reading.sheets[self.sheet.name] += 1
        return None

    def is_aside(self, texts: list[str], values: Values) -> bool:
        """Whether a row with faults is no application at all: it lacks a day of receipt or a class of applicant."""
        if values["received_on"] and values["applicant_type"]:
            return False
        first = next(place for place, text in enumerate(texts) if text)
        return said_aside(texts, merged=self.merged.is_wide(self.row, first)) or self.header.repeated(texts)

    def pass_over(self, texts: list[str]) -> None:
        """Tell a row that is not read, but for an empty one and a running number in front of nothing."""
        said = [text for text in texts if text]
        self.found = []
        if not all(text.isdecimal() for text in said):
            self.say(None, "row_ignored", given="，".join(said)[:40])

    def say(self, column: str | None, code: str, **facts: object) -> None:
        self.found.append(problem(self.row, column, code, sheet=self.sheet.name, **facts))

    # --- one cell

    def cell(self, column: Column, cell: Cell, text: str) -> str:
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
            return self.day(column, text if isinstance(cell, str) else cell, text[:40])
        if column.name in self.values:
            return self.code(column, text)
        text = text if column.free else "".join(legible(half_width(text)).split())
        if column.longest and len(text) > column.longest:
            self.say(column.name, "too_long", label=column.label, longest=column.longest)
        return text

    def day(self, column: Column, cell: Cell, given: str) -> str:
        try:
            day = day_written(cell, date1904=self.sheet.date1904)
        except UnreadableDay as error:
            self.say(column.name, str(error), given=given)
            return ""
        if day > self.today and not column.to_come:
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

    def look_beside(self, texts: list[str]) -> None:
        """What stands beside the columns of the header, or under an empty one."""
        words = self.header.words
        for place, text in enumerate(texts):
            if text and place >= len(words):
                return self.say(None, "row_too_long", place=place + 1)
            if text and not words[place]:
                self.nameless.setdefault(place, self.row)
        return None

    def check_number(self, values: Values) -> None:
        number = values["number"] = values["number"].upper()
        if _BAD_NUMBER & set(number):
            self.say("number", "number_characters")
        here = place_of(self.sheet.name, self.row)
        first = self.first_rows.setdefault(keys.number(number), here)
        if number and first != here:
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


def _some(places: list[str], count: int) -> str:
    """The first of many places."""
    return "、".join(places[:PLACES]) + (f" 等 {count} 处" if count > PLACES else "")
