"""Messages that another program sends, by text message or otherwise (docs/channels.md): signed JSON over HTTP."""

import hashlib
import hmac
import json
from typing import Any

import httpx2

from intake_api.kit.mail import MailDoubtful, MailLater, MailRefused, MailUnavailable

PATIENCE = 10.0  # seconds
_NEVER = (400, 404, 410, 422)  # this message will never be taken
_OURS = (401, 403)  # none will be, until somebody puts the setting right


def signature(secret: str, at: str, body: bytes) -> str:
    """`sha256=` and the HMAC of time and body, which the receiver computes anew."""
    return "sha256=" + hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def send(url: str, secret: str, at: int, message: dict[str, Any]) -> None:
    """Hand over one message; blocking. Raises a kind of MailFailed, whose meanings hold here as well."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": f"told-{message['id']}",
        "X-Gongkai-Timestamp": str(at),
        "X-Gongkai-Signature": signature(secret, str(at), body),
    }
    try:
        status = httpx2.post(url, content=body, headers=headers, timeout=PATIENCE).status_code
    except httpx2.ConnectError as error:
        raise MailUnavailable(type(error).__name__) from error
    except httpx2.HTTPError as error:
        raise MailDoubtful(type(error).__name__) from error
    if status in _OURS:
        raise MailUnavailable(str(status))
    if status in _NEVER:
        raise MailRefused(str(status))
    if not 200 <= status < 300:
        raise MailLater(str(status))
