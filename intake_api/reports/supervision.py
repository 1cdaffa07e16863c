"""Supervision (督办): what is due soon or overdue, by department, and the daily reminder by mail.

A reminder holds case numbers and days, nothing of what was asked or by whom.
"""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any

import structlog

from intake_api.calendars.current import Calendars
from intake_api.cases.record import Counting
from intake_api.cases.service import Fought, Stalled, contested, soon_limit, stalled, urgency
from intake_api.directory import Directory
from intake_api.kit import mail
from intake_api.kit.clock import SHANGHAI, Clock
from intake_api.kit.db import Database
from intake_api.people.service import Account
from intake_api.reports import repository
from intake_api.reports.handlers import by_handler
from intake_api.reports.models import Mail
from intake_api.reports.report import DepartmentList, WaitingCase
from intake_api.reports.repository import Waiting
from intake_api.settings import Settings
from intake_api.statute.calendar import Calendar
from intake_api.terms.course import URGENCIES

log = structlog.get_logger()
REMIND_JOB = "remind"
KEEP_MAIL = timedelta(days=366)


class SupervisionService:
    """Lists what waits, and reminds each department once on a working day within office hours."""

    def __init__(
        self, db: Database, clock: Clock, directory: Directory, calendars: Calendars, settings: Settings
    ) -> None:
        self._db = db
        self._clock = clock
        self._directory = directory
        self._calendars = calendars
        self._settings = settings

    @property
    def by_mail(self) -> bool:
        """Whether reminders go out by mail at all."""
        return self._settings.reminders == "on" and bool(self._settings.smtp_url and self._sender)

    @property
    def _sender(self) -> str:
        return self._settings.mail_from or self._directory.default_agency.email

    async def lists(self, account: Account | None = None) -> list[DepartmentList]:
        """What each department has overdue, due soon, or waiting for others; an officer sees its own list only."""
        calendar, today = self._calendars.current, self._clock.today()
        async with self._db.read() as session:
            only = account.department if account else None
            waiting = await repository.waiting(session, soon_limit(calendar, today), only)
            counting = Counting(calendar, today, self._settings.late_clarification)
            still = await stalled(session, only, counting)
            near = soon_limit(calendar, today)
            fought = [one for one in await contested(session, only, counting) if one.next_on and one.next_on <= near]
            mailed = await repository.mailed(session, self._midnight())
        lists = []
        everything: list[Waiting | Stalled | Fought] = [*waiting, *still, *fought]
        for handler, rows in by_handler(self._directory, everything):
            shown = [_shown(row, calendar, today) for row in rows if isinstance(row, Waiting)]
            lists.append(
                DepartmentList(
                    code=handler.code,
                    name=handler.name,
                    email=handler.email,
                    overdue=[case for case in shown if case.overdue],
                    soon=[case for case in shown if not case.overdue],
                    waiting=[row for row in rows if isinstance(row, Stalled)],
                    defending=[row for row in rows if isinstance(row, Fought)],
                    mailed=self._key(handler.code) in mailed,
                )
            )
        return lists

    # --- reminders

    async def remind(self, _payload: Mapping[str, Any]) -> None:
        """Job: on a working day within office hours, write each department's reminder, once, and send what waits."""
        if not self.by_mail or not self._office_hours():
            return
        lists = [one for one in await self.lists() if one.email and not one.mailed and _urgent(one)]
        async with self._db.write() as session:
            for one in lists:
                await repository.write_mail(session, self._written(one))
        while await self._send_next():
            pass

    async def drop_old(self) -> None:
        """Housekeeping: messages are kept for a year."""
        async with self._db.write() as session:
            await repository.drop_mail(session, self._clock.now() - KEEP_MAIL)

    def _office_hours(self) -> bool:
        local = self._clock.now().astimezone(SHANGHAI)
        opening, closing = map(time.fromisoformat, self._settings.reminder_hours.split("-"))
        return self._calendars.current.is_workday(local.date()) and opening <= local.time() < closing

    def _midnight(self) -> datetime:
        return datetime.combine(self._clock.today(), time(), SHANGHAI)

    def _key(self, department: str) -> str:
        return f"reminder:{department}:{self._clock.today()}"

    def _written(self, one: DepartmentList) -> dict[str, Any]:
        counts = [f"超期 {len(one.overdue)} 件"] * bool(one.overdue) + [f"即将到期 {len(one.soon)} 件"] * bool(one.soon)
        counts += [f"复议、诉讼 {len(one.defending)} 件"] * bool(one.defending)
        lines = [f"{one.name}："]
        if one.overdue or one.soon:
            lines += ["", "以下政府信息公开申请已经超过或者即将到达答复期限，请及时办理。"]
        for urgent, cases in (("overdue", one.overdue), ("soon", one.soon)):
            if cases:
                lines += [
                    "",
                    f"{URGENCIES[urgent].label}：",
                    *(f"{case.number}　{case.due_on} 到期　{_left(case)}" for case in cases),
                ]
        if one.defending:
            lines += ["", "以下行政复议、行政诉讼已经超过或者即将到达应当答复、答辩或者重新答复的日期："]
            lines += [f"{case.number}　{case.label}　{case.next_on}　{_left(case)}" for case in one.defending]
        site = self._settings.public_url
        where = f"{site.rstrip('/')}/staff/supervision" if site else "办理系统的“督办”页面"
        lines += ["", f"办理请进入 {where}", "本邮件由系统自动发送，不含申请人的信息，请勿回复。"]
        return {
            "unique_key": self._key(one.code),
            "recipient": one.email,
            "subject": f"【督办】依申请公开：{'，'.join(counts)}（{self._clock.today()}）",
            "body": "\n".join(lines) + "\n",
            "created_at": self._clock.now(),
        }

    async def _send_next(self) -> bool:
        """Send one of today's messages; False where none waits. What was written on another day is out of date."""
        async with self._db.write() as session:
            row = await repository.claim_mail(session, self._midnight(), self._clock.now())
        if row is None:
            return False
        try:
            await asyncio.to_thread(mail.send, self._settings.secret("smtp_url") or "", self._message(row))
        except mail.MailFailed as failed:
            log.error("mail_failed", mail=row.id, kind=type(failed).__name__, error=str(failed))
            await self._settle(row, self._after(row, failed))
            if isinstance(failed, mail.MailUnavailable):
                raise
        else:
            await self._settle(row, {"sent_at": self._clock.now(), "error": None})
        return True

    async def _settle(self, row: Mail, outcome: dict[str, Any]) -> None:
        async with self._db.write() as session:
            await repository.settle_mail(session, row.id, **outcome)

    def _after(self, row: Mail, failed: mail.MailFailed) -> dict[str, Any]:
        """What is kept of a message that did not go out, or of which that is not known."""
        kept: dict[str, Any] = {"error": str(failed), "locked_until": self._clock.now() + repository.LATER}
        match failed:
            case mail.MailUnavailable():  # that was no attempt at this message
                return kept | {"attempts": row.attempts - 1, "locked_until": None}
            case mail.MailRefused():  # trying again would not help
                return kept | {"attempts": repository.MAX_ATTEMPTS}
            case mail.MailDoubtful():
                return kept
            case _:
                return kept | {"refused": row.refused + 1}

    def _message(self, row: Mail) -> EmailMessage:
        """The message; one that may have gone before says so, and has the same Message-ID, by which servers know it."""
        again = row.attempts - 1 > row.refused
        message = EmailMessage()
        message["From"], message["To"] = self._sender, row.recipient
        message["Subject"] = ("（可能重复）" if again else "") + row.subject
        message["Date"] = row.created_at
        message["Message-ID"] = f"<{row.unique_key.replace(':', '.')}@{self._sender.rpartition('@')[2]}>"
        message.set_content(row.body)
        return message


def _shown(row: Waiting, calendar: Calendar, today: date) -> WaitingCase:
    assert row.due_on is not None, "only cases with a due date wait"
    left, overdue = calendar.workdays_between(today, row.due_on), urgency(row.due_on, today, today) == "overdue"
    return WaitingCase(number=row.number, status=row.status, due_on=row.due_on, days_left=left, overdue=overdue)


def _urgent(one: DepartmentList) -> bool:
    return bool(one.overdue or one.soon or one.defending)


def _left(case: WaitingCase | Fought) -> str:
    assert case.days_left is not None, "only what has a day is listed"
    if case.overdue:
        return f"已超 {-case.days_left} 个工作日" if case.days_left else URGENCIES["overdue"].label
    return f"还剩 {case.days_left} 个工作日" if case.days_left else "今天到期"
