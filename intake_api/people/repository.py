"""All SQL about accounts and sessions."""

from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.kit.db import insert_ignoring
from intake_api.people.models import Absence, Account, SignInTries, StaffSession


async def account_by_name(session: AsyncSession, username: str, *, lock: bool = False) -> Account | None:
    """The account, its row locked where it is about to change."""
    query = select(Account).where(Account.username == username)
    return await session.scalar(query.with_for_update() if lock else query)


async def all_accounts(session: AsyncSession) -> list[Account]:
    """Every account by name."""
    return list(await session.scalars(select(Account).order_by(Account.username)))


async def usernames(session: AsyncSession, ids: set[int]) -> dict[int, str]:
    """Names of accounts by id."""
    rows = await session.execute(select(Account.id, Account.username).where(Account.id.in_(ids)))
    return {row.id: row.username for row in rows}


async def colleagues(session: AsyncSession, ids: set[int]) -> dict[int, str]:
    """What colleagues call people, by the ids of their accounts."""
    rows = await session.execute(select(Account.id, Account.username, Account.person).where(Account.id.in_(ids)))
    return {row.id: row.person or row.username for row in rows}


async def session_account(session: AsyncSession, token_hash: str, now: datetime) -> tuple[StaffSession, Account] | None:
    """The session that is still good, and its account."""
    query = (
        select(StaffSession, Account)
        .join(Account, Account.id == StaffSession.account_id)
        .where(StaffSession.token_hash == token_hash, StaffSession.expires_at > now, Account.disabled.is_(False))
    )
    row = (await session.execute(query)).first()
    return (row[0], row[1]) if row else None


async def end_session(session: AsyncSession, token_hash: str) -> None:
    """Forget one session."""
    await session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


async def end_sessions_of(session: AsyncSession, account_id: int) -> None:
    """Forget all sessions of an account (password changed, account disabled)."""
    await session.execute(delete(StaffSession).where(StaffSession.account_id == account_id))


async def end_others(session: AsyncSession, account_id: int, token_hash: str) -> None:
    """Forget all sessions of an account but one."""
    query = delete(StaffSession).where(StaffSession.account_id == account_id)
    await session.execute(query.where(StaffSession.token_hash != token_hash))


async def sessions_of(session: AsyncSession, account_id: int, now: datetime) -> list[StaffSession]:
    """The sessions of an account that are good, newest first."""
    query = select(StaffSession).where(StaffSession.account_id == account_id, StaffSession.expires_at > now)
    return list(await session.scalars(query.order_by(StaffSession.created_at.desc(), StaffSession.token_hash)))


async def see(session: AsyncSession, token_hash: str, now: datetime) -> None:
    """Note that a session is in use."""
    await session.execute(update(StaffSession).where(StaffSession.token_hash == token_hash).values(seen_at=now))


async def act_for(session: AsyncSession, token_hash: str, account_id: int | None) -> None:
    """Let a session work at somebody's desk, or (None) at its own again."""
    query = update(StaffSession).where(StaffSession.token_hash == token_hash)
    await session.execute(query.values(acting_for=account_id))


async def administrators(session: AsyncSession) -> int:
    """How many accounts can administer the whole office."""
    whole = (Account.role == "admin", Account.department.is_(None), Account.disabled.is_(False))
    return await session.scalar(select(func.count()).select_from(Account).where(*whole)) or 0


async def absence_of(session: AsyncSession, account_id: int) -> Absence | None:
    """When an account is away, and its deputy."""
    return await session.get(Absence, account_id)


async def absences(session: AsyncSession) -> dict[int, Absence]:
    """All absences by account."""
    return {row.account_id: row for row in await session.scalars(select(Absence))}


async def entrusted(session: AsyncSession, deputy_id: int, today: date) -> list[tuple[Absence, Account]]:
    """Who is away today with this deputy."""
    query = select(Absence, Account).join(Account, Account.id == Absence.account_id)
    there = (
        Absence.deputy_id == deputy_id,
        Absence.since <= today,
        Absence.until >= today,
        Account.disabled.is_(False),
    )
    return [(row[0], row[1]) for row in await session.execute(query.where(*there).order_by(Account.username))]


async def end_absence(session: AsyncSession, account_id: int) -> None:
    """Somebody is back."""
    await session.execute(delete(Absence).where(Absence.account_id == account_id))


async def drop_expired_sessions(session: AsyncSession, now: datetime) -> None:
    """Housekeeping."""
    await session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))


async def tries(session: AsyncSession, name_index: str, place: str, now: datetime) -> SignInTries:
    """The counter of tries under a name from a place, its row locked; made where there is none."""
    row = {"name_index": name_index, "place": place, "tries": 0, "last_at": now}
    await session.execute(insert_ignoring(session, SignInTries, row))
    return await session.get_one(SignInTries, (name_index, place), with_for_update=True)


async def forget_tries(session: AsyncSession, name_index: str, places: list[str] | None = None) -> None:
    """Forget the tries under a name, from these places or (None) from everywhere."""
    query = delete(SignInTries).where(SignInTries.name_index == name_index)
    await session.execute(query if places is None else query.where(SignInTries.place.in_(places)))


async def drop_old_tries(session: AsyncSession, before: datetime) -> None:
    """Housekeeping."""
    await session.execute(delete(SignInTries).where(SignInTries.last_at < before))
