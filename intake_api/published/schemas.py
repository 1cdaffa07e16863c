"""Shapes of published information: one line of an import file, one hit, the answer of the search."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from intake_api.kit.text import clean

Clean = BeforeValidator(clean)


class ItemIn(BaseModel):
    """One line of an import file; strict, because a number taken for a date would be wrong without a word."""

    model_config = ConfigDict(extra="forbid", strict=True)
    # other schemes (javascript:) must never become a link on a citizen's page
    url: Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s/?#]+\S*$"), Clean]
    title: Annotated[str, Field(min_length=2, max_length=300), Clean]
    summary: Annotated[str, Field(max_length=2_000), Clean]
    body: Annotated[str, Clean] = ""
    source: Annotated[str, Field(max_length=40), Clean] = ""
    published_on: date


class FoundItem(BaseModel):
    """A hit: `source` is the code of the department that published it, empty where it is not known."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "title": "示例市老旧小区改造年度计划",
                    "url": "https://www.shilishi.invalid/housing/1",
                    "summary": "列入计划的小区名单、改造内容和开工时间。",
                    "published_on": "2026-03-02",
                    "source": "housing",
                }
            ]
        },
    )
    title: str
    url: str
    summary: str
    published_on: date
    source: str


class FoundItems(BaseModel):
    """Hits, best first; empty where nothing published is near the question."""

    items: list[FoundItem]
