"""What applicants are told without asking, in chat and where they confirmed: every change that their page shows."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.acts import Asking
from intake_api.cases.models import Case
from intake_api.cases.record import Record
from intake_api.jobs.service import OutboxService
from intake_api.notify.service import confirmed
from intake_api.statute.sentences import NOT_CORRECTED, NOT_SUPPLEMENTED, due_told
from intake_api.terms.receipt import CHANNELS


class Shown(NamedTuple):
    """What of a case its applicant goes by."""

    status: str
    due_on: date | None
    provisional: bool

    @classmethod
    def of(cls, case: Case) -> Self:
        """As it is shown now."""
        return cls(case.status, case.due_on, case.due_provisional)


def news(case: Case, before: Shown, title: str, sentence: str) -> str:
    """What a step changed for the applicant, in words; empty where it changed nothing that they are shown.

    `title` is the line of their timeline, empty for what has none; `sentence` says where the case stands now.
    """
    now = Shown.of(case)
    if now == before and not title:
        return ""
    what = f"{title}。" if title and now.status == before.status else ""
    due = due_told(now.due_on, provisional=now.provisional) if now.due_on and now[1:] != before[1:] else ""
    return what + sentence + due


def otherwise(kind: str) -> str:
    """What happens where an applicant does not make clear what they are asked to."""
    return NOT_CORRECTED if kind == "correction" else NOT_SUPPLEMENTED


def asked_of(record: Record, said: Asking | None = None) -> dict[str, Any]:
    """What a 补正 asks of the applicant, for a letter: `unclear`, `needed`, `by` (a date), `otherwise`.

    The day on record is what counts; the rest as the notice says it, where there is one.
    """
    by = record.standing.act_by or (said.by if said else None)
    told = {"unclear": list(said.unclear), "needed": list(said.needed)} if said else {}
    return told | {"by": by.isoformat() if by else None, "otherwise": otherwise(record.kind)}


NONE_OPENED: Mapping[str, str] = MappingProxyType({})
NOTHING_ASKED: Mapping[str, Any] = MappingProxyType({})


async def tell(
    session: AsyncSession,
    outbox: OutboxService,
    case: Case,
    sentence: str,
    opened: Mapping[str, str] = NONE_OPENED,
    asks: Mapping[str, Any] = NOTHING_ASKED,
    *,
    kind: str = "news",
    in_chat: bool = True,
) -> None:
    """Put a message into the outbox, in the transaction that causes it, for each way by which its applicant is told.

    A chat holds the number it was given: what is split from that case is told under it, by its own number. `opened`:
    the query codes, by number, of what this step splits from it; the chat is given them, since no page shows them.
    `asks`: what is to be made clear (`asked_of`), for letters; a chat looks it up when it speaks.
    Not `in_chat`: it was said there already.
    """
    if not sentence:
        return
    chat = CHANNELS[case.channel].chat and in_chat
    if not (chat or outbox.posts):
        return
    first = await first_of(session, case)
    said = sentence if first is case else f"分开办理的 {case.number}：{sentence}"
    if chat:
        outbox.put(session, case.id, first.number, case.channel, said, about=case.number, opened=opened, kind=kind)
    for channel in await confirmed(session, first.number) if outbox.posts else ():
        agency = case.agency_code
        outbox.put(
            session, case.id, first.number, channel, said, about=case.number, kind=kind, agency=agency, asks=asks
        )


async def first_of(session: AsyncSession, case: Case) -> Case:
    """The case that this one was split from in the end; itself where it was not."""
    while case.parent_id is not None:
        case = await repository.held(session, case.parent_id)
    return case
