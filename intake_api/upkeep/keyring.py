"""Use cases of the main keys (主密钥): what there is, a new one, and copies elsewhere that the database knows of."""

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from intake_api import installation
from intake_api.kit.clock import Clock
from intake_api.kit.db import set_up_sqlite, sync_engine
from intake_api.kit.errors import Failure
from intake_api.kit.vault import SECRET, Key, add_key
from intake_api.settings import Settings
from intake_api.upkeep import sealed


class Held(NamedTuple):
    """A key at hand: its 4 bytes as sealed values name it (hex), where it is, and whether it seals what is new.

    `values`: how many values of the database it has sealed.
    """

    id: str
    source: str
    active: bool
    values: int


def listing(settings: Settings) -> list[Held]:
    """The keys at hand, the active one first. Failures of `installation.refuse_misfit`."""
    installation.refuse_misfit(settings, begin=False)
    with installation.reading(settings) as connection:
        assert connection is not None, "refused above"
        values = sealed.by_key(connection)
    keys = {key.id.hex(): key.name for key in reversed(installation.keys_of(settings))}
    return [Held(key, name, place == 0, values[key]) for place, (key, name) in enumerate(reversed(keys.items()))]


def rotate(settings: Settings) -> str:
    """Make a new key, which seals from now on; where it is. Older ones stay: they open what they have sealed.

    A process that runs takes it up when it meets a value of it, or is replaced. Failures of
    `installation.refuse_misfit`; `key_of_setting` where GONGKAI_SECRET_KEY seals.
    """
    installation.refuse_misfit(settings, begin=False)
    if installation.keys_of(settings)[0].source == SECRET:
        raise Failure("key_of_setting")
    key = add_key(settings.data)
    installation.open_vault(settings, begin=True)  # the database knows of it
    return key.name


def reseal(settings: Settings, said: Callable[[int, int], None]) -> sealed.Resealed:
    """Seal everything anew that an older key has sealed, while the office works. Failures as `rotate` has them."""
    vault = installation.settle(settings, begin=False)
    engine = sync_engine(settings.database)
    if engine.dialect.name == "sqlite":
        set_up_sqlite(engine, "busy_timeout=20000")
    return sealed.reseal(engine, vault, said)


def copy(settings: Settings, folder: Path, clock: Clock) -> list[str]:
    """Copy every key into a folder as files (0600) that a `keys/` takes as they are; their names.

    What GONGKAI_SECRET_KEY stands for becomes the newest of them: who restores needs no setting then. The folder must
    hold no other key of the same name: Failure `key_copy_occupied`.
    """
    installation.refuse_misfit(settings, begin=False)
    keys = installation.keys_of(settings)
    files = {_file_of(key, keys): base64.b64encode(key.master) + b"\n" for key in keys}
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in files.items():
        if (folder / name).exists() and (folder / name).read_bytes().strip() != content.strip():
            raise Failure("key_copy_occupied", path=folder / name)
    for name, content in files.items():
        _write(folder / name, content)
    value = {"checks": [key.check for key in keys], "at": clock.now().isoformat(timespec="seconds")}
    installation.note(settings, "key_copy", value)
    return list(files)


def _file_of(key: Key, keys: list[Key]) -> str:
    if key.source != SECRET:
        return Path(key.name).name
    numbers = [int(Path(other.name).stem) for other in keys if Path(other.name).stem.isdigit()]
    return f"{max(numbers, default=0) + 1}.key"


def _write(place: Path, content: bytes) -> None:
    place.unlink(missing_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
