"""Use cases of files on a case: an applicant sends one, staff look at it, its digest is compared with the chain."""

import asyncio
import base64
import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases.attaching import Attaching
from intake_api.files import repository
from intake_api.files.models import Attachment
from intake_api.kit.apart import Broken, Limits, Refused, TooMuch, values_apart
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.text import writable
from intake_api.kit.vault import Vault
from intake_api.people.service import Account
from intake_api.terms.limits import FILE_MB, FILES

LONGEST_NAME = 120
_EXAMINER = "intake_api.files.kinds:examine"
_BOUNDS = Limits(memory=768, computing=20, seconds=30.0, output=1)
_UNREADABLE = "这个文件打不开，可能已经损坏，请重新保存后再传。"


@dataclass(frozen=True)
class Filed:
    """A file as lists show it; `name` is empty where it was erased."""

    id: int
    name: str
    kind: str
    size: int
    on: date


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

    async def add(self, number: str, code: str, name: str, raw: bytes) -> Filed:
        """The applicant sends a file. The same content again is the same file.

        Failures: `case_not_found`, `step_not_allowed` once the case is over, `file_too_large`, `file_refused` for what
        is no photo, PDF or .docx, `too_many_files`.
        """
        async with self._db.read() as session:
            await self._cases.own(session, number, code)  # a stranger is refused before his file is read
        if len(raw) > FILE_MB * 1024 * 1024:
            raise Failure("file_too_large", most=FILE_MB)
        kind = await asyncio.to_thread(_kind_of, raw)
        sha256 = hashlib.sha256(raw).hexdigest()
        told = f"{_plain(name)}.{kind}"
        async with self._db.write() as session:
            case_id = await self._cases.own_open(session, number, code)
            if known := await repository.same(session, case_id, sha256):
                return self._filed(known)
            if await repository.count(session, case_id) >= FILES:
                raise Failure("too_many_files", most=FILES)
            await self._cases.came(session, case_id, sha256, kind)
            place, held = _place(case_id, sha256), base64.b64encode(raw).decode()
            row = Attachment(case_id=case_id, kind=kind, size=len(raw), sha256=sha256, added_at=self._clock.now())
            row.name_sealed = self._vault.seal(f"{place}:name", told)
            row.sealed = self._vault.seal(place, held)
            session.add(row)
            await session.flush()
            return self._filed(row)

    async def carry(self, session: AsyncSession, case_id: int, other_id: int) -> None:
        """Take the files of a case along to another of the same applicant, in the caller's transaction."""
        for held in await repository.of_case(session, case_id):
            row = await repository.one(session, case_id, held.id)
            if row is None or row.sealed is None:  # erased
                continue
            await self._cases.came(session, other_id, row.sha256, row.kind)
            there, content = _place(other_id, row.sha256), self._vault.open(_place(case_id, row.sha256), row.sealed)
            copy = Attachment(
                case_id=other_id, kind=row.kind, size=row.size, sha256=row.sha256, added_at=self._clock.now()
            )
            copy.name_sealed = self._vault.seal(f"{there}:name", self._name(row))
            copy.sealed = self._vault.seal(there, content)
            session.add(copy)

    async def of_applicant(self, number: str, code: str) -> list[Filed]:
        """What the holder of number and query code has sent in."""
        async with self._db.read() as session:
            return await self._listed(session, await self._cases.own(session, number, code))

    async def of_case(self, account: Account, number: str) -> list[Filed]:
        """The files of a case that this person may see."""
        async with self._db.read() as session:
            return await self._listed(session, await self._cases.seen(session, account, number))

    async def content(self, account: Account, number: str, attachment_id: int) -> Content:
        """A file in full. Each look is an event on the case. Failures `attachment_not_found`, `sealed_damaged`."""
        async with self._db.write() as session:
            case_id = await self._cases.looked(session, account, number)
            row = await repository.one(session, case_id, attachment_id)
            if row is None or row.sealed is None:
                raise Failure("attachment_not_found")
            held = self._vault.open(_place(case_id, row.sha256), row.sealed)
            return Content(self._name(row) or f"{attachment_id}.{row.kind}", base64.b64decode(held))

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

    async def _listed(self, session: AsyncSession, case_id: int) -> list[Filed]:
        return [self._filed(row) for row in await repository.of_case(session, case_id)]

    def _filed(self, row: Attachment) -> Filed:
        return Filed(row.id, self._name(row), row.kind, row.size, day_of(row.added_at))

    def _name(self, row: Attachment) -> str:
        place = f"{_place(row.case_id, row.sha256)}:name"
        return str(self._vault.read(place, row.name_sealed) or "") if row.name_sealed else ""


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
