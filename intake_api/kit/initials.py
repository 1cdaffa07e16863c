"""Initials of pinyin (拼音首字母), as colleagues type them to find a name: 教育局 is jyj.

The common characters of GB 2312 stand there in the order of their pinyin, so that the place of a character tells the
letter; no dictionary is needed. A character with two readings has the one under which the standard has it.
Source: GB 2312-80, level 1 (rows 16 to 55).
"""

import bisect

_FIRST = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
_LAST = 0xD7F9
_STARTS = [code for code, _ in _FIRST]


def initials(text: str) -> str:
    """The letter of each common character, letters and digits as they are, small; anything else is left out."""
    return "".join(map(_letter, text))


def _letter(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    code = int.from_bytes(character.encode("gb2312", "ignore"), "big")
    return _FIRST[bisect.bisect_right(_STARTS, code) - 1][1] if _STARTS[0] <= code <= _LAST else ""
