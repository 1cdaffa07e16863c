"""The use case of a dossier (卷宗): everything that is kept on a case as one numbered PDF; each making is on record."""

import asyncio
import base64
import hashlib
from dataclasses import dataclass

from intake_api.cases.service import CaseService
from intake_api.directory import Directory
from intake_api.dossier import package, texts
from intake_api.dossier.contents import Bundle, Contents
from intake_api.files.service import FileService
from intake_api.kit.apart import Broken, Limits, Refused, TooMuch, values_apart
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.notices.service import NoticeService
from intake_api.people.service import Account, usernames
from intake_api.settings import Settings
from intake_api.terms.record import STAFF

_BINDER = "intake_api.dossier.bind:bind"
_BOUNDS = Limits(memory=4096, computing=240, seconds=300.0, output=512)
_COMMAND_LINE = Account(0, texts.COMMAND_LINE, "admin", None)


@dataclass(frozen=True)
class Dossier:
    """A dossier as it was made: of which case, the PDF, how many pages it has."""

    number: str
    content: bytes
    pages: int

    @property
    def name(self) -> str:
        """The name of its file."""
        return texts.NAME.format(number=self.number)


class DossierService:
    """Makes them anew each time; nothing of them is kept but that one was made, by whom, and its SHA-256."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        directory: Directory,
        cases: CaseService,
        notices: NoticeService,
        files: FileService,
        settings: Settings,
    ) -> None:
        self._db, self._clock, self._directory = db, clock, directory
        self._cases, self._notices, self._files = cases, notices, files
        self._fonts = settings.data / "fonts"

    async def make(self, account: Account | None, number: str) -> Dossier:
        """The dossier of a case, whole: it is for the archive, a review or a court. `account` None: the command line.

        Failures `not_allowed` for who is limited to a department, `staff_case_not_found`, `dossier_failed` where it is
        more than one process may take.
        """
        viewer = account or _COMMAND_LINE
        await self._cases.record_of(viewer, number)
        if not viewer.in_office:
            raise Failure("not_allowed")
        contents = Contents(await self._case(viewer, number))
        number, now = contents.case.record.number, self._clock.now()
        plan = contents.plan(day_of(now).isoformat(), viewer.username, int(now.timestamp()), self._fonts)
        pages, content = await asyncio.to_thread(_bound, package.closed(plan, contents.files))
        sha256 = hashlib.sha256(content).hexdigest()
        await self._cases.dossier_made(account, number, {"sha256": sha256, "pages": pages})
        return Dossier(number, content, pages)

    async def _case(self, viewer: Account, number: str) -> Bundle:
        record = await self._cases.opened_record(viewer, number)
        ids = {int(e.by.removeprefix(STAFF)) for e in record.entries if e.by.startswith(STAFF)}
        async with self._db.read() as session:
            people = await usernames(session, ids) if ids else {}
        codes = {e.data["department"] for e in record.entries if e.data.get("department")}
        names = {code: self._directory.name_of(code) for code in codes}
        return Bundle(
            record=record,
            agency=self._directory.agency(record.agency).name,
            names=names | {f"{STAFF}{one}": name for one, name in people.items()},
            letters=await self._notices.issued(record),
            files=await self._files.kept(viewer, record.number),
        )


def _bound(packed: bytes) -> tuple[int, bytes]:
    try:
        pages, *pieces = values_apart(_BINDER, packed, _BOUNDS)
    except (TooMuch, Broken, Refused, ValueError):
        raise Failure("dossier_failed") from None
    return int(pages), b"".join(base64.b64decode(piece) for piece in pieces)
