"""Use cases of notices: begin, complete, issue, look up. What went out is never changed.

A notice is set before its transaction opens, with the number it will get if nobody is faster; whoever is overtaken sets
it anew. So numbers are gap-free, and nothing slow is awaited while SQLite's one writer is held.
"""

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from intake_api.cases.acts import Asking
from intake_api.cases.record import Record
from intake_api.cases.service import CaseService
from intake_api.directory import Directory
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault
from intake_api.notices import acting, drafting, render_docx, render_pdf, repeated, repository, signing, texts
from intake_api.notices.document import Gap, Value, as_entered, missing
from intake_api.notices.drafting import Kept, Written
from intake_api.notices.facts import outcome_of
from intake_api.notices.fonts import Faces, faces
from intake_api.notices.models import Notice, NoticeFile
from intake_api.people.service import Account, usernames
from intake_api.settings import Settings
from intake_api.statute import letters
from intake_api.statute import notices as table
from intake_api.statute.outcomes import Remedy
from intake_api.statute.workflow import STEPS

Format = Literal["docx", "pdf"]
ATTEMPTS = 50  # of setting a notice whose number somebody else took meanwhile
FORMATS: tuple[Format, ...] = ("docx", "pdf")
_ASKING = STEPS["clarification_requested"].notices  # the letter that asks an applicant to make the request clear


class _OvertakenError(Exception):
    """The case moved on, or the number is taken: what was set does not hold any more."""


@dataclass(frozen=True)
class Sheet:
    """A notice file for somebody: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Opened:
    """A notice that somebody has before them, with the record it belongs to: loaded once, shown and changed from it.

    `beside`: what it says of another case, or of who has approved it.
    """

    account: Account
    record: Record
    row: Notice
    beside: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class DraftChange:
    """What a clerk entered (by element) and reworded (by paragraph). An empty value takes back the one before.

    `version` is that of the draft which was changed; without it the change is made on whatever is there.
    """

    elements: Mapping[str, str] = field(default_factory=dict)
    paragraphs: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True)
class CaseNotices:
    """The notices of a case, by id the digests of their files, and what can be begun, the likeliest first.

    `gone` holds those that are not in force, each with the number of the one in its place; `fitting` are the kinds that
    fit where the case stands.
    """

    rows: tuple[Notice, ...]
    digests: Mapping[int, Mapping[str, str]]
    gone: Mapping[int, str]
    kinds: tuple[str, ...]
    fitting: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """A notice in full: of an issued one its words as they went out (`kept`), of a draft what it says now (`written`).

    `boxed`: the characters that the PDF cannot show, by their code points.
    """

    row: Notice
    digests: Mapping[str, str]
    kept: Kept
    gone: Mapping[int, str]
    written: Written | None = None
    gaps: tuple[Gap, ...] = ()
    may_issue: bool = False
    boxed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """A notice to the applicant that was issued; `replaced_by`: the number of the one in its place."""

    id: int
    title: str
    number: str
    issued_on: date
    in_force: bool
    replaced_by: str | None


@dataclass(frozen=True)
class Issued:
    """A notice that went out, to whomever: its PDF, None where it was erased or cannot be read."""

    title: str
    number: str
    on: date
    in_force: bool
    replaced_by: str | None
    sha256: str
    pdf: bytes | None


@dataclass(frozen=True)
class ToApplicant:
    """What was sent to the applicant: the notices, and what the letter in force says is to be made clear (补正)."""

    letters: tuple[Sent, ...]
    unclear: tuple[str, ...]
    needed: tuple[str, ...]
    reply_by: date | None


@dataclass(frozen=True)
class _Letter:
    """A notice as it goes out, under the number that it gets if nobody is faster."""

    number: str
    serial: int
    on: date
    written: Written
    files: Mapping[Format, bytes]
    boxed: dict[str, str]


class NoticeService:
    """Use cases; `settings` names the data directory, whose `notice_templates/` and `fonts/` are the office's own."""

    def __init__(
        self, db: Database, vault: Vault, clock: Clock, directory: Directory, cases: CaseService, settings: Settings
    ) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._directory = directory
        self._cases = cases
        self._templates = settings.data / "notice_templates"
        self._fonts = settings.data / "fonts"
        self._red, self._seal = settings.letter_head == "red", settings.letter_seal == "on"
        self._unsettled = {"3.2": Remedy(settings.remedy_partial), "3.3.8": Remedy(settings.remedy_register)}
        self._issuing = asyncio.Lock()  # in one process nobody need be overtaken

    # --- staff

    async def of_case(self, account: Account, number: str) -> CaseNotices:
        """The notices of a case, and what can be begun, the likeliest first."""
        record = await self._cases.record_of(account, number)
        async with self._db.read() as session:
            rows = await repository.of_case(session, record.number)
            digests = await repository.digests(session, [row.id for row in rows])
        held, gone = record.standing, record.not_in_force
        happened = [entry.type for entry in held.entries]
        out = {row.code for row in rows if row.serial is not None and row.id not in gone}
        fitting = table.proposed(record.kind, held.status, held.disposition, outcome_of(record), happened, out)
        kinds = [*fitting, *(code for code in table.NOTICES if code not in fitting)]
        return CaseNotices(tuple(rows), digests, gone, tuple(kinds), fitting)

    async def begin(self, account: Account, number: str, code: str, change: DraftChange | None = None) -> int:
        """Begin a draft; its id. Failure `notice_unknown`."""
        if code not in table.NOTICES:
            raise Failure("notice_unknown", given=code)
        record, notice = await self._cases.record_of(account, number), table.NOTICES[code]
        change = change or DraftChange()
        kept = drafting.changed(record, notice, {}, change.elements, change.paragraphs) | _hand(account, {})
        async with self._db.write() as session:
            if code == repeated.CODE:
                await repeated.refuse_foreign(session, self._cases, record, kept["elements"])
            row = repository.new_draft(session, record, notice, account.id, self._clock.now())
            await session.flush()
            row.sealed = self._vault.seal(_place(row), kept)
        return row.id

    async def open(self, account: Account, number: str, notice_id: int) -> Opened:
        """A notice with the record of its case, to be shown or changed; Failure `notice_not_found`."""
        record = await self._cases.opened_record(account, number)
        row = await self._row(record.number, notice_id)
        if row.code == signing.CODE and row.serial is None:
            return Opened(account, record, row, await self._approved(account, record))
        if row.code != repeated.CODE or row.serial is not None:
            return Opened(account, record, row)
        async with self._db.read() as session:
            return Opened(account, record, row, await repeated.earlier(session, self._cases, record))

    async def _approved(self, account: Account, record: Record) -> dict[str, Value]:
        """Who has approved the answer, for the internal sheet."""
        async with self._db.read() as session:
            rows = await repository.of_case(session, record.number)
        drafts = [row for row in rows if row.serial is None and "answered" in letters.steps_of(row.code)]
        named = {"letter": drafts[0].id, "draft": self.digest(Opened(account, record, drafts[0]))} if drafts else None
        given = signing.approvals_of(record, named if len(drafts) == 1 else None)
        async with self._db.read() as session:
            names = await usernames(session, signing.signers(given)) if given else {}
        return signing.signed(record, given, names)

    async def again(self, opened: Opened) -> Opened:
        """The same after a change of it: the case has not moved on by that."""
        return replace(opened, row=await self._row(opened.record.number, opened.row.id))

    async def seen(self, opened: Opened) -> Seen:
        """One notice: its elements, what is missing, its paragraphs."""
        row, record = opened.row, opened.record
        async with self._db.read() as session:
            digests = await repository.digests(session, [row.id])
        if row.serial is not None:
            return Seen(row, digests[row.id], self._kept(row), record.not_in_force)
        written = self._write(opened)
        gaps = tuple(missing(written.draft, written.document))
        may, boxed = written.draft.notice.may_be_issued_by(opened.account.role), await self._boxed(written)
        return Seen(row, digests[row.id], {}, {}, written, gaps, may, boxed)

    async def save(self, opened: Opened, change: DraftChange) -> None:
        """Change a draft; Failure `notice_issued`, `notice_changed`, or `invalid_request` with the fields."""
        row = opened.row
        self._refuse_other(row, change.version)
        before, notice = self._kept(row), table.NOTICES[row.code]
        kept = drafting.changed(opened.record, notice, before, change.elements, change.paragraphs)
        kept |= _hand(opened.account, before)
        sealed, by, at = self._vault.seal(_place(row), kept), opened.account.id, self._clock.now()
        async with self._db.write() as session:
            if row.code == repeated.CODE:
                await repeated.refuse_foreign(session, self._cases, opened.record, kept["elements"])
            changes = {"sealed": sealed, "account_id": by, "changed_at": at, "sent_at": None}
            if not await repository.change(session, row, **changes):
                raise Failure("notice_changed")

    async def discard(self, account: Account, number: str, notice_id: int) -> None:
        """Throw a draft away; Failure `notice_issued`."""
        row = await self._row((await self._cases.record_of(account, number)).number, notice_id)
        self._refuse_other(row, None)
        async with self._db.write() as session:
            if not await repository.discard(session, row):
                raise Failure("notice_changed")

    async def issue(self, account: Account, number: str, notice_id: int, version: int | None = None) -> None:
        """The act: number, letter, the step it takes with its days and outcome, and the message, or nothing of it.

        `version`: the one that was looked at. Failure `notice_incomplete` with what is missing, `notice_issued`,
        `notice_changed`, `not_allowed`; `answer_stands`, `letter_differs`; and every refusal of the step itself.
        """
        async with self._issuing:
            for _ in range(ATTEMPTS):
                opened = await self.open(account, number, notice_id)
                self._refuse_other(opened.row, version)
                try:
                    await self._put_out(opened, await self._letter(opened))
                except _OvertakenError:
                    continue
                return
        raise Failure("notice_changed")

    async def sheet(self, account: Account, number: str, notice_id: int, form: Format) -> Sheet:
        """A notice as a file: as it went out, or a preview of the draft."""
        opened = await self.open(account, number, notice_id)
        if opened.row.serial is not None:
            return await self._kept_sheet(opened.row, form)
        written = self._write(opened)
        content = await asyncio.to_thread(self._render, written, form, secrets.token_hex(16))
        return Sheet(f"{written.document.title}（草稿）.{form}", content)

    async def issued(self, record: Record) -> list[Issued]:
        """The notices of a case that went out, in their order, for its dossier."""
        gone, found = record.not_in_force, []
        async with self._db.read() as session:
            for row in await repository.of_case(session, record.number):
                kept = await repository.file_of(session, row.id, "pdf") if row.serial is not None else None
                if kept is None:
                    continue
                text = self._vault.read(_file_place(row, "pdf"), kept.sealed) if kept.sealed else None
                said = _for_citizen(row, gone)
                pdf = base64.b64decode(text) if text else None
                found.append(
                    Issued(said.title, said.number, said.issued_on, said.in_force, said.replaced_by, kept.sha256, pdf)
                )
        return found

    # --- for its approval

    def written(self, opened: Opened) -> Written:
        """A draft in words, as it stands now."""
        return self._write(opened)

    def digest(self, opened: Opened, written: Written | None = None) -> str:
        """The hash of what a draft says and does: another as soon as a word, an element or a fact of it is another.

        `written`, here and below: the draft in words, where it is at hand.
        """
        written = written or self._write(opened)
        said = [
            opened.row.code,
            *_lines(written),
            *(f"{e.code}={as_entered(written.draft.values.get(e.code))}" for e in written.draft.elements),
        ]
        return self._vault.blind("draft", json.dumps(said, ensure_ascii=False))

    def hands(self, row: Notice) -> set[int]:
        """The accounts that wrote a draft or changed it."""
        return {row.account_id, *(int(account) for account in self._kept(row).get("hands", {}))}

    def versions(self, opened: Opened, written: Written | None = None) -> tuple[list[str], list[str]]:
        """The lines of the draft as it was sent the time before, none where it was not; and as they are now."""
        kept = self._sent(opened.row)
        now = _lines(written or self._write(opened))
        before = kept.get("now", []) if opened.row.sent_at is None else kept.get("before", [])
        return before, now

    def sealed_versions(self, opened: Opened) -> bytes:
        """What is kept of a draft when it is sent: its lines, and those of the time before."""
        lines = {"now": _lines(self._write(opened)), "before": self._sent(opened.row).get("now", [])}
        return self._vault.seal(f"{_place(opened.row)}:sent", lines)

    def _sent(self, row: Notice) -> dict[str, list[str]]:
        kept = self._vault.read(f"{_place(row)}:sent", row.sent_words) if row.sent_words else None
        return kept or {}

    def refuse_incomplete(self, opened: Opened) -> None:
        """Refuse what is out, and a draft that lacks something; Failure `notice_issued`, `notice_incomplete`."""
        self._refuse_other(opened.row, None)
        _refuse_gaps(self._write(opened))

    # --- citizens

    async def to_applicant(self, record: Record) -> ToApplicant:
        """The notices that were issued to the applicant of a case, and what the one in force asks of them."""
        async with self._db.read() as session:
            rows = await repository.of_case(session, record.number)
        gone = record.not_in_force
        asking = [row for row in rows if row.code in _ASKING and row.serial is not None and row.id not in gone]
        asks = _asking(self._kept(asking[-1])["elements"] if asking else {})
        letters_out = tuple(_for_citizen(row, gone) for row in rows if _is_for_citizen(row))
        return ToApplicant(letters_out, asks.unclear, asks.needed, asks.by)

    async def citizen_sheet(self, number: str, code: str, notice_id: int, form: Format) -> Sheet:
        """A notice that was issued to the applicant; the first time that it is the answer is on record.

        Failures `case_not_found`, `notice_not_found`.
        """
        record = await self._cases.own_record(number, code)
        row = await self._row(record.number, notice_id)
        if not _is_for_citizen(row):
            raise Failure("notice_not_found")
        sheet, letter = await self._kept_sheet(row, form), {"id": row.id, "number": row.number}
        known = any(entry.data == letter for entry in record.of_type(letters.DOWNLOADED))
        if not known and letters.steps_of(row.code) & letters.ANSWERS:
            async with self._db.write() as session:
                await self._cases.downloaded(session, record.number, letter)
        return sheet

    # --- the record

    async def first_fault(self) -> str | None:
        """The first letter that is damaged, is not the one whose digest the case's chain holds, or is missing."""
        async with self._db.read() as session:
            for row in await repository.issued(session):
                known = await self._cases.letters(session, row.case_number)
                for form in FORMATS:
                    problem = self._unlike_issued(row, form, await repository.file_of(session, row.id, form), known)
                    if problem:
                        return f"文书 {row.number}：{form} 文件{problem}"
            return await repository.first_gap(session)

    def _unlike_issued(self, row: Notice, form: Format, kept: NoticeFile | None, known: set[str]) -> str | None:
        if kept is None or kept.sha256 not in known:
            return "缺少，或者案件的记录中没有它"
        if kept.sealed is None:  # erased
            return None
        text = self._vault.read(_file_place(row, form), kept.sealed)
        if text is None or hashlib.sha256(base64.b64decode(text)).hexdigest() != kept.sha256:
            return "已损坏，或者不是发出的那一份"
        return None

    # --- shared

    async def _row(self, number: str, notice_id: int) -> Notice:
        async with self._db.read() as session:
            row = await repository.one(session, number, notice_id)
        if row is None:
            raise Failure("notice_not_found")
        return row

    def _refuse_other(self, row: Notice, version: int | None) -> None:
        """Refuse to change what went out, or another version than the one that was looked at."""
        if row.serial is not None:
            raise Failure("notice_issued", number=row.number)
        if version not in (None, row.version):
            raise Failure("notice_changed")

    def _kept(self, row: Notice) -> Kept:
        """What the clerk entered and reworded; of an issued one its words as they went out, where legible."""
        kept: dict[str, dict[str, str]] | None = self._vault.read(_place(row), row.sealed) if row.sealed else None
        return {"elements": {}, "paragraphs": {}} | (kept or {})

    def _write(self, opened: Opened, number: str = "") -> Written:
        kept = self._kept(opened.row)
        written = drafting.write(
            opened.record, opened.row, kept, self._directory, self._unsettled, number, opened.beside
        )
        if written.draft.notice.addressee == "internal":
            return written
        head = written.document.agency if self._red else ""
        return replace(written, document=replace(written.document, head=head, seal=self._seal))

    async def faces(self) -> Faces:
        """The fonts that a PDF is set with now; Failure `fonts_missing`."""
        return await asyncio.to_thread(faces, self._fonts)

    async def _boxed(self, written: Written) -> dict[str, str]:
        """The characters that the PDF cannot show, by their code points."""
        found = await asyncio.to_thread(render_pdf.boxed, written.document, self._clock.now(), self._fonts)
        return {" ".join(f"U+{ord(ch):04X}" for ch in one): one for one in found}

    def _render(self, written: Written, form: Format, identifier: str) -> bytes:
        now = self._clock.now()
        if form == "pdf":
            return render_pdf.render(written.document, now, identifier, self._fonts)
        citation, _ = written.draft.notice.rests_on(str(written.draft.values.get("outcome", "")))
        shown = written.draft.shown | {"citation": citation}
        return render_docx.render(written.document, shown, now, identifier, self._templates)

    async def _letter(self, opened: Opened) -> _Letter:
        """Set a complete notice with the next number; Failure `not_allowed`, `notice_incomplete`."""
        today, row = self._clock.today(), opened.row
        async with self._db.read() as session:
            serial = await repository.last_serial(session, row.agency_code, row.sign, today.year) + 1
        agency = self._directory.agency(row.agency_code)
        number = table.numbered(agency.sign or agency.number_prefix, row.sign, today.year, serial)
        written = self._write(opened, number)
        if not written.draft.notice.may_be_issued_by(opened.account.role):
            raise Failure("not_allowed")
        _refuse_gaps(written)
        # the identifier inside the files makes their digests tell nothing once they are erased
        identifier = secrets.token_hex(16)
        files = {form: await asyncio.to_thread(self._render, written, form, identifier) for form in FORMATS}
        return _Letter(number, serial, today, written, files, await self._boxed(written))

    async def _put_out(self, opened: Opened, letter: _Letter) -> None:
        """Number, words, files and entry in one transaction; _OvertakenError where the case or the series moved on."""
        account, row, number = opened.account, opened.row, opened.record.number
        digests = {form: hashlib.sha256(content).hexdigest() for form, content in letter.files.items()}
        sealed = {form: self._vault.seal(_file_place(row, form), _text(file)) for form, file in letter.files.items()}
        words = self._vault.seal(_place(row), _words(letter))
        act = acting.letter_of(opened.record, letter.written, _entry(row, letter, digests), _message(letter))
        asks = _asking(_words(letter)["elements"]) if row.code in _ASKING else None
        act = replace(act, approved={"letter": row.id, "draft": self.digest(opened)}, asks=asks)
        columns = repository.issue_values(letter.number, letter.serial, letter.on)
        async with self._db.write() as session:
            if not await self._cases.issue(session, account, number, act):
                raise _OvertakenError
            given = await repository.next_serial(session, row.agency_code, row.sign, letter.on.year)
            if given != letter.serial:
                raise _OvertakenError
            columns |= {"sealed": words, "account_id": account.id, "changed_at": self._clock.now()}
            if not await repository.change(session, row, **columns):
                raise Failure("notice_changed")
            for form, content in sealed.items():
                repository.keep_file(session, row.id, form, content, digests[form])

    async def _kept_sheet(self, row: Notice, form: Format) -> Sheet:
        async with self._db.read() as session:
            kept = await repository.file_of(session, row.id, form)
        if kept is None or kept.sealed is None:
            raise Failure("notice_not_found")
        content = base64.b64decode(self._vault.open(_file_place(row, form), kept.sealed))
        return Sheet(f"{table.NOTICES[row.code].title} {row.number}.{form}", content)


def _refuse_gaps(written: Written) -> None:
    if gaps := missing(written.draft, written.document):
        labels = "、".join(gap.label for gap in gaps)
        extra = {"missing": [{"code": gap.code, "label": gap.label} for gap in gaps]}
        raise Failure("notice_incomplete", labels=labels, extra=extra)


def _hand(account: Account, before: Kept) -> dict[str, dict[str, str]]:
    """Who has written a draft, beside what they wrote."""
    return {"hands": {**before.get("hands", {}), str(account.id): "1"}}


def _lines(written: Written) -> list[str]:
    """What a draft says, line by line, without the day and the number that it gets when it goes out."""
    document = written.document
    said = (document.title, document.salutation, document.text(), document.closing)
    return [line for text in said for line in text.splitlines() if line]


def _place(row: Notice) -> str:
    return f"notice:{row.case_number}:{row.id}"


def _file_place(row: Notice, form: Format) -> str:
    return f"notice_file:{row.case_number}:{row.id}:{form}"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _words(letter: _Letter) -> dict[str, dict[str, str]]:
    """What is kept of an issued notice beside its files: its words as they went out."""
    draft, document = letter.written.draft, letter.written.document
    return {
        "elements": {e.code: as_entered(draft.values.get(e.code)) for e in draft.elements},
        "paragraphs": {p.key: p.text for p in document.paragraphs},
        "remedy": {str(place): text for place, text in enumerate(document.remedy)},
        "boxed": letter.boxed,
    }


def _entry(row: Notice, letter: _Letter, digests: Mapping[Format, str]) -> dict[str, Any]:
    """What the chain of the case holds of an issued notice."""
    named = {"notice": row.code, "id": row.id, "number": letter.number}
    told = letter.written.draft.values.get("clarify_by")
    if told:
        named["reply_by"] = as_entered(told)  # the last day that the applicant was told counts, whatever is recorded
    return named | {"sha256": digests["pdf"], "sha256_docx": digests["docx"]}


def _asking(elements: Mapping[str, Any]) -> Asking:
    """What a notice of 补正 wants made clear, by its elements as they are kept."""
    by = elements.get("clarify_by")
    unclear, needed = (tuple(str(elements.get(name, "")).splitlines()) for name in ("unclear", "needed"))
    return Asking(unclear, needed, date.fromisoformat(str(by)) if by else None)


def _message(letter: _Letter) -> str:
    """What an applicant who came by chat is sent when a notice goes out; empty where it is for somebody else."""
    draft = letter.written.draft
    if draft.notice.addressee != "applicant":
        return ""
    replaced = draft.values.get("replaces")
    instead = texts.REPLACING.format(number=replaced) if replaced else ""
    return texts.ISSUED.format(title=draft.notice.title, number=letter.number) + instead


def _is_for_citizen(row: Notice) -> bool:
    return row.serial is not None and table.NOTICES[row.code].addressee == "applicant"


def _for_citizen(row: Notice, gone: Mapping[int, str]) -> Sent:
    assert row.number is not None
    assert row.issued_on is not None
    return Sent(
        id=row.id,
        title=table.NOTICES[row.code].title,
        number=row.number,
        issued_on=row.issued_on,
        in_force=row.id not in gone,
        replaced_by=gone.get(row.id) or None,
    )
