"""Use cases of files on a case: its applicant sends them in, the office keeps papers of its own; the chain knows all.

Who sees what: an applicant their own and what is open to them, a department of the others those that the office does
not keep to itself, the office everything.
"""

import asyncio
import base64
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases.attaching import Attaching, LetterElsewhere
from intake_api.files import repository
from intake_api.files.models import Attachment
from intake_api.kit.apart import Broken, Limits, Refused, TooMuch, values_apart
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.text import writable
from intake_api.kit.vault import Vault
from intake_api.people.service import Account, usernames
from intake_api.terms import papers
from intake_api.terms.limits import FILE_MB, FILES, PAPERS

LONGEST_NAME = 120
_EXAMINER = "intake_api.files.kinds:examine"
_BOUNDS = Limits(memory=768, computing=20, seconds=30.0, output=1)
_UNREADABLE = "这个文件打不开，可能已经损坏，请重新保存后再传。"
NO_LETTERS: Mapping[str, LetterElsewhere] = MappingProxyType({})
_OFFICE_ONLY = "只有政务公开办可以把材料设为仅自己可见。"


@dataclass(frozen=True)
class Filed:
    """A file as lists show it; `name` is empty where it was erased.

    `paper` is there for what the office keeps; `visible`, `by` and `ref` (the entry that it proves) for staff alone.
    A letter that was written elsewhere has `title`, `number`, `issued_on` and `in_force` as a notice of ours has.
    """

    id: int
    name: str
    kind: str
    size: int
    on: date
    paper: papers.Paper | None = None
    visible: papers.Visible | None = None
    by: str | None = None
    ref: str | None = None
    title: str | None = None
    number: str | None = None
    issued_on: date | None = None
    in_force: bool | None = None


@dataclass(frozen=True)
class KeptFile:
    """A file with its content, None where it was erased or cannot be read, and its SHA-256 (hex)."""

    filed: Filed
    sha256: str
    content: bytes | None


@dataclass(frozen=True)
class Paper:
    """What staff say of a file: which paper it is, who may see it (None: as few as can be), which entry it proves."""

    paper: papers.Paper
    visible: papers.Visible | None = None
    ref: str | None = None


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: its name without an ending, its kind, its bytes."""

    name: str
    kind: str
    raw: bytes


@dataclass(frozen=True)
class Content:
    """A file to be saved: never to be opened in a page."""

    name: str
    content: bytes


class FileService:
    """Receives, lists and gives out; every look of staff is on record, because identity papers are among them."""

    def __init__(self, db: Database, vault: Vault, clock: Clock, cases: Attaching) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._cases = cases

    async def examined(self, name: str, raw: bytes) -> Examined:
        """Look at a file by its content, in a child process.

        Failures `file_too_large`, `file_refused` for what is no photo, PDF or .docx.
        """
        if len(raw) > FILE_MB * 1024 * 1024:
            raise Failure("file_too_large", most=FILE_MB)
        return Examined(_plain(name), await asyncio.to_thread(_kind_of, raw), raw)

    # --- the applicant

    async def add(self, number: str, code: str, name: str, raw: bytes) -> Filed:
        """The applicant sends a file. The same content again is the same file.

        Failures: `case_not_found`, `step_not_allowed` once the case is over, `too_many_files`, those of `examined`.
        """
        async with self._db.read() as session:
            await self._cases.own(session, number, code)  # a stranger is refused before his file is read
        file = await self.examined(name, raw)
        async with self._db.write() as session:
            case_id = await self._cases.own_open(session, number, code)
            row = self._row(case_id, file)
            if known := await repository.same(session, row):
                return self._sent(known)
            if await repository.count(session, case_id, sent_in=True) >= FILES:
                raise Failure("too_many_files", most=FILES)
            await self._cases.came(session, case_id, row.sha256, row.kind)
            session.add(row)
            await session.flush()
            return self._sent(row)

    async def carry(self, session: AsyncSession, case_id: int, other_id: int) -> None:
        """Take what the applicant sent in along to another case of theirs, in the caller's transaction."""
        for held in await repository.of_case(session, case_id):
            row = await repository.one(session, case_id, held.id) if held.paper is None else None
            if row is None or row.sealed is None:  # the office's own, or erased
                continue
            await self._cases.came(session, other_id, row.sha256, row.kind)
            raw = base64.b64decode(self._vault.open(_place(case_id, row.sha256), row.sealed))
            session.add(self._row(other_id, Examined(self._name(row).removesuffix(f".{row.kind}"), row.kind, raw)))

    async def of_applicant(self, number: str, code: str) -> list[Filed]:
        """What the holder of number and query code has sent in, and what the office has opened to them."""
        async with self._db.read() as session:
            case_id = await self._cases.own(session, number, code)
            rows = await repository.of_case(session, case_id)
            known = await self._letters(session, case_id, rows)
            return [self._sent(row, known) for row in rows if row.paper is None or _is_open(row)]

    async def open_to_applicant(self, number: str, code: str, attachment_id: int) -> Content:
        """A paper of the office that is open to the applicant; the first time that it is the answer is on record.

        Failures `case_not_found`, `attachment_not_found`.
        """
        async with self._db.read() as session:
            case_id = await self._cases.own(session, number, code)
            row = await repository.one(session, case_id, attachment_id)
            if row is None or not _is_open(row):
                raise Failure("attachment_not_found")
            content = self._content(row)
            letter = (await self._letters(session, case_id, [row])).get(row.ref or "")
        if letter and letter.answers:
            async with self._db.write() as session:
                await self._cases.downloaded(session, number, {"ref": row.ref, "number": letter.number})
        return content

    # --- staff

    async def put(self, account: Account, number: str, name: str, raw: bytes, paper: Paper) -> Filed:
        """Staff keep a paper on a case, at any time; the same content as the same paper is the same file.

        Failures: `staff_case_not_found`, `too_many_files`, `invalid_request` for an entry that is not there or a
        visibility that is not theirs to give, those of `examined`.
        """
        async with self._db.read() as session:
            await self._cases.seen(session, account, number)
        file = await self.examined(name, raw)
        async with self._db.write() as session:
            return await self.keep(session, account, number, file, paper)

    async def keep(self, session: AsyncSession, account: Account, number: str, file: Examined, paper: Paper) -> Filed:
        """The same for a file that was examined, in the caller's transaction."""
        visible = paper.visible or ("office" if account.in_office else "department")
        if visible == "office" and not account.in_office:
            raise Failure("invalid_request", fields=[FieldProblem("visible", _OFFICE_ONLY)])
        case_id = await self._cases.seen(session, account, number)
        row = self._row(case_id, file)
        row.paper, row.visible, row.ref, row.account_id = paper.paper, visible, paper.ref, account.id
        known = await repository.same(session, row)
        if known is None:
            if await repository.count(session, case_id, sent_in=False) >= PAPERS:
                raise Failure("too_many_files", most=PAPERS)
            said = {"sha256": row.sha256, "kind": row.kind, "paper": paper.paper, "visible": visible}
            await self._cases.added(session, account, number, said | ({"ref": paper.ref} if paper.ref else {}))
            session.add(row)
            await session.flush()
        return self._kept(known or row, {account.id: account.username})

    async def of_case(self, account: Account, number: str) -> list[Filed]:
        """The files of a case that this person may see."""
        async with self._db.read() as session:
            case_id = await self._cases.seen(session, account, number)
            rows = await repository.of_case(session, case_id)
            known = await self._letters(session, case_id, rows)
            seen = [row for row in rows if _may_see(account, row)]
            by = {row.account_id for row in seen if row.account_id is not None}
            names = await usernames(session, by) if by else {}
            return [self._kept(row, names, known) for row in seen]

    async def kept(self, account: Account, number: str) -> list[KeptFile]:
        """The same with their contents, for a dossier, whose making is on record."""
        listed, found = await self.of_case(account, number), []
        async with self._db.read() as session:
            case_id = await self._cases.seen(session, account, number)
            for filed in listed:
                row = await repository.one(session, case_id, filed.id)
                assert row is not None
                held = self._vault.read(_place(case_id, row.sha256), row.sealed) if row.sealed else None
                found.append(KeptFile(filed, row.sha256, base64.b64decode(held) if held else None))
                session.expunge(row)  # its bytes go with it
        return found

    async def content(self, account: Account, number: str, attachment_id: int) -> Content:
        """A file in full. Each look is an event on the case. Failures `attachment_not_found`, `sealed_damaged`."""
        async with self._db.write() as session:
            case_id = await self._cases.seen(session, account, number)
            row = await repository.one(session, case_id, attachment_id)
            if row is None or row.sealed is None or not _may_see(account, row):
                raise Failure("attachment_not_found")
            await self._cases.looked(session, account, number, paper=row.paper is not None)
            return self._content(row)

    # --- the record

    async def first_fault(self) -> str | None:
        """The first file that is damaged, or that the chain of its case does not know."""
        async with self._db.read() as session:
            for case_id, attachment_id in await repository.ids(session):
                row = await repository.one(session, case_id, attachment_id)
                if row and (problem := self._unlike_sent(row, await self._cases.digests(session, case_id))):
                    return f"附件 {attachment_id}：{problem}"
        return None

    def _unlike_sent(self, row: Attachment, known: set[str]) -> str | None:
        if row.sha256 not in known:
            return "案件的记录中没有它"
        if row.sealed is None:  # erased
            return None
        held = self._vault.read(_place(row.case_id, row.sha256), row.sealed)
        if held is None or hashlib.sha256(base64.b64decode(held)).hexdigest() != row.sha256:
            return "已损坏，或者不是收到的那一份"
        return None

    # --- shared

    def _row(self, case_id: int, file: Examined) -> Attachment:
        """A new row with its file sealed; what the office says of it is still to be set."""
        sha256 = hashlib.sha256(file.raw).hexdigest()
        place, held = _place(case_id, sha256), base64.b64encode(file.raw).decode()
        return Attachment(
            case_id=case_id,
            kind=file.kind,
            size=len(file.raw),
            sha256=sha256,
            added_at=self._clock.now(),
            name_sealed=self._vault.seal(f"{place}:name", f"{file.name}.{file.kind}"),
            sealed=self._vault.seal(place, held),
            paper=None,
            visible=None,
            ref=None,
            account_id=None,
        )

    def _content(self, row: Attachment) -> Content:
        if row.sealed is None:  # erased
            raise Failure("attachment_not_found")
        held = self._vault.open(_place(row.case_id, row.sha256), row.sealed)
        return Content(self._name(row) or f"{row.id}.{row.kind}", base64.b64decode(held))

    async def _letters(
        self, session: AsyncSession, case_id: int, rows: Sequence[Attachment]
    ) -> Mapping[str, LetterElsewhere]:
        bound = any(row.paper == "letter" and row.ref for row in rows)
        return await self._cases.letters_elsewhere(session, case_id) if bound else {}

    def _sent(self, row: Attachment, known: Mapping[str, LetterElsewhere] = NO_LETTERS) -> Filed:
        """A file as its applicant sees it; `known` are the letters written elsewhere, by their entries."""
        shown = Filed(row.id, self._name(row), row.kind, row.size, day_of(row.added_at), row.paper)
        letter = known.get(row.ref or "") if row.paper == "letter" else None
        if letter is None:
            return shown
        return replace(shown, title=letter.title, number=letter.number, issued_on=letter.on, in_force=letter.in_force)

    def _kept(
        self, row: Attachment, names: Mapping[int, str], known: Mapping[str, LetterElsewhere] = NO_LETTERS
    ) -> Filed:
        """A file as staff see it."""
        by = names.get(row.account_id) if row.account_id is not None else None
        return replace(self._sent(row, known), visible=row.visible, by=by, ref=row.ref)

    def _name(self, row: Attachment) -> str:
        place = f"{_place(row.case_id, row.sha256)}:name"
        return str(self._vault.read(place, row.name_sealed) or "") if row.name_sealed else ""


def _is_open(row: Attachment) -> bool:
    return row.paper is not None and row.visible == "applicant"


def _may_see(account: Account, row: Attachment) -> bool:
    return account.in_office or row.visible != "office"


def _place(case_id: int, sha256: str) -> str:
    return f"attachment:{case_id}:{sha256}"


def _plain(name: str) -> str:
    """The name that a person gave, without folders, signs nobody sees, and its ending, which need not be true."""
    last = PurePosixPath(name.replace("\\", "/")).name
    seen = "".join(ch for ch in writable(last) if unicodedata.category(ch)[0] != "C" and ch not in '<>:"|?*')
    return seen.rpartition(".")[0][:LONGEST_NAME].strip() or seen[:LONGEST_NAME].strip(" .") or "附件"


def _kind_of(raw: bytes) -> str:
    try:
        return str(next(iter(values_apart(_EXAMINER, raw, _BOUNDS))))
    except Refused as refused:
        raise Failure("file_refused", reason=str(refused)) from None
    except (TooMuch, Broken, StopIteration):
        raise Failure("file_refused", reason=_UNREADABLE) from None
