"""How a fault is written to the log: what and where, never the message, which may hold what people wrote."""

import traceback


def describe(error: BaseException) -> str:
    """`Type at file.py:line`, of the first inner error where several failed together."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "nowhere"
    return f"{type(error).__name__} at {place}"
