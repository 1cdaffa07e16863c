"""Use cases of notices: begin, complete, issue, look up. What went out is never changed.

A notice is set before its transaction opens, with the number it will get if nobody is faster; whoever is overtaken sets
it anew. So numbers are gap-free, and nothing slow is awaited while SQLite's one writer is held.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from intake_api.calendars.current import Calendars
from intake_api.cases.schemas import Asked, CaseView, CitizenView
from intake_api.cases.service import CaseService
from intake_api.directory import Agency, Directory
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.vault import Vault
from intake_api.notices import render_docx, render_pdf, repository, texts
from intake_api.notices.document import Document, Draft, Value, compose, missing, parse
from intake_api.notices.facts import ONLINE, Count, derived, facts_of, issued_as, outcome_of, provisional, standing
from intake_api.notices.fonts import Faces, faces
from intake_api.notices.models import Notice, NoticeFile
from intake_api.notices.schemas import (
    CitizenNotice,
    Format,
    NoticeChange,
    NoticeIn,
    NoticeKind,
    NoticePage,
    NoticeView,
)
from intake_api.notices.views import issued_view, item, plain, view
from intake_api.people.service import Account
from intake_api.settings import Settings
from intake_api.statute import correction
from intake_api.statute import notices as table
from intake_api.statute.elements import REPLACES, Element
from intake_api.statute.outcomes import Remedy

ATTEMPTS = 50  # of setting a notice whose number somebody else took meanwhile
FORMATS: tuple[Format, ...] = ("docx", "pdf")


class _OvertakenError(Exception):
    """The case moved on, or the number is taken: what was set does not hold any more."""


@dataclass(frozen=True)
class Sheet:
    """A notice file for somebody: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class _Written:
    """A draft with everything that it is made from, and the document it makes."""

    case: CaseView
    agency: Agency
    draft: Draft
    facts: Mapping[str, Value]
    document: Document


class NoticeService:
    """Use cases; `settings` names the data directory, whose `notice_templates/` and `fonts/` are the office's own."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        clock: Clock,
        directory: Directory,
        calendars: Calendars,
        cases: CaseService,
        settings: Settings,
    ) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._directory = directory
        self._calendars = calendars
        self._cases = cases
        self._templates = settings.data / "notice_templates"
        self._fonts = settings.data / "fonts"
        self._late = settings.late_clarification
        self._unsettled = {"3.2": Remedy(settings.remedy_partial), "3.3.8": Remedy(settings.remedy_register)}
        self._issuing = asyncio.Lock()  # in one process nobody need be overtaken

    # --- staff

    async def of_case(self, account: Account, number: str) -> NoticePage:
        """The notices of a case, and what can be begun, the likeliest first."""
        case = await self._cases.view(account, number)
        async with self._db.read() as session:
            rows = await repository.of_case(session, case.number)
            digests = await repository.digests(session, [row.id for row in rows])
        gone = _not_in_force(case)
        happened = [event.type for event in standing(case)]
        disposition = case.decision.disposition if case.decision else None
        out = {row.code for row in rows if row.serial is not None and row.id not in gone}
        fitting = table.proposed(case.kind, case.status, disposition, outcome_of(case), happened, out)
        kinds = [*fitting, *(code for code in table.NOTICES if code not in fitting)]
        return NoticePage(
            items=[item(row, digests[row.id], gone) for row in rows],
            kinds=[_kind(code, code in fitting) for code in kinds],
        )

    async def begin(self, account: Account, number: str, body: NoticeIn) -> NoticeView:
        """Begin a draft; Failure `notice_unknown`."""
        if body.code not in table.NOTICES:
            raise Failure("notice_unknown", given=body.code)
        case = await self._cases.view(account, number)
        kept = self._changed(case, table.NOTICES[body.code], {}, body)
        async with self._db.write() as session:
            row = repository.new_draft(
                session,
                case.number,
                case.agency,
                body.code,
                table.NOTICES[body.code].sign,
                account.id,
                self._clock.now(),
            )
            await session.flush()
            row.sealed = self._vault.seal(_place(row), kept)
        return await self.view(account, case.number, row.id)

    async def view(self, account: Account, number: str, notice_id: int) -> NoticeView:
        """One notice: its elements, what is missing, its paragraphs."""
        case, row = await self._found(account, number, notice_id)
        async with self._db.read() as session:
            digests = await repository.digests(session, [row.id])
        if row.serial is not None:
            return issued_view(row, digests[row.id], self._kept(row), _not_in_force(case))
        written = self._write(case, row)
        gaps = missing(written.draft, written.document)
        may, boxed = written.draft.notice.may_be_issued_by(account.role), await self._boxed(written)
        return view(
            row, digests[row.id], written.draft, written.facts, written.document, gaps, may_issue=may, boxed=boxed
        )

    async def save(self, account: Account, number: str, notice_id: int, body: NoticeChange) -> NoticeView:
        """Change a draft; Failure `notice_issued`, `notice_changed`, or `invalid_request` with the fields."""
        case, row = await self._found(account, number, notice_id)
        self._refuse_issued(row)
        if body.version not in (None, row.version):
            raise Failure("notice_changed")
        kept = self._changed(case, table.NOTICES[row.code], self._kept(row), body)
        sealed = self._vault.seal(_place(row), kept)
        async with self._db.write() as session:
            at = self._clock.now()
            if not await repository.change(session, row, sealed=sealed, account_id=account.id, changed_at=at):
                raise Failure("notice_changed")
        return await self.view(account, case.number, row.id)

    async def discard(self, account: Account, number: str, notice_id: int) -> None:
        """Throw a draft away; Failure `notice_issued`."""
        _case, row = await self._found(account, number, notice_id)
        self._refuse_issued(row)
        async with self._db.write() as session:
            if not await repository.discard(session, row):
                raise Failure("notice_changed")

    async def issue(self, account: Account, number: str, notice_id: int, version: int | None = None) -> NoticeView:
        """Number a complete draft and send it out as it is: from now on it stays as it is.

        `version`: the one that was looked at. Failure `notice_incomplete` with what is missing, `notice_issued`,
        `notice_changed`, `not_allowed`.
        """
        async with self._issuing:
            for _ in range(ATTEMPTS):
                case, row = await self._found(account, number, notice_id)
                self._refuse_issued(row)
                if version not in (None, row.version):
                    raise Failure("notice_changed")
                try:
                    await self._put_out(account, case, row)
                except _OvertakenError:
                    continue
                return await self.view(account, number, notice_id)
        raise Failure("notice_changed")

    async def sheet(self, account: Account, number: str, notice_id: int, form: Format) -> Sheet:
        """A notice as a file: as it went out, or a preview of the draft."""
        case, row = await self._found(account, number, notice_id)
        if row.serial is None:
            written = self._write(case, row)
            content = await asyncio.to_thread(self._render, written, form, secrets.token_hex(16))
            return Sheet(f"{written.document.title}（草稿）.{form}", content)
        return await self._kept_sheet(row, form)

    # --- citizens

    async def citizen_view(self, number: str, code: str) -> CitizenView:
        """The citizen's view of a case with the notices that were issued to the applicant."""
        return await self.told(await self._cases.citizen_view(number, code))

    async def told(self, case: CitizenView) -> CitizenView:
        """Add the notices that were issued to the applicant, and what they ask; after a look or a step of theirs."""
        async with self._db.read() as session:
            rows = await repository.of_case(session, case.number)
        gone = await self._cases.notices_not_in_force(case.number)
        case.notices = [_for_citizen(row, gone).model_dump(mode="json") for row in rows if _is_for_citizen(row)]
        asking = [row for row in rows if row.code == "N2" and row.serial is not None and row.id not in gone]
        if case.clarification and asking:
            case.clarification = _asked(case.clarification, self._kept(asking[-1])["elements"])
        return case

    async def citizen_sheet(self, number: str, code: str, notice_id: int, form: Format) -> Sheet:
        """A notice that was issued to the applicant; Failure `case_not_found`, `notice_not_found`."""
        case = await self._cases.citizen_view(number, code)
        async with self._db.read() as session:
            row = await repository.one(session, case.number, notice_id)
        if row is None or not _is_for_citizen(row):
            raise Failure("notice_not_found")
        return await self._kept_sheet(row, form)

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

    async def _found(self, account: Account, number: str, notice_id: int) -> tuple[CaseView, Notice]:
        case = await self._cases.view(account, number)
        async with self._db.read() as session:
            row = await repository.one(session, case.number, notice_id)
        if row is None:
            raise Failure("notice_not_found")
        return case, row

    def _refuse_issued(self, row: Notice) -> None:
        if row.serial is not None:
            raise Failure("notice_issued", number=row.number)

    def _kept(self, row: Notice) -> dict[str, dict[str, str]]:
        """What the clerk entered and reworded; of an issued one its words as they went out, where legible."""
        kept: dict[str, dict[str, str]] | None = self._vault.read(_place(row), row.sealed) if row.sealed else None
        return {"elements": {}, "paragraphs": {}} | (kept or {})

    def _changed(
        self, case: CaseView, notice: table.Notice, before: Mapping[str, dict[str, str]], body: NoticeChange
    ) -> dict[str, Any]:
        """What is kept after a change; an empty value takes one back. Failure `invalid_request` with every problem."""
        kept = {
            "elements": before.get("elements", {}) | body.elements,
            "paragraphs": before.get("paragraphs", {}) | body.paragraphs,
        }
        kept = {
            group: {name: text.replace("\r\n", "\n") for name, text in given.items() if text}
            for group, given in kept.items()
        }
        letter = texts.PARTS.get(notice.code, ())
        known = {e.code: e for e in (*notice.elements, *_PLACES, *((REPLACES,) if letter else ())) if not e.fact}
        keys = {part.key for part in (texts.REPLACES, *letter)}
        problems = [FieldProblem(f"elements.{name}", _UNKNOWN) for name in kept["elements"].keys() - known.keys()]
        problems += [FieldProblem(f"paragraphs.{key}", _UNKNOWN) for key in kept["paragraphs"].keys() - keys]
        for name in kept["elements"].keys() & known.keys():
            try:
                parse(known[name], kept["elements"][name])
            except ValueError as error:
                problems.append(FieldProblem(f"elements.{name}", str(error)))
        if "replaces" in kept["elements"].keys() & known.keys() and not issued_as(case, kept["elements"]["replaces"]):
            problems.append(FieldProblem("elements.replaces", texts.REPLACES_UNKNOWN))
        if problems:
            raise Failure("invalid_request", fields=sorted(problems, key=lambda problem: problem.name))
        return kept

    def _write(self, case: CaseView, row: Notice, number: str | None = None) -> _Written:
        """Put a draft into words with the facts as they are now."""
        notice, kept, today = table.NOTICES[row.code], self._kept(row), self._clock.today()
        count = Count(self._calendars.current, today, self._late)
        facts = facts_of(case, row.code, self._directory, count)
        known = {e.code: e for e in (*notice.elements, *_PLACES, REPLACES)}
        facts = {name: value for name, value in facts.items() if _offered(known.get(name), value)}
        if len(notice.grounds) == 1:
            facts["outcome"] = next(iter(notice.grounds))
        entered = {name: parse(known[name], given) for name, given in kept["elements"].items() if name in known}
        values = facts | entered
        values |= derived(case, values, count)
        outcome = str(values.get("outcome", ""))
        _, remedy = notice.rests_on(outcome)
        agency = self._directory.agency(case.agency)
        draft = Draft(
            notice=notice,
            remedy=self._unsettled.get(outcome, remedy),
            agency_kind=agency.kind,
            electronic=notice.addressee == "applicant" and case.delivery.way in ONLINE,
            values=values,
            edits=kept["paragraphs"],
            provisional=provisional(case, values, self._calendars.current),
        )
        document = compose(draft, number or row.number or texts.DRAFT_NUMBER, agency.name, row.issued_on or today)
        return _Written(case, agency, draft, facts, document)

    async def faces(self) -> Faces:
        """The fonts that a PDF is set with now; Failure `fonts_missing`."""
        return await asyncio.to_thread(faces, self._fonts)

    async def _boxed(self, written: _Written) -> dict[str, str]:
        """The characters that the PDF cannot show, by their code points."""
        found = await asyncio.to_thread(render_pdf.boxed, written.document, self._clock.now(), self._fonts)
        return {" ".join(f"U+{ord(ch):04X}" for ch in one): one for one in found}

    def _render(self, written: _Written, form: Format, identifier: str) -> bytes:
        now = self._clock.now()
        if form == "pdf":
            return render_pdf.render(written.document, now, identifier, self._fonts)
        citation, _ = written.draft.notice.rests_on(str(written.draft.values.get("outcome", "")))
        shown = written.draft.shown | {"citation": citation}
        return render_docx.render(written.document, shown, now, identifier, self._templates)

    async def _put_out(self, account: Account, case: CaseView, row: Notice) -> None:
        """Set the notice with the next number, then number, files and event in one transaction."""
        today = self._clock.today()
        async with self._db.read() as session:
            serial = await repository.last_serial(session, row.agency_code, row.sign, today.year) + 1
        agency = self._directory.agency(row.agency_code)
        number = table.numbered(agency.sign or agency.number_prefix, row.sign, today.year, serial)
        written = self._write(case, row, number)
        if not written.draft.notice.may_be_issued_by(account.role):
            raise Failure("not_allowed")
        if gaps := missing(written.draft, written.document):
            labels = "、".join(gap.label for gap in gaps)
            extra = {"missing": [{"code": gap.code, "label": gap.label} for gap in gaps]}
            raise Failure("notice_incomplete", labels=labels, extra=extra)
        # the identifier inside the files makes their digests tell nothing once they are erased
        identifier = secrets.token_hex(16)
        files = {form: await asyncio.to_thread(self._render, written, form, identifier) for form in FORMATS}
        await self._commit(account, written, row, number, serial, today, files, await self._boxed(written))

    async def _commit(
        self,
        account: Account,
        written: _Written,
        row: Notice,
        number: str,
        serial: int,
        on: date,
        files: Mapping[Format, bytes],
        boxed: dict[str, str],
    ) -> None:
        digests = {form: hashlib.sha256(content).hexdigest() for form, content in files.items()}
        sealed = {form: self._vault.seal(_file_place(row, form), _text(content)) for form, content in files.items()}
        words = {"paragraphs": {p.key: p.text for p in written.document.paragraphs}}
        words["elements"] = {e.code: plain(written.draft.values.get(e.code)) for e in written.draft.elements}
        words["boxed"] = boxed
        words["remedy"] = {str(place): text for place, text in enumerate(written.document.remedy)}
        sealed_words = self._vault.seal(_place(row), words)
        event = {
            "notice": row.code,
            "id": row.id,
            "number": number,
            "sha256": digests["pdf"],
            "sha256_docx": digests["docx"],
        }
        if replaced := issued_as(written.case, written.draft.values.get("replaces")):
            event["replaces"] = replaced.data["id"]
        async with self._db.write() as session:
            told = _told(written, number)
            seq = await self._cases.note_event(session, account, written.case.number, correction.ISSUED, event, told)
            given = await repository.next_serial(session, row.agency_code, row.sign, on.year)
            if given != serial or seq != written.case.events[-1].seq + 1:
                raise _OvertakenError
            values = repository.issue_values(number, serial, on) | {
                "sealed": sealed_words,
                "changed_at": self._clock.now(),
            }
            if not await repository.change(session, row, account_id=account.id, **values):
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


_UNKNOWN = "这份文书没有这一项，或者它只能来自案件记录。"
_PLACES = (
    Element("review_body", "复议机关的名称", "text"),
    Element("court", "管辖法院的名称", "text"),
    Element("review_url", "提交行政复议申请书的互联网渠道", "text"),
)


def _place(row: Notice) -> str:
    return f"notice:{row.case_number}:{row.id}"


def _file_place(row: Notice, form: Format) -> str:
    return f"notice_file:{row.case_number}:{row.id}:{form}"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _offered(element: Element | None, value: Value) -> bool:
    """A fact that is none of the choices of its element is no default for it."""
    return element is None or element.options is None or value in element.options


def _kind(code: str, proposed: bool) -> NoticeKind:
    notice = table.NOTICES[code]
    return NoticeKind(code=code, title=notice.title, trigger=notice.trigger, proposed=proposed)


def _not_in_force(case: CaseView) -> dict[int, str]:
    return correction.not_in_force([correction.Recorded(e.seq, e.type, e.data) for e in case.events])


def _told(written: _Written, number: str) -> str:
    """What an applicant who came by chat is told of a notice that goes out; empty where it is for somebody else."""
    if written.draft.notice.addressee != "applicant":
        return ""
    replaced = written.draft.values.get("replaces")
    instead = texts.REPLACING.format(number=replaced) if replaced else ""
    return texts.ISSUED.format(title=written.draft.notice.title, number=number) + instead


def _asked(known: Asked, said: Mapping[str, str]) -> Asked:
    """What the record says of a clarification, with what its notice says; the day on record is the one that counts."""
    by = said.get("clarify_by")
    return known.model_copy(
        update={
            "unclear": said.get("unclear", "").splitlines(),
            "needed": said.get("needed", "").splitlines(),
            "reply_by": known.reply_by or (date.fromisoformat(by) if by else None),
        }
    )


def _is_for_citizen(row: Notice) -> bool:
    return row.serial is not None and table.NOTICES[row.code].addressee == "applicant"


def _for_citizen(row: Notice, gone: Mapping[int, str]) -> CitizenNotice:
    assert row.number is not None
    assert row.issued_on is not None
    return CitizenNotice(
        id=row.id,
        title=table.NOTICES[row.code].title,
        number=row.number,
        issued_on=row.issued_on,
        in_force=row.id not in gone,
        replaced_by=gone.get(row.id) or None,
    )
