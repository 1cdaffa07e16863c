"""Checks of the machine and of what was set up on it: nothing here needs the database."""

import platform
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import make_url

from intake_api import __version__, private
from intake_api.kit.clock import Clock, day_of
from intake_api.settings import Settings
from intake_api.statute.calendar import Calendar
from intake_api.statute.errors import StatuteError
from intake_api.upkeep.findings import Finding, finding

NO_ROOM = 64 * 1024 * 1024  # bytes free: some thousand applications
LITTLE = 1024 * 1024 * 1024
ANNOUNCED = 11  # the month in which next year's holidays are announced


def setting(settings: Settings) -> list[Finding]:
    """What the settings leave out; what is wrong in them has been said before."""
    lines = []
    if not settings.public_url:
        lines.append(finding("settings", "advice", "address"))
    elif settings.public_url.startswith("https://") and not settings.trusted_proxies:
        lines.append(finding("settings", "advice", "proxy"))
    return lines or [finding("settings", "ok", "ok")]


def versions() -> list[Finding]:
    """What runs here."""
    engine = f"SQLite {sqlite3.sqlite_version}"
    return [finding("versions", "ok", "ok", gongkai=__version__, python=platform.python_version(), engine=engine)]


def data(settings: Settings) -> list[Finding]:
    """Whether the data directory is there and takes files."""
    path = settings.data.absolute()
    if not path.is_dir():
        return [finding("data", "fault", "missing", path=path)]
    if not private.writable(path):
        return [finding("data", "fault", "readonly", path=path)]
    return [finding("data", "ok", "ok", path=path)]


def permissions(settings: Settings) -> list[Finding]:
    """Whether files belong to the user of the program alone."""
    for which, files in (("foreign", private.foreign(settings)), ("open", private.exposed(settings))):
        if files:
            return [finding("permissions", "fault", which, count=len(files), file=files[0].name)]
    return [finding("permissions", "ok", "ok")]


def free_space(settings: Settings) -> int:
    """Bytes free where the data directory and a SQLite database lie, the smaller of both."""
    address = make_url(settings.database)
    folders = [settings.data]
    if address.get_backend_name() == "sqlite":
        folders.append(Path(address.database or "").parent)
    there = [next(place for place in (folder, *folder.absolute().parents) if place.exists()) for folder in folders]
    return min(shutil.disk_usage(folder).free for folder in there)


def disk(settings: Settings) -> list[Finding]:
    """Whether there is room."""
    free = free_space(settings)
    shown = f"{free / 1024**3:.1f} GB" if free > LITTLE else f"{free // 1024**2} MB"
    if free < NO_ROOM:
        return [finding("disk", "fault", "full", free=shown)]
    return [finding("disk", *(("advice", "low") if free < LITTLE else ("ok", "ok")), free=shown)]


def backups(settings: Settings) -> list[Finding]:
    """Whether backups are made by themselves, into a folder that takes them."""
    folder = settings.backups
    if folder is None:
        return [finding("backup_folder", "advice", "off")]
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not private.writable(there):
        return [finding("backup_folder", "fault", "readonly", path=folder)]
    return [finding("backup_folder", "ok", "ok", path=folder)]


def calendar(settings: Settings, clock: Clock) -> list[Finding]:
    """Whether this year's and the coming year's working days are known."""
    today = day_of(clock.now())
    try:
        known = Calendar.of(settings.data)
    except StatuteError as error:
        return [finding("calendar", "fault", "invalid", reason=error.message)]
    if not known.announced(today.year):
        return [finding("calendar", "fault", "this_year", year=today.year)]
    year = today.year + 1
    if known.announced(year):
        return [finding("calendar", "ok", "ok", year=year)]
    if today.month < ANNOUNCED:
        return [finding("calendar", "ok", "waiting", year=year)]
    return [finding("calendar", "advice", "next_year", year=year)]
