"""How a verb that runs for long ends when it is told to: during its start at once, later in order, within a limit.

A handler in Python waits for the main thread, which may be in a migration or in a library's own loop; and an exception
raised from one leaves threads behind that the interpreter then waits for. So the number of the signal goes through a
pipe to a thread that needs nobody. Standard library only: this is the first thing that such a verb imports.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

SIGNALS = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)  # SIGTERM last: once it is caught, all are
VERBS = ("serve", "worker", "bot")


class Ending:
    """The one of this process is `ENDING`."""

    def __init__(self) -> None:
        self.limit: float | None = None
        """Seconds that an orderly end may take; None while there is nothing to finish."""
        self.restarts = False
        """Whether a hangup (SIGHUP) asks for a restart, and is no end."""
        self._watching = False
        self._last: list[Callable[[], object]] = []

    def watch(self) -> None:
        """End on SIGTERM, Ctrl-C and hangup from now on."""
        if self._watching:
            return
        self._watching = True
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in SIGNALS:
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, lambda *_: None)  # whoever takes over installs its own
        threading.Thread(target=self._wait, args=(reader,), name="ending", daemon=True).start()

    def at_last(self, step: Callable[[], object]) -> None:
        """Do this before the process is gone, the newest first."""
        self._last.append(step)

    def tidy(self) -> None:
        """Take the last steps, once."""
        while self._last:
            with suppress(Exception):
                self._last.pop()()

    def leave(self, status: int = 0) -> None:
        """End now: no thread that still learns or reads is waited for."""
        self.tidy()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)

    def _wait(self, reader: int) -> None:
        while (number := os.read(reader, 1)[0]) not in SIGNALS or (number == signal.SIGHUP and self.restarts):
            pass
        if self.limit is not None:
            time.sleep(self.limit)
            os._exit(0)
        self.leave()


ENDING = Ending()
