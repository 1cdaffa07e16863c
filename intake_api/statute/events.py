"""What happens to a case, as far as the clock is concerned: one typed class an event, and their parsing.

Fields that only explain a step (`basis`, `delivery`, `reason`) may be absent; those that a date depends on may not.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from typing import ClassVar

from intake_api.statute.errors import refusal
from intake_api.statute.sentences import word_of
from intake_api.terms.delivery import SERVICES, Service
from intake_api.terms.handling import PARTIES, Party
from intake_api.terms.receipt import BASES, Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvent:
    """An entry of the record: the day it happened (in Asia/Shanghai) and the name by which others refer to it."""

    type: ClassVar[str]
    on: date
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(ClockEvent):
    """收到申请: the day that art. 31 makes decisive for the channel."""

    type = "received"
    basis: Basis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarificationRequested(ClockEvent):
    """告知补正 (art. 30); `reply_by` is the reasonable time given, which the law leaves to the office."""

    type = "clarification_requested"
    reply_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarificationReceived(ClockEvent):
    """收到补正 (art. 30)."""

    type = "clarification_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarificationLapsed(ClockEvent):
    """逾期不补正，不再处理 (art. 30)."""

    type = "clarification_lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationStarted(ClockEvent):
    """征求意见书发出 (arts 32-34); `delivered_on` is the day the other side got it, from which its 15 days run."""

    type = "consultation_started"
    party: Party
    ref: str | None = None
    delivered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationDelivered(ClockEvent):
    """对方收到征求意见书, recorded after it was sent: its 15 working days run from `on` (arts 32, 34)."""

    type = "consultation_delivered"
    party: Party | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationEnded(ClockEvent):
    """收到意见，或者确认逾期未提出意见; `ref` (or `party`) names the consultation.

    `waited`: the office had to wait longer than the term of the other side, and `reason` says why.
    """

    type = "consultation_ended"
    party: Party | None = None
    ref: str | None = None
    waited: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended(ClockEvent):
    """告知延长答复期限 (art. 33(2)); `days` are working days."""

    type = "extended"
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeNoticed(ClockEvent):
    """申请人收到收费通知 (art. 42, 国办函〔2020〕109号): the payment runs from `on`; `sent_on` must lie in the term."""

    type = "fee_noticed"
    sent_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeePaid(ClockEvent):
    """完成缴费."""

    type = "fee_paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLapsed(ClockEvent):
    """逾期未缴费，不再处理."""

    type = "fee_lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delayed(ClockEvent):
    """告知延迟答复 (art. 35): answered by `until`."""

    type = "delayed"
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(ClockEvent):
    """答复: `on` is the day of posting, of signature or of sending."""

    type = "answered"
    delivery: Service | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(ClockEvent):
    """申请人撤回申请."""

    type = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided(ClockEvent):
    """更正: the event with id `ref` was a mistake and does not count."""

    type = "voided"
    ref: str
    reason: str | None = None


TYPES: dict[str, type[ClockEvent]] = {
    cls.type: cls
    for cls in (
        Received,
        ClarificationRequested,
        ClarificationReceived,
        ClarificationLapsed,
        ConsultationStarted,
        ConsultationDelivered,
        ConsultationEnded,
        Extended,
        FeeNoticed,
        FeePaid,
        FeeLapsed,
        Delayed,
        Answered,
        Withdrawn,
        Voided,
    )
}

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse_day(value: object) -> date:
    """Read a calendar day from a date or `YYYY-MM-DD`; ValueError otherwise (an instant is not a day)."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError


def _name(value: object) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        return str(value)
    raise ValueError


def _days(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError


def _one_of(values: tuple[str, ...]) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if isinstance(value, str) and value in values:
            return value
        raise ValueError

    return parse


_PARSERS: dict[str, Callable[[object], object]] = {
    "on": parse_day,
    "reply_by": parse_day,
    "delivered_on": parse_day,
    "sent_on": parse_day,
    "until": parse_day,
    "id": _name,
    "ref": _name,
    "reason": _name,
    "days": _days,
    "waited": _flag,
    "basis": _one_of(tuple(BASES)),
    "party": _one_of(tuple(PARTIES)),
    "delivery": _one_of(tuple(SERVICES)),
}
# Fields of each type, and whether they are required.
FIELDS = {name: {f.name: f.default is MISSING for f in fields(cls)} for name, cls in TYPES.items()}


def parse_events(raw: object) -> tuple[ClockEvent, ...]:
    """Read typed events from their JSON form, in the order given; a field that is null counts as absent.

    Raises StatuteError: bad_events, unknown_event, unknown_field, missing_field, bad_date, bad_value, duplicate_id.
    """
    if isinstance(raw, str | bytes | Mapping) or not isinstance(raw, Iterable):
        raise refusal("bad_events")
    events = tuple(_parse(item) for item in raw)
    seen: set[str] = set()
    for event in events:
        if event.id is not None and event.id in seen:
            raise refusal("duplicate_id", id=event.id[:40])
        seen |= {event.id} if event.id is not None else set()
    return events


def _parse(raw: Mapping[str, object]) -> ClockEvent:
    if not isinstance(raw, Mapping):
        raise refusal("bad_events")
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise refusal("unknown_event", type=str(kind)[:40])
    known = FIELDS[kind]
    for name in raw:
        if name != "type" and name not in known:
            raise refusal("unknown_field", type=word_of(kind), field=word_of(str(name)[:40]))
    values = {name: _value(kind, name, raw[name]) for name in known if raw.get(name) is not None}
    for name, required in known.items():
        if required and name not in values:
            raise refusal("missing_field", type=word_of(kind), field=word_of(name))
    return TYPES[kind](**values)  # type: ignore[arg-type]  # each value comes from the parser of its field


def _value(kind: str, name: str, value: object) -> object:
    parser = _PARSERS[name]
    try:
        return parser(value)
    except ValueError:
        raise refusal(
            "bad_date" if parser is parse_day else "bad_value", type=word_of(kind), field=word_of(name)
        ) from None
