"""What a person typed, as the bot takes it: without what no file can hold and what nobody can see at its ends.

The API has the last word on every text; this is for what the bot decides by itself.
"""

import re

import regex

_BROKEN = re.compile("[\ud800-\udfff]")
_UNHELD = regex.compile(r"[\p{Noncharacter_Code_Point}[\p{Cc}--[\t\n\r]]]", regex.V1)
_SIGNS = r"\p{Default_Ignorable_Code_Point}\u2800[\p{Cf}--\p{Prepended_Concatenation_Mark}]"
_INVISIBLE = regex.compile(rf"[{_SIGNS}]+", regex.V1)
_HEAD = regex.compile(rf"[\p{{White_Space}}{_SIGNS}]+", regex.V1)
_TAIL = regex.compile(_HEAD.pattern, regex.V1 | regex.REVERSE)  # matches from the end of the text
_VARIANT = regex.compile(r"\p{Variation_Selector}+")


def tidy(text: str) -> str:
    """The text as it is kept and sent on; empty where there is nothing to see."""
    text = _BROKEN.sub("\ufffd", text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))
    text = _UNHELD.sub(" ", text)
    head = _HEAD.match(text)
    start = head.end() if head else 0
    tail = _TAIL.match(text, start)
    end = tail.start() if tail else len(text)
    variant = _VARIANT.match(text, end) if start < end else None  # it belongs to the character before it
    return text[start : variant.end() if variant else end]


def legible(text: str) -> str:
    """The text without what cannot be seen, wherever it stands, for comparing; blanks stay."""
    return str(_INVISIBLE.sub("", text))
