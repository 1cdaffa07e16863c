"""Checks of what lies beyond this machine: the mail server, the Bot API of Telegram. Slow where they do not answer."""

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2

from intake_api.kit import mail
from intake_api.settings import Settings
from intake_api.upkeep.findings import Finding, finding

PATIENCE = 8.0  # seconds
REFUSED = (401, 404)  # how the Bot API answers a token that it does not know


def mail_server(settings: Settings, sender: Callable[[], str]) -> list[Finding]:
    """Whether the mail server lets us sign in; `sender`: the agency's address, for want of a setting."""
    url = settings.secret("smtp_url")
    if not url:
        return [finding("mail", "ok", "off")]
    try:
        mail.reach(url)
    except mail.MailUnavailable as error:
        return [finding("mail", "fault", "unreachable", reason=error)]
    if not (settings.mail_from or sender()):
        return [finding("mail", "fault", "no_sender")]
    return [finding("mail", "ok", "ok" if settings.public_url else "staff_only")]


def telegram(settings: Settings) -> list[Finding]:
    """Whether the Bot API knows our bot. The address that is asked holds the token: no error of it is passed on."""
    token = settings.secret("telegram_token")
    if not token:
        return [finding("telegram", "ok", "off")]
    try:
        answer = httpx2.post(f"{settings.telegram_api}/bot{token}/getMe", timeout=PATIENCE)
        if answer.status_code in REFUSED:
            return [finding("telegram", "fault", "refused")]
        return [finding("telegram", "ok", "ok", name=answer.json()["result"]["username"])]
    except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
        host = urlsplit(settings.telegram_api).hostname
        return [finding("telegram", "fault", "unreachable", host=host, reason=type(error).__name__)]
