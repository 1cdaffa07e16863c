"""Opening a case: its number, its rows (sealed words, first events), in plain columns: many are written at once."""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api import keys
from intake_api.cases import chain, repository
from intake_api.cases.indexes import of_person
from intake_api.cases.projection import NOTHING_YET, project
from intake_api.cases.record import Counting, standing
from intake_api.directory import Agency
from intake_api.form.application import Submission
from intake_api.form.checks import has_proof
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.vault import Vault, digest
from intake_api.statute.effective import Entry
from intake_api.statute.numbering import case_number
from intake_api.terms.applicant import Kind
from intake_api.terms.receipt import CHANNELS, Basis, Channel
from intake_api.terms.record import CITIZEN, SYSTEM

BASIS_MISFIT = "收到日的依据与渠道不符，请核对。"
NOT_OUTSIDE = "这个渠道的申请由工作人员登记；在网上提交的，请不填这一项。"


@dataclass(frozen=True)
class Filing:
    """An application on its way in: who files it (`citizen` or `account:N`), and how its receipt is dated (art. 31).

    `suggestion`: what the model says of it, None where none could be used. `sender` tells those apart who choose
    idempotency keys: a program, a page of ours, a chat behind our bot, a clerk. `filed_from`: the number of the case of
    another agency that asked first, whose applicant agreed; `nonce`: where the query code is not to be a new one.
    """

    body: Submission
    channel: Channel
    basis: Basis | None
    received_on: date | None
    actor: str
    agency: Agency
    suggestion: Mapping[str, Any] | None = None
    sender: str = ""
    filed_from: str = ""
    nonce: str = ""


def citizens_filing(
    body: Submission, agency: Agency, sender: str, clock: Clock, confirm_internet: str, *, by_chat: bool
) -> Filing:
    """What a citizen files; received today, unless the channel or the office's setting wants a confirmation first.

    Failure `invalid_request` for a channel that is not outside, or a chat that our bot does not vouch for (`by_chat`).
    """
    channel = body.channel or ("chat" if by_chat else "web")
    way_in = CHANNELS[channel]
    if way_in.by != "citizen" or way_in.chat != by_chat:
        raise Failure("invalid_request", fields=[FieldProblem("channel", NOT_OUTSIDE)])
    at_once = way_in.at_once and confirm_internet != "staff"  # then nothing filed by a citizen dates itself
    received = clock.today() if at_once else None
    return Filing(body, channel, way_in.bases[0], received, CITIZEN, agency, sender=sender)


@dataclass(frozen=True)
class Claim:
    """An `Idempotency-Key` as stored: keyed digests of the key, which is its sender's own, and of what came with it."""

    key_hash: str
    body_hash: str

    @classmethod
    def of(cls, vault: Vault, key: str, filing: Filing) -> "Claim":
        """Two bodies are the same when they mean the same, whatever the order of their fields."""
        canonical = json.dumps([filing.channel, filing.body.model_dump(mode="json")], sort_keys=True)
        key = f"{filing.actor}\0{filing.sender}\0{key}"
        return cls(vault.blind("idempotency", key), hashlib.sha256(vault.blind("body", canonical).encode()).hexdigest())


@dataclass(frozen=True)
class Parent:
    """The case that a new one is split from: it keeps that one's day of submission and what has moved its clock."""

    id: int
    number: str
    submitted_at: datetime
    moved: tuple[chain.Happened, ...]


@dataclass(frozen=True)
class NewCase:
    """A case ready to be written: its rows, without the id that the database gives, and the nonce of its query code."""

    case: Any  # a plain stand-in: the object layer would take as long as all the rest
    text: dict[str, Any]
    applicant: dict[str, Any]
    events: list[dict[str, Any]]
    suggestion: Mapping[str, Any] | None
    nonce: str


def new_case(
    vault: Vault, filing: Filing, number: str, counting: Counting, now: datetime, parent: Parent | None = None
) -> NewCase:
    """Seal what was filed and tell what holds of it; StatuteError where the days of a parent cannot be counted."""
    nonce, salt = filing.nonce or secrets.token_urlsafe(16), secrets.token_hex(16)
    body = filing.body
    case = SimpleNamespace(
        number=number,
        number_key=keys.number(number),
        agency_code=filing.agency.code,
        kind=body.kind,
        channel=filing.channel,
        applicant_type=body.applicant.type,
        delivery_medium=body.delivery.medium,
        delivery_way=body.delivery.way,
        receipt_basis=filing.basis,
        submitted_at=parent.submitted_at if parent else now,
        parent_id=parent.id if parent else None,
        code_hash=vault.code_hash(number, vault.query_code(number, nonce)),
        flags=_flags(filing),
        **NOTHING_YET,
    )
    events = chain.chained(number, _history(filing, digest(salt, body.description), now, parent), now)
    entries = [Entry(e["seq"], e["type"], e["on"], e["data"], e["actor"]) for e in events]
    project(case, standing(case.kind, entries, counting))
    case.event_count, case.head_hash = len(events), events[-1]["hash"]
    who = body.applicant.model_dump(exclude_none=True)
    asked = body.model_dump(include={"title", "description", "document_number"}) | {"salt": salt}
    return NewCase(
        case=case,
        text={"sealed": vault.seal(f"case_text:{number}", asked)},
        applicant={"sealed": vault.seal(f"applicant:{number}", who)} | of_person(vault, who),
        events=events,
        suggestion=filing.suggestion,
        nonce=nonce,
    )


def _flags(filing: Filing) -> list[str]:
    own = set() if has_proof(filing.body) else {"missing_particulars"}
    return sorted(own | {flag["code"] for flag in (filing.suggestion or {}).get("flags", ())})


def _history(filing: Filing, text: str, now: datetime, parent: Parent | None) -> list[chain.Happened]:
    """The first entries of a case; `text` is the salted digest of the description."""
    told: dict[str, Any] = {"channel": filing.channel, "kind": filing.body.kind, "agency": filing.agency.code}
    told |= {"text": text} | ({"parent": parent.number} if parent else {})
    told |= {"filed_from": filing.filed_from} if filing.filed_from else {}
    history: list[chain.Happened] = [("submitted", day_of(now), filing.actor, told)]
    if filing.received_on:
        # the receipt shown to a citizen is the office's half of the mutual confirmation (art. 31(3))
        by = SYSTEM if filing.actor == CITIZEN else filing.actor
        history.append(("received", filing.received_on, by, {"basis": filing.basis}))
    return history + list(parent.moved if parent else ())


async def numbered(session: AsyncSession, filings: Sequence[Filing], year: int) -> list[str]:
    """The next numbers of each series that no imported ledger has used already, in the order of the filings.

    Series are held in one order by all, so that of two transactions that want the same two one waits.
    """
    wanted = Counter((filing.agency, filing.body.kind) for filing in filings)
    given = {
        one: iter(await _next_numbers(session, *one, year, wanted[one]))
        for one in sorted(wanted, key=lambda one: (one[0].code, one[1]))
    }
    return [next(given[filing.agency, filing.body.kind]) for filing in filings]


async def _next_numbers(session: AsyncSession, agency: Agency, kind: Kind, year: int, many: int) -> list[str]:
    prefix = agency.number_prefix if kind == "disclosure" else f"{agency.number_prefix}-GZ"
    found: list[str] = []
    while missing := many - len(found):
        last = await repository.next_serial(session, agency.code, kind, year, missing)
        numbers = [case_number(prefix, year, serial) for serial in range(last - missing + 1, last + 1)]
        used = await repository.used(session, numbers)
        found += [number for number in numbers if keys.number(number) not in used]
    return found
