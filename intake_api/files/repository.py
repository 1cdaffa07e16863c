"""All SQL about files on a case."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from intake_api.files.models import Attachment

_IS = ("paper", "visible", "ref")


async def of_case(session: AsyncSession, case_id: int) -> Sequence[Attachment]:
    """Every file of a case without its content, in the order in which they came."""
    query = select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id)
    return (await session.scalars(query)).all()


async def count(session: AsyncSession, case_id: int, *, sent_in: bool) -> int:
    """How many files a case has that its applicant sent in, or else that the office keeps."""
    whose = Attachment.paper.is_(None) if sent_in else Attachment.paper.is_not(None)
    return await session.scalar(select(func.count()).where(Attachment.case_id == case_id, whose)) or 0


async def one(session: AsyncSession, case_id: int, attachment_id: int) -> Attachment | None:
    """A file of a case with its content."""
    query = select(Attachment).where(Attachment.case_id == case_id, Attachment.id == attachment_id)
    query = query.options(undefer(Attachment.sealed))
    return (await session.scalars(query)).one_or_none()


async def same(session: AsyncSession, row: Attachment) -> Attachment | None:
    """The file of the same case that has this very content and is the same paper, if there is one."""
    alike = (getattr(Attachment, name) == getattr(row, name) for name in ("case_id", "sha256", *_IS))
    return (await session.scalars(select(Attachment).where(*alike).limit(1))).one_or_none()


async def ids(session: AsyncSession) -> Sequence[tuple[int, int]]:
    """Case and number of every file there is."""
    query = select(Attachment.case_id, Attachment.id).order_by(Attachment.id)
    return [(row[0], row[1]) for row in await session.execute(query)]
