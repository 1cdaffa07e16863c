"""Checks on an application beyond its shape: identity numbers, ways to reach the applicant (条例 art. 29(1)).

The same rules serve a finished submission, a half-filled form and the chat, so they work on plain dicts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from intake_api.form.application import Submission
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.problems import problems_of
from intake_api.kit.text import clean
from intake_api.people import identity

_ID_SENTENCE = {
    "resident_id": "身份证号码不正确，请核对：应为 18 位，最后一位可能是 X。",
    "uscc": "统一社会信用代码不正确，请核对：应为 18 位数字和大写字母。",
}
_ID_OTHER = "证件号码应为 4 到 40 位字母或数字，可以带证件上印的括号。"
_PHONE = "电话号码不正确。请只写一个号码，例如 13800000000、010-62345678 或者 010-62345678转801。"
_EMAIL = "电子邮箱不正确，例如 name@example.com。"
_NAMES = ("name", "contact_name", "legal_representative")
_NO_CONTACT = "请至少留一种联系方式：电话、电子邮箱或通信地址。"
_UNDELIVERABLE = {
    "email": ("email", "用电子邮件接收的，请填写电子邮箱；也可以改选别的方式。"),
    "post": ("address", "邮寄的，请填写通信地址；也可以改选别的方式。"),
}


@dataclass(frozen=True)
class Problem:
    """A field problem with the code that the whole failure takes from its first one."""

    code: str
    field: FieldProblem


def _normalise(holder: dict[str, Any], path: str, today: date) -> Iterator[Problem]:
    """Check and normalise one person's names, identity number, telephone and e-mail in place."""
    holder |= {name: identity.person(holder[name]) for name in _NAMES if holder.get(name)}
    if holder.get("id_number"):
        id_type = holder.get("id_type") or ("resident_id" if holder.get("type", "natural") == "natural" else "uscc")
        holder["id_type"] = id_type
        number = identity.id_number(id_type, holder["id_number"], today)
        if number is None:
            yield Problem("id_number_invalid", FieldProblem(f"{path}.id_number", _ID_SENTENCE.get(id_type, _ID_OTHER)))
        holder["id_number"] = number
    for name, rule, sentence in (
        ("phone", identity.phone, _PHONE),
        ("email", identity.email, _EMAIL),
    ):
        if holder.get(name):
            value = rule(holder[name])
            if value is None:
                yield Problem(f"{name}_invalid", FieldProblem(f"{path}.{name}", sentence))
            holder[name] = value


def _problems(data: dict[str, Any], today: date, *, finished: bool) -> list[Problem]:
    applicant = data.get("applicant")
    if not isinstance(applicant, dict):
        return []
    # what is given and wrong has its own sentence
    reachable = any(applicant.get(way) for way in ("phone", "email", "address")) or applicant.get("agent")
    found = list(_normalise(applicant, "applicant", today))
    if isinstance(applicant.get("agent"), dict):
        found += _normalise(applicant["agent"], "applicant.agent", today)
    if finished and not reachable:
        found.append(Problem("no_contact", FieldProblem("applicant.phone", _NO_CONTACT)))
    return found


def normalised(body: Submission, today: date) -> Submission:
    """The submission with numbers in their normal form; Failure with every field problem otherwise."""
    data = body.model_dump()
    problems = _problems(data, today, finished=True)
    if problems:
        raise Failure(problems[0].code, fields=[p.field for p in problems])
    return type(body).model_validate(data)


def check_partial(data: dict[str, Any], today: date) -> list[FieldProblem]:
    """Problems of what is filled in so far; what is still missing is no problem yet."""
    try:
        Submission.model_validate(data)
        shape: list[FieldProblem] = []
    except ValidationError as error:
        given = error.errors(include_url=False, include_context=True, include_input=False)
        missing = {".".join(str(p) for p in d["loc"]) for d in given if d["type"] == "missing"}
        shape = [p for p in problems_of(error) if p.name not in missing]
    spoiled = {p.name for p in shape}
    return shape + [p.field for p in _problems(_texts(data), today, finished=False) if p.field.name not in spoiled]


_DEEPEST = 3  # applicant, agent, their fields


def _texts(data: dict[str, Any], deepest: int = _DEEPEST) -> dict[str, Any]:
    """What is text in a payload of unknown shape; the rest has its problem of shape already."""
    nested = {name: _texts(value, deepest - 1) for name, value in data.items() if deepest and isinstance(value, dict)}
    return nested | {name: clean(value) for name, value in data.items() if isinstance(value, str)}


def problems_of_form(data: dict[str, Any], model: type[Submission], today: date) -> list[FieldProblem]:
    """Everything that is wrong with a filled-in form at once, also what a delivery as chosen still needs.

    The interface accepts an application whose way of delivery lacks its address, as the office must; a form can ask.
    """
    shape: list[FieldProblem] = []
    try:
        model.model_validate(data)
    except ValidationError as error:
        shape = problems_of(error)
    found = shape + [p.field for p in _problems(_texts(data), today, finished=True)]
    applicant, delivery = data.get("applicant") or {}, data.get("delivery") or {}
    if needed := _UNDELIVERABLE.get(delivery.get("way", "")):
        name, sentence = needed
        if not applicant.get(name):
            found.append(FieldProblem(f"applicant.{name}", sentence))
    return list({problem.name: problem for problem in reversed(found)}.values())[::-1]


def has_proof(body: Submission) -> bool:
    """Whether the application carries a proof of identity; without one it is accepted and flagged."""
    return bool(body.applicant.id_number)


# What may be shown of an applicant without a look that is put on record. Any other field is hidden: one that is added
# later is, until somebody has thought about it and writes it here.
HARMLESS = frozenset({"type", "name", "id_type", "contact_name", "legal_representative"})
_ENDS = {"id_number": (4, 2), "phone": (3, 2), "email": (2, 0), "address": (6, 0)}  # characters shown at either end
_MOST_STARS = 12


def masked(particulars: dict[str, Any]) -> dict[str, Any]:
    """Particulars as a list or case page shows them: numbers and addresses reduced to what tells two people apart."""
    return {name: _masked(name, value) for name, value in particulars.items()}


def _masked(name: str, value: Any) -> Any:
    if value is None or name in HARMLESS:
        return value
    if isinstance(value, dict):
        return masked(value)
    text = str(value)
    ends = _ENDS.get(name, (0, 0))
    head, tail = (min(end, len(text) * end // max(1, 2 * sum(ends))) for end in ends)  # never more than half of it
    stars = "*" * min(max(1, len(text) - head - tail), _MOST_STARS)
    return text[:head] + stars + text[len(text) - tail :]
