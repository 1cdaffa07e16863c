"""One message to one SMTP server, by the standard library; blocking, so call it in a thread."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT = 10.0  # seconds for each answer of the server
_PORTS = {"smtp": 587, "smtps": 465}
_LOCAL = ("localhost", "127.0.0.1", "::1")


class MailFailed(Exception):
    """A message did not go out. What its kinds mean for the next attempt is said by each."""


class MailRefused(MailFailed):
    """The server never takes this message for this recipient (5xx): another one may still go."""


class MailLater(MailFailed):
    """The server does not take this message now (4xx, as greylisting does): the same again later, others meanwhile."""


class MailDoubtful(MailFailed):
    """The message was handed over and the answer lost: it may have gone. Again later, marked as perhaps a repeat."""


class MailUnavailable(MailFailed):
    """The server cannot be used now, or must not be: nothing goes."""


def send(url: str, message: EmailMessage) -> None:
    """Send over `smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…`.

    Raises a kind of MailFailed; a password never goes in the clear to another machine.
    """
    parts = urlsplit(url)
    try:
        server = _signed_in(parts)
    except (OSError, ValueError) as error:
        raise MailUnavailable(type(error).__name__) from error
    try:
        _hand_over(server, message)
    finally:
        with suppress(OSError):  # accepted is accepted, however the server says goodbye
            server.quit()


def reach(url: str) -> None:
    """Sign in and leave again, sending nothing. Raises MailUnavailable."""
    try:
        server = _signed_in(urlsplit(url))
    except (OSError, ValueError) as error:
        raise MailUnavailable(type(error).__name__) from error
    with suppress(OSError):
        server.quit()


def _hand_over(server: "_Server", message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPSenderRefused as error:
        raise MailUnavailable(type(error).__name__) from error
    except smtplib.SMTPRecipientsRefused as error:
        (code, _), *_others = error.recipients.values()
        raise _by_code(code)(type(error).__name__) from error
    except smtplib.SMTPDataError as error:
        raise _by_code(error.smtp_code)(type(error).__name__) from error
    except (smtplib.SMTPNotSupportedError, ValueError) as error:  # no address or subject for this server
        raise MailRefused(type(error).__name__) from error
    except OSError as error:
        raise (MailDoubtful if server.handed_over else MailLater)(type(error).__name__) from error


def _by_code(code: int) -> type[MailFailed]:
    return MailRefused if code >= 500 else MailLater  # RFC 5321 §4.2.1


class _Server(smtplib.SMTP):
    handed_over = False
    """Whether the text of the message has begun to go out."""

    def data(self, msg: Any) -> Any:
        """Send the text; with no answer to it nobody knows whether the message went."""
        self.handed_over = True
        return super().data(msg)


class _SecureServer(smtplib.SMTP_SSL, _Server):
    pass


def _signed_in(parts: SplitResult) -> _Server:
    server = _connected(parts.scheme, parts.hostname or "", parts.port)
    try:
        if parts.username:
            if not isinstance(server.sock, ssl.SSLSocket) and parts.hostname not in _LOCAL:
                raise MailUnavailable("no TLS")
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _connected(scheme: str, host: str, port: int | None) -> _Server:
    if scheme not in _PORTS:
        raise ValueError(scheme)
    port = port or _PORTS[scheme]
    if scheme == "smtps":
        return _SecureServer(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    server = _Server(host, port, timeout=TIMEOUT)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
    return server
