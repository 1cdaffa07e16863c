"""An application being written: its answers, the order of its questions, and the submission they make. Pure.

The questions are those of 条例 art. 29: who (name, proof of identity, contact), what, in which form and way. Never why.
What may be answered, and what needs what, the office says (`bot.form`).
"""

import re
import secrets
from copy import deepcopy
from dataclasses import dataclass, field, fields
from typing import Any

from bot.form import Choice, Form

SKIPPED = ""
"""The answer to a question that the citizen passed over."""

CONTACTS = ("phone", "email", "address")
ORGANISATION_ONLY = ("organisation", "legal_representative", "contact_name")
ORGANISATION = "organisation"
_FIELDS = {
    "organisation": "applicant.type",
    "medium": "delivery.medium",
    "way": "delivery.way",
    "description": "description",
}
_OWN = ("name", "id_type", "id_number", "contact_name", "legal_representative", *CONTACTS)
ASKED = (*_FIELDS.values(), "title", "document_number", *(f"applicant.{name}" for name in _OWN))
"""The fields that the questions below fill; whatever else the office asks comes after them, in its own words."""
_CORRECTABLE = ("name", "id_type", "id_number", *ORGANISATION_ONLY, "contact", *CONTACTS)
STEPS = ("understood", "description", "type", *_CORRECTABLE, "document", "medium", "way", "summary", "correct")
_PLACE = re.compile(r"[省市区县旗州盟镇乡村屯组路街道巷弄号栋幢楼室院园]")
_NO_PLACE = re.compile(r"没有|不会|不用|不想|不知|不方便|不清楚|什么|怎么|[吗呢？?]")
_DOCUMENT_NUMBER = re.compile(r"[〔［\[(（【]\s*(19|20)\d{2}\s*[〕］\])）】].{0,12}号$")


@dataclass
class Draft:
    """A draft. `id` makes its submission unique; `step` is the open question; `touched` its last change (epoch s).

    `board` is the message whose buttons belong to the open question.
    `offered`: the step at which items were shown that are public already.
    `unheard`: what was said and not read yet for answers. `kind` is that of the application; `matter` is the
    description without particulars; `parts` are its matters where there are several, `rest` those that are filed after
    this one, `filed` the numbers of those before it and of its own. `agent_for`: whom the citizen writes for, in their
    words.
    `sent` holds the submission from the moment it is first sent until the API has answered: meanwhile the case may
    exist, so that only the very same submission may be sent again.
    """

    description: str
    form: Form
    id: str = field(default_factory=lambda: secrets.token_hex(4))
    step: str = "understood"
    answers: dict[str, str] = field(default_factory=dict)
    sent: dict[str, Any] | None = None
    touched: int = 0
    board: int | None = None
    offered: str = ""
    unheard: str = ""
    kind: str = "disclosure"
    matter: str = ""
    parts: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    filed: list[str] = field(default_factory=list)
    agent_for: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the FSM storage."""
        return {f.name: deepcopy(getattr(self, f.name)) for f in fields(self) if f.name != "form"}

    @classmethod
    def from_json(cls, data: dict[str, Any], form: Form) -> "Draft":
        """From the FSM storage, also where an older version stored it: an unknown step becomes the next open one."""
        draft = cls(form=form, **{f.name: data[f.name] for f in fields(cls) if f.name in data and f.name != "form"})
        if draft.step not in STEPS and (form.known and draft.step not in form.questions):
            draft.step = draft.following()
        return draft

    @property
    def is_organisation(self) -> bool:
        """法人或其他组织 rather than a natural person."""
        return self.answers.get("type") == "organisation"

    @property
    def further(self) -> list[str]:
        """What the office asks beyond the questions of this conversation, by the paths of the fields."""
        asked = self.form.further(ASKED)
        return [one.name for one in asked if one.only != ORGANISATION or self.is_organisation]

    @property
    def need(self) -> str | None:
        """The step that the chosen way of delivery needs."""
        return self.form.needs.get(self.answers.get("way", ""), "").removeprefix("applicant.") or None

    def choices(self, step: str) -> dict[str, Choice]:
        """The answers to choose from that fit the others, by code; none where one types."""
        if step == "id_type":
            kinds = self.form.options("applicant.type")
            organisation = self.answers.get("organisation")
            them = [organisation] if organisation else [code for code in kinds if code != "natural"]
            return self.form.options(field_of(step), them if self.is_organisation else ["natural"])
        if step == "way":
            return self.form.options(field_of(step), [self.answers.get("medium", "electronic")])
        found = self.form.options(field_of(step))
        return {code: one for code, one in found.items() if step != "organisation" or code != "natural"}

    def plan(self) -> list[str]:
        """The questions to ask, in order; it depends on the answers so far."""
        organisation = self.is_organisation
        return [
            "type",
            *(["organisation"] if organisation else []),
            "name",
            "id_type",
            *(["id_number"] if self.answers.get("id_type") else []),
            *(["legal_representative", "contact_name"] if organisation else []),
            "contact",
            *(["document"] if "document" in self.answers else []),
            "medium",
            "way",
            *([self.need] if self.need else []),
            *self.further,
        ]

    def answered(self, step: str) -> bool:
        """Whether a question needs no asking any more (passed over counts)."""
        if step == "contact":
            return any(self.answers.get(kind) for kind in CONTACTS)
        if step == self.need:
            return bool(self.answers.get(step))
        return step in self.answers

    def following(self) -> str:
        """The first question still open, `summary` when there is none."""
        return next((step for step in self.plan() if not self.answered(step)), "summary")

    def preceding(self) -> str:
        """The question before the open one; before the first comes the citizen's own text."""
        plan = self.plan()
        if self.step == "summary":
            return plan[-1]
        if self.step not in plan:  # reached by correcting, or by wording the question anew
            return "summary" if self.following() == "summary" else "understood"
        place = plan.index(self.step)
        return plan[place - 1] if place else "understood"

    def can_skip(self, step: str) -> bool:
        """Optional questions, and a means of contact that is not the only one or the one the delivery needs."""
        if step in CONTACTS:
            others = any(self.answers.get(kind) for kind in CONTACTS if kind != step)
            return others and self.need != step
        if step in self.further:
            return not self.form.questions[step].required
        return step in ("id_type", "id_number", "legal_representative", "contact_name", "document")

    def answer(self, step: str, value: str) -> None:
        """Take an answer and drop those that no longer fit it."""
        if step == "description":
            self.description = value
            return
        changed = self.answers.get(step) != value
        self.answers[kind_of(step, value)] = value
        if step == "type" and changed:
            for gone in (*ORGANISATION_ONLY, "id_type", "id_number"):
                self.answers.pop(gone, None)
        if step == "id_type" and changed:
            self.answers.pop("id_number", None)
        if step == "medium" and self.answers.get("way") not in self.choices("way"):
            self.answers.pop("way", None)

    @property
    def missing(self) -> list[str]:
        """The questions still open."""
        return [step for step in self.plan() if not self.answered(step)]

    @property
    def tells_too_much(self) -> bool:
        """Whether the description holds particulars that have a place of their own."""
        own = [self.answers.get(name, "") for name in ("id_number", "phone", "email")]
        bare = "".join(self.description.split()).lower()
        return bool(self.matter) and self.matter != self.description and any(one and one.lower() in bare for one in own)

    def next_of_several(self) -> "Draft":
        """The application for the next matter, by the same applicant and in the same form."""
        kept = {step: value for step, value in self.answers.items() if step != "document"}
        return Draft(self.rest[0], self.form, answers=kept, rest=self.rest[1:], filed=self.filed, kind=self.kind)

    def submission(self) -> dict[str, Any]:
        """The body of `POST /requests` as far as it is known; what was passed over is left out."""
        given = {step: value for step, value in self.answers.items() if value}
        kind = given.get("organisation") if self.is_organisation else given.get("type")
        applicant = {"type": kind} | {name: given.get(name) for name in _OWN}
        document = given.get("document")
        is_number = bool(document and _DOCUMENT_NUMBER.search(document))
        body: dict[str, Any] = {
            "kind": self.kind if self.kind != "disclosure" else None,
            "description": self.description,
            "applicant": _present(applicant),
            "delivery": _present({"medium": given.get("medium"), "way": given.get("way")}),
            "document_number": document if is_number else None,
            "title": None if is_number else document,
        }
        for path in self.further:
            *groups, name = path.split(".")
            place: dict[str, Any] = body
            for group in groups:
                place = place.setdefault(group, {})
            place |= _present({name: given.get(path)})
        return _present(body)


def kind_of(step: str, value: str) -> str:
    """Where an answer is kept: the one question for contact takes a telephone number, an e-mail or a postal address."""
    if step != "contact":
        return step
    if "@" in value or "＠" in value:
        return "email"
    digits = sum(ch.isdigit() for ch in value)
    letters = sum(ch.isalpha() and ch != "转" for ch in value)
    return "phone" if digits >= 3 and not letters else "address"


def is_address(value: str) -> bool:
    """Whether a text reads as a postal address rather than as a sentence."""
    return len(value) >= 6 and bool(_PLACE.search(value)) and not _NO_PLACE.search(value)


def field_of(step: str, value: str = "") -> str:
    """Dotted name of the field that a step's answer fills, as the API names it."""
    step = kind_of(step, value)
    if "." in step:
        return step
    if step == "document":
        return "document_number" if _DOCUMENT_NUMBER.search(value) else "title"
    return _FIELDS.get(step, f"applicant.{step}")


def step_of(name: str, draft: Draft) -> str:
    """The step that can correct a field, by its dotted name."""
    if name in draft.further:
        return name
    for step, dotted in _FIELDS.items():
        if dotted == name:
            return step
    if name in ("title", "document_number"):
        return "document"
    name = (
        "contact" if name == "applicant" else name.removeprefix("applicant.")
    )  # the whole applicant: no contact given
    return name if name in _CORRECTABLE else "summary"


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
