"""The routes of the application, those of included routers too."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from intake_api.app import create_app
from intake_api.office import Office


@dataclass(frozen=True)
class Route:
    """A method and an address, what answers it and what it depends on."""

    method: str
    path: str
    endpoint: Callable[..., Any]
    dependant: Dependant


def routes_of(office: Office) -> list[Route]:
    """Every route of a method each; never empty, so that no test of them all is a test of none."""
    found = [
        Route(method, context.path, context.endpoint, context.dependant)
        for context in iter_route_contexts(create_app(office).routes)
        if context.path and context.endpoint and hasattr(context, "dependant")
        for method in sorted(context.methods or ())
    ]
    assert len(found) > 50
    return found
