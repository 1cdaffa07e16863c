"""The assessment score (考核得分) of each department: four parts, weighed over those that have a case."""

from collections.abc import Mapping, Sequence

from intake_api.directory import Directory
from intake_api.reports.handlers import by_handler
from intake_api.reports.report import Assessed, AssessedPart
from intake_api.reports.repository import GivenBack, Tried, Worked

_LOWEST, _STEPS = 1, 4  # a rating is 1 to 5
Counted = Worked | GivenBack | Tried


def assessed(directory: Directory, items: Sequence[Counted], weights: Mapping[str, int]) -> list[Assessed]:
    """The departments that have anything to be scored by, or had a case, in the directory's order."""
    lines = []
    for handler, own in by_handler(directory, items):
        parts = _parts(own)
        lines.append(Assessed(handler.code, handler.name, _score(parts, weights), parts))
    return lines


def _parts(items: Sequence[Counted]) -> dict[str, AssessedPart]:
    groups = [item for item in items if isinstance(item, Worked)]
    tried = [item for item in items if isinstance(item, Tried)]
    concluded = sum(group.cases for group in groups if group.ended)
    returned = sum(item.times for item in items if isinstance(item, GivenBack))
    decided = sum(item.decided for item in tried)
    rated = sum(group.rated for group in groups)
    good = sum(group.stars for group in groups) - _LOWEST * rated
    return {
        "on_time": _part(sum(group.in_time for group in groups), sum(group.timed for group in groups)),
        "not_returned": _part(concluded, concluded + returned),
        "not_corrected": _part(decided - sum(item.corrected for item in tried), decided),
        "satisfaction": _part(good / _STEPS, rated),
    }


def _part(good: float, n: int) -> AssessedPart:
    return AssessedPart(good / n if n else None, n)


def _score(parts: Mapping[str, AssessedPart], weights: Mapping[str, int]) -> float | None:
    """Of 100; None where no part that weighs anything has a case: nothing is neither good nor bad."""
    known = [(weights[code], part.value) for code, part in parts.items() if part.value is not None]
    whole = sum(weight for weight, _ in known)
    return round(100 * sum(weight * value for weight, value in known) / whole, 2) if whole else None
