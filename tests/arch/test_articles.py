"""What the statute alone may say: an article as a fact (ADR 0002; as a word where people read it), a notice, a day."""

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
    "intake_api/terms/messages.py",
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


NOTICE = re.compile(r"N(?:[1-9]|1\d|2[0-7])(?:-\d)?")
# Steps name their notices in the statute's own tables (statute.workflow, statute.notices); everybody else asks those.
NAMING = {
    "intake_api/notices/texts.py": "the words of each notice stand under its code",
    "intake_api/notices/schemas.py": "the example of a body in the interface's description",
}


def test_a_notice_is_named_by_its_step_in_the_statute_and_by_its_words_alone() -> None:
    naming, drawn = set(), []
    for room in ("bot", "classifier", "intake_api"):
        for path in (ROOT / room).rglob("*.py"):
            if "statute" not in path.parts and any(map(NOTICE.fullmatch, literals(path))):
                naming.add(str(path.relative_to(ROOT)))
        drawn += [path for path in (ROOT / room).rglob("*.html") if re.search(r"\bN\d+\b", path.read_text("utf-8"))]
    assert naming == NAMING.keys()
    assert drawn == []


# Whoever asks the clock: a case's record, for everything that is shown, sorted, written and told of it; and two verbs.
ASKING = {"intake_api/cases/record.py", "intake_api/commands/bench.py", "intake_api/commands/statute.py"}


def test_a_due_date_is_computed_for_a_record_in_one_place() -> None:
    """ADR 0001: `deadlines.due` alone computes a day, and what holds of a case is folded once."""
    asking = set()
    for path in (ROOT / "intake_api").rglob("*.py"):
        calls = (node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        named = {ast.unparse(call) for call in calls}
        if {"due", "deadlines.due"} & named and "statute" not in path.parts:
            asking.add(str(path.relative_to(ROOT)))
    assert asking == ASKING
