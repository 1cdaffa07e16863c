"""Import files: JSON lines `{url?, title, summary, body?, source?, published_on, number?, topic?, expires_on?}`."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.problems import problems_from
from intake_api.kit.text import clean

OWN_PAGE = "/published/"
_ADDRESS = rf"^(?:https?://[^\s/?#]+\S*|{OWN_PAGE}[0-9a-f]{{12}}|)$"
_TWICE = "网址与第 {line} 行重复。"
Clean = BeforeValidator(clean)


class ImportedItem(BaseModel):
    """One line of an import file; strict, because a number taken for a date would be wrong without a word.

    An item without a `url` gets a page of this office's own, whose address follows from title and day.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    # other schemes (javascript:) must never become a link on a citizen's page
    url: Annotated[
        str, Field(max_length=500, pattern=rf"^(?:https?://[^\s/?#]+\S*|{OWN_PAGE}[0-9a-f]{{12}}|)$"), Clean
    ] = ""
    title: Annotated[str, Field(min_length=2, max_length=300), Clean]
    summary: Annotated[str, Field(max_length=2_000), Clean]
    body: Annotated[str, Clean] = ""
    source: Annotated[str, Field(max_length=40), Clean] = ""
    published_on: date
    number: Annotated[str, Field(max_length=80), Clean] = ""
    topic: Annotated[str, Field(max_length=40), Clean] = ""
    expires_on: date | None = None

    @model_validator(mode="after")
    def _own_page(self) -> Self:
        if not self.url:
            told = hashlib.sha256(f"{self.title}\n{self.published_on}".encode("utf-8", "replace"))
            self.url = OWN_PAGE + told.hexdigest()[:12]
        return self


def lines_of(raw: bytes) -> list[str]:
    """Lines of a file in UTF-8 (with or without BOM) or GB18030; Failure `published_file_invalid` for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding).split("\n")  # not splitlines: U+2028 may stand inside a JSON string
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
    raise Failure("published_file_invalid", line=line, reason="文字编码不是 UTF-8 或 GB18030。")


def parse_items(rows: Iterable[str]) -> list[ImportedItem]:
    """Read the items of all lines, blank ones left out.

    Failure `published_file_invalid` for the first bad line; its `fields` name every bad line (`行 3`).
    """
    items: list[ImportedItem] = []
    first_line: dict[str, int] = {}
    problems: list[tuple[int, str]] = []
    for line, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        try:
            item = ImportedItem.model_validate_json(row)
        except ValidationError as error:
            problems.append((line, _reason(error)))
            continue
        if first_line.setdefault(item.url, line) != line:
            problems.append((line, _TWICE.format(line=first_line[item.url])))
        items.append(item)
    if problems:
        fields = [FieldProblem(f"行 {line}", reason) for line, reason in problems]
        raise Failure("published_file_invalid", line=problems[0][0], reason=problems[0][1], fields=fields)
    return items


def _reason(error: ValidationError) -> str:
    details = error.errors(include_url=False, include_input=False)
    pairs = zip(details, problems_from(list(details)), strict=True)
    return " ".join(
        f"{problem.name}：{problem.message}" if detail["loc"] else problem.message for detail, problem in pairs
    )
