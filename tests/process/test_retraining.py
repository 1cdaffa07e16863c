"""Retraining from answered cases, as the office does it: nothing of a person reaches the model, people promote it."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from classifier.store import registry
from classifier.text.features import read
from intake_api import migrate
from intake_api.cases.acts import Choice
from intake_api.cases.schemas import EventIn
from intake_api.form.application import Submission
from intake_api.jobs.service import enqueue, latest
from intake_api.kit.clock import Clock
from intake_api.learning.service import RETRAIN
from intake_api.office import Office
from intake_api.people.service import Account
from intake_api.settings import Settings
from intake_api.wiring.offices import load_directory, make_office
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.office import build_office
from tests.unit.classifier.conftest import _SAID, DIRECTORY

pytestmark = pytest.mark.timeout(300)
AGENCY = """
[agency]
code = "city"
name = "示例市人民政府"
office = "示例市政务公开办公室"
number_prefix = "SF"
"""
# Invented, and rare enough that no authored row has two of these characters together.
PLANTED = {
    "name": "欧阳蘅芷",
    "neighbour": "司徒璩珩",
    "street": "枞矶巷",
    "phone": "13800000000",
    "id_number": "11010519491231002X",
    "account": "6222021234567890123",
    "email": "hengzhi.ouyang@example.invalid",
}
ADMIN = Account(1, "guanli", "admin", None)
MERGED = 'code = "transport"\nformer_codes = ["old-roads"]'


async def _cases(office: Office, days: list[datetime]) -> None:
    await office.cases.prepare()
    await office.people.add("guanli", "admin", None, "a-long-password")
    await office.triage.start()
    said = [(code, text) for code, texts in _SAID.items() for text in texts]
    for place, (code, text) in enumerate(said):
        days[0] = datetime(2026, 9, 1, 2, tzinfo=UTC) + timedelta(days=place)
        await _answered(office, place, code, text)
    await office.db.dispose()


async def _answered(office: Office, place: int, code: str, text: str) -> None:
    p = PLANTED
    own = place % 3 == 0  # every third letter is full of persons, each of them in several
    who = {"type": "natural", "name": p["name"] if own else f"张{place}", "phone": f"139{place:08d}"}
    if own:
        who |= {"id_type": "resident_id", "id_number": p["id_number"], "phone": p["phone"], "email": p["email"]}
        who |= {"address": f"示例市甲区{p['street']}77弄"}
        text = (
            f"本人{p['name']}，身份证{p['id_number']}，住甲区{p['street']}77弄，电话{p['phone']}，邮箱{p['email']}，"
            f"账号{p['account']}，邻居：{p['neighbour']}。{text}"
        )
    body = {"applicant": who, "description": text, "delivery": {"medium": "electronic", "way": "email"}}
    number = (await office.cases.submit(Submission.model_validate(body))).number
    await office.cases.confirm(ADMIN, number, Choice(department=code, disposition="public"))
    step = {"type": "answered", "delivery": "electronic", "outcome": "3.1"}
    await office.cases.record(ADMIN, number, EventIn.model_validate(step).act())


@pytest.fixture(scope="module")
def office_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with answered cases, its profile beside it."""
    folder = tmp_path_factory.mktemp("office")
    profile = folder / "departments.toml"
    profile.write_text(DIRECTORY.replace('code = "transport"', MERGED) + AGENCY, encoding="utf-8")
    days = [datetime(2026, 9, 1, tzinfo=UTC)]
    settings = Settings.load({"data": folder / "data", "profile": profile})
    migrate.upgrade(settings.database)
    office = build_office(settings, load_directory(settings), KeywordClassifier, Clock(lambda: days[0]))
    asyncio.run(_cases(office, days))
    return folder


def gongkai(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {
        "GONGKAI_DATA": str(folder / "data"),
        "GONGKAI_PROFILE": str(folder / "departments.toml"),
    }
    command = [sys.executable, "-m", "intake_api", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def retrained(office_dir: Path) -> "subprocess.CompletedProcess[str]":
    done = gongkai(office_dir, "models", "retrain")
    assert done.returncode == 0, done.stderr
    return done


def test_a_retraining_only_proposes_and_says_how_it_compares(
    office_dir: Path, retrained: "subprocess.CompletedProcess[str]"
) -> None:
    told = json.loads(retrained.stdout)
    assert told["verdict"]["champion"]["version"] != told["verdict"]["challenger"]["version"] == told["version"]
    listed = [json.loads(line) for line in gongkai(office_dir, "models", "list").stdout.splitlines()]
    assert [
        (one["version"] == told["version"], one["active"]) for one in sorted(listed, key=lambda o: o["active"])
    ] == [
        (True, False),
        (False, True),
    ]
    manifest = json.loads(gongkai(office_dir, "models", "show", told["version"]).stdout)
    assert manifest["answered"]["rows"] == sum(map(len, _SAID.values()))
    assert "已答复的申请" in gongkai(office_dir, "models", "show", told["version"], "--card").stdout
    assert "申诉渠道" in gongkai(office_dir, "models", "show", told["version"], "--register").stdout


def test_nothing_of_a_person_is_in_any_file_of_the_model_nor_said_anywhere(
    office_dir: Path, retrained: "subprocess.CompletedProcess[str]"
) -> None:
    version = json.loads(retrained.stdout)["version"]
    directory = office_dir / "data" / "models" / version
    model, _ = registry.load(directory)
    contents = {path.name: path.read_bytes() for path in directory.iterdir()}
    with np.load(directory / "weights.npz", allow_pickle=False) as arrays:
        contents |= {name: arrays[name].tobytes() for name in arrays}
    history = (office_dir / "data" / "models" / "history.jsonl").read_bytes()
    said = {"stdout": retrained.stdout.encode(), "stderr": retrained.stderr.encode(), "history": history}
    for name, content in (contents | said).items():
        for what, planted in PLANTED.items():
            for form in {planted, planted.lower(), planted[-4:] if what in ("name", "neighbour") else planted}:
                for encoding in ("utf-8", "utf-16-le", "utf-32-le"):
                    assert form.encode(encoding) not in content, f"{what} in {name}"
    for what, planted in PLANTED.items():
        counts = model.vocabulary.count([read(model.segmenter, planted)])
        known = counts.index[model.vocabulary.pairs[counts.index] | (model.vocabulary.kinds[counts.index] == 0)]
        spelled = "".join(chr(code) for key in model.vocabulary.keys[known].tolist() for code in _characters(key))
        assert not set("蘅芷璩珩枞矶") & set(spelled), what
    assert not {word for word in model.vocabulary.words if any(char in word for char in "蘅芷璩珩枞矶")}
    assert len(contents["cases.txt"].split()) > 0


def _characters(key: int) -> tuple[int, int]:
    code = key & ((1 << 42) - 1)
    return code >> 21, code & ((1 << 21) - 1)


def test_forgetting_a_case_names_the_models_that_learned_from_it(
    office_dir: Path, retrained: "subprocess.CompletedProcess[str]"
) -> None:
    version = json.loads(retrained.stdout)["version"]
    done = gongkai(office_dir, "models", "forget", "SF-2026-00001")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"number": "SF-2026-00001", "to_be_retrained": [version]}
    unknown = gongkai(office_dir, "models", "forget", "SF-2026-99999")
    assert unknown.returncode == 1
    assert unknown.stderr.startswith("error staff_case_not_found: ")


def test_the_job_runs_in_a_process_of_its_own_and_says_how_far_it_is(
    office_dir: Path, retrained: "subprocess.CompletedProcess[str]"
) -> None:
    settings = Settings.load({"data": office_dir / "data", "profile": office_dir / "departments.toml"})

    async def work() -> tuple[int, str, int]:
        office = make_office(settings)
        try:
            assert await office.learning.forget("SF-2026-00004", ADMIN)
            while await office.jobs.run_next(lane=True):
                pass
            run = await office.learning.run()
            assert run is not None
            assert run.finished_at is not None
            return run.progress, run.said, len(await office.learning.answered.forgotten())
        finally:
            await office.db.dispose()

    progress, said, forgotten = asyncio.run(work())
    assert progress == 100
    assert "已训练好" in said
    history = (office_dir / "data" / "models" / "history.jsonl").read_text("utf-8").splitlines()
    newest = json.loads(history[-1])
    assert (newest["action"], newest["version"] in said) == ("propose", True)
    directory = registry.Registry(office_dir / "data" / "models").path(newest["version"])
    assert len(registry.learned_cases(directory)) <= sum(map(len, _SAID.values())) - forgotten


def test_a_live_model_that_learned_from_a_forgotten_case_may_be_replaced_by_one_that_is_no_better(
    office_dir: Path,
) -> None:
    trained = gongkai(office_dir, "models", "retrain")  # anew: the others here learned from what is forgotten by now
    version = json.loads(trained.stdout)["version"]
    assert gongkai(office_dir, "models", "promote", version, "--force").returncode == 0
    asked_to_be_better = "没有明确更好"
    assert asked_to_be_better in gongkai(office_dir, "models", "promote", version).stderr
    assert gongkai(office_dir, "models", "forget", "SF-2026-00002").returncode == 0
    again = gongkai(office_dir, "models", "retrain")
    assert again.returncode == 0, again.stderr
    assert not any(asked_to_be_better in reason for reason in json.loads(again.stdout)["verdict"]["reasons"])


def test_a_training_whose_worker_is_gone_stops_and_leaves_nothing(office_dir: Path) -> None:
    settings = Settings.load({"data": office_dir / "data", "profile": office_dir / "departments.toml"})
    before = _proposed(office_dir)
    office = make_office(settings)

    async def begun() -> int:
        async with office.db.write() as session:
            enqueue(session, RETRAIN, {"reason": "console", "by": "guanli"}, office.clock.now())
            await session.flush()
            job = await latest(session, RETRAIN)
        assert job is not None
        return job.id

    async def under_way() -> None:
        while not ((run := await office.learning.run()) and run.progress):
            await asyncio.sleep(0.05)
        await office.db.dispose()

    job = asyncio.run(begun())
    asyncio.run(office.db.dispose())
    training = [sys.executable, "-m", "intake_api", "models", "retrain", "--job", str(job)]
    environment = os.environ | {
        "GONGKAI_DATA": str(office_dir / "data"),
        "GONGKAI_PROFILE": str(office_dir / "departments.toml"),
    }
    as_worker = [sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:])", *training]
    with subprocess.Popen(as_worker, env=environment, stderr=subprocess.PIPE) as worker:
        asyncio.run(under_way())
        worker.kill()
        assert worker.stderr is not None
        assert b"Traceback" not in worker.stderr.read()  # ends when the training has
    assert _proposed(office_dir) == before


def _proposed(office_dir: Path) -> list[str]:
    history = registry.Registry(office_dir / "data" / "models").history()
    return [decision["version"] for decision in history if decision["action"] == "propose"]


def test_a_retraining_that_fails_changes_nothing_and_says_so(tmp_path: Path) -> None:
    settings = Settings.load({"data": tmp_path / "data", "profile": tmp_path / "absent.toml"})
    migrate.upgrade(settings.database)

    async def work() -> str:
        office = build_office(settings, load_directory(Settings.load({"data": tmp_path})), KeywordClassifier)
        try:
            await office.learning.ask_as(ADMIN)
            while await office.jobs.run_next(lane=True):
                pass
            run = await office.learning.run()
            assert run is not None
            return run.said
        finally:
            await office.db.dispose()

    assert "没有完成" in asyncio.run(work())
    assert not (tmp_path / "data" / "models" / "history.jsonl").exists()


def test_a_training_that_was_killed_is_begun_again_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    settings = Settings.load({"data": tmp_path / "data"})
    migrate.upgrade(settings.database)
    moments = [datetime(2026, 9, 1, 2, tzinfo=UTC)]

    async def work() -> list[tuple[str, bool]]:
        office = build_office(settings, load_directory(settings), KeywordClassifier, Clock(lambda: moments[0]))
        try:
            await office.learning.ask_as(ADMIN)
            seen = []
            while await office.jobs.run_next(lane=True):
                run = await office.learning.run()
                assert run is not None
                seen.append((run.said[:5], run.finished_at is None))
                moments[0] += timedelta(hours=1)
            return seen
        finally:
            await office.db.dispose()

    assert asyncio.run(work()) == [("训练被中断", True), ("训练被中断", True), ("训练没有完", False)]
    assert not (tmp_path / "data" / "models" / "history.jsonl").exists()
