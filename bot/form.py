"""The application form as the office gives it out (GET /api/v1/form): what is asked, what may be answered."""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.api_client import ApiRefused, ApiUnreachable, Office

log = logging.getLogger(__name__)
FRESH = 600.0
"""Seconds for which a form is taken as it was read: an office that changes it restarts its API anyway."""


@dataclass(frozen=True)
class Choice:
    """An answer to choose: its label, what else people call it, the answers to another question that it fits."""

    label: str
    also: tuple[str, ...]
    fits: frozenset[str] | None


@dataclass(frozen=True)
class Question:
    """A field of the application by its path: what it is called, how it is asked, what can be answered."""

    name: str
    label: str
    text: str
    required: bool
    only: str | None
    longest: int | None
    choices: Mapping[str, Choice]


@dataclass(frozen=True)
class Form:
    """The form; one that could not be read yet asks nothing (`known` is false)."""

    questions: Mapping[str, Question] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    """Way of delivery -> the path of the field that it needs."""
    supplement: int | None = None
    """Characters of a supplement at most."""
    told: frozenset[str] = frozenset()
    """The channels by which the office tells of what happens, beside chats."""

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Form":
        """From the answer of the API; what this version does not know of it is left aside."""
        return cls(
            {one["name"]: _question(one) for one in body["fields"]},
            {one["code"]: one["name"] for one in body["needs"] if one["by"] == "delivery.way"},
            body.get("supplement"),
            frozenset(body.get("telling", ())),
        )

    @property
    def known(self) -> bool:
        """Whether the office has said what it asks."""
        return bool(self.questions)

    def options(self, name: str, given: Iterable[str] | None = None) -> dict[str, Choice]:
        """The answers to a question by code; those that fit one of `given`, the answers it depends on."""
        wanted = None if given is None else set(given)
        choices = self.questions[name].choices if name in self.questions else {}
        return {c: o for c, o in choices.items() if wanted is None or o.fits is None or o.fits & wanted}

    def further(self, mine: Iterable[str]) -> list[Question]:
        """What the office asks in a chat beyond the questions that the conversation knows by itself."""
        known = set(mine)
        return [one for one in self.questions.values() if one.text and one.name not in known]


def _question(body: Mapping[str, Any]) -> Question:
    choices = {
        one["code"]: Choice(one["label"], tuple(one["also"]), None if one["fits"] is None else frozenset(one["fits"]))
        for one in body["choices"]
        if one["chat"]
    }
    return Question(
        body["name"], body["label"], body["question"], body["required"], body["only"], body["longest"], choices
    )


class Forms:
    """The form of the office, read anew from time to time; while the API is away the last one holds."""

    def __init__(self) -> None:
        self._form = Form()
        self._read_at = float("-inf")

    async def current(self, office: Office) -> Form:
        """The form as it is now; one that is not `known` where the API has not answered yet."""
        if time.monotonic() - self._read_at > FRESH:
            try:
                self._form = Form.read(await office.form())
                self._read_at = time.monotonic()
            except (ApiUnreachable, ApiRefused) as error:
                log.warning("the form could not be read: %s", type(error).__name__)
        return self._form
