"""Kinds of messages that citizens begin with (contract §2, `gongkai understand`), and which way each has."""

from typing import Final, Literal, get_args

MessageKind = Literal[
    "disclosure",
    "complaint",
    "consultation",
    "register_query",
    "correction",
    "publication",
    "status",
    "several",
    "thanks",
    "nonsense",
    "english",
]
MESSAGE_KINDS: Final[tuple[MessageKind, ...]] = get_args(MessageKind)
