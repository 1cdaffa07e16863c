"""`gongkai clock | fee | calendar show | rules` (docs/contract.md §2, §5)."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
import typer
from typer.testing import CliRunner, Result

from intake_api.commands import statute
from tests.samples import STATUTORY_2027

APP = typer.Typer()
APP.command()(statute.clock)
APP.command()(statute.fee)
APP.command("calendar-show")(statute.calendar_show)
APP.command()(statute.rules)
RECEIVED: dict[str, Any] = {"type": "received", "on": "2026-09-18"}
ROOT = Path(__file__).parents[3]
ONE = {"id": "一", "events": [RECEIVED], "today": "2026-09-21"}


def run(tmp_path: Path, *args: str, given: bytes | str = "") -> Result:
    return CliRunner(env={"GONGKAI_DATA": str(tmp_path)}).invoke(APP, list(args), input=given)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_object_over_many_lines(tmp_path: Path) -> None:
    result = run(tmp_path, "clock", given=json.dumps(ONE, indent=2))
    assert result.exit_code == 0
    (shown,) = lines(result)
    assert (shown["id"], shown["due_on"], shown["state"]) == ("一", "2026-10-22", "running")
    assert '"id":"一"' in result.stdout, "compact, and Chinese stays Chinese"


def test_jsonl_goes_on_after_a_bad_line(tmp_path: Path) -> None:
    text = "\n".join(
        [
            json.dumps(ONE),
            "{",
            "",
            json.dumps({"id": 2, "events": []}),
            json.dumps({"id": 3, "events": [RECEIVED], "today": "soon"}),
            json.dumps({"id": 4, "events": [RECEIVED], "extra": 1}),
            "[]",
            '{"id": 6, "events": [NaN]}',
            json.dumps({"events": [RECEIVED]}),
        ]
    )
    result = run(tmp_path, "clock", given=text)
    codes = [line.get("error", {}).get("code") for line in lines(result)]
    assert codes == [None, "bad_json", "no_receipt", "bad_date", "unknown_field", "bad_json", "bad_json", None]
    assert [line["id"] for line in lines(result)] == ["一", None, 2, 3, 4, None, None, None]
    assert result.exit_code == 1
    assert result.stderr.startswith("error clock_failed: 共 8 件，其中 6 件无法计算")


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (b"", []),
        (b"\xef\xbb\xbf" + json.dumps(ONE).encode() + b"\r\n", [None]),
        (b"\xb5\xe7", ["bad_json"]),
        (b"{\n" + json.dumps(ONE).encode(), ["bad_json", None]),
        (b"[" * 100_000, ["bad_json"]),
        (b"null", ["bad_json"]),
    ],
)
def test_odd_input(tmp_path: Path, given: bytes, codes: list[str | None]) -> None:
    result = run(tmp_path, "clock", given=given)
    assert [line.get("error", {}).get("code") for line in lines(result)] == codes
    assert result.exit_code == int(any(codes))


def test_a_reader_that_has_seen_enough_is_no_unreadable_file(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text((json.dumps(ONE) + "\n") * 2000, "utf-8")
    command = [sys.executable, "-m", "intake_api", "--data", str(tmp_path), "clock", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["due_on"] == "2026-10-22"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_how_a_late_clarification_counts_is_a_setting(tmp_path: Path) -> None:
    late = {"type": "clarification_requested", "on": "2026-09-30"}
    supplied = {"type": "clarification_received", "on": "2026-10-12"}
    given = json.dumps({"events": [RECEIVED, late, supplied], "today": "2026-10-12"})
    assert lines(run(tmp_path, "clock", given=given))[0]["due_on"] == "2026-10-22"
    lenient = CliRunner(env={"GONGKAI_DATA": str(tmp_path), "GONGKAI_LATE_CLARIFICATION": "restarts"})
    assert lines(lenient.invoke(APP, ["clock"], input=given))[0]["due_on"] == "2026-11-09"


def test_rules_are_told_one_a_line_with_what_is_set(tmp_path: Path) -> None:
    told = {line["code"]: line for line in lines(run(tmp_path, "rules"))}
    assert told["late_clarification"]["now"] == "continues"
    assert told["pay_days"]["status"] == "source"
    assert told["answer_days"]["status"] == "text"


def test_a_file_and_one_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(ONE), "utf-8")
    assert lines(run(tmp_path, "clock", str(file)))[0]["due_on"] == "2026-10-22"
    for missing in (tmp_path / "nothing", tmp_path):
        result = run(tmp_path, "clock", str(missing))
        assert result.exit_code == 2
        assert result.stderr.startswith("error file_unreadable: ")


@pytest.mark.parametrize(
    ("instant", "state"), [("2026-12-31T15:59:59+00:00", "running"), ("2026-12-31T16:00:00+00:00", "overdue")]
)
def test_the_day_ends_at_midnight_in_shanghai(tmp_path: Path, instant: str, state: str) -> None:
    due_on_31_december = json.dumps({"events": [{"type": "received", "on": "2026-12-03"}]})
    with time_machine.travel(instant, tick=False):
        (shown,) = lines(run(tmp_path, "clock", given=due_on_31_december))
    assert (shown["due_on"], shown["provisional"], shown["state"]) == ("2026-12-31", False, state)


def test_an_imported_notice_makes_2027_final(tmp_path: Path) -> None:
    given = json.dumps({"events": [{"type": "received", "on": "2026-12-04"}], "today": "2026-12-05"})
    (before,) = lines(run(tmp_path, "clock", given=given))
    assert (before["due_on"], before["provisional"]) == ("2027-01-04", True)
    days = ["2027-01-04", *(day for day, _ in STATUTORY_2027)]
    rows = "".join(f"{day},0,示例\n" for day in days)
    (tmp_path / "calendar.csv").write_text("date,is_workday,name\n" + rows, "utf-8")
    (after,) = lines(run(tmp_path, "clock", given=given))
    assert (after["due_on"], after["provisional"]) == ("2027-01-05", False)
    (tmp_path / "calendar.csv").write_text("2027", "utf-8")
    result = run(tmp_path, "clock", given=given)
    assert (result.exit_code, result.stderr[:22]) == (2, "error calendar_header:")


def test_fee(tmp_path: Path) -> None:
    assert run(tmp_path, "fee", "--items", "41").stdout == "4300\n"
    assert run(tmp_path, "fee", "--pages", "250").stdout == "4700\n"
    for wrong in ([], ["--items", "1", "--pages", "1"], ["--items", "-1"], ["--pages", "many"]):
        assert run(tmp_path, "fee", *wrong).exit_code == 2


def test_calendar_show(tmp_path: Path) -> None:
    shown = run(tmp_path, "calendar-show", "2026").stdout.splitlines()
    assert shown[0] == "date,is_workday,name"
    assert "2026-10-10,1,国庆节调休" in shown
    assert "2026-10-03,0,国庆节" in shown
    unannounced = run(tmp_path, "calendar-show", "2027")
    assert "2027-02-05,0,春节" in unannounced.stdout
    assert "2027年的放假安排尚未导入" in unannounced.stderr
    assert run(tmp_path, "calendar-show", "1900").exit_code == 2
