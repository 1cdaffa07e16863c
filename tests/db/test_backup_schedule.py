"""Backups that nobody has to think of: at night, when asked for, before a migration; which of them are kept."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command

from intake_api import installation, migrate
from intake_api.backups import archive, service
from intake_api.backups.schedule import before_migration
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import application


@pytest.fixture
async def kept(empty_db_url: str, tmp_path: Path, clock: SettableClock) -> AsyncIterator[Office]:
    """An office with a folder for three backups."""
    folder = tmp_path / "backups"
    settings = Settings.load(
        {"data": tmp_path / "data", "database_url": empty_db_url, "backups": folder, "backups_kept": 3}
    )
    vault = installation.settle(settings, begin=True)
    office = build_office(settings, DIRECTORY, KeywordClassifier, clock, vault=vault)
    await office.cases.prepare()
    await office.cases.submit(Submission.model_validate(application()))
    yield office
    await office.db.dispose()


def names(office: Office) -> list[str]:
    assert office.backups.folder
    return sorted(path.name for path in office.backups.folder.glob("*"))


async def test_a_night_has_one_backup_and_the_oldest_go(kept: Office, clock: SettableClock) -> None:
    for _ in range(5):
        await kept.backups.nightly({})
        await kept.backups.nightly({})
        clock.moment += timedelta(days=1)
    assert names(kept) == [f"gongkai-2026-11-{day}.gongkai" for day in (22, 23, 24)]
    assert archive.verify(kept.backups.folder / names(kept)[0])["schema"] == migrate.head()  # type: ignore[operator]


async def test_nothing_is_made_before_the_hour(kept: Office, clock: SettableClock) -> None:
    clock.moment = clock.moment.replace(hour=17, minute=30)  # UTC: half past one in the morning in Shanghai
    await kept.backups.nightly({})
    assert names(kept) == []


async def test_a_file_that_is_not_ours_stays_and_a_draft_of_a_killed_one_goes(
    kept: Office, clock: SettableClock
) -> None:
    folder = kept.backups.folder
    assert folder
    folder.mkdir()
    (folder / "gongkai-old.gongkai").touch()
    (folder / ".gongkai-2026-11-19.gongkai.77").touch()
    for _ in range(4):
        await kept.backups.nightly({})
        clock.moment += timedelta(days=1)
    assert names(kept)[-1] == "gongkai-old.gongkai"
    assert len(names(kept)) == 4


async def test_what_was_asked_for_is_made_by_the_worker_and_restores(kept: Office, tmp_path: Path) -> None:
    await kept.backups.ask()
    await kept.backups.ask()  # a second click
    state = await kept.backups.state()
    assert state
    assert state.finished_at is None
    while await kept.jobs.run_next(lane=True):
        pass
    state = await kept.backups.state()
    assert state
    assert (state.error, state.finished_at is not None) == (None, True)
    (made,) = [name for name in names(kept) if len(name) > len("gongkai-2026-11-20.gongkai")]
    assert kept.backups.folder
    target = Settings.load({"data": tmp_path / "new", "database_url": f"sqlite:///{tmp_path / 'new' / 'x.db'}"})
    (target.data / "keys").mkdir(parents=True)
    for key in (kept.settings.data / "keys").iterdir():
        (target.data / "keys" / key.name).write_bytes(key.read_bytes())
    assert service.restore(target, kept.backups.folder / made, tell=lambda *_: None).rows > 0


async def test_a_folder_that_cannot_be_is_an_error_and_is_said(kept: Office) -> None:
    kept.settings.backups = kept.settings.data / "keys" / "1.key" / "below"
    with pytest.raises(Failure) as failed:
        await kept.backups.nightly({})
    assert failed.value.code == "backup_folder"


async def test_an_older_schema_is_kept_before_it_is_migrated(kept: Office, tmp_path: Path) -> None:
    await kept.db.dispose()
    settings = kept.settings
    before_migration(settings)
    assert not settings.backups.exists()  # type: ignore[union-attr]  # nothing to migrate
    with migrate.connect_for_migration(settings.database) as connection, connection.begin():
        command.downgrade(migrate.config(connection), "0018")
    before_migration(settings)
    (made,) = settings.backups.iterdir()  # type: ignore[union-attr]
    assert made.name.endswith(f"-before-{migrate.head()[:4]}.gongkai")
    assert archive.verify(made)["schema"] == "0018"
