"""The doctor's checks of what belongs to the classifier: the department directory, the model in use."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from intake_api.kit.clock import Clock
from intake_api.upkeep.findings import Finding, finding
from intake_api.upkeep.service import Doctor
from intake_api.wiring.profile import read_directory

if TYPE_CHECKING:
    from intake_api.directory import Directory
    from intake_api.settings import Settings

OLD = 400  # days: a year and its slack


def make_doctor(settings: "Settings", read: "Callable[[], Directory] | None" = None) -> Doctor:
    """The doctor of an installation; `read` gives its directory, raising ProfileError (by default from its file)."""
    clock, directory = Clock(), read or (lambda: read_directory(settings))
    more = (lambda: _profile(directory), lambda: _model(settings, clock.today()))
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
