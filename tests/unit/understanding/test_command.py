"""`gongkai understand`: a line in, a line out, in their order; a bad line is answered in its place."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_lines_are_answered_in_their_order_and_a_bad_one_in_its_place() -> None:
    given = '{"id": 1, "text": "我叫王芳，要2021年的批文，发邮箱"}\nno\n{"id": "c", "text": ""}\n'.encode()
    command = [sys.executable, "-m", "intake_api", "understand"]
    done = subprocess.run(command, input=given, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 1, done.stderr
    first, bad, empty = map(json.loads, done.stdout.splitlines())
    assert first == {
        "id": 1,
        "kind": "disclosure",
        "fields": {"name": "王芳", "years": [2021], "way": "email"},
        "matter": "要2021年的批文",
    }
    assert bad["error"]["code"] == "not_json"
    assert (empty["id"], empty["kind"], empty["fields"]) == ("c", "nonsense", {})
