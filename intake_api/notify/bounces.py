"""Mail that came back: a delivery status notification (RFC 3464) as a mail server sends it to the sender."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from intake_api.notify.letters import MARKED

LARGEST = 5_000_000  # bytes that are read of a message; what is told of its delivery stands in front
_MARK = re.compile(rf"<{re.escape(MARKED)}([0-9]{{1,18}}\.[0-9a-f]{{16}})@")
_GONE = ("5.1.", "5.2.1")  # RFC 3463: no such mailbox, place or host; a mailbox that takes nothing any more


@dataclass(frozen=True)
class Report:
    """What became of the mail with this mark: `failed` for good, perhaps since there is no such mailbox (`gone`)."""

    mark: str
    failed: bool
    gone: bool


def read(raw: bytes) -> Report | None:
    """What a message reports of a mail of ours; None where it is no such report, or of another's mail."""
    message = message_from_bytes(raw[:LARGEST], policy=policy.default)
    groups = [group for part in message.walk() for group in _status(part)]
    mark = next((found[1] for text in _ids(message) if (found := _MARK.search(text))), None)
    if not groups or mark is None:
        return None
    failed = [group for group in groups if _said(group, "Action") == "failed"]
    return Report(mark, bool(failed), any(_said(group, "Status").startswith(_GONE) for group in failed))


def _status(part: Message) -> list[Message]:
    """The groups of fields of a report, one for each recipient; the first, of the message as a whole, has no action."""
    if part.get_content_type() != "message/delivery-status":
        return []
    groups = part.get_payload()
    return [one for one in groups if isinstance(one, Message) and one["Action"]] if isinstance(groups, list) else []


def _ids(message: EmailMessage | Message) -> Iterator[str]:
    """Where the Message-ID of what came back may stand: in what is returned of it, or in what the report answers to."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            yield content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
        for name in ("Message-ID", "In-Reply-To", "References"):
            yield str(part.get(name, ""))


def _said(group: Message, name: str) -> str:
    return str(group.get(name, "")).strip().lower()
