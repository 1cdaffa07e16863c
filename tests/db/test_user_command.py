"""`gongkai user` as processes of the command line see it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from intake_api.cli import app


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]  # a function of a test
    monkeypatch.setenv("GONGKAI_DATA", str(tmp_path / "data"))
    return lambda *args, **more: CliRunner().invoke(app, ["user", *args], **more)


def test_an_account_from_its_making_to_another_place(run) -> None:
    made = run("add", "zhang", "--role", "clerk", "--department", "education")
    assert made.stdout.startswith("zhang clerk password: ")
    assert run("list").stdout == "zhang\tclerk\teducation\tone-time\n"
    assert run("passwd", "zhang", "--password-stdin", input="a long password\n").exit_code == 0
    assert run("list").stdout == "zhang\tclerk\teducation\tactive\n"
    assert run("disable", "zhang").exit_code == 0
    assert run("list").stdout == "zhang\tclerk\teducation\tdisabled\n"
    assert run("enable", "zhang").exit_code == 0
    assert run("change", "zhang", "--role", "officer").stdout == "zhang\tofficer\teducation\n"
    assert run("change", "zhang", "--department", "housing").stdout == "zhang\tofficer\thousing\n"
    assert run("change", "zhang", "--whole-office", "--role", "admin").stdout == "zhang\tadmin\t-\n"
    assert run("list").stdout == "zhang\tadmin\t-\tactive\n"


def test_what_cannot_be_is_refused(run) -> None:
    assert run("add", "zhang", "--role", "clerk", "--password-stdin", input="password123\n").exit_code != 0
    run("add", "zhang", "--role", "clerk")
    assert run("change", "zhang").exit_code == 2
    assert run("change", "zhang", "--department", "housing", "--whole-office").exit_code == 2
    assert run("change", "zhang", "--department", "nowhere").exit_code != 0
    assert run("enable", "nobody").exit_code != 0


def test_a_name_an_absence_and_sessions(run) -> None:
    run("add", "zhang", "--role", "clerk", "--name", "张示例")
    run("add", "li", "--role", "clerk")
    assert run("absence", "zhang", "--deputy", "li", "--from", "2099-01-01", "--to", "2099-01-09").exit_code == 0
    listed = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert [one["name"] for one in listed] == [None, "张示例"]
    assert listed[1]["away"] == {"from": "2099-01-01", "to": "2099-01-09", "deputy": "li"}
    assert run("absence", "zhang", "--end").stdout == "zhang\t-\n"
    assert run("absence", "zhang", "--deputy", "li").exit_code == 2
    assert run("change", "zhang", "--name", "李示例").exit_code == 0
    assert run("reset-totp", "zhang").stdout.startswith("otpauth://totp/Gongkai:zhang?")
    assert json.loads(run("list", "--json").stdout.splitlines()[1])["second_factor"]
    assert run("reset-totp", "zhang", "--off").exit_code == 0
    assert run("sessions", "zhang", "--end").stdout == ""
    last = json.loads(run("list", "--json").stdout.splitlines()[1])
    assert (last["name"], last["second_factor"], last["away"]) == ("李示例", False, None)
