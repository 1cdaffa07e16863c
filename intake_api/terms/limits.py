"""How much may be written where, in characters: one number for a field's form, interface, ledger column and sentences.

A field stands by its path in the payload. What the law bounds (days of an extension) is in `intake_api.statute`.
"""

from collections.abc import Mapping
from typing import Final

SHORTEST_TEXT: Final = 2  # of what is asked for, and of what is added to it
SHORTEST_PASSWORD: Final = 10  # that a colleague chooses
BODY_MB: Final = 2  # of everything that is sent at once, but for files
FILE_MB: Final = 10  # of a file that comes with a case
FILES: Final = 10  # of an applicant, on a case
PAPERS: Final = 200  # of the office, on a case

LONGEST: Final[Mapping[str, int]] = {
    # what is asked for; the other fields of an application have theirs in `intake_api.form.application`
    "description": 10_000,
    "title": 200,
    # steps of the applicant and of the office
    "text": 10_000,
    "comment": 1_000,
    "note": 1_000,
    "reason": 500,
    "department": 40,
    "number": 40,
    "code": 40,
    "contact": 200,
    "token": 80,
    "ref": 40,
    "letter_number": 60,
    "draft": 64,
    "tracking": 40,  # with the blanks of a printed one; `terms.delivery` knows what it looks like
    "archive_number": 100,
    "their_number": 60,  # under which somebody else handles what was handed on
    "body": 60,  # who reviews or judges
    "docket": 60,  # 案号
    "about": 60,  # the letter that is fought over
    # notices
    "element": 5_000,
    "paragraph": 5_000,
    # the console
    "q": 200,
    "day_name": 100,
    "figure": 24,
    "username": 64,
    "person": 40,  # the name of a member of staff
    "password": 1_000,
    "totp": 10,
}
