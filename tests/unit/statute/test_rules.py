"""What was not read in the original is data or a setting, and is listed as what it is (规则依据)."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import intake_api
from intake_api.rulebook import lines
from intake_api.settings import Settings
from intake_api.statute import deadlines, rules
from intake_api.statute.calendar import Calendar
from intake_api.statute.errors import StatuteError
from intake_api.statute.events import parse_events

CODE = Path(intake_api.__file__).parent
STATUTE = CODE / "statute"
ARITHMETIC = {0, 1, 2, 40}  # nothing, one, the other end, and how much of a name an error repeats
# A setting that says which law it is about, or how an open question of it is answered.
OF_LAW = re.compile(r"条例|第.{1,4}条|法律没有|函〔|按件|保密审查|签批")


def constants(file: str) -> set[str]:
    """Names of the module's constants that are a literal number or day."""
    found = set()
    for node in ast.parse((STATUTE / file).read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            numbers = [n for n in ast.walk(node.value) if isinstance(n, ast.Constant) and type(n.value) is int]
            found |= {node.targets[0].id} if numbers else set()
    return found


def test_every_number_of_the_clock_that_is_a_constant_was_read_in_the_original() -> None:
    known = {code for code, rule in rules.RULES.items() if rule.status == "text"}
    assert {name.lower() for name in constants("deadlines.py")} <= known
    assert constants("fees.py") == set()


@pytest.mark.parametrize("file", ["deadlines.py", "fees.py"])
def test_no_number_is_hidden_within_a_function(file: str) -> None:
    tree = ast.parse((STATUTE / file).read_text("utf-8"))
    inside = [n for d in tree.body if isinstance(d, ast.FunctionDef | ast.ClassDef) for n in ast.walk(d)]
    assert {n.value for n in inside if isinstance(n, ast.Constant) and type(n.value) is int} <= ARITHMETIC


def test_every_value_is_used_and_every_value_used_is_listed() -> None:
    source = "".join(path.read_text("utf-8") for path in CODE.rglob("*.py"))
    read = set(re.findall(r'rules\.(?:number|numbers|day|choice|pattern|tiers)\(\s*"(\w+)"', source))
    assert read == {code for code, rule in rules.RULES.items() if rule.value is not None}


def test_every_setting_about_the_law_is_listed() -> None:
    named = {rule.setting for rule in rules.RULES.values() if rule.setting}
    about = {name for name, field in Settings.model_fields.items() if OF_LAW.search(str(field.description))}
    assert about <= named <= set(Settings.model_fields)


def test_every_file_that_a_rule_points_to_is_there() -> None:
    places = " ".join(rule.place for rule in rules.RULES.values())
    for path in re.findall(r"(?:intake_api|docs)/[\w./]+\.\w+", places):
        assert (CODE.parent / path).is_file(), path


def test_each_rule_is_a_chinese_sentence_with_its_values_filled_in() -> None:
    shown = {line.code: line for line in lines(Settings.load())}
    assert list(shown) == list(rules.RULES)
    for line in shown.values():
        assert re.fullmatch(r"[^\s].*[\u4e00-\u9fff].*。|.*：.*。", line.says), line.code
        assert line.code == "notice_number" or "{" not in line.says
        assert line.source
        assert line.where
    assert shown["pay_days"].says.startswith("收到收费通知的次日起20个工作日内缴费")
    assert (shown["fees"].where, shown["fees"].now) == ("设置 GONGKAI_FEES", "off")
    assert shown["pay_days"].where == "intake_api/statute/data/rules.toml"


def test_the_scales_are_told_from_the_same_numbers_that_are_counted_with() -> None:
    assert rules.sentence("fee_items") == (
        "同一申请人一个自然月内累计10件以下（含10件）不收费，11至30件每件100元；"
        "31件以上以10件为一档，每增加一档每件增加100元。"
    )
    assert rules.sentence("fee_pages") == (
        "一件申请30页以下（含30页）不收费，31至100页每页10元，101至200页每页20元，201页以上每页40元。"
    )


GOOD = 'subject = "fees"\nsays = "甲"\nsource = "乙"\nstatus = "source"\n'


@pytest.mark.parametrize(
    "text",
    [
        "[a",
        "a = 1",
        "[a]\n" + GOOD,
        "[a]\n" + GOOD + 'value = 1\nplace = "丙"',
        "[a]\n" + GOOD + "value = 1\nextra = 1",
        "[a]\n" + GOOD.replace("fees", "moon") + "value = 1",
        "[a]\n" + GOOD.replace('"source"', '"sure"') + "value = 1",
    ],
)
def test_a_data_file_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(StatuteError, match="rules_unusable"):
        rules.parse(text)


def test_a_slip_in_the_data_file_stops_the_program_with_one_sentence(tmp_path: Path) -> None:
    shutil.copytree(CODE, tmp_path / "intake_api", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "intake_api" / "statute" / "data" / "rules.toml"
    file.write_text(file.read_text("utf-8").replace("value = 20\n", 'value = "二十"\n'), "utf-8")
    command = [sys.executable, "-m", "intake_api", "fee", "--items", "11"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert ended.returncode == 2
    assert ended.stderr == (
        "error rules_unusable: 规则数据（intake_api/statute/data/rules.toml）的“pay_days”不能用："
        "value 应当是不小于零的整数。\n"
    )


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("二十", lambda: rules.number("x")),
        (-1, lambda: rules.number("x")),
        (True, lambda: rules.number("x")),
        ("2021-01-01", lambda: rules.day("x")),
        ("pause", lambda: rules.choice("x", "restart", "resume")),
        ({"free": 0}, lambda: rules.numbers("x", "free")),
        ({"free": 1, "more": 2}, lambda: rules.numbers("x", "free")),
        (30, lambda: rules.tiers("x")),
        ([[100, 20], [30, 10]], lambda: rules.tiers("x")),
        ("{year}", lambda: rules.pattern("x", "year", "serial")),
        ("{year", lambda: rules.pattern("x", "year")),
        (7, lambda: rules.pattern("x", "year")),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    value: object, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = rules.Rule(code="x", subject="fees", says="甲", source="乙", status="source", value=value)
    monkeypatch.setitem(rules.RULES, "x", rule)
    with pytest.raises(StatuteError, match="rules_unusable"):
        read()


def test_after_payment_the_term_begins_anew_or_goes_on_as_the_data_say(monkeypatch: pytest.MonkeyPatch) -> None:
    events = parse_events(
        [
            {"type": "received", "on": "2026-09-01"},
            {"type": "fee_noticed", "on": "2026-09-08"},  # the fifth working day
            {"type": "fee_paid", "on": "2026-09-15"},
        ]
    )
    today, calendar = date(2026, 9, 15), Calendar.shipped()
    restarted = deadlines.due(events, calendar, today)
    assert restarted.due_on == calendar.add_workdays(date(2026, 9, 15), 20).date
    monkeypatch.setattr(deadlines, "AFTER_PAYMENT", "resume")
    resumed = deadlines.due(events, calendar, today)
    assert resumed.due_on == calendar.add_workdays(date(2026, 9, 1), 25).date
    told = [step["why"] for step in resumed.as_dict()["steps"]]
    assert "缴费次日起继续计算" in told[1]
    assert "等待缴费的时间不计入答复期限" in told[2]
