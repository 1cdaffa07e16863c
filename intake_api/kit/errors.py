"""The one exception of what people are told, and its one shape; the codes and sentences are in `terms.failures`.

The body is `{"error": {"code", "message", "fields": [{"name", "message"}]?}}`; 422 is for the shape of a payload only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from intake_api.terms.failures import CATALOGUE


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field; `name` is its dotted path in the payload."""

    name: str
    message: str


class Failure(Exception):
    """An error that a person is told of: `Failure("rate_limited", seconds=30)`.

    `facts` fill the sentence; `extra` is added to the body's `error` object (for example the first decision of a 409).
    """

    def __init__(
        self,
        code: str,
        *,
        fields: Iterable[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        **facts: object,
    ) -> None:
        self.code = code
        self.status, template = CATALOGUE[code]
        self.message = template.format(**facts) if facts else template
        self.fields = tuple(fields)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        super().__init__(f"{code}: {self.message}")

    def body(self) -> dict[str, Any]:
        """The one error shape of the product."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.fields:
            error["fields"] = [{"name": f.name, "message": f.message} for f in self.fields]
        return {"error": error | self.extra}
