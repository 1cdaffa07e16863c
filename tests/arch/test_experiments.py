"""What a change costs: a new field, a step's field, a channel, a flag: a line in its declaration, shown everywhere.

Each experiment is a change as a branch would make it: on a copy of the product, in as many files as the rule allows.
One walk over the surfaces of all four, in a process of its own (`surfaces.py`): it takes a start of the product.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import TO_SUMMARY
from tests.samples import applicant

ROOT = Path(__file__).parents[2]
FORM, STEPS = "intake_api/form/application.py", "intake_api/statute/workflow.py"
Change = dict[str, list[tuple[str, str]]]
"""File -> what stands there, and what is put before it."""

PAGER = """    pager: Annotated[
        str | None,
        Field(max_length=30),
        Blank,
        Ask(label="传呼机", group="contact", question="请发送传呼机号码。", column=Header("传呼机号")),
    ] = None
"""
TAKEN_BY = """            ask.code(
                "taken_by", "由谁签收", {"self": "本人签收", "other": "他人代收"}, required=False
            ),
"""
HOTLINE = 'Entrance(code="hotline", label="热线", bases=("oral",), by="staff", at_once=True, group="other"),\n    '
EXPERIMENTS: dict[str, Change] = {
    "a field of the applicant": {FORM: [("    agent: AgentIn | None = None\n", PAGER)]},
    "a field of a step": {STEPS: [('            ask.line("tracking", "邮件号（邮寄的）"', TAKEN_BY)]},
    "a channel": {
        "intake_api/terms/receipt.py": [
            ('"oral", "other"]\nBasis', '"hotline", '),
            ('Entrance(code="oral"', HOTLINE),
        ]
    },
    "a flag": {
        "intake_api/terms/handling.py": [
            ('Term(code="missing_particulars"', 'Term(code="minors", label="可能涉及未成年人"),\n    ')
        ],
        "classifier/model/flags.py": [
            (
                '    _rule(\n        "already_published",',
                '    _rule("minors", "15", "内容涉及未成年人，请核对。", (r"学生名单",)),\n',
            )
        ],
    },
}
FILED = applicant(pager="191-3377") | {"description": "申请公开示例小学学生名单。"}
WALK = {
    "application": FILED,
    "chat": [*TO_SUMMARY, "[上一步]", "[保留]", "191-3377", "[修改]", "[传呼机]", "[不留这一项]", "[确认提交]"],
    "entered": FILED | {"channel": "hotline", "received_on": "2026-11-20", "receipt_basis": "oral"},
    "steps": [
        ("confirmation", {"department": "housing", "disposition": "public"}),
        ("events", {"type": "answered", "delivery": "counter"}),
        ("events", {"type": "delivered", "way": "counter", "taken_by": "other"}),
    ],
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the surfaces of the changed product show."""
    folder = tmp_path_factory.mktemp("experiments")
    tree = folder / "branch"
    for part in ("intake_api", "bot", "classifier", "scripts"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    for change in EXPERIMENTS.values():
        for name, edits in change.items():
            _put(tree / name, edits)
    given, found = folder / "walk.json", folder / "shown.json"
    given.write_text(json.dumps(WALK), "utf-8")
    environment = os.environ | {"PYTHONPATH": f"{tree}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.arch.surfaces", str(given), str(found)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3_000:]
    surfaces: dict[str, Any] = json.loads(found.read_text("utf-8"))
    return surfaces


def _put(file: Path, edits: list[tuple[str, str]]) -> None:
    for before, new in edits:
        text = file.read_text("utf-8")
        assert text.count(before) == 1, f"{file.name}: {before}"
        file.write_text(text.replace(before, new + before), "utf-8")


def test_each_change_is_in_as_many_files_as_the_rule_allows() -> None:
    files = {name: len(change) for name, change in EXPERIMENTS.items()}
    assert files == {"a field of the applicant": 1, "a field of a step": 1, "a channel": 1, "a flag": 2}


def test_a_new_field_of_the_applicant_shows_everywhere(shown: dict[str, Any]) -> None:
    for page in ("apply", "entry"):
        assert '<label for="f-applicant-pager">传呼机' in shown[page], page
        assert 'name="applicant.pager" type="text" value="" autocomplete="off" maxlength="30"' in shown[page], page
    assert shown["openapi"]["ApplicantIn"]["properties"]["pager"]["anyOf"][0] == {"type": "string", "maxLength": 30}
    field = next(one for one in shown["form"]["fields"] if one["name"] == "applicant.pager")
    assert (field["label"], field["kind"], field["longest"]) == ("传呼机", "line", 30)
    *_, asked, back, again, summary, fixing, once_more, without, receipt = shown["chat"]
    assert "请发送传呼机号码。" in asked
    assert ("获取方式" in back, "请发送传呼机号码。" in again) == (True, True)
    assert "传呼机：191-3377" in summary
    assert ("要修改哪一项" in fixing, "请发送传呼机号码。" in once_more) == (True, True)
    assert ("请核对" in without, "传呼机" in without) == (True, False)
    assert "申请已经提交成功" in receipt
    assert shown["case"]["applicant"]["pager"] == "*" * 8, "hidden until it is declared harmless"
    assert "191-3377" not in shown["case page"]
    assert "<dt>传呼机</dt><dd>191-3377</dd>" in shown["in full"]
    ledger = shown["ledger"]
    assert ledger.index("litigation_on") < ledger.index("pager") < ledger.index("due_on"), "before the course of a case"
    assert "| `applicant.pager` | 传呼机 | line |  | 1–30 | yes | no | `pager` 传呼机号 |" in shown["docs"]["form.md"]


def test_a_new_field_of_a_step_shows_everywhere(shown: dict[str, Any]) -> None:
    form = shown["after answered"]
    assert '<label for="s-delivered-taken_by">由谁签收 <span class="optional">（可不填）</span></label>' in form
    assert '<option value="other">他人代收</option>' in form
    schema = shown["openapi"]["EventIn"]["properties"]["taken_by"]
    assert (schema["anyOf"][0]["enum"], schema["description"]) == (["self", "other"], "由谁签收")
    delivered = next(event for event in shown["case"]["events"] if event["type"] == "delivered")
    assert delivered["data"] == {"way": "counter", "taken_by": "other"}
    assert "当面交付，他人代收" in shown["after delivered"]
    asked = {f["name"]: f for s in shown["case"]["allowed"] if s["code"] == "delivered" for f in s["fields"]}
    assert (asked["taken_by"]["label"], asked["taken_by"]["required"]) == ("由谁签收", False)
    assert "| `taken_by` | 由谁签收 | `self`, `other` |" in shown["docs"]["steps.md"]


def test_a_new_channel_shows_everywhere(shown: dict[str, Any]) -> None:
    assert '<option value="hotline">热线</option>' in shown["entry"]
    assert "hotline" in shown["openapi"]["StaffSubmission"]["properties"]["channel"]["enum"]
    assert shown["entered"]["received_on"] == "2026-11-20"
    assert "，热线，" in shown["entered case"]
    assert "`hotline`" in shown["docs"]["form.md"]


def test_a_new_flag_shows_everywhere(shown: dict[str, Any]) -> None:
    assert "minors" in shown["case"]["flags"]
    assert "可能涉及未成年人" in shown["case page"]
    assert "内容涉及未成年人，请核对。" in shown["case page"]


@pytest.mark.parametrize(("page", "declared"), [("form.md", FORM), ("steps.md", STEPS)])
def test_the_pages_of_fields_say_where_a_field_is_declared(page: str, declared: str) -> None:
    assert f"`{declared}`" in (ROOT / "docs" / page).read_text("utf-8")
    assert (ROOT / declared).is_file()
