"""Backups that nobody has to think of: every night, whenever somebody asks, and before a schema is brought up to date.

All in one folder (`GONGKAI_BACKUPS`), whole or not at all; the oldest of ours go once a newer one is there.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from intake_api import installation, migrate
from intake_api.backups import service
from intake_api.jobs.service import enqueue_one, latest
from intake_api.kit.clock import SHANGHAI, Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.terminal import written
from intake_api.settings import Settings

log = structlog.get_logger()
NIGHTLY, ASKED = "backup", "backup_now"
EVERY_HOURS = 1  # a look whether tonight's is still to be made
FROM_HOUR = 2  # Beijing time
_OURS = re.compile(r"gongkai-(\d{4}-\d{2}-\d{2})(-\d{6}|-before-\w+)?\.gongkai")


class RequestedBackup(NamedTuple):
    """A backup that somebody asked for: when it was made or given up, what went wrong last."""

    finished_at: datetime | None
    error: str | None


class Schedule:
    """Writes backups into the folder of the settings; without one nothing happens."""

    def __init__(self, settings: Settings, clock: Clock, db: Database) -> None:
        self._settings = settings
        self._clock = clock
        self._db = db

    @property
    def folder(self) -> Path | None:
        """Where they are; None where none are made."""
        return self._settings.backups

    async def nightly(self, _payload: Mapping[str, Any]) -> None:
        """Make this night's backup unless it is there. Safe to repeat: the same night has the same file."""
        now = self._clock.now().astimezone(SHANGHAI)
        name = f"gongkai-{now.date().isoformat()}.gongkai"
        if self.folder and now.hour >= FROM_HOUR and not (self.folder / name).exists():
            await asyncio.to_thread(_make, self._settings, self.folder, name)

    async def asked(self, payload: Mapping[str, Any]) -> None:
        """Make the backup that somebody asked for."""
        if self.folder:
            await asyncio.to_thread(_make, self._settings, self.folder, f"gongkai-{payload['at']}.gongkai")

    async def ask(self) -> None:
        """Have one made by the worker as soon as it can. Failure `backup_folder` where there is no folder."""
        if self.folder is None:
            raise Failure("backup_folder")
        now = self._clock.now()
        async with self._db.write() as session:
            await enqueue_one(session, ASKED, {"at": now.astimezone(SHANGHAI).strftime("%Y-%m-%d-%H%M%S")}, now)

    async def state(self) -> RequestedBackup | None:
        """The backup that was asked for last."""
        async with self._db.read() as session:
            job = await latest(session, ASKED)
            return RequestedBackup(job.finished_at, job.error) if job else None


def before_migration(settings: Settings) -> None:
    """Keep what an older version has written, where there is a folder for it, before its schema is brought up to date.

    A folder that cannot be written keeps the program from starting: better than a migration without a way back.
    """
    if settings.backups is None:
        return
    with installation.reading(settings) as connection:
        found = migrate.current(connection) if connection is not None else None
    if found is not None and found != migrate.head() and migrate.knows(found):
        day = Clock().today().isoformat()
        log.info("backup_before_migration", schema=found)
        _make(settings, settings.backups, f"gongkai-{day}-before-{migrate.head()[:4]}.gongkai", settled=False)


def _make(settings: Settings, folder: Path, name: str, *, settled: bool = True) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for draft in folder.glob(".gongkai-*"):  # of one that was killed
            draft.unlink(missing_ok=True)
        with written(folder / name) as stream:
            rows = service.write(settings, stream, with_keys=False, tell=lambda *_: None, settled=settled)
    except OSError as error:
        log.error("backup_failed", cause=error.strerror)
        raise Failure("backup_folder") from error
    if settled:  # an older schema may have no place for it
        service.note(settings, rows, (folder / name).stat().st_size, with_keys=False)
    for old in _surplus(folder, settings.backups_kept):
        old.unlink(missing_ok=True)


def _surplus(folder: Path, kept: int) -> list[Path]:
    """Ours beyond the newest `kept`; no other file is touched."""
    ours = [path for path in folder.iterdir() if _OURS.fullmatch(path.name)]
    return sorted(ours, key=lambda path: path.stat().st_mtime_ns)[:-kept]
