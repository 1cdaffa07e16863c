"""Opening a case: number, sealed personal rows, first events, suggestion. Everything in the caller's transaction."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import chain, repository
from intake_api.cases.indexes import of_person
from intake_api.cases.models import Applicant, Case, CaseText
from intake_api.cases.projection import NOTHING_YET
from intake_api.directory import Agency
from intake_api.form.application import Submission
from intake_api.form.checks import has_proof
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.vault import Vault, digest
from intake_api.statute.numbering import case_number
from intake_api.terms.applicant import Kind
from intake_api.terms.receipt import CHANNELS, Basis, Channel
from intake_api.terms.record import CITIZEN, SYSTEM

BASIS_MISFIT = "收到日的依据与渠道不符，请核对。"
NOT_OUTSIDE = "这个渠道的申请由工作人员登记；在网上提交的，请不填这一项。"


@dataclass(frozen=True)
class Filing:
    """An application on its way in: who files it (`citizen` or `account:N`), and how its receipt is dated (art. 31).

    `sender` tells those apart who choose idempotency keys: a program, a page of ours, a chat behind our bot, a clerk.
    """

    body: Submission
    channel: Channel
    basis: Basis | None
    received_on: date | None
    actor: str
    sender: str = ""


def citizens_filing(body: Submission, sender: str, clock: Clock, confirm_internet: str, *, by_chat: bool) -> Filing:
    """What a citizen files; received today, unless the channel or the office's setting wants a confirmation first.

    Failure `invalid_request` for a channel that is not outside, or a chat that our bot does not vouch for (`by_chat`).
    """
    channel = body.channel or ("chat" if by_chat else "web")
    way_in = CHANNELS[channel]
    if way_in.by != "citizen" or way_in.chat != by_chat:
        raise Failure("invalid_request", fields=[FieldProblem("channel", NOT_OUTSIDE)])
    at_once = way_in.at_once and confirm_internet != "staff"  # then nothing filed by a citizen dates itself
    return Filing(body, channel, way_in.bases[0], clock.today() if at_once else None, CITIZEN, sender)


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


async def open_case(
    session: AsyncSession,
    vault: Vault,
    clock: Clock,
    agency: Agency,
    filing: Filing,
    nonce: str,
    *,
    parent: Case | None = None,
) -> Case:
    """Number the case and write its rows and first events; the caller adds the suggestion and projects.

    `parent`: the case it is split from, whose day of submission it keeps.
    """
    now = clock.now()
    body, year = filing.body, day_of(now).year
    number = await _next_number(session, agency, body.kind, year)
    case = Case(
        number=number,
        agency_code=agency.code,
        kind=body.kind,
        channel=filing.channel,
        applicant_type=body.applicant.type,
        delivery_medium=body.delivery.medium,
        delivery_way=body.delivery.way,
        receipt_basis=filing.basis,
        submitted_at=parent.submitted_at if parent else now,
        parent_id=parent.id if parent else None,
        code_hash=vault.code_hash(number, vault.query_code(number, nonce)),
        flags=[] if has_proof(body) else ["missing_particulars"],
        event_count=0,
        head_hash=chain.GENESIS,
        **NOTHING_YET,
    )
    session.add(case)
    await session.flush()
    text_digest = _keep_personal_rows(session, vault, case, body)
    submitted: dict[str, Any] = {"channel": case.channel, "kind": case.kind, "agency": agency.code, "text": text_digest}
    if parent:
        submitted["parent"] = parent.number
    chain.append(session, case, "submitted", day_of(now), now, filing.actor, submitted)
    if filing.received_on:
        data = {"basis": filing.basis}
        # the receipt shown to a citizen is the office's half of the mutual confirmation (art. 31(3))
        actor = SYSTEM if filing.actor == CITIZEN else filing.actor
        chain.append(session, case, "received", filing.received_on, now, actor, data)
    return case


async def _next_number(session: AsyncSession, agency: Agency, kind: Kind, year: int) -> str:
    """The next of the series that no imported ledger has used already."""
    prefix = agency.number_prefix if kind == "disclosure" else f"{agency.number_prefix}-GZ"
    while True:
        number = case_number(prefix, year, await repository.next_serial(session, agency.code, kind, year))
        if await repository.by_number(session, number, repository.OFFICE) is None:
            return number


def _keep_personal_rows(session: AsyncSession, vault: Vault, case: Case, body: Submission) -> str:
    """Seal who asked and what; returns the salted digest of the description for the chain."""
    who, salt = body.applicant.model_dump(exclude_none=True), secrets.token_hex(16)
    asked = body.model_dump(include={"title", "description", "document_number"}) | {"salt": salt}
    session.add(CaseText(case_id=case.id, sealed=vault.seal(f"case_text:{case.number}", asked)))
    session.add(Applicant(case_id=case.id, sealed=vault.seal(f"applicant:{case.number}", who), **of_person(vault, who)))
    return digest(salt, body.description)
