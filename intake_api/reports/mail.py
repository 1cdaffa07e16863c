"""One message to one SMTP server, by the standard library; blocking, so call it in a thread."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

TIMEOUT = 10.0  # seconds for each answer of the server
_PORTS = {"smtp": 587, "smtps": 465}
_LOCAL = ("localhost", "127.0.0.1", "::1")


class MailRefused(Exception):
    """The server does not take this message for this recipient: another one may still go."""


class MailUnavailable(Exception):
    """The server cannot be used now, or must not be: nothing goes."""


def send(url: str, message: EmailMessage) -> None:
    """Send over `smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…`.

    Raises MailRefused and MailUnavailable; a password never goes in the clear to another machine.
    """
    parts = urlsplit(url)
    try:
        with _connected(parts.scheme, parts.hostname or "", parts.port) as server:
            if parts.username:
                if not isinstance(server.sock, ssl.SSLSocket) and parts.hostname not in _LOCAL:
                    raise MailUnavailable("no TLS")
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        raise MailRefused(type(error).__name__) from error
    except (OSError, ValueError) as error:
        raise MailUnavailable(type(error).__name__) from error


def _connected(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme not in _PORTS:
        raise ValueError(scheme)
    port = port or _PORTS[scheme]
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
    return server
