"""Reviews and suits: the last day to answer by hand, and one fold of the entries that 表四 counts."""

from datetime import date
from typing import Any

import pytest

from intake_api.statute import proceedings
from intake_api.statute.calendar import Calendar
from intake_api.statute.effective import Entry
from intake_api.statute.errors import StatuteError
from intake_api.statute.proceedings import Proceeding
from intake_api.terms.handling import VERDICTS

CALENDAR = Calendar.shipped()


def entry(seq: int, type_: str, on: str = "2026-11-20", **data: Any) -> Entry:
    return Entry(seq, type_, date.fromisoformat(on), data, "staff:1")


def folded(*entries: Entry) -> tuple[Proceeding, ...]:
    return proceedings.fold(entries)


@pytest.mark.parametrize(
    ("kind", "simplified", "served", "due"),
    [
        ("review", False, "2026-11-20", "2026-12-04"),  # a Friday; ten working days
        ("review", False, "2026-11-21", "2026-12-04"),  # a Saturday: the first working day is Monday
        ("review", True, "2026-11-20", "2026-11-27"),  # five
        ("review", False, "2026-09-28", "2026-10-16"),  # over National Day; Saturday 10-10 is worked
        ("first", False, "2026-11-16", "2026-12-01"),  # fifteen calendar days, a Tuesday
        ("first", False, "2026-11-20", "2026-12-07"),  # the last day is a Saturday
        ("first", False, "2026-09-20", "2026-10-08"),  # the last day is in the holidays
        ("second", False, "2026-09-25", "2026-10-10"),  # a Saturday that is worked: no rest day
        ("retrial", False, "2026-02-03", "2026-02-24"),  # 02-18 is in the Spring Festival
    ],
)
def test_the_last_day_to_answer(kind: str, simplified: bool, served: str, due: str) -> None:
    (one,) = folded(entry(5, "proceeding_opened", served, kind=kind, route="direct", simplified=simplified))
    assert one.answer_by(CALENDAR) == one.next_day(CALENDAR) == date.fromisoformat(due)


def test_one_recorded_without_a_notice_has_no_clock_and_counts_by_its_last_result() -> None:
    (one,) = folded(entry(5, "review", result="pending"), entry(7, "review", "2026-11-25", result="corrected"))
    assert (one.result, one.counted_on, one.answer_by(CALENDAR)) == ("corrected", date(2026, 11, 25), None)


def test_what_was_opened_is_pending_until_its_result_which_need_not_name_it() -> None:
    opened = entry(5, "proceeding_opened", kind="review", body="示例省人民政府")
    assert folded(opened)[0].open
    (one,) = folded(opened, entry(6, "defended", "2026-11-30"), entry(8, "review", "2026-12-20", result="upheld"))
    assert (one.answered_on, one.result, one.next_day(CALENDAR)) == (date(2026, 11, 30), "upheld", None)


def test_a_second_instance_is_one_of_its_own_on_the_way_of_the_first() -> None:
    first = entry(5, "proceeding_opened", kind="first", route="after_review")
    lost = entry(6, "litigation", "2026-12-01", route="after_review", result="corrected", verdict="revoked")
    second = entry(7, "proceeding_opened", "2026-12-10", kind="second")
    one, other = folded(first, lost, second)
    assert (one.result, other.result, other.block) == ("corrected", "pending", "after_review")


def test_of_a_voided_opening_nothing_stands_but_a_result_that_was_recorded() -> None:
    (one,) = folded(entry(6, "defended", ref="e5"), entry(8, "review", ref="e9", result="upheld"))
    assert (one.ref, one.result, one.answer_by(CALENDAR)) == ("e8", "upheld", None)


def test_an_answer_ordered_anew_is_owed_by_its_day_until_it_is_given() -> None:
    ordered = (
        entry(5, "proceeding_opened", kind="review"),
        entry(6, "review", result="corrected", redo_by="2026-12-05"),
    )
    assert folded(*ordered)[0].next_day(CALENDAR) == date(2026, 12, 7)  # 12-05 is a Saturday
    (done,) = folded(*ordered, entry(9, "answered", "2026-12-03", outcome="3.1"))
    assert (done.owed, done.next_day(CALENDAR)) == (False, None)


@pytest.mark.parametrize(
    ("before", "new", "code"),
    [
        ([], entry(9, "defended"), "proceeding_none"),
        ([], entry(9, "heard", held_on="2026-12-01"), "proceeding_none"),
        ([], entry(9, "review", ref="e5", result="upheld"), "proceeding_unknown"),
        ([("review", "")], entry(9, "litigation", ref="e1", route="direct", result="upheld"), "proceeding_unknown"),
        ([("first", "direct"), ("second", "")], entry(9, "defended"), "proceeding_ambiguous"),
        ([("review", "")], entry(9, "defended", "2026-11-19"), "proceeding_before"),
        ([], entry(9, "proceeding_opened", kind="first"), "route_missing"),
        ([], entry(9, "proceeding_opened", kind="second"), "route_missing"),
        ([], entry(9, "proceeding_opened", kind="review", route="direct"), "not_of_kind"),
        ([], entry(9, "proceeding_opened", kind="first", route="direct", simplified=True), "not_of_kind"),
        ([], entry(9, "review", result="upheld", verdict="revoked"), "verdict_differs"),
        ([], entry(9, "review", result="pending", verdict="maintained"), "verdict_differs"),
        ([], entry(9, "review", result="upheld", redo_by="2026-12-01"), "redo_uncorrected"),
    ],
)
def test_what_cannot_be_is_refused(before: list[tuple[str, str]], new: Entry, code: str) -> None:
    opened = [entry(i, "proceeding_opened", kind=k, route=r) for i, (k, r) in enumerate(before, 1)]
    with pytest.raises(StatuteError) as refused:
        proceedings.refuse(folded(*opened), new.type, new.on, new.data)
    assert refused.value.code == code


def test_an_answer_is_given_once() -> None:
    known = folded(entry(1, "proceeding_opened", kind="review"), entry(2, "defended"))
    with pytest.raises(StatuteError) as refused:
        proceedings.refuse(known, "defended", date(2026, 11, 21), {})
    assert refused.value.code == "defended_twice"


def test_every_verdict_counts_as_one_of_the_results_of_the_table() -> None:
    assert {code: one.result for code, one in VERDICTS.items()} == {
        **dict.fromkeys(("maintained", "claims_rejected"), "upheld"),
        **dict.fromkeys(("revoked", "changed", "unlawful", "ordered"), "corrected"),
        **dict.fromkeys(("not_admitted", "withdrawn", "mediated"), "other"),
    }
