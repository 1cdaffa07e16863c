"""Text as it can be stored, shown and written into a file of any format: one form for every door.

What cannot be seen is told by the properties of the Unicode Character Database, not by a list of our own.
"""

import re
import unicodedata

import regex

# Seen and writable whatever stands beside them: most texts have no others, and need not be looked at twice.
_ORDINARY = re.compile("[!-~\u3001-\u3020\u4e00-\u9fff\uff01-\uff5e]*")
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
# XML 1.0 (§2.2) holds no surrogates, no controls but these and neither U+FFFE nor U+FFFF; the other non-characters are
# for use inside one program (Unicode §23.7).
_CONTROL = regex.compile(r"[\p{Cc}--[\t\n]]", regex.V1)
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_CHARACTER = regex.compile(r"\p{Noncharacter_Code_Point}+")
# U+2800, the pattern without dots, is a symbol like the other patterns: no property says that it is blank.
_SIGNS = (
    r"\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800"
    r"[\p{Cf}--\p{Prepended_Concatenation_Mark}][\p{Cc}--\p{White_Space}]"
)
_INVISIBLE = regex.compile(rf"[{_SIGNS}]+", regex.V1)
_UNSEEN = regex.compile(rf"[\p{{White_Space}}{_SIGNS}]+", regex.V1)
_UNSEEN_END = regex.compile(_UNSEEN.pattern, regex.V1 | regex.REVERSE)  # matches from the end of the text
_CELL_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_VARIANT = regex.compile(r"\p{Variation_Selector}+")


def writable(text: str) -> str:
    """The text with one kind of line end, without what a file format cannot hold; U+FFFD for half a surrogate pair."""
    if _ORDINARY.fullmatch(text):
        return text
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))
        text = _NO_CHARACTER.sub("", text)
    return _CONTROL.sub(" ", _LINE_END.sub("\n", text))


def trimmed(text: str) -> str:
    """The text without what nobody can see at its ends; empty where nothing can be seen at all."""
    if _ORDINARY.fullmatch(text):
        return text
    head = _UNSEEN.match(text)
    start = head.end() if head else 0
    tail = _UNSEEN_END.match(text, start)
    end = tail.start() if tail else len(text)
    variant = _VARIANT.match(text, end)  # it belongs to the character before it: 辻 as a register has it
    return text[start : variant.end() if variant and start < end else end]


def legible(text: str) -> str:
    """The text without what cannot be seen, wherever it stands; blanks stay."""
    return text if _ORDINARY.fullmatch(text) else str(_INVISIBLE.sub("", text))


def folded(text: str) -> str:
    """A key as it is compared: half width, capitals, no blanks, nothing invisible."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode())
    return str(_UNSEEN.sub("", text.upper()))


def in_cell(text: str) -> str:
    """A text as a cell of a workbook holds it: writable, and read back as it is.

    ECMA-376 (22.9.2.19) takes _x0041_ in a cell for the letter A.
    """
    return _CELL_ESCAPE.sub("_x005F_", writable(text))


def tidy(text: str) -> str:
    """Text as it is stored: writable, and nothing invisible around it."""
    return text if _ORDINARY.fullmatch(text) else trimmed(writable(text))


def clean(value: object) -> object:
    """What came through a door, tidy; what is not text is returned as it is."""
    return tidy(value) if isinstance(value, str) else value


def decoded(raw: bytes) -> str:
    """Read a file that people made: UTF-8 with or without a BOM, or GB18030; UnicodeDecodeError for anything else."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")
