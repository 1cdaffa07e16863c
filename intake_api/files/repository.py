"""All SQL about files on a case."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from intake_api.files.models import Attachment


async def of_case(session: AsyncSession, case_id: int) -> Sequence[Attachment]:
    """Every file of a case without its content, in the order in which they came."""
    query = select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id)
    return (await session.scalars(query)).all()


async def count(session: AsyncSession, case_id: int) -> int:
    """How many files a case has."""
    return await session.scalar(select(func.count()).where(Attachment.case_id == case_id)) or 0


async def one(session: AsyncSession, case_id: int, attachment_id: int) -> Attachment | None:
    """A file of a case with its content."""
    query = select(Attachment).where(Attachment.case_id == case_id, Attachment.id == attachment_id)
    query = query.options(undefer(Attachment.sealed))
    return (await session.scalars(query)).one_or_none()


async def same(session: AsyncSession, case_id: int, sha256: str) -> Attachment | None:
    """The file of a case that has this very content."""
    query = select(Attachment).where(Attachment.case_id == case_id, Attachment.sha256 == sha256)
    return (await session.scalars(query.limit(1))).one_or_none()


async def ids(session: AsyncSession) -> Sequence[tuple[int, int]]:
    """Case and number of every file there is."""
    query = select(Attachment.case_id, Attachment.id).order_by(Attachment.id)
    return [(row[0], row[1]) for row in await session.execute(query)]
