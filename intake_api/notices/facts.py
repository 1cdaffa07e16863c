"""What the record of a case says for its notices: dates, parties, the applicant, who answers for it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from intake_api.cases.schemas import CaseView, EventOut
from intake_api.directory import Agency, Directory
from intake_api.notices import texts
from intake_api.notices.document import Value
from intake_api.statute import deadlines, fees
from intake_api.statute.calendar import Calendar
from intake_api.statute.elements import PARTIES, RECEIPT_BASES
from intake_api.statute.errors import StatuteError
from intake_api.statute.events import FIELDS, TYPES, parse_events
from intake_api.statute.notices import NOTICES
from intake_api.statute.sentences import chinese_day
from intake_api.terms.delivery import WAYS
from intake_api.terms.record import DAMAGED, ERASED

LONGEST_QUOTE = 200  # characters of a description that a notice repeats; a longer one goes by its title
ONLINE = tuple(code for code, way in WAYS.items() if way.online)
_LAST_DAYS = ("due_on", "original_due_on", "extended_until", "extended_to", "until")
_ENDS = {"answered", "withdrawn", "clarification_lapsed", "fee_lapsed"}


class Count(NamedTuple):
    """How the days of a case are counted; `late_clarification` is the setting of that name."""

    calendar: Calendar
    today: date
    late_clarification: Literal["continues", "restarts"]


def standing(case: CaseView) -> list[EventOut]:
    """Events that still count, oldest first."""
    gone = {event.data["ref"] for event in case.events if event.type == "voided"}
    return [e for e in case.events if e.type != "voided" and f"e{e.seq}" not in gone]


def outcome_of(case: CaseView) -> str | None:
    """The row of 表三 that the case was answered with, or ended in by itself."""
    lapsed = {"clarification_lapsed": "3.6.1", "fee_lapsed": "3.6.2"}
    for event in reversed(standing(case)):
        if event.type == "answered" or event.type in lapsed:
            return lapsed.get(event.type) or event.data.get("outcome")
    return None


def facts_of(case: CaseView, code: str, directory: Directory, count: Count) -> dict[str, Value]:
    """Everything that is known, by the names that elements and texts use; what is not known is left out."""
    agency = directory.agency(case.agency)
    found: dict[str, Value | None] = {
        "case_number": case.number,
        "applicant": _legible(case.applicant.get("name")),
        "you": "您" if case.applicant.get("type") == "natural" else "贵单位",
        "asked": _asked(case, supplemented=code != "N19"),  # which quotes the supplement by itself
        "supplement": _supplement(case),
        "document_number": case.document_number,
        "received_on": case.received_on,
        "due_on": case.due_on,
        "channel": texts.CHANNELS[case.channel],
        "form": f"{texts.FORMS[case.delivery.medium]}，{texts.WAYS[case.delivery.way]}",
        "department": case.department_name,
        "agency": agency.name,
        "office": agency.office,
        "contact": _contact(agency),
        "outcome": outcome_of(case),
        "review_body": agency.review_body,
        "court": agency.court,
        "review_url": agency.review_url,
        "consult_days": deadlines.CONSULT_DAYS,
        "other_agency_days": deadlines.REPLY_DAYS["other_agency"],
        "pay_days": deadlines.PAY_DAYS,
        **_of_events(standing(case)),
        **_of_term(case, count),
        **_of_notice(case, code, directory),
        **(_of_lapse(standing(case), count.calendar) if code == "N24" else {}),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def derived(case: CaseView, values: Mapping[str, Value], count: Count) -> dict[str, Value]:
    """What follows from what was entered: the end of an extended term, and a fee with its sum."""
    found: dict[str, Value] = _of_replaced(case, values.get("replaces"))
    days, scale, number = values.get("days"), values.get("scale"), values.get("count")
    if isinstance(days, int) and not _in_force(standing(case), "extended", count):
        wanted = {"type": "extended", "on": count.today, "days": days}
        until = _due([*standing(case)], count, wanted)
        found |= {"extended_until": until} if until else {}
    if scale == "pages" and isinstance(number, int) and (amount := fees.by_pages(number)):
        found |= {"amount": amount, "calculation": texts.PAGES_SUM.format(count=number, amount=amount)}
    items = values.get("items")
    if scale == "items" and isinstance(number, int) and isinstance(items, int) and items <= number:
        found |= _by_items(number, items)
    return found


def provisional(case: CaseView, values: Mapping[str, Value], calendar: Calendar) -> frozenset[str]:
    """The days, by name, that lie in a year whose working days are not announced: they may move."""
    since = case.received_on
    days = {name: value for name in _LAST_DAYS if isinstance(value := values.get(name), date)}
    return frozenset(name for name, day in days.items() if since and calendar.provisional(since, day))


def issued_as(case: CaseView, number: Value | None) -> EventOut | None:
    """The entry of the notice that was issued in this case under a number."""
    return next((e for e in case.events if e.type == "notice_issued" and e.data.get("number") == number), None)


def _of_replaced(case: CaseView, number: Value | None) -> dict[str, Value]:
    replaced = issued_as(case, number)
    return {"replaced_on": replaced.on, "replaced_title": NOTICES[replaced.data["notice"]].title} if replaced else {}


def _by_items(count: int, items: int) -> dict[str, Value]:
    total, earlier = fees.by_items(count), fees.by_items(count - items)
    if total == earlier:
        return {}
    facts = {"count": count, "total": total, "before": count - items, "earlier": earlier, "items": items}
    amount = total - earlier
    return {"amount": amount, "calculation": texts.ITEMS_SUM.format(**facts, amount=amount)}


def _legible(words: str | None) -> str | None:
    """Words that are still there: a letter must not quote that they are erased or damaged."""
    return None if words in (ERASED, DAMAGED) else words


def _asked(case: CaseView, *, supplemented: bool) -> str | None:
    """What is asked for, as it stands: with what the applicant has made of it when asked to (补正)."""
    if not _legible(case.description):
        return None
    whole, more = " ".join(case.description.split()), " ".join((_supplement(case) or "").split())
    asked = _quoted(whole if len(whole) <= LONGEST_QUOTE else case.title)
    if not (more and supplemented):
        return asked
    more = more if len(more) <= LONGEST_QUOTE else more[: LONGEST_QUOTE - 1] + "…"
    return texts.SUPPLEMENTED.format(asked=asked, more=_quoted(more))


def _quoted(words: str) -> str:
    return f"“{words.rstrip('。；，')}”"


def _supplement(case: CaseView) -> str | None:
    supplied = _last(standing(case), "clarification_received")
    return _legible(supplied.note) if supplied else None


def _contact(agency: Agency) -> str:
    parts = (agency.office, agency.phone and f"电话{agency.phone}", agency.address and f"地址{agency.address}")
    return "，".join(part for part in parts if part) if agency.phone or agency.address else ""


def _last(events: Iterable[EventOut], kind: str) -> EventOut | None:
    return next((e for e in reversed(list(events)) if e.type == kind), None)


def _of_events(events: list[EventOut]) -> dict[str, Value | None]:
    received, asked = _last(events, "received"), _last(events, "clarification_requested")
    supplied = _last(events, "clarification_received")
    started = [e for e in events if e.type == "consultation_started"]
    return {
        "received_basis": RECEIPT_BASES.get(str(received.data.get("basis"))) if received else None,
        "clarification_requested_on": asked.on if asked else None,
        "clarification_received_on": supplied.on if supplied else None,
        "clarify_by": _day(asked, "reply_by"),
        "party": started[-1].data["party"] if started else None,
        "consulted": "、".join(dict.fromkeys(PARTIES[e.data["party"]] for e in started)),
        "consultation_started_on": started[-1].on if started else None,
    }


def _day(event: EventOut | None, name: str) -> date | None:
    given = event.data.get(name) if event else None
    return date.fromisoformat(given) if given else None


def _of_term(case: CaseView, count: Count) -> dict[str, Value | None]:
    events = standing(case)
    if case.kind == "correction":
        return {"term": texts.NO_TERM}
    first = _due([e for e in events if e.type == "received"], count)
    extension, delayed = _in_force(events, "extended", count), _in_force(events, "delayed", count)
    until = _due([e for e in events if e.type != "delayed"], count) if extension else None
    term = first and texts.TERM.format(days=deadlines.ANSWER_DAYS, due_on=chinese_day(first))
    unsure = first and case.received_on and count.calendar.provisional(case.received_on, first)
    return {
        "term": term and term + (texts.PROVISIONAL if unsure else ""),
        "original_due_on": _due([e for e in events if e.type not in {"extended", "delayed"}], count),
        "days": extension.data["days"] if extension else None,
        "extended_until": until,
        "extended_to": until,
        "until": _day(delayed, "until"),
    }


def _in_force(events: list[EventOut], kind: str, count: Count) -> EventOut | None:
    """The last entry of a kind that moved the end of the term, unless the term has begun anew since."""
    last = _last(events, kind)
    if last is None:
        return None
    known = [e for e in events if kind == "delayed" or e.type != "delayed"]
    now = _due(known, count)
    return last if now is None or now != _due([e for e in known if e.type != kind], count) else None


def _due(events: list[EventOut], count: Count, more: dict[str, Any] | None = None) -> date | None:
    """The due date after these events, whatever ended the case since; None where there is none or they cannot be."""
    of_clock = [e for e in events if e.type in TYPES and e.type not in _ENDS]
    entries = [
        {"id": f"e{e.seq}", "type": e.type, "on": e.on} | {k: v for k, v in e.data.items() if k in FIELDS[e.type]}
        for e in of_clock
    ]
    try:
        counted = parse_events([*entries, *([more] if more else [])])
        return deadlines.due(
            counted, count.calendar, count.today, late_clarification_restarts=count.late_clarification == "restarts"
        ).due_on
    except StatuteError:
        return None


def _of_notice(case: CaseView, code: str, directory: Directory) -> dict[str, Value | None]:
    """What only some notices take from the record."""
    if code == "N15" and case.decision:
        holder = _holder(directory, case.decision.department)
        return {"responsible": holder[0], "responsible_contact": holder[1], "known": "yes" if holder[0] else None}
    if code == "N26":
        issued = _last([e for e in case.events if e.data.get("notice") != code], "notice_issued")
        served = f"《{NOTICES[issued.data['notice']].title}》{issued.data['number']}" if issued else None
        return {"recipient": _legible(case.applicant.get("name")), "served": served}
    if code == "N6":
        return _of_objection(case)
    if code == "N27-2":
        return {"recipient": case.department_name}
    return {}


def _of_objection(case: CaseView) -> dict[str, Value | None]:
    """What the third party who was asked last said, and why its objection was overridden (art. 32)."""
    said = _last(standing(case), "consultation_ended")
    answered = _last(standing(case), "answered")
    opinion = {"silent": "silent", "object": "objected", "object_with_reason": "objected"}
    return {
        "opinion": opinion.get(said.data.get("opinion", "")) if said else None,
        "reasons": answered.note if answered else None,
    }


def _of_lapse(events: list[EventOut], calendar: Calendar) -> dict[str, Value | None]:
    """When the notice that nobody followed was served, and when its term ended."""
    asked, fee = _last(events, "clarification_requested"), _last(events, "fee_noticed")
    if asked and _last(events, "clarification_lapsed"):
        return {"served_on": asked.on, "expired_on": _day(asked, "reply_by")}
    if fee:
        return {"served_on": fee.on, "expired_on": calendar.add_workdays(fee.on, deadlines.PAY_DAYS).date}
    return {}


def _holder(directory: Directory, code: str) -> tuple[str, str]:
    """Name and contact of the agency outside that holds the information (art. 36(5)); empty for one of our own."""
    for department in directory.departments:
        if department.code == code and department.external:
            contact = department.contact
            parts = (("地址", contact.address), ("电话", contact.phone), ("网址", contact.url))
            return department.name, "，".join(label + value for label, value in parts if value)
    for agency in directory.agencies[1:]:
        if agency.code == code:
            return agency.name, _contact(agency)
    return "", ""
