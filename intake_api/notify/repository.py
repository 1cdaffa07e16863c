"""All SQL about addresses at which applicants are told."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.notify.models import Destination


async def of_number(session: AsyncSession, number: str, *, lock: bool = False) -> list[Destination]:
    """The addresses of a case, whatever has become of them."""
    query = select(Destination).where(Destination.number == number).order_by(Destination.id)
    return list(await session.scalars(query.with_for_update() if lock else query))


async def confirmed(session: AsyncSession, number: str) -> list[str]:
    """The channels of the addresses at which news of a case is wanted."""
    wanted = select(Destination.channel).where(
        Destination.number == number, Destination.confirmed_at.is_not(None), Destination.stopped_at.is_(None)
    )
    return list(await session.scalars(wanted.order_by(Destination.id)))
