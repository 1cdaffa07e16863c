"""What a description says already of an application: filled in where the form is empty, and shown as read from there.

Precision first: of somebody who writes for another nothing is taken, and nothing is registered that was not seen.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from intake_api.form.needs import FITS
from intake_api.kit.text import tidy
from intake_api.understanding.service import Understood
from intake_api.web import texts

RESIDENT_ID = 18  # characters; any other number needs its kind, which is asked
_WAYS = FITS["delivery.way"][1]
_ONE_MEDIUM = {"post": "paper"}  # who says 寄到我家 wants paper


def answers(read: Understood) -> dict[str, str]:
    """The fields of the form that a reading answers, by name."""
    said = read.fields
    if "agent_for" in said:
        return {}
    found = _who(said)
    found |= {f"applicant.{name}": said[name] for name in ("phone", "email", "address") if name in said}
    if documents := said.get("document_number"):
        found["document_number"] = documents[0]
    return found | _delivery(said)


def _who(said: Mapping[str, Any]) -> dict[str, str]:
    if company := said.get("organisation"):
        found = {"who": "organisation", "applicant.name": company}
        found |= {"applicant.id_type": "uscc", "applicant.id_number": said["uscc"]} if "uscc" in said else {}
        return found | ({"applicant.contact_name": said["name"]} if "name" in said else {})
    found = {"applicant.name": said["name"]} if "name" in said else {}
    if len(number := said.get("id_number", "")) == RESIDENT_ID:
        found |= {"applicant.id_type": "resident_id", "applicant.id_number": number}
    return {"who": "natural"} | found if found else {}


def _delivery(said: Mapping[str, Any]) -> dict[str, str]:
    """Form and way as far as both go together; a way that one form alone has names the form too."""
    medium, way = said.get("medium"), said.get("way")
    fits = _WAYS.get(way or "", ())
    medium = medium or (fits[0] if len(fits) == 1 else _ONE_MEDIUM.get(way or ""))
    found = {"delivery.medium": medium} if medium else {}
    return found | ({"delivery.way": way} if way and (medium in fits or not medium) else {})


def filled(values: Mapping[str, str], read: Understood) -> tuple[dict[str, str], list[str]]:
    """The form with what its description answers in empty fields, and the names of these in the order of the page.

    What was chosen stands: a person's number does not go into the form of a company.
    """
    said = answers(read)
    if tidy(values.get("who", "")) not in ("", said.get("who", "")):
        mine = ("who", "applicant.name", "applicant.contact_name", "applicant.id_type", "applicant.id_number")
        said = {name: value for name, value in said.items() if name not in mine}
    new = {name: value for name, value in said.items() if not tidy(values.get(name, ""))}
    if "delivery.way" in new and values.get("delivery.medium", "") not in ("", *_WAYS[new["delivery.way"]]):
        del new["delivery.way"]
    return dict(values) | new, [name for name in texts.FIELDS if name in new]


def own_numbers(read: Understood) -> list[str]:
    """What of a person's numbers stands in a description, in words."""
    return [label for name, label in texts.PARTICULARS.items() if name in read.fields]


def flat(payload: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """A payload by the names of the form's fields."""
    found: dict[str, str] = {}
    for name, value in payload.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{before}{name}.")
        elif value is not None:
            found[before + name] = value.isoformat() if isinstance(value, date) else str(value)
    return found
