"""Correcting a registered application (更正登记): what it says is put right, what it said before is kept sealed.

The chain holds which fields, by whom, when, and the salted digest of what changed; the words lie sealed beside it. What
can be corrected is what the form declares (`intake_api.form`) but for what says where the case lies.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.acts import Act
from intake_api.cases.desk import Desk, actor_of
from intake_api.cases.indexes import of_person
from intake_api.cases.models import Case
from intake_api.form.checks import amended
from intake_api.form.fields import PERSON, amendable
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.vault import digest
from intake_api.people.service import Account
from intake_api.statute import entries
from intake_api.statute.effective import Entry
from intake_api.statute.errors import StatuteError, refusal
from intake_api.statute.sentences import chinese_day
from intake_api.statute.workflow import event_label

AMENDED = "amended"
ASKED = "asked"  # in its entry: the digest of the description as it stands since
UNPROVED = "missing_particulars"  # the flag of an application without proof of identity
_UNKNOWN = "没有这一项，或者登记之后不能更正。"
_SAME = "填写的与登记的一样，没有要更正的内容。"
_GONE = "这一项的内容已经删除或者损坏，不能更正。"
_TEXTS = ("title", "description", "document_number")


class Amending(Desk):
    """The one use case that changes what an application says; its entry stands beside all others."""

    async def _amend(self, session: AsyncSession, case: Case, account: Account, act: Act, on: date) -> Entry:
        """Put right what the form declares, in the caller's transaction; Failure `invalid_request` with the fields."""
        given = {name: value for name, value in act.fields.items() if value not in ({}, "")}
        try:
            if case.received_on and on < case.received_on:
                raise refusal("before_receipt", on=chinese_day(on), event=event_label(AMENDED))
            entries.check_fields(AMENDED, on, given)
        except StatuteError as error:
            raise self._impossible(case, account, error) from None
        changes: Mapping[str, str | None] = given["changes"]
        before = await self._registered(session, case)
        self._refuse_unknown(changes, before)
        after = amended(before, changes, self._clock.today())
        changed = {path: [_at(before, path), _at(after, path)] for path in amendable()}
        changed = {path: pair for path, pair in changed.items() if pair[0] != pair[1]}
        if not changed:
            raise Failure("invalid_request", fields=[FieldProblem("changes", _SAME)])
        proof = await self._rewrite(session, case, after, changed)
        salt = secrets.token_hex(16)
        words = json.dumps({"changes": changed, "reason": given["reason"]}, ensure_ascii=False, sort_keys=True)
        data = {"fields": sorted(changed), "text": digest(salt, words), **proof}
        entry = self._append(session, case, AMENDED, actor_of(account), data, on)
        self._keep_words(session, case, entry, {AMENDED: words, "salt": salt})
        return entry

    async def _registered(self, session: AsyncSession, case: Case) -> dict[str, Any]:
        """The application as it stands, in the shape of its payload; a part that is erased or damaged is left out."""
        text, person = await repository.text_of(session, case.id), await repository.applicant_of(session, case.id)
        asked = self._vault.read(f"case_text:{case.number}", text.sealed) if text and text.sealed else None
        who = self._vault.read(f"applicant:{case.number}", person.sealed) if person and person.sealed else None
        found: dict[str, Any] = {"delivery": {"medium": case.delivery_medium, "way": case.delivery_way}}
        found |= {name: asked[name] for name in _TEXTS if asked.get(name)} if asked else {}
        return found | ({"applicant": who} if who else {})

    def _refuse_unknown(self, changes: Mapping[str, str | None], before: Mapping[str, Any]) -> None:
        known, wrong = amendable(), []
        for path in changes:
            there = "applicant" if path.startswith(PERSON) else "description" if path in _TEXTS else "delivery"
            if path not in known:
                wrong.append(FieldProblem("changes", f"{path[:60]}：{_UNKNOWN}"))
            elif there not in before:
                wrong.append(FieldProblem(f"changes.{path}", _GONE))
        if wrong:
            raise Failure("invalid_request", fields=wrong)

    async def _rewrite(
        self, session: AsyncSession, case: Case, after: Mapping[str, Any], changed: Mapping[str, Any]
    ) -> dict[str, str]:
        """Seal what it says now, and the columns and keys that follow; the digest of another description."""
        proof = {}
        if set(_TEXTS) & set(changed):
            row = await repository.text_of(session, case.id)
            assert row is not None
            asked = self._vault.open(f"case_text:{case.number}", row.sealed or b"")
            asked |= {name: after.get(name) for name in _TEXTS}
            if "description" in changed:
                asked["salt"] = secrets.token_hex(16)
                proof = {ASKED: digest(asked["salt"], asked["description"])}
            row.sealed = self._vault.seal(f"case_text:{case.number}", asked)
        if any(path.startswith(PERSON) for path in changed):
            person, who = await repository.applicant_of(session, case.id), after["applicant"]
            assert person is not None
            person.sealed = self._vault.seal(f"applicant:{case.number}", who)
            for column, index in of_person(self._vault, who).items():
                setattr(person, column, index)
            case.applicant_type = who["type"]
            flags = {*case.flags} - {UNPROVED}
            case.flags = sorted(flags if who.get("id_number") else flags | {UNPROVED})
        case.delivery_medium, case.delivery_way = after["delivery"]["medium"], after["delivery"]["way"]
        return proof


def _at(data: Mapping[str, Any], path: str) -> str | None:
    found: Any = data
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found or None
