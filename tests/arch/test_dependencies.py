"""Nothing is declared that nothing uses: settings, packages, extras; what is not a package is pinned by its hash."""

import ast
import hashlib
import re
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from intake_api.settings import Settings

ROOT = Path(__file__).parents[2]
PRODUCT = [path for room in ("bot", "classifier", "intake_api") for path in sorted((ROOT / room).rglob("*.py"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# Used without an import of ours: zone data, mail addresses, forms and the parser of HTTP for other libraries.
BY_NAME = {"tzdata", "python-multipart", "email-validator", "httptools"}
TOOLS = {"import-linter", "mypy", "ruff", "types-regex", "pytest", "pytest-asyncio", "pytest-timeout", "pytest-xdist"}
PINNED = ROOT / "intake_api" / "web" / "static" / "htmx"


@cache
def trees(*paths: Path) -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in paths)


def imports(path: Path) -> set[str]:
    """Top-level modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(*trees(path)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def imported(paths: list[Path]) -> set[str]:
    """Top-level modules that these files import, also by name (`find_spec`, a dialect in a URL)."""
    found = {module for path in paths for module in imports(path)}
    for tree in trees(*paths):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"^\w+$|(?<=\+)\w+(?=://)", node.value))
    return found


def packages(lines: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~ ]", line)[0].lower() for line in lines}


def used(paths: list[Path]) -> set[str]:
    """Packages that these files import; one that this machine has no wheel of goes by the name of its module."""
    owners = packages_distributions()
    return {re.sub(r"[-_.]+", "-", owner).lower() for name in imported(paths) for owner in owners.get(name, [name])}


def read_of_settings() -> set[str]:
    """What is asked of something called settings (in its own class: of self), plainly or as a secret by name."""
    found: set[str] = set()
    for path, tree in zip(PRODUCT, trees(*PRODUCT), strict=True):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = getattr(node.value, "attr", getattr(node.value, "id", ""))
                if owner.endswith("settings") or (path.name == "settings.py" and owner == "self"):
                    found.add(node.attr)
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "secret":
                found |= {one.value for one in node.args if isinstance(one, ast.Constant)}
    return found


def test_every_setting_is_read_somewhere() -> None:
    assert set(Settings.model_fields) - read_of_settings() == set(), "settings without effect"


def test_every_package_is_imported_by_the_product() -> None:
    assert packages(PROJECT["dependencies"]) - BY_NAME <= used(PRODUCT)


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_every_extra_has_code(extra: str) -> None:
    paths = (
        PRODUCT
        if extra not in ("test", "dev")
        else sorted((ROOT / "tests").rglob("*.py")) + sorted((ROOT / "scripts").glob("*.py"))
    )
    assert packages(EXTRAS[extra]) - TOOLS <= used(paths)


@pytest.mark.parametrize(
    ("library", "behind"),
    [
        ("stdnum", "intake_api/people/identity.py"),
        ("phonenumbers", "intake_api/people/identity.py"),
        ("email_validator", "intake_api/people/identity.py"),
        ("markdown_it", "intake_api/web/papers.py"),
        ("typst", ("intake_api/notices/", "intake_api/dossier/bind.py")),
        ("pypdfium2", "intake_api/dossier/bind.py"),
    ],
)
def test_a_library_that_is_wrapped_is_imported_behind_our_name_alone(
    library: str, behind: str | tuple[str, ...]
) -> None:
    importing = {str(path.relative_to(ROOT)) for path in PRODUCT if library in imports(path)}
    assert importing
    assert all(name.startswith(behind) for name in importing)


def test_a_file_taken_from_elsewhere_is_the_pinned_one_with_its_licence() -> None:
    sums = dict(reversed(line.split()) for line in (PINNED / "SHA256SUMS").read_text("utf-8").splitlines())
    assert sorted(path.name for path in PINNED.iterdir()) == ["LICENSE.txt", "SHA256SUMS", "htmx.min.js"]
    assert set(sums) == {"LICENSE.txt", "htmx.min.js"}
    for name, digest in sums.items():
        assert hashlib.sha256((PINNED / name).read_bytes()).hexdigest() == digest, name
    assert sums["htmx.min.js"] == "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e"  # htmx 2.0.3
