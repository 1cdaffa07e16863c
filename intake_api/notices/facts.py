"""What the record of a case says for its notices: dates, parties, the applicant, who answers for it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from intake_api.cases.record import Record, Words, day_in
from intake_api.directory import Agency, Directory
from intake_api.kit.errors import Failure
from intake_api.notices import texts
from intake_api.notices.document import Value
from intake_api.statute import correction, deadlines, fees, letters
from intake_api.statute.effective import Entry, last
from intake_api.statute.elements import PARTIES, RECEIPT_BASES
from intake_api.statute.notices import NOTICES
from intake_api.statute.sentences import chinese_day
from intake_api.statute.workflow import STEPS
from intake_api.terms.delivery import WAYS
from intake_api.terms.record import DAMAGED, ERASED

LONGEST_QUOTE = 200  # characters of a description that a notice repeats; a longer one goes by its title
ONLINE = tuple(code for code, way in WAYS.items() if way.online)
_LAST_DAYS = ("due_on", "original_due_on", "extended_until", "extended_to", "until")


def words_of(record: Record) -> Words:
    """The words of a record that was loaded to be read."""
    assert record.words is not None
    return record.words


def outcome_of(record: Record) -> str | None:
    """The row of 表三 that the case was answered with, or lapsed in by itself."""
    held = record.standing
    return held.outcome if held.last("answered", "clarification_lapsed", "fee_lapsed") else None


def facts_of(record: Record, code: str, directory: Directory) -> dict[str, Value]:
    """Everything that is known, by the names that elements and texts use; what is not known is left out."""
    agency, words, held = directory.agency(record.agency), words_of(record), record.standing
    needed = {element.code for element in NOTICES[code].elements}
    found: dict[str, Value | None] = {
        "case_number": record.number,
        "applicant": _legible(words.applicant.get("name")),
        "you": "您" if words.applicant.get("type") == "natural" else "贵单位",
        "asked": _asked(record, supplemented="supplement" not in needed),  # else it is quoted by itself
        "supplement": _supplement(record),
        "document_number": words.document_number,
        "received_on": held.received_on,
        "due_on": held.due_on,
        "channel": texts.CHANNELS[record.channel],
        "form": f"{texts.FORMS[record.medium]}，{texts.WAYS[record.way]}",
        "department": directory.name_of(held.department) if held.department else None,
        "delivery": letters.served_by(record.way),
        "agency": agency.full_name,
        "office": agency.office,
        "contact": _contact(agency),
        "outcome": outcome_of(record),
        "review_body": agency.review_body,
        "court": agency.court,
        "review_url": agency.review_url,
        "consult_days": deadlines.CONSULT_DAYS,
        "other_agency_days": deadlines.REPLY_DAYS["other_agency"],
        "pay_days": deadlines.PAY_DAYS,
        **_of_entries(held.entries),
        **_of_term(record),
        **_of_notice(record, code, needed, directory),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def derived(record: Record, values: Mapping[str, Value]) -> dict[str, Value]:
    """What follows from what was entered: the end of an extended term, and a fee with its sum."""
    found: dict[str, Value] = _of_replaced(record, values.get("replaces"))
    days, scale, number = values.get("days"), values.get("scale"), values.get("count")
    if isinstance(days, int) and not _in_force(record, "extended"):
        wanted = {"type": "extended", "on": record.counting.today, "days": days}
        until = record.due_after(record.standing.entries, wanted)
        found |= {"extended_until": until} if until else {}
    if scale == "pages" and isinstance(number, int) and (amount := fees.by_pages(number)):
        found |= {"amount": amount, "calculation": texts.PAGES_SUM.format(count=number, amount=amount)}
    items = values.get("items")
    if scale == "items" and isinstance(number, int) and isinstance(items, int) and items <= number:
        found |= _by_items(number, items)
    return found


def provisional(record: Record, values: Mapping[str, Value]) -> frozenset[str]:
    """The days, by name, that lie in a year whose working days are not announced: they may move."""
    since, calendar = record.standing.received_on, record.counting.calendar
    days = {name: value for name in _LAST_DAYS if isinstance(value := values.get(name), date)}
    return frozenset(name for name, day in days.items() if since and calendar.provisional(since, day))


def issued_as(record: Record, number: Value | None) -> Entry | None:
    """The entry of the notice that was issued in this case under a number."""
    return next((entry for entry in record.issued if entry.data.get("number") == number), None)


def _of_replaced(record: Record, number: Value | None) -> dict[str, Value]:
    replaced = issued_as(record, number)
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


def _asked(record: Record, *, supplemented: bool) -> str | None:
    """What is asked for, as it stands: with what the applicant has made of it when asked to (补正)."""
    words = words_of(record)
    if not _legible(words.description):
        return None
    whole, more = " ".join(words.description.split()), " ".join((_supplement(record) or "").split())
    asked = _quoted(whole if len(whole) <= LONGEST_QUOTE else words.title)
    if not (more and supplemented):
        return asked
    more = more if len(more) <= LONGEST_QUOTE else more[: LONGEST_QUOTE - 1] + "…"
    return texts.SUPPLEMENTED.format(asked=asked, more=_quoted(more))


def _quoted(words: str) -> str:
    return f"“{words.rstrip('。；，')}”"


def _supplement(record: Record) -> str | None:
    return _legible(_note(record, record.standing.last("clarification_received")))


def _note(record: Record, entry: Entry | None) -> str | None:
    return words_of(record).notes.get(entry.seq) if entry else None


def _contact(agency: Agency) -> str:
    parts = (agency.office, agency.phone and f"电话{agency.phone}", agency.address and f"地址{agency.address}")
    return "，".join(part for part in parts if part) if agency.phone or agency.address else ""


def _of_entries(entries: tuple[Entry, ...]) -> dict[str, Value | None]:
    received, asked = last(entries, "received"), last(entries, "clarification_requested")
    supplied = last(entries, "clarification_received")
    started = [entry for entry in entries if entry.type == "consultation_started"]
    return {
        "received_basis": RECEIPT_BASES.get(str(received.data.get("basis"))) if received else None,
        "clarification_requested_on": asked.on if asked else None,
        "clarification_received_on": supplied.on if supplied else None,
        "clarify_by": day_in(asked, "reply_by"),
        "party": started[-1].data["party"] if started else None,
        "consulted": "、".join(dict.fromkeys(PARTIES[entry.data["party"]] for entry in started)),
        "consultation_started_on": started[-1].on if started else None,
    }


def _of_term(record: Record) -> dict[str, Value | None]:
    if record.kind == "correction":
        return {"term": texts.NO_TERM}
    entries, received = record.standing.entries, record.standing.received_on
    first = record.due_after(entry for entry in entries if entry.type == "received")
    extension, delayed = _in_force(record, "extended"), _in_force(record, "delayed")
    until = record.due_after(_without(entries, "delayed")) if extension else None
    term = first and texts.TERM.format(days=deadlines.ANSWER_DAYS, due_on=chinese_day(first))
    unsure = first and received and record.counting.calendar.provisional(received, first)
    return {
        "term": term and term + (texts.PROVISIONAL if unsure else ""),
        "original_due_on": record.due_after(_without(entries, "extended", "delayed")),
        "days": extension.data["days"] if extension else None,
        "extended_until": until,
        "extended_to": until,
        "until": day_in(delayed, "until"),
    }


def _without(entries: Iterable[Entry], *types: str) -> list[Entry]:
    return [entry for entry in entries if entry.type not in types]


def _in_force(record: Record, kind: str) -> Entry | None:
    """The last entry of a kind that moved the end of the term, unless the term has begun anew since."""
    moving = record.standing.last(kind)
    if moving is None:
        return None
    known = [entry for entry in record.standing.entries if kind == "delayed" or entry.type != "delayed"]
    now = record.due_after(known)
    return moving if now is None or now != record.due_after(_without(known, kind)) else None


def _of_notice(record: Record, code: str, needed: Collection[str], directory: Directory) -> dict[str, Value | None]:
    """What only some notices take from the record, told by what they need and by the steps that they belong to."""
    department = record.standing.department
    if "responsible" in needed and department:
        holder = _holder(directory, department, record.agency)
        return {"responsible": holder[0], "responsible_contact": holder[1], "known": "yes" if holder[0] else None}
    if code in STEPS["delivered"].notices:
        out = last([entry for entry in record.issued if entry.data["notice"] != code], correction.ISSUED)
        served = f"《{NOTICES[out.data['notice']].title}》{out.data['number']}" if out else None
        return {"recipient": _legible(words_of(record).applicant.get("name")), "served": served}
    if code == STEPS["answered"].informs:
        return _of_objection(record)
    if code in STEPS["fee_lapsed"].notices:
        return _of_lapse(record)
    if "recipient" in needed and NOTICES[code].addressee == "internal":
        return {"recipient": directory.name_of(department) if department else None}
    return {}


def _of_objection(record: Record) -> dict[str, Value | None]:
    """What the third party who was asked last answered, and why its objection was overridden (art. 32)."""
    ended = record.standing.last("consultation_ended")
    opinion = {"silent": "silent", "object": "objected", "object_with_reason": "objected"}
    return {
        "opinion": opinion.get(ended.data.get("opinion", "")) if ended else None,
        "reasons": _note(record, record.standing.last("answered")),
    }


def _of_lapse(record: Record) -> dict[str, Value | None]:
    """When the notice that nobody followed was served, and when its term ended."""
    held = record.standing
    asked, fee = held.last("clarification_requested"), held.last("fee_noticed")
    if asked and (held.status == "clarifying" or held.last("clarification_lapsed")):
        return {
            "outcome": "3.6.1",
            "served_on": asked.on,
            "expired_on": record.counting.last_day(day_in(asked, "reply_by")),
        }
    if fee:
        last_day = deadlines.pay_until(fee.on, record.counting.calendar)
        return {"outcome": "3.6.2", "served_on": fee.on, "expired_on": last_day}
    return {}


def _holder(directory: Directory, code: str, addressee: str) -> tuple[str, str]:
    """Name and contact of the agency that holds the information instead (art. 36(5)); empty for one of our own."""
    try:
        handler = directory.handler(code, addressee)
    except Failure:
        return "", ""
    if not handler.external:
        return "", ""
    agency, contact = directory.answering(code, addressee), handler.contact
    if agency and agency.code == code:
        return agency.full_name, _contact(agency)
    parts = (("地址", contact.address), ("电话", contact.phone), ("网址", contact.url))
    name = agency.full_name if agency else handler.name
    return name, "，".join(label + value for label, value in parts if value)
