"""The doctor's checks of what an office is put together from: directory, model in use, search of what is published."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from intake_api.kit.clock import Clock
from intake_api.kit.errors import Failure
from intake_api.upkeep.findings import Finding, Level, finding
from intake_api.upkeep.service import Doctor
from intake_api.wiring.profile import read_directory

if TYPE_CHECKING:
    from intake_api.directory import Directory
    from intake_api.published.service import Searchable
    from intake_api.settings import Settings

OLD = 400  # days: a year and its slack


def make_doctor(settings: "Settings", read: "Callable[[], Directory] | None" = None) -> Doctor:
    """The doctor of an installation; `read` gives its directory, raising ProfileError (by default from its file)."""
    clock, directory = Clock(), read or (lambda: read_directory(settings))
    more = (lambda: _profile(directory), lambda: _model(settings, clock.today()), lambda: _published(settings))
    return Doctor(settings, clock, more, lambda: directory().default_agency.email)


def _profile(read: "Callable[[], Directory]") -> list[Finding]:
    from classifier.errors import ProfileError

    try:
        directory = read()
    except ProfileError as error:
        return [finding("profile", "fault", "invalid", reason=error.message)]
    own = directory.default_agency
    missing = [word for word, value in (("电话", own.phone), ("地址", own.address)) if not value]
    if missing:
        return [finding("profile", "advice", "contact", name=own.name, missing="和".join(missing))]
    return [finding("profile", "ok", "ok", name=own.name, departments=len(directory.departments))]


def _model(settings: "Settings", today: date) -> list[Finding]:
    from classifier.errors import ModelError
    from classifier.store import registry
    from intake_api.wiring.shipped import shipped_there

    models = registry.Registry(settings.data / "models")
    try:
        active = models.active()
        directory = models.path(active) if active else shipped_there(settings.data / "shipped-model")
        if directory is None:
            return [finding("model", "advice", "not_made")]
        registry.check(directory)
        manifest = registry.read_manifest(directory)
    except ModelError as error:
        return [finding("model", "fault", "none", reason=error.message)]
    version: str = manifest["version"]
    if not manifest.get("answered", {}).get("rows"):
        return [finding("model", "ok", "shipped", version=version)]
    days = (today - date.fromisoformat(version.partition("-")[0].replace(".", "-"))).days
    return [finding("model", *(("advice", "old") if days > OLD else ("ok", "ok")), version=version, days=days)]


def _published(settings: "Settings") -> list[Finding]:
    """How the search of what is published stands; nothing where its tables are not there, which others say."""
    from intake_api import installation, migrate

    try:
        with installation.reading(settings) as connection:
            if connection is None or migrate.current(connection) != migrate.head():
                return []
    except Failure:
        return []
    standing = asyncio.run(_standing(settings.database))
    level: Level = "advice" if not standing.items or standing.missing or standing.without_vector else "ok"
    which = "reading" if standing.without_vector else "ok"
    which = "empty" if not standing.items else "words" if standing.missing else which
    facts = {"items": standing.items, "waiting": standing.without_vector, "missing": standing.missing}
    return [finding("published", level, which, **facts)]


async def _standing(url: str) -> "Searchable":
    from intake_api.kit.db import Database
    from intake_api.published.service import PublishedService

    db = Database(url)
    try:
        return await PublishedService(db).standing()
    finally:
        await db.dispose()
