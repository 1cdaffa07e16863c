"""A name means one thing: a class, and a function that others call by its bare name, is defined once (intake_api)."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Two classes of one name, which are the same thing of life on two sides of a wall.
TWICE = {
    "Account": "a member of staff: the row, and who is signed in",
    "Agency": "an agency that can be applied to: the row, and its line in the directory",
    "Clock": "the machine's clock; the clock of the statute, so called in docs/contract.md",
    "Notice": "a notice: the row of one, and the kind in the table of the statute",
}


@cache
def modules() -> dict[str, ast.Module]:
    files = [file for file in sorted((ROOT / "intake_api").rglob("*.py")) if "migrations" not in file.parts]
    return {_name(file): ast.parse(file.read_text("utf-8")) for file in files}


def _name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def defined(kinds: type[ast.stmt] | tuple[type[ast.stmt], ...]) -> dict[str, set[str]]:
    """Public names of the top level, with the modules that define them."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, tree in modules().items():
        for node in tree.body:
            if isinstance(node, kinds) and not (name := getattr(node, "name", "_")).startswith("_"):
                found[name].add(module)
    return found


def test_a_class_is_defined_once() -> None:
    assert {name for name, places in defined(ast.ClassDef).items() if len(places) > 1} == TWICE.keys()


def test_a_function_called_by_its_bare_name_is_the_same_everywhere() -> None:
    """Elsewhere its module says which: `annual.table_three`, `repository.one`; nobody calls routes and pages."""
    functions, meant = defined((ast.FunctionDef, ast.AsyncFunctionDef)), defaultdict(set)
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    if alias.asname is None and node.module in functions.get(alias.name, ()):
                        meant[alias.name].add(node.module)
    assert {name: places for name, places in meant.items() if len(places) > 1} == {}
