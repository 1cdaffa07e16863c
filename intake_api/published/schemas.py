"""Shapes of published information over HTTP: one hit, the answer of the search."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict


class FoundItem(BaseModel):
    """A hit: `source` is the code of the department that published it, empty where it is not known.

    `fit` says how well it fits the question: `right` (正是) or `perhaps` (也许有关); left out where only
    words were compared.
    """

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
    fit: Literal["right", "perhaps"] | None = None


class FoundItems(BaseModel):
    """Hits, best first; empty where nothing published is near the question."""

    items: list[FoundItem]
