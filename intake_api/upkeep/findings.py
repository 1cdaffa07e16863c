"""What the doctor (体检) finds: a stable code, how grave it is, a sentence, and what to do."""

from typing import Literal, NamedTuple

from intake_api.upkeep.texts import SAID, TODO

Level = Literal["ok", "advice", "fault"]


class Finding(NamedTuple):
    """One line. `fault`: something does not work or will be lost; `advice`: somebody should see to it.

    No value of a setting, no address and no path of a key is repeated: a finding may be sent to whoever helps.
    """

    code: str
    level: Level
    said: str
    todo: str = ""


def finding(code: str, level: Level, which: str, **facts: object) -> Finding:
    """A finding in its words: `which` names the sentence (`upkeep.texts`) among those of its code."""
    todo = "" if level == "ok" else TODO.get(f"{code}.{which}", TODO.get(code, ""))
    return Finding(code, level, SAID[f"{code}.{which}"].format(**facts), todo.format(**facts))
