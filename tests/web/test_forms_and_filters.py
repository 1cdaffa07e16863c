"""The small pure parts: form to payload, dates, chances, highlighting, folding of edits."""

from datetime import UTC, date, datetime

import pytest

from intake_api.kit.errors import Failure
from intake_api.statute.citation import cited
from intake_api.web.chat import folded
from intake_api.web.forms import nested, submission
from intake_api.web.templating import highlight, percent, rate, shanghai, zh_date, zh_time


def test_dotted_names_become_nested_and_blanks_are_left_out() -> None:
    assert nested({"a.b.c": "1", "a.b.d": "  ", "e": "2"}) == {"a": {"b": {"c": "1"}}, "e": "2"}


def test_a_person_is_natural_and_has_no_legal_representative() -> None:
    payload = submission({"who": "natural", "applicant.name": "张三", "applicant.legal_representative": "李四"})
    assert payload["applicant"] == {"type": "natural", "name": "张三"}


@pytest.mark.parametrize(("who", "kind"), [("natural", "resident_id"), ("organisation", "uscc")])
def test_a_number_without_a_kind_of_document_is_the_usual_one(who: str, kind: str) -> None:
    assert submission({"who": who, "applicant.id_number": "1"})["applicant"]["id_type"] == kind


def test_a_representative_counts_only_when_ticked() -> None:
    fields = {"applicant.agent.name": "李四"}
    assert "agent" not in submission(fields)["applicant"]
    assert "type" not in submission(fields)["applicant"], "nobody is a natural person for want of an answer"
    assert submission({"with_agent": "1"})["applicant"]["agent"] == {}
    assert submission(fields | {"with_agent": "1"})["applicant"]["agent"] == {"name": "李四"}


def test_dates_are_written_as_citizens_read_them() -> None:
    assert zh_date(date(2026, 1, 2)) == zh_date("2026-01-02") == "2026年1月2日"
    assert zh_date(None) == ""
    assert shanghai(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == "2027-01-01 00:00"
    assert zh_time(datetime(2026, 11, 22, 4, 34, tzinfo=UTC)) == "2026年11月22日 12:34"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("39(1)", "第三十九条第一款"),
        ("36(7)", "第三十六条第七项"),
        ("14–16", "第十四条至第十六条"),
        ("29", "第二十九条"),
        ("40", "第四十条"),
    ],
)
def test_an_article_is_cited_in_words(code: str, words: str) -> None:
    assert cited(code) == words


def test_a_chance_never_claims_certainty() -> None:
    assert [percent(p) for p in (0.0, 0.004, 0.835, 0.999)] == ["<1%", "<1%", "84%", ">99%"]


def test_what_was_counted_is_written_as_it_was_counted() -> None:
    assert [rate(share, 3) for share in (0.0, 0.6667, 1.0)] == ["0/3", "2/3", "3/3"]
    assert [rate(share, 200) for share in (0.0, 0.004, 1.0)] == ["0%", "0%", "100%"]
    assert rate(1.0) == "100%"


def test_the_longest_term_is_marked_and_blanks_in_it_match_none() -> None:
    parts = highlight("老旧小区改造(A+)", ["小区", "老旧小区 改造", "(a+)"])
    assert parts == [("老旧小区改造", True), ("(A+)", True)]
    assert highlight("文字", []) == [("文字", False)]


def test_an_edited_message_stands_where_it_stood() -> None:
    seen = folded([{"id": 1, "text": "甲"}, {"id": 2, "text": "乙"}, {"id": 3, "replaces": 1, "text": "丙"}])
    assert [message["text"] for message in seen] == ["丙", "乙"]


@pytest.mark.parametrize(
    "values",
    [
        {"applicant": "x", "applicant.name": "y"},
        {"applicant.name": "y", "applicant": "x"},
        {"a.b": "x", "a.b.c": "y"},
        {"a.b.c": "x", "a.b": "y"},
    ],
)
def test_a_name_that_is_both_a_field_and_a_group_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(Failure, match="invalid_request"):
        nested(values)


def test_a_name_is_never_deeper_than_the_form() -> None:
    assert list(nested({"a" + ".a" * 500_000: "x"})) == ["a"]
