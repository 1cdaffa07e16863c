"""Whatever arrives at a door, the answer is never an internal error: every route, every parameter, odd values."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest
from fastapi.dependencies.models import Dependant

from intake_api.app import create_app
from intake_api.office import Office
from intake_api.web.security import STAFF_COOKIE
from tests.routes import Route, routes_of
from tests.samples import application

LONG_INTEGER = "9" * 5_000
# What the two databases take differently: signs they cannot hold, sizes, quotes.
FOR_DATABASES = (
    b"\0",
    b"\xed\xa0\x80",  # half a surrogate pair
    "\uffff".encode(),
    b"-1",
    b"' OR 1=1",
    ("字" * 3_000).encode(),
    b"9" * 19,
    b"9" * 30,
)
VALUES = (
    *FOR_DATABASES,
    b"\xff",
    *(text.encode() for text in ("\ufeff", "\u200b", "😀", "a", "1e999", "٣", "²", "{{7*7}}")),
    LONG_INTEGER.encode(),
)
# the names of the fields of all forms, and of the groups that they are sorted into
FIELDS = """
    addressee after agency applicant applicant.name applicant.agent applicant.agent.name applicant.id_number button
    channel choice code comment day days delivery delivery.way department description disposition into is_workday key
    kind matter1 month name new next note notice number old on outcome paragraphs.sample password q rating receipt_basis
    received_on reason ref repeat replaces reply_by since size supersedes sure tab text totp tracking type until
    username version viewport website who with_agent year
"""
DEEP = b'{"a":' * 2_000 + b"1" + b"}" * 2_000
BODIES = (
    DEEP,
    b'{"applicant":' + DEEP + b"}",
    b"[" * 100_000,
    b"[" * 900 + b"]" * 900,
    f'{{"rating": {LONG_INTEGER}, "text": {LONG_INTEGER}, "description": {LONG_INTEGER}}}'.encode(),
    b'{"rating": ' + b"9" * 4_000 + b', "supersedes": ' + b"9" * 4_000 + b"}",
    b'{"rating": 1e400}',
    b'{"rating": NaN, "days": Infinity}',
    b'{"\\ufefftext": "a", "type": "\\u0000", "applicant": "a", "delivery": "a"}',
    b'\xef\xbb\xbf{"text": "a"}',
    b'{"text": "\\ud800", "code": "\\u0000", "elements": {"\\u0000": "\\ufeff"}, "paragraphs": {"\\ud800": "a"}}',
    b'"a"',
    b"null",
    b"",
    b"\0",
)


@pytest.fixture
async def inside(office: Office) -> AsyncIterator[httpx2.AsyncClient]:
    """A reviewer's browser and program in one, with one case."""
    app = create_app(office, work=False)
    password = await office.people.add("shenhe", "reviewer", None, None)
    await office.people.set_password("shenhe", password)
    page = await office.people.sign_in("shenhe", password, kind="web")
    program = await office.people.sign_in("shenhe", password, kind="api")
    headers = {"Authorization": f"Bearer {program.token}", "X-CSRF": page.account.csrf}
    clients = count()

    async def counted_alone(request: httpx2.Request) -> None:
        """Each call as another chat of the bot: the limits of one client would answer for the routes."""
        request.headers |= {"X-Service-Key": office.vault.service_key, "X-Client": str(next(clients))}

    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://test",
            headers=headers,
            cookies={STAFF_COOKIE: page.token},
            event_hooks={"request": [counted_alone]},
        ) as http,
    ):
        yield http


def routes(office: Office) -> list[Route]:
    """All but those that end the session, and streams."""
    ending = (("DELETE", "/api/v1/staff/tokens"), ("POST", "/staff/sign-out"))
    return [r for r in routes_of(office) if (r.method, r.path) not in ending and not r.path.endswith("/events")]


def places(dependant: Dependant) -> tuple[list[str], list[str]]:
    """The names in the address of a route and in its query, those of its dependencies too."""
    inner = [places(one) for one in dependant.dependencies]
    path, query = ([field.alias for field in fields] for fields in (dependant.path_params, dependant.query_params))
    return path + [name for found, _ in inner for name in found], query + [name for _, found in inner for name in found]


def values(office: Office) -> tuple[bytes, ...]:
    """All on one database; on the other what reaches it otherwise than the first."""
    return VALUES if office.settings.database.startswith("sqlite") else FOR_DATABASES


def addresses(route: Route, number: str, values: tuple[bytes, ...]) -> Iterator[str]:
    """The route with one odd value in one of its places, the others good."""
    path, query = places(route.dependant)
    good = {name: number if name == "number" else "1" for name in path}
    for value in values:
        for odd in good:
            yield route.path.format(**good | {odd: quote(value, safe="")})
        yield from (f"{route.path.format(**good)}?{urlencode({name: value})}" for name in query)


def fine(answer: httpx2.Response) -> bool:
    """The chat has no bot behind it here."""
    starting = (answer.status_code == 503 and "chat_starting" in answer.text) or "/chat" in answer.request.url.path
    return answer.status_code < 500 or starting


async def submitted(inside: httpx2.AsyncClient) -> str:
    answer = await inside.post("/api/v1/requests", json=application())
    number: str = answer.json()["number"]
    return number


@pytest.mark.timeout(600)  # every address with every parameter: a minute, and more beside other work
async def test_no_address_is_an_internal_error(inside: httpx2.AsyncClient, office: Office) -> None:
    number, broken = await submitted(inside), set()
    for route in routes(office):
        for address in addresses(route, number, values(office)):
            answer = await inside.request(route.method, address)
            if not fine(answer):
                broken.add((route.method, address[:90], answer.status_code))
    assert broken == set()


@pytest.mark.parametrize("body", BODIES)
async def test_no_body_is_an_internal_error(inside: httpx2.AsyncClient, office: Office, body: bytes) -> None:
    number, broken = await submitted(inside), set()
    for route in routes(office):
        if route.method == "GET" or not route.path.startswith("/api/"):
            continue
        path = route.path.replace("{number}", number).replace("{notice_id}", "1")
        answer = await inside.request(route.method, path, content=body, headers={"content-type": "application/json"})
        if not fine(answer):
            broken.add((route.method, path, answer.status_code))
    assert broken == set()


async def test_no_form_is_an_internal_error(inside: httpx2.AsyncClient, office: Office) -> None:
    number, broken = await submitted(inside), set()
    csrf = inside.headers["X-CSRF"]
    for route in routes(office):
        if route.method != "POST" or route.path.startswith("/api/"):
            continue
        path = route.path.replace("{number}", number).replace("{notice_id}", "1").replace("{key}", "1")
        for value in values(office):
            form: dict[str, Any] = dict.fromkeys(FIELDS.split(), value) | {"csrf": csrf}
            answer = await inside.post(path, data=form)
            if not fine(answer):
                broken.add((path, value[:9], answer.status_code))
    assert broken == set()
