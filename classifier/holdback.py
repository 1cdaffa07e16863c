"""Which answered cases are kept from training to judge the new model on (留出): the newest, by time, groups whole."""

from collections.abc import Sequence
from datetime import date

# At least so many, so large a share, at most so many; and never more than half of what there is to learn from.
LEAST, SHARE, MOST = 30, 0.2, 1_000


def hold_back(groups: Sequence[str], days: Sequence[date], seen: Sequence[bool]) -> set[int]:
    """Places of the rows to keep, none where there are too few; `seen` rows and their groups taught the live model.

    A group is as new as its newest row: what is kept is later than, or apart from, everything that is learned from.
    """
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    fresh = [own for own in members.values() if not any(seen[place] for place in own)]
    fresh.sort(key=lambda own: max(days[place] for place in own), reverse=True)
    wanted, half = min(MOST, max(LEAST, round(SHARE * len(groups)))), len(groups) // 2
    kept: set[int] = set()
    for own in fresh:
        if len(kept) >= wanted:
            break
        if len(kept) + len(own) <= half:
            kept.update(own)
    return kept if len(kept) >= LEAST else set()
