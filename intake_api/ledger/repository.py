"""All SQL about files that wait between their preview and their confirmation."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.ledger.models import LedgerUpload


async def upload(session: AsyncSession, key: str) -> LedgerUpload | None:
    """A file that was kept."""
    return await session.get(LedgerUpload, key)


async def drop(session: AsyncSession, key: str) -> None:
    """Forget a file."""
    await session.execute(delete(LedgerUpload).where(LedgerUpload.id == key))


async def drop_before(session: AsyncSession, oldest: datetime) -> None:
    """Housekeeping: files kept longer than that."""
    await session.execute(delete(LedgerUpload).where(LedgerUpload.created_at < oldest))
