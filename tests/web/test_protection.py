"""Headers, cookies, forged posts, errors as pages: what a browser cannot be talked into."""

import re

import httpx2
import pytest

from intake_api.app import create_app
from intake_api.web.security import local_path
from tests.web.conftest import PASSWORD, Site

HTML = {"Accept": "text/html,*/*"}


@pytest.fixture
def client(site: Site) -> httpx2.Client:
    with httpx2.Client(base_url=site.url, headers=HTML) as client:
        yield client


def signed_in(client: httpx2.Client, name: str = "jingban") -> str:
    """Sign in; the session's CSRF token as the pages carry it."""
    answer = client.post("/staff/sign-in", data={"username": name, "password": PASSWORD})
    assert answer.status_code == 303
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/staff").text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["/", "/static/app.css", "/api/v1/published?q=x", "/nowhere", "/static/nowhere.js"])
def test_every_answer_carries_the_policy(client: httpx2.Client, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_have_no_inline_script_or_style_and_nothing_from_elsewhere(client: httpx2.Client, site: Site) -> None:
    for path in ("/", "/apply", "/chat", "/status", "/staff/sign-in"):
        html = client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
        # the empty form may be kept, so that going back finds the key it was sent with
        assert client.get(path).headers["cache-control"] == ("private, no-cache" if path == "/apply" else "no-store")


def test_the_form_never_asks_what_the_information_is_for(client: httpx2.Client) -> None:
    html = client.get("/apply").text
    assert not re.search(r'name="[^"]*(?:purpose|usage|用途)', html)


def test_session_cookies_are_out_of_reach_of_scripts_and_other_sites(client: httpx2.Client) -> None:
    answer = client.post("/staff/sign-in", data={"username": "jingban", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/staff" in cookie


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.invalid"}])
def test_a_post_started_by_another_site_is_refused(client: httpx2.Client, headers: dict[str, str]) -> None:
    for path in ("/apply", "/status", "/display", "/staff/sign-in"):
        answer = client.post(path, data={}, headers=headers)
        assert answer.status_code == 403
        assert "csrf_failed" in answer.text


def test_a_staff_post_needs_the_token_of_its_session(client: httpx2.Client, site: Site) -> None:
    number = site.submit()["number"]
    token = signed_in(client)
    choice = {"department": "housing", "disposition": "public"}
    for wrong in ({}, {"csrf": "x"}, {"csrf": "令牌"}):
        assert client.post(f"/staff/cases/{number}/confirmation", data=choice | wrong).status_code == 403
    assert client.post(f"/staff/cases/{number}/confirmation", data=choice | {"csrf": token}).status_code == 303


@pytest.mark.parametrize("path", ["", "/cases/new", "/cases/SF-2026-00001", "/receipt"])
def test_no_staff_page_without_a_session(client: httpx2.Client, path: str) -> None:
    client.cookies.set("gongkai_staff", "made-up", path="/staff")
    answer = client.get("/staff" + path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/staff/sign-in?next=")


def test_signing_in_never_leads_to_another_host(client: httpx2.Client) -> None:
    for onward in ("https://elsewhere.invalid/", "//elsewhere.invalid", "/\\elsewhere.invalid"):
        data = {"username": "jingban", "password": PASSWORD, "next": onward}
        assert client.post("/staff/sign-in", data=data).headers["location"] == "/staff"
        assert local_path(onward) == "/"


def test_a_made_up_case_cookie_shows_nothing(client: httpx2.Client, site: Site) -> None:
    number = site.submit()["number"]
    client.cookies.set("gongkai_case", f"{number}%20AAAA-BBBB-CCCC", path="/status")
    answer = client.get("/status/case")
    assert answer.status_code == 404
    assert number not in answer.text


def test_an_error_is_a_page_for_people_and_json_for_programs(client: httpx2.Client) -> None:
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "<h1>没有找到</h1>" in page.text
    assert client.get("/nowhere", headers={"Accept": "application/json"}).json()["error"]["code"] == "not_found"
    assert client.get("/api/v1/nowhere").json()["error"]["code"] == "not_found"


async def test_an_unforeseen_error_is_a_page_that_gives_nothing_away(site: Site) -> None:
    app = create_app(site.office, work=False)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("张三 11010519491231002X")

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=HTML) as http:
        answer = await http.get("/broken")
    assert answer.status_code == 500
    assert "<h1>系统出了差错</h1>" in answer.text
    assert "张三" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_while_the_chat_is_starting_what_was_said_is_kept(site: Site) -> None:
    app = create_app(site.office, work=False)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=HTML) as http:
        answer = await http.post("/chat", data={"text": "征地补偿方案"})
    assert "在线对话正在启动" in answer.text
    assert "征地补偿方案</textarea>" in answer.text


def test_a_body_of_fifty_megabytes_is_refused_in_words(client: httpx2.Client) -> None:
    body = b"a=" + b"b" * 50_000_000
    answer = client.post("/apply", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413
    assert "太大" in answer.text


@pytest.mark.parametrize(
    "asked", ["", "好", "\x00\x01", "<script>alert(1)</script>", "🎉🎉🎉", "字" * 10_001, "' OR 1=1 --", "{{ 7*7 }}"]
)
def test_hostile_or_useless_descriptions_give_a_page_that_quotes_them_safely(client: httpx2.Client, asked: str) -> None:
    answer = client.post("/apply", data={"description": asked, "applicant.name": "张三"})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "还不能提交" in answer.text


def test_a_post_with_no_form_at_all_is_answered_in_words(client: httpx2.Client) -> None:
    for path in ("/apply", "/status"):
        answer = client.post(path, content=b"\xff\xfe{", headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        broken = client.post(path, content=b"--x", headers={"Content-Type": "multipart/form-data; boundary=x"})
        assert broken.status_code == 422


def test_a_citizen_cannot_choose_the_channel(client: httpx2.Client, site: Site) -> None:
    data = {
        "addressee": "city",
        "description": "申请公开示例区老旧小区改造计划。",
        "who": "natural",
        "applicant.name": "张三",
        "applicant.phone": "13800000000",
        "delivery.medium": "electronic",
        "delivery.way": "download",
        "channel": "counter",
    }
    assert client.post("/apply", data=data).status_code == 303
    number = re.search(r">(\S+-2026-\d+)<", client.get("/status/receipt").text)
    assert number
    signed_in(client)
    assert "网上申请表" in client.get(f"/staff/cases/{number[1]}").text


def test_a_department_that_does_not_exist_is_refused_and_nothing_is_decided(client: httpx2.Client, site: Site) -> None:
    number = site.submit()["number"]
    token = signed_in(client)
    answer = client.post(
        f"/staff/cases/{number}/confirmation", data={"csrf": token, "department": "nobody", "disposition": "public"}
    )
    assert answer.status_code == 422
    assert "nobody" in answer.text
    assert "分给谁、怎样处理" in answer.text
