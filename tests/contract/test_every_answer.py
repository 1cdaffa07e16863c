"""Whatever is asked by whomever: no cache keeps an answer, HEAD is GET without its body, no word of Host comes back."""

import re
from urllib.parse import quote

import httpx2
import pytest

from intake_api.office import Office
from intake_api.web.security import CASE_COOKIE, STAFF_COOKIE
from tests.routes import routes_of
from tests.samples import APPLICATION

FORGED = "forged.example.invalid"
HEADERS = {"Host": FORGED, "Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
KEPT = {"/apply": "private, no-cache"}  # nothing but the question of its own address; going back must find its key


async def as_anybody(office: Office, client: httpx2.AsyncClient, case: dict[str, str]) -> dict[str, str]:
    return {}


async def as_applicant(office: Office, client: httpx2.AsyncClient, case: dict[str, str]) -> dict[str, str]:
    kept = quote(f"{case['number']} {case['query_code']}", safe="")
    return {"X-Query-Code": case["query_code"], "Cookie": f"{CASE_COOKIE}={kept}"}


async def as_staff(office: Office, client: httpx2.AsyncClient, case: dict[str, str]) -> dict[str, str]:
    await office.people.add("guanli", "admin", None, "a long password")
    body = {"username": "guanli", "password": "a long password"}
    token = (await client.post("/api/v1/staff/tokens", json=body)).json()["token"]
    session = await office.people.sign_in("guanli", "a long password")
    return {"Authorization": f"Bearer {token}", "Cookie": f"{STAFF_COOKIE}={quote(session.token, safe='')}"}


@pytest.mark.parametrize("who", [as_anybody, as_applicant, as_staff])
async def test_every_route_answers_with_good_manners(office: Office, client: httpx2.AsyncClient, who: object) -> None:
    case = (await client.post("/api/v1/requests", json=APPLICATION)).json()
    headers = HEADERS | await who(office, client, case)  # type: ignore[operator]  # one of the three above
    for route in routes_of(office):
        method, path = route.method, re.sub(r"\{number[^}]*\}", case["number"], route.path)
        path = re.sub(r"\{[^}]*\}", "1", path)
        answer = await client.request(method, path, headers=headers)
        look(answer, KEPT.get(path, "no-store") if answer.status_code == 200 else "no-store")
        if method == "GET":
            head = await client.head(path, headers=headers)
            look(head, KEPT.get(path, "no-store") if answer.status_code == 200 else "no-store")
            assert (head.status_code, head.content) == (answer.status_code, b""), path
        stray = await client.request(method, path + "/?q=1", headers=headers)
        look(stray, "no-store")


def look(answer: httpx2.Response, kept: str) -> None:
    said = f"{answer.request.method} {answer.url.path} {answer.status_code}"
    assert answer.headers["Cache-Control"] == kept, said
    assert "X-Query-Code" in answer.headers["Vary"], said
    assert FORGED not in str(answer.headers) + answer.text, said
    location = answer.headers.get("Location", "/")
    assert re.match(r"/(?!/)", location), said


async def test_a_stray_slash_leads_to_the_page_of_this_site(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/status/?q=1", headers=HEADERS)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/status?q=1")
    elsewhere = await client.get("//elsewhere.example.invalid/status/", headers=HEADERS)
    assert "elsewhere" not in elsewhere.headers.get("Location", "")


@pytest.mark.parametrize("path", ["/static/app.css", "/static/htmx/htmx.min.js"])
async def test_what_is_the_same_for_everybody_is_kept_and_asked_about(client: httpx2.AsyncClient, path: str) -> None:
    first = await client.get(path)
    assert first.headers["Cache-Control"] == "no-cache"
    again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    head = await client.head(path)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    ("proxies", "proto", "safe"),
    [
        ("127.0.0.0/8", ["https"], True),
        ("127.0.0.0/8", ["https, http"], False),
        ("127.0.0.0/8", ["http", "HTTPS"], True),
        ("127.0.0.0/8", [], False),
        ("192.0.2.1", ["https"], False),
    ],
)
async def test_cookies_are_for_tls_only_where_a_trusted_proxy_says_that_the_page_came_so(
    office: Office, client: httpx2.AsyncClient, proxies: str, proto: list[str], safe: bool
) -> None:
    office.settings.trusted_proxies = proxies
    lines = [("X-Forwarded-Proto", one) for one in proto]
    answer = await client.post("/display", data={"size": "large", "next": "/"}, headers=lines)
    assert ("Secure" in answer.headers["Set-Cookie"]) is safe
