"""The pages name what is there: files, modules, decisions and pages that exist, each decision under its own number."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PAGES = [
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "training_data").glob("*.md"))
    if path.name != "CHANGELOG.md"  # it tells of what was
]
ROOMS = ("bot", "classifier", "intake_api")
# A path begins with a folder of ours, as seen from the root or from inside a room of the code.
FOLDERS = {path.name for at in (ROOT, *(ROOT / room for room in ROOMS)) for path in at.iterdir() if path.is_dir()}


def names(page: Path) -> list[str]:
    """What a page has, in code or in a drawing, that can only be a file, a folder or a module of ours."""
    text = page.read_text("utf-8")
    blocks = "\n".join(re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    drawn = re.findall(r"(?<![\w/.$])[a-z_]+/[\w/]+(?:\.py)?(?![\w/.])", blocks)
    code = re.findall(r"`([\w./-]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)) + drawn
    return [one for one in code if re.split(r"[/.]", one)[0] in FOLDERS or re.fullmatch(r"\w+\.py", one)]


def exists(name: str) -> bool:
    if re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?", name):
        inside = (ROOT, ROOT / "tests", *(ROOT / room for room in ROOMS))
        return any((at / name).exists() for at in inside)
    if name.endswith(".py"):
        return any(path.name == name for room in (*ROOMS, "scripts", "tests") for path in (ROOT / room).rglob("*.py"))
    if re.fullmatch(r"(\w+\.)+\w+", name) and not name.endswith((".db", ".docx", ".toml")):
        return any(_module(f"{before}{name}") for before in ("", "intake_api."))
    return True


def _module(name: str) -> bool:
    """Whether it is a module, or something in one."""
    module, _, thing = name.rpartition(".")
    for found, attribute in ((name, None), (module, thing)):
        try:
            if importlib.util.find_spec(found) and (
                attribute is None or hasattr(importlib.import_module(found), attribute)
            ):
                return True
        except (ImportError, ValueError):
            continue
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_names_exists(page: Path) -> None:
    assert [name for name in names(page) if not exists(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_links_to_pages_that_are_there(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_decisions_are_numbered_one_after_the_other_and_say_when_they_hold() -> None:
    numbers = [path.name[:4] for path in ADRS]
    assert numbers == [f"{number:04}" for number in range(1, len(ADRS) + 1)]
    for path in ADRS:
        title, status = re.split(r"\n+", path.read_text("utf-8"), maxsplit=2)[:2]
        assert re.match(rf"# {path.name[:4]}\.? ", title), path.name
        assert re.match(r"(Status: a|A)ccepted, 20\d\d-\d\d-\d\d", status), path.name


def test_every_decision_that_is_named_exists() -> None:
    numbers = {path.name[:4] for path in ADRS}
    texts = [path for room in (*ROOMS, "scripts", "tests") for path in (ROOT / room).rglob("*.py")]
    for path in (*PAGES, *texts):
        assert set(re.findall(r"\bADR (\d{4})", path.read_text("utf-8"))) <= numbers, path
