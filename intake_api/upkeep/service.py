"""The doctor (体检): every check of an installation, one list of findings for the command line and for the page."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from intake_api.kit.causes import named
from intake_api.kit.clock import Clock
from intake_api.settings import Settings
from intake_api.upkeep import machine, reach, store
from intake_api.upkeep.findings import Finding, finding

Check = Callable[[], list[Finding]]


class Doctor:
    """Looks and changes nothing; needs neither an office nor a database, and works while a server runs.

    `more`: checks of what only the composition root knows (the profile, the model); `sender`: the agency's address of
    mail, where the profile has one.
    """

    def __init__(
        self, settings: Settings, clock: Clock, more: Sequence[Check] = (), sender: Callable[[], str] = str
    ) -> None:
        self._checks: tuple[Check, ...] = (
            lambda: machine.setting(settings),
            lambda: machine.versions(),
            lambda: machine.data(settings),
            lambda: machine.permissions(settings),
            lambda: machine.disk(settings),
            lambda: store.database(settings, clock),
            lambda: machine.backups(settings),
            lambda: machine.calendar(settings, clock),
            *more,
            lambda: reach.mail_server(settings, sender),
            lambda: reach.telegram(settings),
        )

    def findings(self) -> list[Finding]:
        """Every line, in the same order each time; blocking, seconds where a server does not answer."""
        with ThreadPoolExecutor(len(self._checks)) as several:
            return [line for lines in several.map(_done, self._checks) for line in lines]


def _done(check: Check) -> list[Finding]:
    """A check that breaks is a finding itself, and stops no other."""
    try:
        return check()
    except Exception as error:
        return [finding("broken", "fault", "broken", reason=named(error))]


def unusable(reason: str) -> list[Finding]:
    """All that can be said where the settings cannot be read."""
    return [finding("settings", "fault", "invalid", reason=reason), *machine.versions()]
