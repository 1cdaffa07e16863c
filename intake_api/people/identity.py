"""Checks on what identifies and reaches a person: identity numbers, credit codes, telephone, e-mail.

Sources: GB 11643-1999 (resident identity number, check by ISO 7064 MOD 11-2), GB 32100-2015 (unified social credit
code). Every function takes the value as typed and returns it normalised, or None where it cannot be right.
"""

import re
from datetime import date

_ID_WEIGHTS = [2**i % 11 for i in range(17, 0, -1)]
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def resident_id(value: str) -> str | None:
    """18 characters, a real date of birth from 1900 on, and the right check character."""
    value = _plain(value)
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", value):
        return None
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
    check = (12 - sum(int(d) * w for d, w in zip(value[:17], _ID_WEIGHTS, strict=True)) % 11) % 11
    return value if born.year >= 1900 and value[17] == "0123456789X"[check] else None


def uscc(value: str) -> str | None:
    """统一社会信用代码: 18 characters of the standard's alphabet with the right check character."""
    value = _plain(value)
    if len(value) != 18 or any(ch not in _USCC_ALPHABET for ch in value):
        return None
    total = sum(_USCC_ALPHABET.index(ch) * (3**i % 31) for i, ch in enumerate(value[:17]))
    return value if _USCC_ALPHABET[(31 - total % 31) % 31] == value[17] else None


def id_number(id_type: str, value: str) -> str | None:
    """The number normalised by the rule of its type.

    Without a public rule: 4–40 letters, digits or dashes, also as 军字第1234567号.
    """
    if id_type == "resident_id":
        return resident_id(value)
    if id_type == "uscc":
        return uscc(value)
    value = _plain(value)
    return value if re.fullmatch(r"(?=.{4,40}$)(?:[一-鿿]{0,4}字第)?[A-Za-z0-9_\-]+号?", value) else None


def phone(value: str) -> str | None:
    """A mainland mobile or landline number, an international one with +, or a service number; separators dropped."""
    value = re.sub(r"[\s\-–—()（）]", "", _plain(value))
    mobile = r"(?:\+?86)?1[3-9]\d{9}"
    landline = r"(?:0\d{2,3}[1-9]|[2-8])\d{6,7}(?:转\d{1,6})?"
    return value if re.fullmatch(rf"{mobile}|{landline}|\+\d{{7,15}}|[48]00\d{{7}}", value, re.ASCII) else None


def email(value: str) -> str | None:
    """An address with one @, a dotted domain and no blanks; the domain in lower case."""
    value = value.strip()
    match = re.fullmatch(r"([^\s@<>\"]{1,64})@((?:[^\s@.<>\"]+\.)+[^\s@.<>\"\d]{2,})", value)
    return f"{match[1]}@{match[2].lower()}" if match else None


def _plain(value: str) -> str:
    """Full-width characters to half-width, no blanks, capitals."""
    half = "".join(chr(ord(ch) - 0xFEE0) if "！" <= ch <= "～" else ch for ch in value)
    return re.sub(r"\s", "", half).upper()
