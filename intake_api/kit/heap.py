"""What the garbage collector goes through in a process that serves for long."""

import gc


def leave_alone() -> None:
    """Exempt what is there now: a collection that visits a whole model holds up every request for a tenth of a second.

    What was exempted before and is not needed any more, such as a model that was replaced, goes first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
