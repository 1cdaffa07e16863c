"""The post office: what waits in the outbox for confirmed addresses goes out, at least once.

One that is refused, or that must wait, keeps no other waiting; a server that is away costs no attempt.
"""

import asyncio
from collections.abc import Mapping
from datetime import time
from typing import Any
from urllib.parse import urlencode

import structlog

from intake_api.directory import Agency, Directory
from intake_api.jobs.service import Message, OutboxService
from intake_api.kit import mail
from intake_api.kit.clock import SHANGHAI, Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.notify import bounces, webhook
from intake_api.notify.contacts import Contacts
from intake_api.notify.letters import Sending, as_line, as_mail
from intake_api.settings import Settings
from intake_api.terms.telling import AT_ONCE

log = structlog.get_logger()
AT_A_TIME = 10  # messages; then other jobs have their turn
# Where a message leads, by its kind; any other to the page that asks for number and code.
_PAGES = {"confirm": "/status/follow", "code": "/status/code"}


class PostOffice:
    """Sends in the name of the agency that a case belongs to, from its own address (setting MAIL_FROM comes first).

    Replies go to the agency's address in any case; one that has none uses that of the profile's own.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        settings: Settings,
        outbox: OutboxService,
        contacts: Contacts,
        directory: Directory,
    ) -> None:
        self._db = db
        self._clock = clock
        self._settings = settings
        self._outbox = outbox
        self._contacts = contacts
        self._directory = directory

    async def deliver(self, _payload: Mapping[str, Any]) -> None:
        """Job: send what waits, by night only what its reader waits for."""
        if not self._outbox.posts:
            return
        closed: set[str] = set()
        for message in await self._outbox.claim(AT_A_TIME, AT_ONCE if self.quiet() else ()):
            if message.channel in closed:
                await self._outbox.unclaim(message.id)
                continue
            try:
                await self._send(message)
            except mail.MailFailed as failed:
                log.error("telling_failed", message=message.id, channel=message.channel, kind=type(failed).__name__)
                await self._settle(message, failed)
                if isinstance(failed, mail.MailUnavailable):
                    closed.add(message.channel)

    def quiet(self) -> bool:
        """Whether it is night (setting QUIET_HOURS): what can wait waits for the morning."""
        begins, ends = (time.fromisoformat(one) for one in self._settings.quiet_hours.split("-"))
        now = self._clock.now().astimezone(SHANGHAI).time()
        return begins <= now < ends if begins <= ends else now >= begins or now < ends

    async def _send(self, message: Message) -> None:
        unconfirmed = message.kind == "confirm"
        async with self._db.read() as session:
            to = await self._contacts.address(session, message.number, message.channel, unconfirmed=unconfirmed)
        if to is None:
            await self._outbox.delivered(message.id, "stopped")
            return
        agency = self._agency(message.kept.get("agency"))
        letter = self._letter(message, agency)
        if message.channel == "email":
            url, default = self._settings.secret("smtp_url") or "", self._settings.mail_from or ""
            own = agency.email or self._directory.default_agency.email or default
            await asyncio.to_thread(mail.send, url, as_mail(letter, default or own, own, to))
        else:
            url, secret = self._settings.secret("messages_url") or "", self._settings.secret("messages_secret") or ""
            said = {"id": message.id, "to": to, "kind": letter.kind, "number": letter.number, "text": as_line(letter)}
            said |= {"link": letter.link, "repeated": letter.repeated}
            await asyncio.to_thread(webhook.send, url, secret, int(self._clock.now().timestamp()), said)
        await self._outbox.delivered(message.id)

    async def _settle(self, message: Message, failed: mail.MailFailed) -> None:
        match failed:
            case mail.MailUnavailable():
                await self._outbox.unclaim(message.id, "unreachable")
            case mail.MailRefused():
                await self._outbox.delivered(message.id, "refused")
            case mail.MailDoubtful():
                await self._outbox.doubted(message.id)
            case _:
                await self._outbox.refused(message.id, "later")

    def _agency(self, code: str | None) -> Agency:
        try:
            return self._directory.agency(code)
        except Failure:  # the profile has it no more
            return self._directory.default_agency

    async def returned(self, raw: bytes) -> bool:
        """Take in a mail that came back (RFC 3464): the message and its address are marked, for the clerk to see.

        False for a notice that it is only late, or was delivered; Failure `bounce_unknown` for any other mail.
        """
        report = bounces.read(raw)
        if report is None:
            raise Failure("bounce_unknown")
        async with self._db.write() as session:
            back = await self._outbox.came_back(session, report.mark) if report.failed else None
            if report.failed and back is None:
                raise Failure("bounce_unknown")
            if back:
                gone, at = report.gone, back.written_at
                await self._contacts.bounced(session, back.number, back.channel, at, gone=gone)
        return back is not None

    def _letter(self, message: Message, agency: Agency) -> Sending:
        site, token = self._settings.public_url or "", message.kept.get("token", "")
        page = _PAGES.get(message.kind, "/status")
        link = f"{site}{page}?{urlencode({'number': message.number, 'token': token})}" if token else f"{site}{page}"
        stop = {"number": message.number, "token": self._contacts.stop_token(message.number, message.channel)}
        return Sending(
            id=message.id,
            mark=message.mark,
            kind=message.kind,
            number=message.number,
            sentence=message.kept["sentence"],
            link=link,
            stop="" if message.kind == "confirm" else f"{site}/status/unfollow?{urlencode(stop)}",
            office=agency.name,
            phone=agency.phone,
            asks=message.kept.get("asks") or {},
            written_at=message.created_at,
            repeated=message.repeated,
            again=bool(message.kept.get("again")),
        )
