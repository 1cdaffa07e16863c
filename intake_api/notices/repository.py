"""All SQL about notices. Whether somebody may see a case is asked of the cases before."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases.record import Record
from intake_api.kit.db import upsert
from intake_api.notices.models import Notice, NoticeFile, NoticeSeries
from intake_api.statute import notices


async def of_case(session: AsyncSession, number: str) -> list[Notice]:
    """The notices of a case, in the order in which they were begun."""
    return list(await session.scalars(select(Notice).where(Notice.case_number == number).order_by(Notice.id)))


async def one(session: AsyncSession, number: str, notice_id: int) -> Notice | None:
    """One notice of this case; the number in an address may be larger than a database can compare with."""
    return next((notice for notice in await of_case(session, number) if notice.id == notice_id), None)


async def by_number(session: AsyncSession, agency: str, number: str) -> Notice | None:
    """The notice that an agency issued under a number."""
    query = select(Notice).where(Notice.agency_code == agency, Notice.number == number.strip())
    found: Notice | None = await session.scalar(query)
    return found


async def in_a_series(session: AsyncSession, agency: str, number: str) -> bool:
    """Whether a number is one of a series of ours, by its words before the serial, given out or not."""
    one = select(Notice.number).where(Notice.agency_code == agency, Notice.number.startswith(series_of(number)))
    return bool(series_of(number)) and await session.scalar(one.limit(1)) is not None


def series_of(number: str) -> str:
    """What stands before the serial of a number, its year among it; empty where it has neither."""
    head, bracket, _ = number.partition("〕")
    return head + bracket


async def change(session: AsyncSession, notice: Notice, **columns: Any) -> bool:
    """Change a draft that is still as it was read; False where somebody else was first."""
    statement = (
        update(Notice)
        .where(Notice.id == notice.id, Notice.version == notice.version, Notice.serial.is_(None))
        .values(version=notice.version + 1, **columns)
        .execution_options(synchronize_session=False)
    )
    changed: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]  # DML gives a cursor result
    return changed.rowcount == 1


async def discard(session: AsyncSession, notice: Notice) -> bool:
    """Delete a draft; what was issued stays."""
    statement = delete(Notice).where(Notice.id == notice.id, Notice.serial.is_(None))
    gone: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]  # DML gives a cursor result
    return gone.rowcount == 1


async def last_serial(session: AsyncSession, agency: str, sign: str, year: int) -> int:
    """The serial last given out in a series; 0 for a new one."""
    series = await session.get(NoticeSeries, (agency, sign, year))
    return series.last if series else 0


async def next_serial(session: AsyncSession, agency: str, sign: str, year: int) -> int:
    """The next serial of a gap-free series; its row stays locked until the notice is committed or rolled back."""
    first = {"agency_code": agency, "sign": sign, "year": year, "last": 1}
    statement = upsert(session, NoticeSeries, first, {"last": NoticeSeries.last + 1})
    return int((await session.execute(statement.returning(NoticeSeries.last))).scalar_one())


async def file_of(session: AsyncSession, notice_id: int, form: str) -> NoticeFile | None:
    """A file as it went out."""
    return await session.get(NoticeFile, (notice_id, form))


async def issued(session: AsyncSession) -> list[Notice]:
    """Every notice that went out."""
    return list(await session.scalars(select(Notice).where(Notice.serial.is_not(None)).order_by(Notice.id)))


async def sent(session: AsyncSession) -> list[Notice]:
    """The drafts that were sent for approval, the oldest first."""
    waiting = Notice.serial.is_(None), Notice.sent_at.is_not(None)
    return list(await session.scalars(select(Notice).where(*waiting).order_by(Notice.sent_at, Notice.id)))


async def first_gap(session: AsyncSession) -> str | None:
    """The first series of which a notice is missing, in words."""
    mine = [Notice.agency_code == NoticeSeries.agency_code, Notice.sign == NoticeSeries.sign]
    there = select(func.count(Notice.id)).where(
        *mine, Notice.year == NoticeSeries.year, Notice.serial <= NoticeSeries.last
    )
    query = select(NoticeSeries, there.scalar_subquery())
    for series, number in await session.execute(query):
        if number != series.last:
            return f"{series.sign}字 {series.year} 年发出 {series.last} 份文书，实有 {number} 份"
    return None


async def digests(session: AsyncSession, notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """SHA-256 of the files that went out, by notice and format; nothing for drafts."""
    found: dict[int, dict[str, str]] = {notice_id: {} for notice_id in notice_ids}
    query = select(NoticeFile.notice_id, NoticeFile.format, NoticeFile.sha256).where(
        NoticeFile.notice_id.in_(notice_ids)
    )
    for row in await session.execute(query):
        found[row.notice_id][row.format] = row.sha256
    return found


def new_draft(session: AsyncSession, record: Record, kind: notices.Notice, account_id: int, at: datetime) -> Notice:
    """Add an empty draft to a case."""
    draft = Notice(
        case_number=record.number,
        agency_code=record.agency,
        code=kind.code,
        sign=kind.sign,
        version=1,
        sealed=None,
        account_id=account_id,
        changed_at=at,
        year=None,
        serial=None,
        number=None,
        issued_on=None,
        sent_at=None,
        sent_words=None,
    )
    session.add(draft)
    return draft


def keep_file(session: AsyncSession, notice_id: int, form: str, sealed: bytes, sha256: str) -> None:
    """Keep a file that goes out."""
    session.add(NoticeFile(notice_id=notice_id, format=form, sealed=sealed, sha256=sha256))


def issue_values(number: str, serial: int, on: date) -> dict[str, Any]:
    """The columns that make a draft an issued notice."""
    return {"number": number, "serial": serial, "year": on.year, "issued_on": on}
