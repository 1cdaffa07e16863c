"""Checks on an application: shape, identity, ways to reach the applicant (条例 art. 29(1)), what needs what.

One pass serves a finished submission, a half-filled form and the chat, so it works on plain dicts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from intake_api.form.application import Submission
from intake_api.form.fields import particulars, reaching
from intake_api.form.needs import NEEDS
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.problems import problems_in as problems_of_shape
from intake_api.kit.text import clean
from intake_api.people import identity
from intake_api.terms.delivery import MEDIA, WAYS

_ID_SENTENCE = {
    "resident_id": "身份证号码不正确，请核对：应为 18 位，最后一位可能是 X。",
    "uscc": "统一社会信用代码不正确，请核对：应为 18 位数字和大写字母。",
}
_ID_OTHER = "证件号码应为 4 到 40 位字母或数字，可以带证件上印的括号。"
_PHONE = "电话号码不正确。请只写一个号码，例如 13800000000、010-62345678 或者 010-62345678转801。"
_EMAIL = "电子邮箱不正确，例如 name@example.com。"
_NO_CONTACT = "请至少留一种联系方式：电话、电子邮箱或通信地址。"
_MISFIT = "{medium}的不能用“{way}”的方式提供，可以选：{possible}；也可以改选别的形式。"
_RULES = {"phone": (identity.phone, _PHONE), "email": (identity.email, _EMAIL)}


@dataclass(frozen=True)
class Problem:
    """A field problem with the code that the whole failure takes from its first one."""

    code: str
    field: FieldProblem


def problems_of(
    data: dict[str, Any], today: date, model: type[Submission] = Submission, *, finished: bool
) -> list[FieldProblem]:
    """What is wrong with a form, one problem a field; unless `finished`, what is still missing is no problem yet."""
    shape: list[FieldProblem] = []
    try:
        model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        missing = {".".join(map(str, one["loc"])) for one in details if one["type"] == "missing"}
        shape = [one for one in problems_of_shape(error) if finished or one.name not in missing]
    texts = _texts(data)
    found = shape + [one.field for one in _normalise(texts, today, finished=finished)]
    found += _needed(texts) if finished else []
    return list({problem.name: problem for problem in reversed(found)}.values())[::-1]


def normalised(body: Submission, today: date) -> Submission:
    """The submission with numbers in their normal form; Failure with every field problem otherwise."""
    data = body.model_dump()
    if problems := list(_normalise(data, today, finished=True)):
        raise Failure(problems[0].code, fields=[p.field for p in problems])
    return type(body).model_validate(data)


def amended(before: dict[str, Any], changes: Mapping[str, str | None], today: date) -> dict[str, Any]:
    """An application with some fields changed, by path, in their normal form; an empty one is taken out.

    Failure `invalid_request` with what is wrong with a change; what was wrong before and is left alone is no problem.
    """
    after = _texts(before)
    for path, value in changes.items():
        *groups, leaf = path.split(".")
        holder = after
        for group in groups:
            holder = holder.setdefault(group, {})
        holder[leaf] = clean(value or "")
    after = _given_alone(after)
    known = {problem.name for problem in problems_of(before, today, finished=True)}
    wrong = [one for one in problems_of(after, today, finished=True) if one.name in changes or one.name not in known]
    if wrong:
        raise Failure("invalid_request", fields=[FieldProblem(f"changes.{one.name}", one.message) for one in wrong])
    normal = _texts(after)
    list(_normalise(normal, today, finished=False))
    for path in changes:
        *groups, leaf = path.split(".")
        holder, form = after, normal
        for group in groups:
            holder, form = holder.get(group, {}), form.get(group, {})
        names = (leaf, "id_type") if leaf == "id_number" else (leaf,)
        holder |= {name: form[name] for name in names if form.get(name)}
    return after


def _given_alone(data: dict[str, Any]) -> dict[str, Any]:
    """Without what was left empty, and without groups of which nothing is left."""
    inner = {name: _given_alone(value) if isinstance(value, dict) else value for name, value in data.items()}
    return {name: value for name, value in inner.items() if value}


def has_proof(body: Submission) -> bool:
    """Whether the application carries a proof of identity; without one it is accepted and flagged."""
    return bool(body.applicant.id_number)


def _normalise(data: dict[str, Any], today: date, *, finished: bool) -> Iterator[Problem]:
    """Check and normalise the persons of an application in place; once it is finished, one must be within reach."""
    applicant = data.get("applicant")
    if not isinstance(applicant, dict):
        return
    # what is given and wrong has its own sentence
    reachable = any(applicant.get(way) for way in (*reaching(), "agent"))
    yield from _person(applicant, today)
    if isinstance(applicant.get("agent"), dict):
        yield from _person(applicant["agent"], today, agent=True)
    if finished and not reachable:
        yield Problem("no_contact", FieldProblem("applicant.phone", _NO_CONTACT))


def _person(holder: dict[str, Any], today: date, *, agent: bool = False) -> Iterator[Problem]:
    for item in particulars(agent=agent):
        given = holder.get(item.leaf)
        if not given or not item.ask.rule:
            continue
        value: str | None
        if item.ask.rule == "person":
            value, sentence = identity.person(given), ""
        elif item.ask.rule == "id_number":
            natural = holder.get("type", "natural") == "natural"
            kind = holder["id_type"] = holder.get("id_type") or ("resident_id" if natural else "uscc")
            value, sentence = identity.id_number(kind, given, today), _ID_SENTENCE.get(kind, _ID_OTHER)
        else:
            rule, sentence = _RULES[item.ask.rule]
            value = rule(given)
        if value is None:
            yield Problem(f"{item.ask.rule}_invalid", FieldProblem(item.name, sentence))
        holder[item.leaf] = value


def _needed(data: dict[str, Any]) -> list[FieldProblem]:
    """What an answer as chosen still needs."""
    return [
        FieldProblem(need.name, need.sentence)
        for need in NEEDS
        if _given(data, need.by) == need.code and not _given(data, need.name)
    ]


def misfit(data: dict[str, Any]) -> list[FieldProblem]:
    """What whoever fills in a form is asked about: a way by which its medium cannot be had (paper by e-mail).

    No application is refused over it, and a letter is entered as it was written.
    """
    data = _texts(data)
    medium, way = (MEDIA.get(_given(data, "delivery.medium")), WAYS.get(_given(data, "delivery.way")))
    if medium is None or way is None or way.code in medium.ways:
        return []
    possible = "、".join(WAYS[one].label for one in medium.ways)
    return [FieldProblem("delivery.way", _MISFIT.format(medium=medium.label, way=way.label, possible=possible))]


def _given(data: dict[str, Any], path: str) -> Any:
    """The answer to a field; None where there is none."""
    found: Any = data
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


_DEEPEST = 3  # applicant, agent, their fields


def _texts(data: dict[str, Any], deepest: int = _DEEPEST) -> dict[str, Any]:
    """What is text in a payload of unknown shape; the rest has its problem of shape already."""
    nested = {name: _texts(value, deepest - 1) for name, value in data.items() if deepest and isinstance(value, dict)}
    return nested | {name: clean(value) for name, value in data.items() if isinstance(value, str)}
