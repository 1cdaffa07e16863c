"""Applicants are told by mail and by another program: only where they confirmed, at least once, with nothing personal.

Real SMTP on a loopback socket, a real HTTP receiver; the worker's job is called as the worker calls it.
"""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from intake_api.office import Office
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.contract.test_staff import CONFIRM
from tests.contract.test_workflow import taken
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.fakes.smtp import MailServer
from tests.samples import application

Json = dict[str, Any]
Own = tuple[str, str]
SITE = "https://gk.example.invalid"
ADDRESS = "zhangsan@example.invalid"
SECRET = "a-secret-for-messages"
# Where nothing is asked of the database that another test here does not ask of both kinds.
ONE_KIND = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


class Gateway(ThreadingHTTPServer):
    """A receiver of messages that checks their signature; `status` is its answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receives)
        self.got: list[Json] = []
        self.status = 202


class _Receives(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = self.headers["X-Gongkai-Timestamp"].encode() + b"." + body
        told = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        right = self.headers["X-Gongkai-Signature"] == f"sha256={told}"
        if right and self.server.status < 300:
            self.server.got.append(json.loads(body))
        self.send_response(self.server.status if right else 401)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    running = Gateway()
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
async def office(
    db_url: str, tmp_path: Path, clock: SettableClock, server: MailServer, gateway: Gateway
) -> AsyncIterator[Office]:
    settings = Settings.load(
        {"data": tmp_path / "data", "database_url": db_url, "smtp_url": server.url, "public_url": SITE}
        | {"mail_from": "gk@example.invalid", "messages_secret": SECRET, "messages_name": "政务短信"}
        | {"messages_url": f"http://127.0.0.1:{gateway.server_address[1]}/told"}
    )
    office = build_office(settings, DIRECTORY, KeywordClassifier, clock)
    await office.triage.start()
    yield office
    await office.db.dispose()


async def filed(client: httpx2.AsyncClient, **changes: Any) -> Own:
    receipt = (await client.post("/api/v1/requests", json=application(**changes))).json()
    return receipt["number"], receipt["query_code"]


async def wants(
    client: httpx2.AsyncClient, own: Own, channel: str = "email", address: str = ADDRESS
) -> httpx2.Response:
    path, headers = f"/api/v1/requests/{own[0]}/telling", {"X-Query-Code": own[1]}
    return await client.put(path, json={"channel": channel, "address": address}, headers=headers)


def link_in(text: str, page: str) -> dict[str, str]:
    """Number and token of the link to a page in a message."""
    (found,) = {one for one in re.findall(rf"{SITE}\S+", text) if urlsplit(one).path == page}
    return {name: value for name, (value,) in parse_qs(urlsplit(found).query).items()}


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def followed(client: httpx2.AsyncClient, office: Office, server: MailServer, own: Own) -> None:
    """Confirm the address of a case, and forget the mails of that."""
    assert (await wants(client, own)).status_code == 200
    await office.post.deliver({})
    answer = await client.post("/status/follow", data=link_in(text_of(server.got[-1]), "/status/follow"))
    assert answer.status_code == 200, answer.text
    await office.post.deliver({})
    server.got.clear()


async def results(staff: httpx2.AsyncClient, own: Own) -> list[tuple[str, str | None, bool]]:
    items = (await staff.get(f"/api/v1/staff/cases/{own[0]}/messages")).json()["items"]
    return [(one["kind"], one["result"], bool(one["delivered_at"])) for one in items]


@ONE_KIND
async def test_nothing_but_a_question_goes_to_an_address_before_its_link_is_opened(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    own = await filed(client)
    view = (await wants(client, own)).json()["telling"]
    assert view == {
        "offered": ["email", "sms"],
        "items": [{"channel": "email", "shown": "zh…@example.invalid", "confirmed": False}],
    }
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    await office.post.deliver({})
    (question,) = server.got
    said = text_of(question) + question["Subject"]
    assert question["To"] == ADDRESS
    assert [word for word in ("张三", own[1], "老旧小区", "补正") if word in said] == []
    link = link_in(said, "/status/follow")
    page = await client.get("/status/follow", params=link)
    assert (page.status_code, "确认接收" in page.text) == (200, True)
    assert (await client.get(f"/api/v1/requests/{own[0]}", headers={"X-Query-Code": own[1]})).json()["telling"][
        "items"
    ][0]["confirmed"] is False, "a scanner that opens the link confirms nothing"
    assert (await client.post("/status/follow", data=link)).status_code == 200
    assert (await client.post("/status/follow", data=link)).status_code == 404, "once"
    await office.post.deliver({})
    receipt = server.got[-1]
    assert receipt["Subject"] == f"申请 {own[0]} 已经登记"
    assert own[1] not in text_of(receipt)


@ONE_KIND
async def test_every_step_is_told_with_its_day_and_no_code_nor_name(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    own = await filed(client)
    await followed(client, office, server, own)
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    answer = await client.post(
        f"/api/v1/requests/{own[0]}/supplements", json={"text": "2025年的批复"}, headers={"X-Query-Code": own[1]}
    )
    assert answer.status_code == 200
    await staff.post(f"/api/v1/staff/cases/{own[0]}/confirmation", json=CONFIRM)
    await office.post.deliver({})
    told = [text_of(message) for message in server.got]
    assert len(told) == 3
    assert "答复期限：2026年12月18日。" in told[1]
    for message in server.got:
        assert message["Subject"] == f"申请 {own[0]} 有新的进展"
        html = message.get_body(("html",))
        assert html is not None
        everything = message["Subject"] + text_of(message) + str(html.get_content())
        assert [word for word in ("张三", own[1], "13800000000", "老旧小区") if word in everything] == []
        assert message["List-Unsubscribe"]
    items = (await staff.get(f"/api/v1/staff/cases/{own[0]}/messages")).json()["items"]
    assert [(one["channel"], one["kind"]) for one in items[-2:]] == [("email", "receipt"), ("email", "confirm")]
    page = await client.get("/status/unfollow", params=link_in(told[0], "/status/unfollow"))
    assert "停用" in page.text
    done = await client.post("/status/unfollow", data=link_in(told[0], "/status/unfollow"))
    assert done.status_code == 200
    server.got.clear()
    await client.post(f"/api/v1/requests/{own[0]}/withdrawal", headers={"X-Query-Code": own[1]})
    await office.post.deliver({})
    assert server.got == []


async def test_a_server_that_is_away_costs_nothing_and_one_that_refuses_is_shown_to_the_clerk(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer, clock: SettableClock
) -> None:
    own = await filed(client)
    await followed(client, office, server, own)
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    server.open = False
    for _ in range(20):
        await office.post.deliver({})
        clock.moment += timedelta(hours=3)
    clock.moment += timedelta(hours=10)
    assert (await results(staff, own))[0] == ("news", "unreachable", False)
    server.open = True
    server.greylisted.add("zhangsan")
    await office.post.deliver({})
    assert (await results(staff, own))[0] == ("news", "later", False)
    server.greylisted.clear()
    server.silent.add("zhangsan")
    clock.moment += timedelta(minutes=30)
    await office.post.deliver({})
    assert (await results(staff, own))[0] == ("news", "doubtful", False)
    server.silent.clear()
    clock.moment += timedelta(hours=2)
    await office.post.deliver({})
    assert (await results(staff, own))[0] == ("news", None, True)
    first, second = server.got
    assert first["Message-ID"] == second["Message-ID"]
    assert [one["Subject"].startswith("（可能重复）") for one in server.got] == [False, True]
    server.unknown.add("zhangsan")
    await client.post(
        f"/api/v1/requests/{own[0]}/supplements", json={"text": "2025年的批复"}, headers={"X-Query-Code": own[1]}
    )
    await office.post.deliver({})
    assert (await results(staff, own))[0] == ("news", "refused", True)


@ONE_KIND
async def test_a_message_is_sent_again_by_staff_but_for_links_that_are_used_once(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    own = await filed(client)
    await followed(client, office, server, own)
    items = (await staff.get(f"/api/v1/staff/cases/{own[0]}/messages")).json()["items"]
    by_kind = {one["kind"]: one["id"] for one in items}
    path = f"/api/v1/staff/cases/{own[0]}/messages"
    assert (await staff.post(f"{path}/{by_kind['receipt']}")).status_code == 200
    assert (await staff.post(f"{path}/{by_kind['confirm']}")).status_code == 404
    await office.post.deliver({})
    (again,) = server.got
    assert again["Subject"] == f"（再次发送）申请 {own[0]} 已经登记"
    other = await filed(client)
    answer = await staff.post(f"/api/v1/staff/cases/{other[0]}/messages/{by_kind['receipt']}")
    assert answer.status_code == 404, "a message of another case"


@ONE_KIND
async def test_by_night_only_what_the_reader_waits_for_goes_out(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer, clock: SettableClock
) -> None:
    own, night = await filed(client), clock.moment.replace(hour=15)  # 23:00 in Shanghai
    await followed(client, office, server, own)
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    other = await filed(client)
    assert (await wants(client, other)).status_code == 200
    clock.moment = night
    await office.post.deliver({})
    assert [message["Subject"] for message in server.got] == [f"请确认：用它接收申请 {other[0]} 的办理进展"]
    clock.moment = night + timedelta(hours=8, minutes=1)
    await office.post.deliver({})
    assert server.got[-1]["Subject"] == f"申请 {own[0]} 有新的进展"


@ONE_KIND
async def test_another_program_gets_signed_json_and_its_answers_mean_what_those_of_mail_mean(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, gateway: Gateway, clock: SettableClock
) -> None:
    own = await filed(client)
    assert (await wants(client, own, "sms", "138 1234 0002")).status_code == 200
    gateway.status = 503
    await office.post.deliver({})
    assert (await results(staff, own))[0] == ("confirm", "later", False)
    gateway.status = 202
    clock.moment += timedelta(minutes=10)
    await office.post.deliver({})
    (question,) = gateway.got
    assert (question["to"], question["kind"], question["repeated"]) == ("13812340002", "confirm", False)
    assert question["link"] in question["text"]
    assert (await client.post("/status/follow", data=link_in(question["link"], "/status/follow"))).status_code == 200
    gateway.status = 410
    await office.post.deliver({})
    assert (await results(staff, own))[0] == ("receipt", "refused", True)


async def test_a_lost_code_is_recovered_by_the_confirmed_address_and_the_old_one_stops(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer, clock: SettableClock
) -> None:
    headers = {"Idempotency-Key": "one-application"}
    receipt = (await client.post("/api/v1/requests", json=application(), headers=headers)).json()
    own = receipt["number"], receipt["query_code"]
    pages = [await client.post("/status/lost", data={"number": own[0], "address": ADDRESS})]
    await office.post.deliver({})
    assert server.got == [], "nobody confirmed it"
    await followed(client, office, server, own)
    given = [(own[0], ADDRESS), (own[0], "other@example.invalid"), ("SF-2026-99999", ADDRESS), (own[0], ADDRESS)]
    pages += [await client.post("/status/lost", data={"number": n, "address": a}) for n, a in given]
    assert {(page.status_code, page.text) for page in pages} == {(200, pages[0].text)}
    await office.post.deliver({})
    (mail,) = server.got
    link = link_in(text_of(mail), "/status/code")
    assert (await client.get("/status/code", params=link)).status_code == 200
    answer = await client.post("/status/code", data=link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/status/receipt")
    page = await client.get("/status/receipt", headers={"Cookie": answer.headers["set-cookie"].partition(";")[0]})
    new = re.search(r'id="receipt-code">([^<]+)<', page.text)
    assert new is not None
    assert (await client.post("/status/code", data=link)).status_code == 404, "once"
    opens = [
        (await client.get(f"/api/v1/requests/{own[0]}", headers={"X-Query-Code": code})).status_code
        for code in (own[1], new[1])
    ]
    assert opens == [404, 200]
    replayed = (await client.post("/api/v1/requests", json=application(), headers=headers)).json()
    assert replayed["query_code"] == new[1], "the answer that is given again holds the code that opens"
    events = (await staff.get(f"/api/v1/staff/cases/{own[0]}")).json()["events"]
    assert (events[-1]["type"], events[-1]["by"]) == ("code_renewed", "申请人")
    assert (await office.verified())[1] is None


@ONE_KIND
async def test_a_link_for_a_new_code_ends_after_half_an_hour(
    client: httpx2.AsyncClient, office: Office, server: MailServer, clock: SettableClock
) -> None:
    own = await filed(client)
    await followed(client, office, server, own)
    await client.post("/status/lost", data={"number": own[0], "address": ADDRESS})
    await office.post.deliver({})
    clock.moment += timedelta(minutes=31)
    link = link_in(text_of(server.got[0]), "/status/code")
    assert (await client.post("/status/code", data=link)).status_code == 404


@ONE_KIND
async def test_at_the_counter_a_new_code_is_given_on_record(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    own = await filed(client)
    receipt = (await staff.post(f"/api/v1/staff/cases/{own[0]}/query-code")).json()
    opens = [
        (await client.get(f"/api/v1/requests/{own[0]}", headers={"X-Query-Code": code})).status_code
        for code in (own[1], receipt["query_code"])
    ]
    assert opens == [404, 200]
    events = (await staff.get(f"/api/v1/staff/cases/{own[0]}")).json()["events"]
    assert (events[-1]["type"], events[-1]["by"]) == ("code_renewed", "chengban")


async def test_a_missed_day_is_told_once_with_what_may_be_done(
    client: httpx2.AsyncClient, office: Office, server: MailServer, clock: SettableClock
) -> None:
    own, _other = await filed(client), await filed(client)
    await followed(client, office, server, own)
    clock.moment += timedelta(days=30)
    for _ in range(2):
        await office.following.tell_late({})
        await office.post.deliver({})
    (late,) = server.got
    assert "2026年12月18日" in text_of(late)
    assert "行政复议" in text_of(late)
    async with office.db.read() as session:
        assert list(await office.outbox.told(session, "overdue")) == [int(own[0][-5:])]


@ONE_KIND
async def test_nobody_is_flooded_through_us(client: httpx2.AsyncClient, office: Office, server: MailServer) -> None:
    own = await filed(client)
    answers = [(await wants(client, own, address=f"one{n}@example.invalid")).status_code for n in range(7)]
    assert answers == [200] * 5 + [409] * 2
    assert (await wants(client, own, address="no address")).json()["error"]["code"] == "email_invalid"


@ONE_KIND
async def test_the_form_asks_and_the_question_goes_out(
    client: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    form = {"description": "申请公开老旧小区改造计划", "who": "natural", "applicant.type": "natural"}
    form |= {"applicant.name": "张三", "delivery.medium": "electronic", "delivery.way": "download", "tell_email": "1"}
    form |= {"applicant.phone": "13800000000", "addressee": "city"}
    refused = await client.post("/apply", data=form)
    assert "要用电子邮件收到进展" in refused.text
    assert 'name="tell_email" value="1" checked' in refused.text
    sent = [await client.post("/apply", data=form | {"applicant.email": ADDRESS, "key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]
    await office.post.deliver({})
    assert [message["To"] for message in server.got] == [ADDRESS]
