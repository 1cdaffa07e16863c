"""Files of an installation belong to its user alone (0600), whatever the directory and the umask are."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import structlog
from sqlalchemy import make_url

from intake_api.settings import Settings

log = structlog.get_logger()
_OTHERS = 0o077


def keep_private(settings: Settings) -> None:
    """From now on this process makes private files; those that are there and are not private become so."""
    os.umask(_OTHERS)
    for path in exposed(settings):
        try:
            path.chmod(path.lstat().st_mode & 0o7700)
        except PermissionError:  # of another user: nobody else can change it
            log.warning("file_not_private", file=path.name)


def exposed(settings: Settings) -> list[Path]:
    """Files of the installation that other users of the machine may read or write."""
    return [path for path in _files(settings) if not path.is_symlink() and path.lstat().st_mode & _OTHERS]


def foreign(settings: Settings) -> list[Path]:
    """Files of the installation that belong to another user than the one who runs this."""
    return [path for path in _files(settings) if path.lstat().st_uid != os.geteuid()]


def _files(settings: Settings) -> Iterator[Path]:
    """What the product itself has put there: a data directory may hold other things as well."""
    databases = [settings.data / "bot.db"]
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite":
        databases.append(Path(address.database or ""))
    for database in databases:
        yield from (file for file in database.parent.glob(f"{database.name}*") if file.is_file())
    yield from settings.data.glob("calendar.csv")
    for name in ("keys", "models", "shipped-model"):
        folder = settings.data / name
        yield from [folder, *folder.rglob("*")] if folder.is_dir() else []


def writable(folder: Path) -> bool:
    """Whether this process can make a file there: tried, because a bit of the mode says nothing of a read-only disk."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
