"""What an entry of a case's record may hold: the fields of its step, and what they say."""

from collections.abc import Mapping
from datetime import date

from intake_api.statute import workflow
from intake_api.statute.errors import refusal
from intake_api.statute.events import FIELDS as CLOCK_FIELDS
from intake_api.statute.events import TYPES, parse_events
from intake_api.statute.sentences import word_of
from intake_api.statute.steps import Step

NOTE = "reason"  # words that may go with any entry


def check_fields(event: str, on: date, values: Mapping[str, object]) -> None:
    """Refuse fields that do not belong to the step recorded as `event`, or whose values do not.

    Raises StatuteError: unknown_field, missing_field, bad_value, and what parse_events raises for events of the clock.
    """
    fields = {field.name: field for field in _step(event).fields if field.name != "on"}
    of_clock = CLOCK_FIELDS.get(event, {})
    called = word_of(event) if event in TYPES else f"{workflow.event_label(event)}（{event}）"
    for name in values:
        if name not in fields and name not in of_clock and name != NOTE:
            raise refusal("unknown_field", type=called, field=word_of(name))
    for field in fields.values():
        if field.name not in values:
            if field.required and event not in TYPES:
                raise refusal("missing_field", type=called, field=word_of(field.name))
        elif field.values and str(values[field.name]) not in field.values:
            raise refusal("bad_value", type=called, field=word_of(field.name))
    if event in TYPES:
        parse_events([{"type": event, "on": on} | {n: value for n, value in values.items() if n in of_clock}])


def sealed_fields(event: str) -> tuple[str, ...]:
    """Return the fields of an event that hold words: they are kept sealed beside the chain."""
    return (*(field.name for field in _step(event).fields if field.sealed and field.name != NOTE), NOTE)


def _step(event: str) -> Step:
    step = workflow.step_of(event)
    assert step is not None, event
    return step
