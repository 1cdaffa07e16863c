"""Modules import each other in no circle: each can be understood after those it names, and nothing after itself."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def test_no_module_is_imported_by_what_it_imports() -> None:
    graph = grimp.build_graph("intake_api", "bot", "classifier", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as circle:
        pytest.fail(" > ".join(circle.args[1]))
