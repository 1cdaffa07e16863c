"""What pydantic found wrong, in Chinese, field by field."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from intake_api.kit.errors import Failure, FieldProblem


def problems_in(error: ValidationError) -> list[FieldProblem]:
    """Field problems of a validation error; names are dotted paths, nothing of the input is repeated."""
    return problems_from(error.errors(include_url=False, include_input=False, include_context=True))


def problems_from(details: list[Any]) -> list[FieldProblem]:
    """The same from pydantic's own list of details."""
    return [FieldProblem(_path(d), _sentence(d)) for d in details]


def failure_of(problems: list[FieldProblem]) -> Failure:
    """The Failure for problems of shape; a description or a date that alone is wrong has a code of its own."""
    if {problem.name for problem in problems} == {"description"}:
        too_long = "最多" in problems[0].message
        return Failure("description_too_long" if too_long else "description_required", fields=problems)
    if all(
        p.name.split(".")[-1] in ("on", "received_on", "reply_by", "until", "delivered_on", "sent_on") for p in problems
    ):
        return Failure("date_invalid", fields=problems)
    return Failure("invalid_request", fields=problems)


def _path(detail: ErrorDetails) -> str:
    parts = [str(part) for part in detail["loc"] if part not in ("body", "query", "header", "path")]
    return ".".join(parts) or "body"


_SENTENCES = {
    "missing": "这一项必须填写。",
    "extra_forbidden": "没有这个字段，请检查拼写。",
    "string_type": "这一项应为文字。",
    "string_unicode": "这一项应为文字。",
    "json_invalid": "不是有效的 JSON。",
    "model_attributes_type": "这一项应为对象。",
    "model_type": "这一项应为对象。",
    "dict_type": "这一项应为对象。",
}


def _sentence(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    unit = "个字" if kind.startswith("string") else "项"
    if kind in ("string_too_short", "too_short"):
        return f"至少要 {context['min_length']} {unit}。" if context["min_length"] > 1 else "这一项必须填写。"
    if kind in ("string_too_long", "too_long"):
        return f"最多 {context['max_length']:,} {unit}。"
    if kind in ("literal_error", "enum"):
        return f"只能是其中之一：{context['expected'].replace(' or ', ', ')}。"
    if kind.startswith("date") or "YYYY-MM-DD" in detail.get("msg", ""):
        return "请填写一个真实的日期，例如 2026-11-22。"
    if kind.startswith(("int", "greater", "less", "bool", "float")):
        return "这一项的数值不正确。"
    return "这一项填写得不正确。"
