"""What verbs share: settings, the profile's directory, the active model, errors on stderr."""

import asyncio
import os
import sys
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, TypeVar

if TYPE_CHECKING:
    from intake_api.directory import Directory
    from intake_api.kit.vault import Vault
    from intake_api.learning.service import Models
    from intake_api.office import Office
    from intake_api.settings import Settings
    from intake_api.triage.service import Classifier

DEMO_CHILD = "_GONGKAI_DEMO"  # not a setting: GONGKAI_DEMO in the environment would undo the refusal of the demo secret
ROOT = Path(__file__).resolve().parents[2]
SHIPPED_PROFILE = ROOT / "training_data" / "departments.toml"
Result = TypeVar("Result")
Entry = TypeVar("Entry")


def stop(code: str, message: str, status: int = 2) -> NoReturn:
    """End with `error CODE: sentence` on stderr."""
    print(f"error {code}: {message}", file=sys.stderr)  # noqa: T201 - the command line's own voice
    raise SystemExit(status)


def load_settings(**overrides: object) -> "Settings":
    """Settings; Failure with what is wrong. A child of `serve --demo` is told so by an internal variable."""
    from intake_api.settings import Settings

    demo = True if os.environ.get(DEMO_CHILD) else None
    return Settings.load({"demo": demo} | {name: value for name, value in overrides.items() if value is not None})


def load_directory(settings: "Settings") -> "Directory":
    """The department directory of the profile file."""
    import tomllib

    from classifier.errors import ProfileError
    from classifier.profile import Profile
    from intake_api.directory import Agency, Contact, Department, Directory

    path = settings.profile or SHIPPED_PROFILE
    try:
        Profile.load(path)
        data = tomllib.loads(path.read_text("utf-8-sig"))
        own = data["agency"]
        agencies = tuple(_entry(Agency, item) for item in (own, *data.get("agencies", [])))
        departments = tuple(
            _entry(Department, row | {"contact": _entry(Contact, row.get("contact", {}))})
            for row in data["departments"]
        )
    except ProfileError as error:
        stop(error.code, error.message)
    except (KeyError, TypeError) as error:
        stop("profile_incomplete", f"部门目录 {path.name} 的 [agency] 不完整：{error}")
    except ValueError as error:
        stop("profile_value", f"部门目录 {path.name} 中有不能用的内容：{error}。")
    return Directory(agencies, departments)


def _entry(kind: type[Entry], row: Mapping[str, Any]) -> Entry:
    """One agency, department or contact of a profile, which may say more than the office needs; ValueError names it."""
    try:
        return kind(**{name: row[name] for name in kind.__dataclass_fields__ if name in row})  # type: ignore[attr-defined]  # a dataclass
    except ValueError as error:
        raise ValueError(f"{row.get('name', '')}的 {error}") from None


def load_classifier(data: Path) -> "Classifier":
    """The active model of the data dir, or the one trained from training_data/."""
    from intake_api.commands.classifier import serving_model

    classifier: Classifier = serving_model(data)
    return classifier


def existing_office() -> "Office":
    """The services of an installation that is there already: looking something up must not begin a new one."""
    return make_office(load_settings(), begin=False)


def make_office(
    settings: "Settings", *, begin: bool = True, serving: bool = False, vault: "Vault | None" = None
) -> "Office":
    """The services of an installation, its keys compared, its schema up to date, the model loaded on demand.

    `begin`: where there is none yet it begins here. `serving`: it must be a demo or not, as the settings say. With a
    `vault` nothing is looked at, and no database needed.
    """
    from intake_api import installation
    from intake_api.office import build_office

    vault = vault or installation.settle(settings, begin=begin, serving=serving)
    directory = load_directory(settings)

    def models() -> "Models":
        from intake_api.commands.learning import ModelRoom
        from intake_api.kit.clock import Clock

        return ModelRoom(settings, directory, Clock())

    return build_office(settings, directory, lambda: load_classifier(settings.data), models=models, vault=vault)


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all: what failed half-way leaves the one before as it was."""
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe
        with path.open("wb") as stream:
            yield stream
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("xb") as stream:
            yield stream
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end."""
    return asyncio.run(work)


def run_in(office: "Office", work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end and close the office's database."""

    async def whole() -> Result:
        try:
            return await work
        finally:
            await office.db.dispose()

    return run(whole())
