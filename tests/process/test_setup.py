"""The set-up finds the index where offices name it, in pip's own configuration, and says what the system lacks."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.serving import PATIENCE

pytestmark = pytest.mark.timeout(400)
ROOT = Path(__file__).parents[2]
BACKEND = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "office-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("office-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: office\\nVersion: 1.0\\n")
        wheel.writestr("office-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr("office-1.0.dist-info/RECORD", "")
    return name
"""


def _wheel(folder: Path) -> str:
    """A package of one module; returns its hash."""
    path = folder / "gktiny-1.0-py3-none-any.whl"
    files = {
        "gktiny.py": "here = True\n",
        "gktiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: gktiny\nVersion: 1.0\n",
        "gktiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}"
        for name, text in files.items()
    ]
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr("gktiny-1.0.dist-info/RECORD", "\n".join([*record, "gktiny-1.0.dist-info/RECORD,,"]) + "\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a lock of one package, an index of its own, and an environment with pip and uv."""
    folder = tmp_path_factory.mktemp("project")
    pages, wheels = folder / "simple" / "gktiny", folder / "wheels"
    pages.mkdir(parents=True)
    wheels.mkdir()
    digest = _wheel(wheels)
    shutil.copy(wheels / "gktiny-1.0-py3-none-any.whl", pages)
    (pages / "index.html").write_text(f'<a href="gktiny-1.0-py3-none-any.whl#sha256={digest}">gktiny</a>')
    (folder / "lock.txt").write_text(f"gktiny==1.0 --hash=sha256:{digest}\n")
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "office"\nversion = "1.0"\n'
    )
    subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    yield tmp_path
    tmp_path.chmod(0o700)


def install(project: Path, home: Path, configuration: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run the script with nothing known but pip's configuration file of this home."""
    shutil.rmtree(project / ".venv" / "lib" / "found", ignore_errors=True)
    (home / ".config" / "pip" / "pip.conf").write_text(configuration)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "XDG_"))}
    return subprocess.run(
        [ROOT / "scripts" / "install", "lock.txt"],
        cwd=project,
        env=plain | {"HOME": str(home), "UV_OFFLINE": "0"} | more,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def _forget(project: Path) -> None:
    python = project / ".venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", "gktiny"], check=True, capture_output=True)


def _installed(project: Path) -> bool:
    code = "import gktiny; print(gktiny.here)"
    done = subprocess.run(
        [project / ".venv" / "bin" / "python", "-c", code], capture_output=True, text=True, check=False
    )
    return done.stdout == "True\n"


@pytest.mark.parametrize("quick", [True, False], ids=["uv", "pip"])
@pytest.mark.parametrize("option", ["index-url = file://{0}/simple", "no-index = true\nfind-links = {0}/wheels"])
def test_the_index_of_pips_own_configuration_is_enough(project: Path, home: Path, option: str, quick: bool) -> None:
    uv = project / ".venv" / "bin" / "uv"
    if quick:
        uv.symlink_to(shutil.which("uv", path=str(Path(sys.executable).parent)) or "")
    try:
        done = install(project, home, f"[global]\n{option.format(project)}\n")
        assert done.returncode == 0, done.stderr
        assert _installed(project)
        assert ("pip goes on" in done.stderr) is (not quick or "no-index" in option)
    finally:
        _forget(project)
        uv.unlink(missing_ok=True)


def test_what_the_system_lacks_is_said_by_name(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "env", "id", "fc-list", "grep", "chromium"):
        (tools / name).symlink_to(shutil.which(name) or "/bin/true")
    (tools / "id").unlink()
    (tools / "id").write_text("#!/bin/sh\necho 1000\n")
    (tools / "id").chmod(0o755)
    script = ROOT / "scripts" / "ensure-test-tools"
    done = subprocess.run([script], env={"PATH": str(tools)}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "redis-server" in done.stderr
    assert "chromium" not in done.stderr


def dry_run(target: str, home: str, *chosen: str) -> str:
    """What make would do."""
    command = ["make", "-n", "-p", target, *chosen]
    plain = {name: value for name, value in os.environ.items() if name not in ("XDG_CACHE_HOME", "PORT", "DATA")}
    done = subprocess.run(command, cwd=ROOT, env=plain | {"HOME": home}, capture_output=True, text=True, check=False)
    return done.stdout


def test_make_gives_port_and_data_only_where_somebody_has_chosen_them() -> None:
    """Otherwise the settings decide: the environment, then `.env`."""
    home = str(Path.home())
    assert "gongkai serve --demo  \n" in dry_run("run", home)
    assert 'gongkai serve --demo --port 9000 --data "/srv/x"\n' in dry_run("run", home, "PORT=9000", "DATA=/srv/x")


def test_make_test_looks_for_system_packages_first() -> None:
    said = "\n" + dry_run("test", str(Path.home()))
    assert said.index("\nscripts/ensure-test-tools") < said.index("\n.venv/bin/ruff check")


@pytest.mark.parametrize(("home", "falls_back"), [("/nonexistent", True), ("", True), (None, False)])
def test_without_a_home_that_can_be_written_caches_fall_back_into_the_project(
    tmp_path: Path, home: str | None, falls_back: bool
) -> None:
    said = dry_run("help", str(tmp_path) if home is None else home)
    assert (f"XDG_CACHE_HOME := {ROOT}/.cache" in said) is falls_back
