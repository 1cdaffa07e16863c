"""Approvals of a draft (审签): sent, read as it was sent, given or returned; whatever is edited has to be read again.

An approval is an entry of the case that names the draft and the hash of its words: what was approved goes out.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from intake_api.cases.acts import Act, Beside, Taken
from intake_api.cases.record import Record
from intake_api.cases.service import CaseService, actors_of
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.notices import acting, repository
from intake_api.notices.service import NoticeService, Opened
from intake_api.people.service import Account
from intake_api.statute import approval, letters
from intake_api.statute import notices as table
from intake_api.statute.approval import Hand
from intake_api.statute.steps import Demands


@dataclass(frozen=True)
class DraftLine:
    """A line of a draft beside the version that was sent before: `kept`, `added` or `gone`."""

    text: str
    change: str


@dataclass(frozen=True)
class DraftStanding:
    """Where a draft stands: the hands it needs and which of them have approved it; `mine`: the one wanted of me now."""

    hash: str
    chain: tuple[Hand, ...]
    given: tuple[Hand, ...]
    sent: bool
    mine: Hand | None
    changes: tuple[DraftLine, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it may go out."""
        return len(self.given) == len(self.chain)


@dataclass(frozen=True)
class Unsigned:
    """A draft that waits for somebody's approval."""

    number: str
    notice_id: int
    title: str
    hand: Hand
    due_on: date | None
    days_left: int | None


class ApprovalService:
    """Use cases of whoever drafts, and of whoever approves; `demands` are the approvals that the office wants."""

    def __init__(
        self, db: Database, clock: Clock, notices: NoticeService, cases: CaseService, demands: Demands
    ) -> None:
        self._db = db
        self._clock = clock
        self._notices = notices
        self._cases = cases
        self.demands = demands

    def of(self, opened: Opened) -> DraftStanding | None:
        """Where a draft stands with its approvals; None for what is out, or needs none."""
        if opened.row.serial is not None:
            return None
        written = self._notices.written(opened)
        deed = acting.deed_of(written)
        if deed is None or deed.step != "answered":
            return None
        wanted = approval.chain(str(deed.fields.get("outcome", "")), self.demands)
        digest = self._notices.digest(opened, written)
        about = {"letter": opened.row.id, "draft": digest}
        named = approval.given(approval.about(opened.record.standing.entries, about))
        made = tuple(hand for hand in wanted if any(hand.is_made_by(entry) for entry in named))
        changes = _changes(*self._notices.versions(opened, written))
        standing = DraftStanding(digest, wanted, made, opened.row.sent_at is not None, None, changes)
        return replace(standing, mine=self._mine(opened, standing, {entry.by for entry in named})) if wanted else None

    def _mine(self, opened: Opened, standing: DraftStanding, by: set[str]) -> Hand | None:
        """The next approval, where this person may give it: not of their own draft, and not twice."""
        me = opened.account
        left = next((hand for hand in standing.chain if hand not in standing.given), None)
        if left is None or not standing.sent or me.hands & self._notices.hands(opened.row) or actors_of(me) & by:
            return None
        return left if left.may_be_of(me.role, office=me.in_office) else None

    async def send(self, account: Account, number: str, notice_id: int) -> None:
        """Send a complete draft on its way (送审); Failure `notice_incomplete`, `approval_off`, `notice_issued`."""
        opened = await self._notices.open(account, number, notice_id)
        self._notices.refuse_incomplete(opened)
        fields = {"letter": opened.row.id, "draft": self._notices.digest(opened)}
        words = self._notices.sealed_versions(opened)
        async with self._db.write() as session:
            await self._cases.take(session, account, opened.record.number, Act("sent_for_approval", fields=fields))
            sent = {"sent_at": self._clock.now(), "sent_words": words}
            if not await repository.change(session, opened.row, **sent):
                raise Failure("notice_changed")

    async def give_back(self, account: Account, number: str, notice_id: int, reason: str) -> None:
        """Return a draft to whoever wrote it, with the reason; Failure `draft_unsent`."""
        opened = await self._notices.open(account, number, notice_id)
        if opened.row.sent_at is None:
            raise Failure("draft_unsent")
        fields = {"letter": opened.row.id, "draft": self._notices.digest(opened), "reason": reason}
        async with self._db.write() as session:
            await self._cases.take(session, account, opened.record.number, Act("draft_returned", fields=fields))
            if not await repository.change(session, opened.row, sent_at=None):
                raise Failure("notice_changed")

    async def record(self, account: Account, number: str, act: Act, beside: Beside | None = None) -> Taken:
        """Record a step; an approval is of the one draft of an answer that there is, or of the one it names.

        Failure `own_draft` for who wrote any of it, `notice_changed` where it is no longer what was read.
        """
        if act.type in approval.KINDS:
            act = await self._bound(account, number, act)
        return await self._cases.record(account, number, act, beside)

    async def _bound(self, account: Account, number: str, act: Act) -> Act:
        record = await self._cases.record_of(account, number)
        async with self._db.read() as session:
            rows = await repository.of_case(session, record.number)
        drafts = [row for row in rows if row.serial is None and "answered" in letters.steps_of(row.code)]
        named = act.get("letter")
        drafts = [row for row in drafts if named is None or row.id == named]
        if named is not None and not drafts:
            raise Failure("notice_not_found")
        if len(drafts) != 1:
            return replace(act, fields={name: value for name, value in act.fields.items() if name != "draft"})
        opened = await self._notices.open(account, number, drafts[0].id)
        digest = self._notices.digest(opened)
        if act.get("draft") not in (None, digest):
            raise Failure("notice_changed")
        if account.hands & self._notices.hands(opened.row):
            raise Failure("own_draft")
        return replace(act, fields={**act.fields, "letter": opened.row.id, "draft": digest})

    async def waiting(self, account: Account) -> list[Unsigned]:
        """The drafts that wait for this person's approval (待我审签), the most urgent first."""
        if account.role == "clerk" or not self.demands.wants("any"):
            return []
        async with self._db.read() as session:
            rows = await repository.sent(session)
        found = []
        for row in rows:
            try:
                opened = await self._notices.open(account, row.case_number, row.id)
            except Failure:  # not theirs to see
                continue
            standing = self.of(opened) if opened.record.standing.open else None
            if standing and standing.mine:
                found.append(_waiting(opened.record, row.id, table.NOTICES[row.code].title, standing.mine))
        return sorted(found, key=lambda one: (one.due_on or date.max, one.number))


def _waiting(record: Record, notice_id: int, title: str, hand: Hand) -> Unsigned:
    held = record.standing
    left = held.clock.working_days_left if held.clock else None
    return Unsigned(record.number, notice_id, title, hand, held.due_on, left)


def _changes(before: Sequence[str], now: Sequence[str]) -> tuple[DraftLine, ...]:
    """What has changed since the version that was sent before; nothing where there was none."""
    if not before:
        return ()
    kinds = {" ": "kept", "+": "added", "-": "gone"}
    return tuple(DraftLine(line[2:], kinds[line[0]]) for line in difflib.ndiff(before, now) if line[0] in kinds)
