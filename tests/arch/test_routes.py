"""Every route says who may call it, every error is documented, and the contract's calls exist."""

import re
from inspect import iscoroutinefunction
from pathlib import Path
from types import FunctionType

import pytest

from intake_api.app import create_app
from intake_api.http import any_staff, staff
from intake_api.office import Office
from intake_api.settings import PREFIX, Settings
from intake_api.terms.failures import CATALOGUE
from intake_api.web.security import at_work, own_password, signed_in
from scripts import make_docs
from tests.routes import Route, routes_of

ROOT = Path(__file__).parents[2]


def dependencies(route: Route) -> set[object]:
    found, waiting = set(), [route.dependant]
    while waiting:
        dependant = waiting.pop()
        found.add(dependant.call)
        waiting += dependant.dependencies
    return found


async def test_every_api_route_is_public_by_name_or_asks_who_is_calling(office: Office) -> None:
    from intake_api.cases.routes import service_only

    for route in routes_of(office):
        if not route.path.startswith(("/api", "/healthz", "/readyz", "/metrics")):
            continue
        guarded = dependencies(route) & {any_staff, service_only}
        public = getattr(route.endpoint, "__gongkai_public__", False)
        assert bool(guarded) != public, f"{route.path}: needs StaffDep or @public, not both"


async def test_no_route_waits_for_a_thread_to_find_out_who_asks(office: Office) -> None:
    """FastAPI calls a plain function in a thread: two switches for each, while others compute."""
    for route in routes_of(office):
        called = {call for call in dependencies(route) | {route.endpoint} if isinstance(call, FunctionType)}
        plain = {call.__qualname__ for call in called if not iscoroutinefunction(call)}
        assert not plain, route.path


async def test_every_staff_page_asks_for_a_session_except_the_sign_in(office: Office) -> None:
    for route in routes_of(office):
        if route.path.startswith("/staff"):
            public = getattr(route.endpoint, "__gongkai_public__", False)
            assert public == (route.path == "/staff/sign-in"), route.path
            assert bool(dependencies(route) & {signed_in, at_work}) != public, f"{route.path}: asks nobody who they are"


async def test_every_staff_page_but_the_password_asks_for_a_password_of_ones_own(office: Office) -> None:
    pages = [route for route in routes_of(office) if route.path.startswith(("/staff", "/api/v1/staff"))]
    open_to_one_time = {route.path for route in pages if not dependencies(route) & {own_password, at_work, staff}}
    choosing = {"/staff/password", "/staff/sign-out", "/api/v1/staff/password"}
    assert open_to_one_time == {"/staff/sign-in", "/api/v1/staff/tokens"} | choosing


async def test_openapi_has_an_example_for_each_body_and_the_error_shape(office: Office) -> None:
    document = create_app(office).openapi()
    for name in ("Submission", "Confirmation", "Credentials", "Question"):
        assert document["components"]["schemas"][name]["examples"], name
    for path, methods in document["paths"].items():
        assert path.startswith("/api/v1/")
        for method, operation in methods.items():
            codes = [code for code in operation["responses"] if code[0] in "45"]
            for code in codes:
                schema = operation["responses"][code].get("content", {}).get("application/json", {}).get("schema", {})
                assert schema.get("$ref", "").endswith("ErrorBody"), f"{method} {path} {code}"


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    told = dict(re.findall(rf"^\| `{PREFIX}(\w+)` \| (.*?) \|", page, re.MULTILINE))
    used = {name.upper(): field.default for name, field in Settings.model_fields.items() if name != "demo"}
    shown = {None: "–", "": "(empty)"}
    assert told == {name: shown.get(default, f"`{default}`") for name, default in used.items()}
    assert len(told) == len(re.findall(rf"^\| `{PREFIX}", page, re.MULTILINE)), "a setting stands there twice"


@pytest.mark.parametrize("page", ["settings.md", "errors.md", "notices.md", "form.md", "steps.md"])
def test_a_page_that_is_made_from_the_code_is_as_the_code_makes_it(page: str) -> None:
    assert (ROOT / "docs" / page).read_text("utf-8") == make_docs.pages()[page], "run scripts/make_docs.py"


def test_every_error_code_is_documented() -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    for code, (status, sentence) in CATALOGUE.items():
        assert f"| `{code}` | {status} | {sentence} |" in text, code


def test_no_lock_names_a_host_or_pulls_in_a_gpu_stack() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text("utf-8")
        assert "://" not in text
        assert not re.search(r"^(torch|nvidia-)", text, re.MULTILINE)


def test_the_readme_names_only_verbs_that_exist() -> None:
    from typer.main import get_command

    from intake_api.cli import app

    verbs = set(get_command(app).commands)  # type: ignore[attr-defined]  # the root is always a group
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        for verb in re.findall(r"^(?:\.venv/bin/)?gongkai ([a-z]+)", text, re.MULTILINE):
            assert verb in verbs, f"{name}: gongkai {verb}"
