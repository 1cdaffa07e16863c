"""Registering what was filed: all that waits is one transaction, in a few statements (docs/adr/0024-group-commit.md).

What is acknowledged is on disk: nobody gets a receipt before the transaction that holds their case is committed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import structlog
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.acts import Receipt
from intake_api.cases.desk import Desk
from intake_api.cases.models import IdempotencyKey
from intake_api.cases.registration import Claim, Filing, NewCase
from intake_api.kit.errors import Failure
from intake_api.kit.together import Together
from intake_api.statute.errors import StatuteError
from intake_api.terms.record import CITIZEN

log = structlog.get_logger()
KEY_LIFE = timedelta(days=7)
_RECEIPTS = TypeAdapter(Receipt)


class Arrived(NamedTuple):
    """A filing that waits to be registered, with the key that it may have been sent under before."""

    filing: Filing
    claim: Claim | None

    @property
    def key(self) -> str | None:
        """The key as stored: two under the same one are never registered in the same transaction."""
        return self.claim.key_hash if self.claim else None


class Intake(Desk):
    """Filings become cases."""

    def __init__(self, *services: Any, **settings: Any) -> None:
        super().__init__(*services, **settings)
        self._in_rounds = Together[Arrived, Receipt](self._register_all, apart=lambda one: one.key)

    async def _register(self, filing: Filing, key: str | None) -> Receipt:
        """Ask the model, then go along with the next transaction."""
        claim = Claim.of(self._vault, key, filing) if key else None
        suggestion = await self._triage.suggest(filing.body.description, filing.body.title or "")
        return await self._in_rounds(Arrived(replace(filing, suggestion=suggestion), claim))

    async def _register_all(self, waiting: list[Arrived]) -> Sequence[Receipt | Exception]:
        async with self._db.write() as session:
            claims = {one.claim.key_hash: one.claim.body_hash for one in waiting if one.claim}
            taken = await repository.claim_keys(session, claims, self._clock.now() + KEY_LIFE)
            receipts = iter(await self._open_all(session, [one for one in waiting if one.key not in taken]))
        answers: list[Receipt | Exception] = []
        for one in waiting:
            before = taken.get(one.claim.key_hash) if one.claim else None
            answers.append(self._replay(one.claim, before) if one.claim and before else next(receipts))
        return answers

    async def _open_all(self, session: AsyncSession, new: list[Arrived]) -> list[Receipt]:
        if not new:
            return []
        try:
            opened = await self._open(session, await self._dated(session, [one.filing for one in new]))
        except StatuteError as error:
            raise self._impossible(None, None, error) from None
        receipts = [self._receipt(each.case, each.nonce) for each in opened]
        kept = [
            {"claimed": one.key, "case_id": each.case.id, "sealed": self._kept(one.key, each, receipt)}
            for one, each, receipt in zip(new, opened, receipts, strict=True)
            if one.key
        ]
        await repository.fill_keys(session, kept)
        return receipts

    async def _dated(self, session: AsyncSession, filings: list[Filing]) -> list[Filing]:
        """By a clock that is behind the record nothing is dated: the day of receipt waits for a clerk."""
        if not any(filing.actor == CITIZEN for filing in filings) or not await self._clock_behind(session):
            return filings
        log.error("clock_behind", now=self._clock.now().isoformat())
        return [replace(one, received_on=None) if one.actor == CITIZEN else one for one in filings]

    # --- answers that are given again

    def _kept(self, key: str, new: NewCase, receipt: Receipt) -> bytes:
        shown = _RECEIPTS.dump_python(receipt, mode="json", exclude={"query_code"})
        return self._vault.seal(f"idempotency:{key}", {"nonce": new.nonce, "receipt": shown})

    def _replay(self, claim: Claim, taken: IdempotencyKey) -> Receipt | Failure:
        """The answer as it was first given, whatever has become of the case since."""
        if taken.body_hash != claim.body_hash or taken.sealed is None:
            return Failure("idempotency_conflict")
        try:
            shown = self._vault.open(f"idempotency:{claim.key_hash}", taken.sealed)
        except Failure as damaged:
            return damaged
        code = self._vault.query_code(shown["receipt"]["number"], shown["nonce"])
        return _RECEIPTS.validate_python(shown["receipt"] | {"query_code": code})
