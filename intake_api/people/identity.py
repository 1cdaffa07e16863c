"""Checks on what identifies and reaches a person: names, identity numbers, credit codes, telephone, e-mail.

Sources: GB 11643-1999 (resident identity number, check by ISO 7064 MOD 11-2), GB 32100-2015 (unified social credit
code), the numbering plans of libphonenumber, RFC 5321, 5322 and 6531 by email-validator. Every function takes the value
as typed and returns it in the form that is stored, or None where it cannot be right.

Of python-stdnum only the check characters are used: its tables of areas refuse people whose county was renamed, and
co-operatives (登记管理部门 N). The libraries are imported where they are used: a third of a second of every start.
"""

import re
import unicodedata
from datetime import date

import regex

from intake_api.kit.text import folded, legible, trimmed

_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")
_USCC = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
_OTHER = re.compile(r"(?=.{4,40}$)(?:[一-鿿]{0,4}字第|[一-鿿])?[A-Z0-9_-]+(?:\([A-Z0-9]{1,2}\))?号?")
_STOPS = "。.,;、"  # half-width already: what ends a sentence is no part of a number or an address
_DASH = regex.compile(r"[\p{Dash}]", regex.V1)
# The dot of a name that is written in Chinese (间隔号, U+00B7) as keyboards and fonts have it.
_NAME_DOT = regex.compile(r"(?<=\p{Han})[•・･‧∙⋅⸱⸳᛫ꞏ．](?=\p{Han})")

_MOBILE, _SERVICE = r"1[3-9]\d{9}", r"[48]00\d{7}"
_LANDLINE = r"(?:0\d{2,3}[1-9]|[2-8])\d{6,7}"
_AT_HOME = re.compile(rf"{_MOBILE}|{_LANDLINE}|{_SERVICE}", re.ASCII)
# 801 of 010-62345678-801, 转801, 分机801, ext. 801, #801
_EXTENSION = re.compile(
    r"(?:(?<=\d)[(,]?(?:转|轉|分机号?|分機|内线|EXT\.?|X|#)[:.]?|(?<=[2-9]\d{6})-|(?<=[2-9]\d{7})-)(\d{1,6})\)?$",
    re.ASCII,
)


def person(value: str) -> str:
    """A name with the dot of the standard between its parts."""
    return str(_NAME_DOT.sub("·", value))


def resident_id(value: str, today: date) -> str | None:
    """18 characters, a real date of birth from 1900 to today, and the right check character."""
    value = folded(value)
    if not _RESIDENT.fullmatch(value):
        return None
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
    from stdnum.cn import ric

    return value if date(1900, 1, 1) <= born <= today and value[17] == ric.calc_check_digit(value) else None


def uscc(value: str) -> str | None:
    """统一社会信用代码: 18 characters of the standard's alphabet with the right check character."""
    from stdnum.cn import uscc as credit_code

    value = folded(value)
    return value if _USCC.fullmatch(value) and value[17] == credit_code.calc_check_digit(value) else None


def id_number(id_type: str, value: str, today: date) -> str | None:
    """The number normalised by the rule of its type.

    Without a public rule: 4–40 letters, digits or dashes, also as 军字第1234567号, and with the check character in
    brackets as cards of 港澳台 print it.
    """
    if id_type == "resident_id":
        return resident_id(value, today)
    if id_type == "uscc":
        return uscc(value)
    value = _DASH.sub("-", folded(value))
    return value if _OTHER.fullmatch(value) else None


def phone(value: str) -> str | None:
    """A telephone number without separators, as it is dialled in the mainland; +44… from elsewhere; …转801.

    A mobile, landline or service number, with or without the country's 86, +86 or 0086, or a number of another country
    that its numbering plan can have.
    """
    value = _DASH.sub("-", folded(value)).rstrip(_STOPS)
    extension = _EXTENSION.search(value)
    main = re.sub(r"[-.()]", "", value[: extension.start()] if extension else value)
    number = _dialled(re.sub(r"^00(?=[1-9])", "+", main))
    return f"{number}转{extension[1]}" if number and extension else number


def _dialled(number: str) -> str | None:
    if _AT_HOME.fullmatch(number):
        return number
    if not re.fullmatch(r"\+?\d{7,17}", number, re.ASCII):
        return None
    import phonenumbers as plans

    try:
        parsed = plans.parse(number, "CN")
    except plans.NumberParseException:
        return None
    if parsed.country_code == plans.country_code_for_region("CN"):
        home = re.sub(r"\D", "", plans.format_number(parsed, plans.PhoneNumberFormat.NATIONAL))
        return home if _AT_HOME.fullmatch(home) else None
    # by its length: plans grow faster than tables of the digits in use
    possible = plans.is_possible_number(parsed)
    return plans.format_number(parsed, plans.PhoneNumberFormat.E164) if possible else None


def email(value: str) -> str | None:
    """An address that mail can be sent to; its domain in lower case and in the letters of its language.

    Mended is what leaves no doubt: full width, what is invisible, a stop at the end, `mailto:` and <> around it.
    """
    import email_validator as mail

    # names kept for special use may be an office's own: the intranet's mail server is often under .local
    mail.SPECIAL_USE_DOMAIN_NAMES.clear()
    value = trimmed(unicodedata.normalize("NFKC", value[:300].encode("utf-8", "replace").decode()))
    value = re.sub(r"(?i)^(?:mailto:)?<?", "", legible(value)).rstrip(_STOPS + ">")
    name, _, domain = value.rpartition("@")
    try:
        found = mail.validate_email(f"{name}@{domain.replace('。', '.')}", check_deliverability=False).normalized
    except mail.EmailNotValidError:
        return None
    return found if re.search(r"\.[^\d.]+$", found) else None  # no top-level domain has a digit, written out
