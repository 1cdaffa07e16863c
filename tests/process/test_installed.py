"""The packages of the wheel alone, outside a checkout: all they need is in them, and nothing is written there."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx2
import pytest

from tests.process.serving import serving

ROOT = Path(__file__).parents[2]


def files(folder: Path) -> dict[str, int]:
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in folder.rglob("*")}


def test_an_installed_package_serves_and_writes_into_its_data_directory_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    installed, data = tmp_path / "site-packages", tmp_path / "data"
    for name in packages["packages"]:
        shutil.copytree(ROOT / name, installed / name, ignore=shutil.ignore_patterns("__pycache__"))
        assert name == "training_data" or (installed / name / "py.typed").is_file()
    shutil.copytree(ROOT / "build" / "model", data / "shipped-model")  # else it is made there, which takes a minute
    before = files(installed)
    monkeypatch.chdir(tmp_path)
    paths = os.pathsep.join(filter(None, (str(installed), os.environ.get("PYTHONPATH", ""))))
    monkeypatch.setenv("PYTHONPATH", paths)
    found = subprocess.check_output([sys.executable, "-Bc", "import intake_api; print(intake_api.__file__)"], text=True)
    assert Path(found).is_relative_to(installed)
    with serving(data, PYTHONDONTWRITEBYTECODE="1") as server:
        server.wait_until("/readyz")
        server.wait_for_chat()
        asked = httpx2.post(f"{server.url}/api/v1/suggestions", json={"text": "申请公开征地批复"}, timeout=30)
        assert asked.json()["departments"]
        assert httpx2.get(server.url, timeout=30).status_code == 200
        server.stop()
    assert files(installed) == before
    assert (data / "shipped-model").is_dir()
