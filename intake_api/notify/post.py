"""The post office: what waits in the outbox for confirmed addresses goes out, at least once.

One that is refused, or that must wait, keeps no other waiting; a server that is away costs no attempt.
"""

import asyncio
from collections.abc import Mapping
from datetime import time
from typing import Any
from urllib.parse import urlencode

import structlog

from intake_api.jobs.service import Message, OutboxService
from intake_api.kit import mail
from intake_api.kit.clock import SHANGHAI, Clock
from intake_api.kit.db import Database
from intake_api.notify import webhook
from intake_api.notify.contacts import Contacts
from intake_api.notify.letters import Sending, as_line, as_mail
from intake_api.settings import Settings
from intake_api.terms.telling import AT_ONCE

log = structlog.get_logger()
AT_A_TIME = 10  # messages; then other jobs have their turn
# Where a message leads, by its kind; any other to the page that asks for number and code.
_PAGES = {"confirm": "/status/follow", "code": "/status/code"}


class PostOffice:
    """Sends; `office` is who signs, `sender` the address for want of a setting."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        settings: Settings,
        outbox: OutboxService,
        contacts: Contacts,
        office: str,
        sender: str,
    ) -> None:
        self._db = db
        self._clock = clock
        self._settings = settings
        self._outbox = outbox
        self._contacts = contacts
        self._office = office
        self._sender = settings.mail_from or sender

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
        letter = self._letter(message)
        if message.channel == "email":
            url = self._settings.secret("smtp_url") or ""
            await asyncio.to_thread(mail.send, url, as_mail(letter, self._sender, to))
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

    def _letter(self, message: Message) -> Sending:
        site, token = self._settings.public_url or "", message.kept.get("token", "")
        page = _PAGES.get(message.kind, "/status")
        link = f"{site}{page}?{urlencode({'number': message.number, 'token': token})}" if token else f"{site}{page}"
        stop = {"number": message.number, "token": self._contacts.stop_token(message.number, message.channel)}
        return Sending(
            id=message.id,
            kind=message.kind,
            number=message.number,
            sentence=message.kept["sentence"],
            link=link,
            stop="" if message.kind == "confirm" else f"{site}/status/unfollow?{urlencode(stop)}",
            office=self._office,
            written_at=message.created_at,
            repeated=message.repeated,
            again=bool(message.kept.get("again")),
        )
