"""What a citizen said, as the office read it (POST /api/v1/understand), noted in the application being written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.draft import CONTACTS, Draft

RESIDENT_ID = 18
"""Characters of the number of an identity card: any other number needs its kind, which is asked."""
_ONE_FORM = {"post": "paper"}
"""What is meant where several forms could go by a way: who says 寄到我家 wants paper."""


@dataclass(frozen=True)
class Heard:
    """One reading: its kind, the particulars by the contract's names, what is asked for, its matters, way and hints."""

    kind: str
    fields: Mapping[str, Any]
    matter: str
    parts: tuple[str, ...]
    case: str
    way: str
    hints: tuple[str, ...]

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Heard":
        """From the answer of the API."""
        said = {name: body[name] for name in ("kind", "fields", "matter", "case", "way")}
        return cls(**said, parts=tuple(body["parts"]), hints=tuple(body.get("hints", ())))


def answers(heard: Heard, draft: Draft) -> dict[str, str]:
    """The answers that were given, by step, in the order in which they are to be taken."""
    said = heard.fields
    found: dict[str, str] = {}
    company = said.get("organisation")
    if company:
        found |= {"type": "organisation", "name": company}
        found |= {"id_type": "uscc", "id_number": said["uscc"]} if "uscc" in said else {}
        found |= {"contact_name": said["name"]} if "name" in said else {}
    elif draft.is_organisation:
        found |= {"contact_name": said["name"]} if "name" in said else {}
    else:
        found |= _person(said)
    found |= {kind: said[kind] for kind in CONTACTS if kind in said}
    if documents := said.get("document_number"):
        found["document"] = documents[0]
    return found | _delivery(said, draft)


def _person(said: Mapping[str, Any]) -> dict[str, str]:
    found = {"name": said["name"]} if "name" in said else {}
    number = said.get("id_number", "")
    if len(number) == RESIDENT_ID:
        found |= {"id_type": "resident_id", "id_number": number}
    return {"type": "natural"} | found if found else {}


def _delivery(said: Mapping[str, Any], draft: Draft) -> dict[str, str]:
    """Form and way as far as the office offers both together; a way that one form alone has names the form too."""
    medium, way = said.get("medium"), said.get("way")
    media, ways = draft.form.options("delivery.medium"), draft.form.options("delivery.way")
    found = {"medium": medium} if medium in media else {}
    if way not in ways:
        return found
    fits = sorted(ways[way].fits or media)
    had = medium or draft.answers.get("medium")
    if had in fits:
        return found | {"way": way}
    if medium:  # an impossible pair: the form was said as clearly as the way, so the way is asked
        return found
    form = fits[0] if len(fits) == 1 else _ONE_FORM.get(way)
    return {"medium": form, "way": way} if form else {"way": way}


def way_alone(way: str | None, draft: Draft) -> dict[str, str]:
    """Form and way where a way was named and no form."""
    return _delivery({"way": way}, draft) if way else {}


def take(draft: Draft, found: Mapping[str, str]) -> None:
    """Note the answers."""
    for step, value in found.items():
        draft.answer(step, value)
