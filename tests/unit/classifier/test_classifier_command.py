"""`gongkai classify | train | evaluate | models`: results on stdout, errors by code, lines as they come."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from classifier.data import Row

GONGKAI = [sys.executable, "-m", "intake_api"]
ROOT = Path(__file__).parents[3]


def _gongkai(*arguments: object, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*GONGKAI, *map(str, arguments)], input=given, capture_output=True, cwd=ROOT, check=False)


@pytest.fixture(scope="module")
def answered(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("answered") / "rows.jsonl"
    lines = [json.dumps({k: v for k, v in asdict(row).items() if v is not None}, ensure_ascii=False) for row in rows]
    path.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    return path


def test_a_bad_line_is_answered_in_its_place_and_the_run_goes_on(model_dir: Path) -> None:
    given = '\ufeff{"id": 7, "text": "征地批文"}\n{"id": "b"}\n\n{"id": "\\ud800", "text": ""}\n'.encode()
    done = _gongkai("classify", "--model", model_dir, "--top", 2, given=given)
    assert done.returncode == 1, done.stderr
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first["id"] == 7
    assert len(first["departments"]) == 2
    assert second == {"id": "b", "error": {"code": "bad_text", "message": second["error"]["message"]}}
    assert third["id"] == "\ud800"
    assert third["confident"] is False


def test_each_line_is_answered_before_the_next_is_read(model_dir: Path) -> None:
    command = [*GONGKAI, "classify", "--model", str(model_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as run:
        for number in range(3):
            run.stdin.write(json.dumps({"id": number, "text": "公交改线"}).encode() + b"\n")
            run.stdin.flush()
            assert json.loads(run.stdout.readline())["id"] == number
        run.stdin.close()
        assert run.wait() == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("classify", "absent.jsonl", "--model", "{model}"), "file_unreadable"),
        (("classify", "--model", "absent"), "model_missing"),
        (("train", "--data", "absent.jsonl", "--out", "x"), "file_unreadable"),
        (("train", "--out", "x"), "arguments_missing"),
        (
            ("train", "--data", "a.jsonl", "--out", "x", "--labels", "free", "--profile", "p.toml"),
            "arguments_contradict",
        ),
        (("models", "show", "none"), "model_unknown"),
        (("models", "rollback"), "nothing_to_roll_back"),
    ],
)
def test_an_unusable_call_ends_with_a_code_and_no_traceback(
    model_dir: Path, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    data = ["--data", tmp_path] if arguments[0] == "models" else []
    done = _gongkai(*(each.format(model=model_dir) for each in arguments), *data)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().startswith(f"error {code}: ")
    assert b"Traceback" not in done.stderr


def test_train_evaluate_promote_and_classify_with_the_active_model(answered: Path, tmp_path: Path) -> None:
    done = _gongkai("train", "--data", answered, "--out", tmp_path / "m", "--labels", "free", "--seed", 3)
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout.splitlines()[-1])
    assert {"n", "accuracy", "macro_f1", "top3", "ece", "coverage", "set_coverage", "mean_set_size"} <= set(measured)

    done = _gongkai("evaluate", "--model", tmp_path / "m", "--data", answered, "--predictions", tmp_path / "p.jsonl")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accuracy"] > 0.9
    assert len((tmp_path / "p.jsonl").read_text().splitlines()) == json.loads(done.stdout)["n"]

    data = ("--data", tmp_path / "data")
    done = _gongkai("models", "list", *data)
    assert (done.returncode, done.stdout) == (0, b"")
    assert "还没有登记的模型" in done.stderr.decode()
    done = _gongkai("models", "promote", tmp_path / "m", *data)
    assert done.returncode == 0, done.stderr
    version = json.loads(done.stdout)["active"]
    assert version == measured["version"]
    assert json.loads(_gongkai("models", "list", *data).stdout)["active"] is True
    assert json.loads(_gongkai("models", "show", version, *data).stdout)["version"] == version

    done = _gongkai("models", "promote", version, "--holdout", answered, *data)
    assert done.returncode == 1
    assert done.stderr.startswith(b"error gate_refused: ")

    done = _gongkai("classify", *data, given='{"id": 1, "text": "公交改线"}'.encode())
    assert json.loads(done.stdout)["model"] == version


def test_help_imports_neither_numpy_nor_scikit_learn() -> None:
    program = (
        "import sys\nimport intake_api.commands.models\nassert not {'numpy', 'sklearn', 'jieba'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, env=os.environ.copy())
