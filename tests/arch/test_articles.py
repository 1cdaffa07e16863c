"""Where an article of the law may stand (ADR 0002): as a fact in the statute, as a word where people read it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CITED = re.compile(r"第[一二三四五六七八九十]+条")
CODE = re.compile(r"[1-5]\d(?:\(\d\)|–\d\d)")
# Sentences that tell people which article stands behind a question or a setting; nothing is decided by them.
WORDS = {
    "bot/texts.py",
    "intake_api/cases/schemas.py",
    "intake_api/form/application.py",
    "intake_api/settings.py",
    "intake_api/web/texts.py",
}
# The classifier is a leaf and may not import the statute: the article of each flag stands beside its rule.
FACTS = {"classifier/model/flags.py"}


@cache
def literals(path: Path) -> tuple[str, ...]:
    """Texts of a file but its docstrings."""
    return tuple(_literals(path))


def _literals(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    stated = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in stated:
            yield node.value


@pytest.mark.parametrize(
    ("pattern", "allowed"), [(CITED.search, WORDS), (CODE.fullmatch, FACTS)], ids=["words", "facts"]
)
def test_an_article_stands_in_the_statute_alone_but_for_what_is_said_here(pattern: object, allowed: set[str]) -> None:
    found = set()
    for room in ("bot", "classifier", "intake_api"):
        for path in (ROOT / room).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if not name.startswith("intake_api/statute/") and any(map(pattern, literals(path))):  # type: ignore[arg-type]
                found.add(name)
    assert found <= allowed
