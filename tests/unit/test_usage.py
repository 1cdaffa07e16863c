"""What cannot be understood on the command line is one line `error CODE: sentence`, exit code 2 (docs/contract.md)."""

import sys

import pytest

from intake_api.cli import main


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["fee", "--items", "many"],
        ["fee", "--pages"],
        ["fee", "--nonsense"],
        ["ledger", "import", "不存在.csv"],
        ["report", "annual", "--year", "2024"],
        ["report", "annual", "--year", "2024", "--format", "pdf"],
    ],
)
def test_unusable_arguments_are_one_line_of_error(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["gongkai", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capsys.readouterr()
    assert (end.value.code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("error usage: ")


def test_a_group_without_a_verb_shows_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["gongkai", "ledger"])
    with pytest.raises(SystemExit) as end:
        main()
    assert (end.value.code, capsys.readouterr().err.startswith("error usage: ")) == (2, True)
