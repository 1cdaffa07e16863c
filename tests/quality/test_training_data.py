"""The authored data keeps the promises of its datasheet."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from classifier.profile import Profile

DATA = Path(__file__).parents[2] / "training_data"
PROFILE = Profile.load(DATA / "departments.toml")
CODES = {
    *("already_published", "complaint", "consultation", "publication", "register_query", "needs_processing"),
    *("third_party", "exception_risk", "repeat", "excessive", "correction", "several_matters", "missing_particulars"),
}
DISPOSITIONS = {"public", "partially_public", "not_held", "not_this_agency", "unclear"}
INTERNAL = [d.code for d in PROFILE.departments if not d.external]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def grams(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)} or {text}


FILES = ("requests.jsonl", "holdout.jsonl", "holdout_read_twice.jsonl")


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_whole_and_labelled_within_the_directory(name: str) -> None:
    external = {d.code: d.external for d in PROFILE.departments}
    seen: set[str] = set()
    for row in rows(name):
        fields = {"id", "subject", "text", "department", "right", "disposition", "flags"}
        assert set(row) - {"readings"} <= fields, row["id"]
        right = row.get("right", [row["department"]])
        assert right[0] == row["department"], row["id"]
        assert set(right) <= set(external), row["id"]
        assert row["id"] not in seen
        seen.add(row["id"])
        assert row["text"].strip()
        assert row["disposition"] in DISPOSITIONS, row["id"]
        assert set(row.get("flags", [])) <= CODES, row["id"]
        assert not external[row["department"]] or row["disposition"] == "not_this_agency", row["id"]


def test_each_department_has_enough_training_rows() -> None:
    counts = Counter(row["department"] for row in rows("requests.jsonl"))
    assert counts.total() >= 4000
    assert all(counts[each.code] >= (20 if each.external else 80) for each in PROFILE.departments)


def test_the_holdout_has_twenty_rows_of_each_internal_department_and_thirty_of_each_flag() -> None:
    held = rows("holdout.jsonl")
    departments = Counter(row["department"] for row in held)
    flags = Counter(flag for row in held for flag in row.get("flags", []))
    assert min(departments[code] for code in INTERNAL) >= 20
    assert all(flags[code] >= 30 for code in CODES)


def test_no_two_rows_are_nearly_the_same() -> None:
    """Jaccard similarity of character 3-gram sets at most 0.6, training and holdout together."""
    texts = [row["text"] for name in FILES for row in rows(name)]
    sets = [grams(re.sub(r"\s", "", text)) for text in texts]
    common = Counter(gram for each in sets for gram in each)
    holders: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(sets):
        # two sets with Jaccard over 0.6 share one of the rarest 41 % of either: only those need comparing
        rare = sorted(each, key=lambda gram: (common[gram], gram))[: int(len(each) * 0.4) + 1]
        near = {other for gram in rare for other in holders[gram]}
        for other in near:
            shared = len(each & sets[other])
            assert shared <= 0.6 * (len(each) + len(sets[other]) - shared), (texts[place], texts[other])
        for gram in rare:
            holders[gram].append(place)


def test_two_readers_read_each_row_of_the_second_holdout_and_where_they_differ_is_kept() -> None:
    for row in rows("holdout_read_twice.jsonl"):
        one, other = row["readings"]
        assert row["right"] == [code for code in one["right"] if code in other["right"]], row["id"]
        assert row["flags"] == [flag for flag in one["flags"] if flag in other["flags"]], row["id"]
        assert row["disposition"] == one["disposition"], row["id"]


def test_the_datasheet_counts_are_those_of_the_files() -> None:
    page = (DATA / "README.md").read_text("utf-8")
    assert "| **rows** | " + " | ".join(str(len(rows(name))) for name in FILES) + " |" in page
