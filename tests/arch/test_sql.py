"""A table's SQL stands in the repository of its own slice, and nowhere else but where this list says why."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "intake_api"
STATEMENTS = {"select", "insert", "update", "delete", "upsert", "insert_ignoring"}
READS_BY_KEY = {"get", "get_one"}  # of a session; their first argument is a table
TABLES = {
    node.name: file.parent.name
    for file in PRODUCT.glob("*/models.py")
    for node in ast.parse(file.read_text("utf-8")).body
    if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id == "Base" for base in node.bases)
}
ELSEWHERE = {
    "backups/rows.py": "a backup copies every table as it finds it in the database, whoever owns it",
    "upkeep/sealed.py": "a new key seals every table anew, whoever owns it",
    "cases/answered.py": "statements with a name, for the learning loop to join: all of them beside what they mean",
    "cases/past.py": "an imported ledger is written in bulk past the object layer, and read as the same lines",
    "installation.py": "the marks of an installation, read before there is an office; no slice",
    "readiness.py": "the same marks",
}
OF_OTHERS = {
    ("reports/repository.py", "cases"): "a report is a grouped statement over the projection; what may be seen is asked"
    " of cases (seen_by)",
}


@cache
def product() -> list[tuple[str, ast.Module]]:
    files = [file for file in sorted(PRODUCT.rglob("*.py")) if "migrations" not in file.parts]
    return [(file.relative_to(PRODUCT).as_posix(), ast.parse(file.read_text("utf-8"))) for file in files]


def imports_of(tree: ast.Module) -> dict[str, str]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {alias.asname or alias.name: node.module or "" for node in found for alias in node.names}


def asks(tree: ast.Module) -> bool:
    """Whether a module has a statement of SQL, or reads a row by its key."""
    imported = imports_of(tree)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id in STATEMENTS:
            if imported.get(call.func.id, "").startswith(("sqlalchemy", "intake_api.kit.db")):
                return True
        elif isinstance(call.func, ast.Attribute) and call.func.attr in READS_BY_KEY and call.args:
            table = call.args[0]
            if isinstance(table, ast.Name) and imported.get(table.id, "").endswith(".models"):
                return True
    return False


def tables_of(tree: ast.Module) -> set[str]:
    """The slices whose tables a module takes from their models, or from anywhere else."""
    imported = imports_of(tree)
    return {TABLES[name] for name, source in imported.items() if name in TABLES and source == _models(TABLES[name])}


def _models(owner: str) -> str:
    return f"intake_api.{owner}.models"


def test_sql_stands_in_repositories() -> None:
    asking = {name for name, tree in product() if asks(tree)}
    assert "cases/repository.py" in asking
    others = {name for name in asking if not name.endswith("/repository.py") and name != "kit/db.py"}
    assert others == ELSEWHERE.keys()


def test_nobody_takes_the_tables_of_another_slice() -> None:
    foreign = {
        (name, owner)
        for name, tree in product()
        for owner in tables_of(tree)
        if "/" in name and name.partition("/")[0] != owner
    }
    assert foreign == OF_OTHERS.keys()


def test_no_module_hands_on_a_table_as_its_own() -> None:
    handed_on = {
        (name, alias)
        for name, tree in product()
        for alias, source in imports_of(tree).items()
        if alias in TABLES and source.startswith("intake_api.") and not source.endswith(".models")
        if not _defines(source, alias)  # a class of the same name, as `people.service.Account`, is not the table
    }
    assert handed_on == {("learning/service.py", "Job")}  # the row of a job that is under way, read by its owner's hand


def _defines(module: str, name: str) -> bool:
    file = ROOT / (module.replace(".", "/") + ".py")
    return any(isinstance(n, ast.ClassDef) and n.name == name for n in ast.parse(file.read_text("utf-8")).body)


def test_whose_case_somebody_may_see_is_decided_once() -> None:
    """`seen_by` decides it, and the queue's own filter may narrow it; nobody else compares a case's department."""
    comparing = [
        (name, ast.unparse(node))
        for name, tree in product()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and ast.unparse(node).startswith("Case.department ")
    ]
    here = "cases/repository.py"
    assert comparing == [(here, "Case.department == viewer"), (here, "Case.department == wanted.department")]
