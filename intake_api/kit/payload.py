"""What every payload has in common: text in one form, real days, no field that nobody knows."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from intake_api.kit.text import clean


def _clean_or_none(value: object) -> object:
    value = clean(value)
    return None if value == "" else value  # {}, [], 0 and false are not text, and are told so


def _iso(value: object) -> object:
    if isinstance(value, str | date) or value is None:
        return value
    raise ValueError("a day is written YYYY-MM-DD")  # pydantic would take a number for seconds since 1970


Day = Annotated[date, BeforeValidator(_iso)]
# Beside a limit these stand behind it: pydantic measures what stands before them.
Clean = BeforeValidator(clean)
Blank = BeforeValidator(_clean_or_none)  # forms send empty fields: they count as not given
Text = Annotated[str, Clean]
MaybeText = Annotated[str | None, Blank]


class Payload(BaseModel):
    """Base of everything received: an unknown field is an error, never dropped in silence."""

    model_config = ConfigDict(extra="forbid", str_max_length=20_000)
