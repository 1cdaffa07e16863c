"""An installation's settings, directory and services, and the one way to do something with them."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from intake_api.kit.terminal import stop

if TYPE_CHECKING:
    from intake_api.directory import Directory
    from intake_api.kit.vault import Vault
    from intake_api.learning.room import ModelRoom
    from intake_api.office import Office
    from intake_api.settings import Settings
    from intake_api.wiring.serving import ServingModel

DEMO_CHILD = "_GONGKAI_DEMO"  # not a setting: GONGKAI_DEMO in the environment would undo the refusal of the demo secret
Result = TypeVar("Result")


def load_settings(**overrides: object) -> "Settings":
    """Settings; Failure with what is wrong. A child of `serve --demo` is told so by an internal variable."""
    from intake_api.settings import Settings

    demo = True if os.environ.get(DEMO_CHILD) else None
    return Settings.load({"demo": demo} | {name: value for name, value in overrides.items() if value is not None})


def load_directory(settings: "Settings") -> "Directory":
    """The agencies and departments of the profile file; what is wrong with it ends the program."""
    from classifier.errors import ProfileError
    from intake_api.wiring.profile import read_directory

    try:
        return read_directory(settings)
    except ProfileError as error:
        stop(error.code, error.message)


def make_office(
    settings: "Settings",
    *,
    begin: bool = True,
    serving: bool = False,
    vault: "Vault | None" = None,
    loaded: "Callable[[], None]" = lambda: None,
) -> "Office":
    """The services of an installation, its keys compared, its schema up to date, the model loaded on demand.

    `begin`: where there is none yet it begins here. `serving`: it must be a demo or not, as the settings say. With a
    `vault` nothing is looked at, and no database needed. `loaded` is called whenever a model has been.
    """
    from intake_api import installation
    from intake_api.backups.schedule import before_migration
    from intake_api.office import build_office
    from intake_api.wiring.serving import serving_model
    from intake_api.wiring.upkeep import make_doctor

    if vault is None:
        before_migration(settings)
        vault = installation.settle(settings, begin=begin, serving=serving)
    directory = load_directory(settings)

    def load() -> "ServingModel":
        model = serving_model(settings.data)
        loaded()
        return model

    def models() -> "ModelRoom":
        return model_room(settings, directory)

    return build_office(
        settings,
        directory,
        load,
        models=models,
        vault=vault,
        doctor=make_doctor(settings, read=lambda: directory),
    )


def model_room(settings: "Settings", directory: "Directory | None" = None) -> "ModelRoom":
    """The registered models of a data directory: what the console, the worker and the command line all go through."""
    from intake_api.kit.clock import Clock
    from intake_api.wiring.room import RegisteredModels

    return RegisteredModels(settings, lambda: directory or load_directory(settings), Clock())


def with_office(
    work: "Callable[[Office], Awaitable[Result]]", office: "Office | None" = None, *, begin: bool = False
) -> Result:
    """Do something with the services of this machine's installation (or of `office`), then close its database.

    Without `begin` the installation must be there: looking something up must not begin a new one.
    """
    chosen = office or make_office(load_settings(), begin=begin)

    async def done() -> Result:
        try:
            return await work(chosen)
        finally:
            await chosen.db.dispose()

    return asyncio.run(done())
