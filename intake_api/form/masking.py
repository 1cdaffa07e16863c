"""What may be seen of an applicant without a look that is put on record. What is not declared harmless is hidden."""

from typing import Any

from intake_api.form.fields import PERSON, fields

_MOST_STARS = 12


def masked(particulars: dict[str, Any], within: str = PERSON) -> dict[str, Any]:
    """Particulars as a list or case page shows them: numbers and addresses reduced to what tells two people apart."""
    return {name: _masked(f"{within}{name}", value) for name, value in particulars.items()}


def shown_as(path: str, value: Any) -> str:
    """What may be seen of one field, a code in words; empty where there is nothing."""
    item = fields().get(path)
    if item and item.ask.words and value in item.ask.words:
        return str(item.ask.words[value].label)
    return str(_masked(path, value) or "")


def _masked(path: str, value: Any) -> Any:
    item = fields().get(path)
    if value is None or (item and item.ask.shown):
        return value
    if isinstance(value, dict):
        return masked(value, f"{path}.")
    text, ends = str(value), item.ask.ends if item else (0, 0)
    head, tail = (min(end, len(text) * end // max(1, 2 * sum(ends))) for end in ends)  # never more than half of it
    stars = "*" * min(max(1, len(text) - head - tail), _MOST_STARS)
    return text[:head] + stars + text[len(text) - tail :]
