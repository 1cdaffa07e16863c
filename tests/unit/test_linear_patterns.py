"""Every regular expression of the product takes linear time on whatever a stranger writes."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import regex

import bot
import classifier
import intake_api
from tests.unit.linear import quadratic

ANCHORED = ("match", "fullmatch")
# Patterns that cannot be proved from their sets, and why they cost little all the same.
SHORT = {
    "intake_api.ledger.days._WRITTEN": "a date has at most LONGEST characters",
    "intake_api.ledger.days._NO_YEAR": "the same",
    "intake_api.notices.render_pdf._NO_GLYPH": "begins with eleven characters of the typesetter's own message",
}
# Put together from parts at run time: each part is escaped text.
MADE = {"intake_api.web.templating", "classifier.text.redact"}


def modules() -> Iterator[ModuleType]:
    for package in (bot, classifier, intake_api):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def held(value: object, deepest: int = 5) -> Iterator[re.Pattern[str] | regex.Pattern[str]]:
    """Patterns in a value, also inside tuples, tables and dataclasses."""
    if isinstance(value, re.Pattern | regex.Pattern):
        yield value
    elif deepest and isinstance(value, tuple | list | set | frozenset):
        yield from (found for one in value for found in held(one, deepest - 1))
    elif deepest and isinstance(value, dict):
        yield from held(tuple(value.values()), deepest)
    elif deepest and dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from held(tuple(getattr(value, field.name) for field in dataclasses.fields(value)), deepest)


def only_anchored(tree: ast.AST, name: str) -> bool:
    """Whether a module uses a pattern of its own (or one of a table) by match and fullmatch alone."""
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in ANCHORED]
    owners = [node.value.value if isinstance(node.value, ast.Subscript) else node.value for node in calls]
    anchored = [node for node in owners if isinstance(node, ast.Name) and node.id == name]
    read = [node for node in uses if isinstance(node.ctx, ast.Load)]
    return bool(read) and len(anchored) == len(read)


def written(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Calls such as re.sub, and what they are asked to do."""
    for node in ast.walk(tree):
        function = node.func if isinstance(node, ast.Call) else None
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re":
            assert isinstance(node, ast.Call)
            if function.attr not in ("compile", "escape"):
                yield node, function.attr


def patterns() -> dict[str, tuple[Any, bool]]:
    """Every pattern by where it stands, and whether it is searched for."""
    found: dict[str, tuple[Any, bool]] = {}
    for module in modules():
        tree = ast.parse(inspect.getsource(module))
        for name, value in vars(module).items():
            for place, pattern in enumerate(held(value)):
                found[f"{module.__name__}.{name}" + (f"[{place}]" if place else "")] = (
                    pattern,
                    not only_anchored(tree, name),
                )
        for call, verb in written(tree):
            given = call.args[0]
            if isinstance(given, ast.Constant):
                key = f"{module.__name__}:{call.lineno}"
                found[key] = (re.compile(str(given.value)), verb not in ANCHORED)
            else:
                assert module.__name__ in MADE or isinstance(given, ast.Name), f"{module.__name__}:{call.lineno}"
    return found


def test_no_pattern_costs_the_square_of_what_it_is_given() -> None:
    found = patterns()
    assert len(found) > 100
    told = {
        name
        for name, (pattern, searched) in found.items()
        if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str)
        if quadratic(pattern, searched=searched)
    }
    assert told - SHORT.keys() == set()
    assert SHORT.keys() <= told  # what can be proved by now needs no excuse


def test_patterns_by_unicode_property_are_one_set_of_characters() -> None:
    """The module `regex` is used for sets that `re` cannot name: at most one is repeated, and nothing follows it."""
    for name, (pattern, _) in patterns().items():
        if isinstance(pattern, regex.Pattern):
            outside = regex.sub(r"\\[pP]\{\w+\}|\\.|\[(?:[^\[\]]|(?R))*\]", "", pattern.pattern)
            assert re.fullmatch(r"[^+*]*[+*]?", outside), name


@pytest.mark.parametrize(
    ("pattern", "searched", "bad"),
    [
        (r"\d{2,}份", True, True),
        (r"\d{2}份", True, False),
        (r"(?:几十|\d{2,})份", True, True),
        (r"(?:\d{2,})份", False, False),
        (r"a.*b", True, True),
        (r"<[^>]*>", True, True),
        (r"<[^<>]*>", True, False),
        (r"\s+$", True, True),
        (r"\d+(?!x)", True, True),
        (r"\d+", True, False),
        (r"(?<!\d)\d+x", True, False),
        (r"(?<![^。])[^。]+x", True, False),
        (r"\w+(?<!x)\w+y", False, True),
        (r"年\s*第?\s*\d", True, True),
        (r"年\s*(?:第\s*)?\d", True, False),
        (r"\d+\s+x", False, False),
        (r"\w+\d+x", False, True),
        (r"(?:a+b?)+c", False, True),
        (r"(?:a+b)+c", False, False),
        (r"\S+-\d{4}", False, False),
        (r"(?=.*x)a", True, True),
        (r"^a+b", True, False),
    ],
)
def test_the_proof_tells_one_from_the_other(pattern: str, searched: bool, bad: bool) -> None:
    assert quadratic(re.compile(pattern), searched=searched) is bad
