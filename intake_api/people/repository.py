"""All SQL about accounts and sessions."""

from datetime import datetime

from sqlalchemy import case, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.db import upsert
from intake_api.people.models import Account, SignInFailures, StaffSession


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


async def drop_expired_sessions(session: AsyncSession, now: datetime) -> None:
    """Housekeeping."""
    await session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))


async def failures_of(session: AsyncSession, name_index: str) -> SignInFailures | None:
    """Failed sign-ins under this name."""
    return await session.get(SignInFailures, name_index)


async def count_failure(
    session: AsyncSession, name_index: str, now: datetime, locked_until: datetime, limit: int
) -> None:
    """One more failure; at the limit the name is locked and the count begins anew."""
    first = {"name_index": name_index, "failures": 1, "last_at": now}
    full = SignInFailures.failures + 1 >= limit
    changes = {
        "failures": case((full, 0), else_=SignInFailures.failures + 1),
        "locked_until": case((full, locked_until), else_=SignInFailures.locked_until),
        "last_at": now,
    }
    await session.execute(upsert(session, SignInFailures, first, changes))


async def forget_failures(session: AsyncSession, name_index: str) -> None:
    """A good sign-in or a new password."""
    await session.execute(delete(SignInFailures).where(SignInFailures.name_index == name_index))


async def drop_old_failures(session: AsyncSession, before: datetime) -> None:
    """Housekeeping."""
    await session.execute(delete(SignInFailures).where(SignInFailures.last_at < before))
