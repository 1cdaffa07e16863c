"""What a review found and must not come back: odd bytes, forged facts, replays, lockouts."""

from datetime import timedelta

import httpx2
import pyotp
import pytest
from starlette.requests import Request

from intake_api.kit.errors import Failure
from intake_api.kit.limits import client_of
from intake_api.office import Office
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.contract.test_staff import confirm, submitted
from tests.samples import APPLICATION, applicant, application

ODD_BODIES = [b"\xff\xfe{", b"[" * 5000, b'{"kind": ' + b"9" * 5000 + b"}", b"\x00", b"null", b'"text"']


@pytest.mark.parametrize("body", ODD_BODIES)
@pytest.mark.parametrize("path", ["/api/v1/requests", "/api/v1/requests/check", "/api/v1/suggestions"])
async def test_no_body_is_an_internal_error(client: httpx2.AsyncClient, path: str, body: bytes) -> None:
    answer = await client.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] in ("invalid_json", "invalid_request")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/requests/%00",
        "/api/v1/requests/%F0%9F%98%80",
        "/api/v1/chat/%0a/messages",
        "/api/v1/chat/" + "x" * 7_000 + "/messages",
        "/api/v1/staff/cases/%00",
        "/api/v1/staff/cases?q=%00&status=%00&department=%00",
        "/api/v1/staff/cases?cursor=WyIyMDI2LTExLTIwIiwgMWU5OTldxx",
        "/api/v1/staff/cases?cursor=WyIyMDI2LTExLTIwIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
        "/api/v1/published?q=%00%27%22",
    ],
)
async def test_no_address_is_an_internal_error(staff: httpx2.AsyncClient, path: str) -> None:
    answer = await staff.get(path, headers={"X-Query-Code": "x" * 500})
    assert answer.status_code in (200, 404, 422)


async def test_a_method_that_is_not_served_says_which_are(client: httpx2.AsyncClient) -> None:
    answer = await client.put("/api/v1/requests")
    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"
    assert "POST" in answer.headers["Allow"]


async def test_a_replay_repeats_the_first_answer_whatever_has_become_of_the_case(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    first = await client.post("/api/v1/requests", json=APPLICATION, headers={"Idempotency-Key": "once"})
    await confirm(staff, first.json()["number"])
    again = await client.post("/api/v1/requests", json=APPLICATION, headers={"Idempotency-Key": "once"})
    assert again.json() == first.json()


@pytest.mark.parametrize("field", ["id_number", "phone"])
async def test_digits_of_other_scripts_are_not_numbers(client: httpx2.AsyncClient, field: str) -> None:
    arabic = APPLICATION["applicant"][field].translate({ord("1"): "١", ord("0"): "٠"})
    answer = await client.post("/api/v1/requests", json=applicant(**{field: arabic}))
    assert answer.status_code == 422


@pytest.mark.parametrize("day", [0, 1_700_000_000, 1.5, True, "2026-2-3", "0001-01-01"])
async def test_a_day_is_a_written_date_and_nothing_else(staff: httpx2.AsyncClient, day: object) -> None:
    body = application(kind="correction", channel="counter", receipt_basis="counter", received_on=day)
    answer = await staff.post("/api/v1/staff/cases", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "date_invalid"


async def test_words_never_enter_the_chain_and_a_reason_is_kept_sealed(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client, kind="correction")
    path = f"/api/v1/staff/cases/{number}/events"
    await confirm(staff, number)
    smuggled = await staff.post(path, json={"type": "withdrawn", "ref": "张三 13800000000"})
    assert smuggled.status_code == 409
    assert smuggled.json()["error"]["reason"] == "unknown_field"
    assert {step["code"] for step in smuggled.json()["error"]["allowed"]} >= {"voided", "withdrawn"}
    voided = await staff.post(path, json={"type": "voided", "ref": "e2", "reason": "张三本人来电说日期记错了"})
    event = voided.json()["events"][-1]
    assert (event["data"], event["note"]) == ({"ref": "e2"}, "张三本人来电说日期记错了")


@pytest.mark.parametrize(
    "event", [{"type": "voided"}, {"type": "voided", "ref": "e99"}, {"type": "voided", "ref": "e1"}]
)
@pytest.mark.parametrize("kind", ["disclosure", "correction"])
async def test_only_events_of_the_clock_can_be_voided(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, kind: str, event: dict[str, str]
) -> None:
    number = await submitted(client, kind=kind)
    answer = await staff.post(f"/api/v1/staff/cases/{number}/events", json=event)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "impossible_event"


async def test_a_confirmation_is_no_event_that_can_be_recorded(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client)
    for step in ("confirm", "confirmed", "correct", "submitted", "nonsense"):
        answer = await staff.post(f"/api/v1/staff/cases/{number}/events", json={"type": step})
        assert answer.json()["error"]["code"] == "step_not_allowed"


async def test_a_mistaken_receipt_is_voided_and_dated_anew(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = await submitted(client)
    path = f"/api/v1/staff/cases/{number}/events"
    open_again = (await staff.post(path, json={"type": "voided", "ref": "e2"})).json()
    assert (open_again["status"], open_again["clock"]) == ("registered", None)
    case = (await staff.post(path, json={"type": "received", "on": "2026-11-19", "basis": "internet"})).json()
    assert (case["received_on"], case["due_on"]) == ("2026-11-19", "2026-12-17")
    assert await office.verified() == (1, None)


async def test_an_unknown_name_is_locked_like_a_known_one(client: httpx2.AsyncClient, office: Office) -> None:
    await office.people.add("zhang", "clerk", None, "a long password")

    async def attempts(name: str) -> list[str]:
        body = {"username": name, "password": "wrong"}
        answers = [await client.post("/api/v1/staff/tokens", json=body) for _ in range(6)]
        return [answer.json()["error"]["code"] for answer in answers]

    assert await attempts("zhang") == await attempts("nobody") == ["wrong_credentials"] * 5 + ["account_locked"]


async def test_a_lock_ends_and_a_new_password_lifts_it(office: Office, clock: SettableClock) -> None:
    await office.people.add("zhang", "clerk", None, "a long password")
    for _ in range(5):
        with pytest.raises(Failure, match="wrong_credentials"):
            await office.people.sign_in("zhang", "wrong")
    clock.moment += timedelta(minutes=16)
    assert await office.people.sign_in("zhang", "a long password")
    for _ in range(5):
        with pytest.raises(Failure, match="wrong_credentials"):
            await office.people.sign_in("zhang", "wrong")
    await office.people.set_password("zhang", "another password")
    assert await office.people.sign_in("zhang", "another password")


async def test_a_totp_code_is_good_once(office: Office, clock: SettableClock) -> None:
    await office.people.add("zhang", "clerk", None, "a long password")
    secret = pyotp.parse_uri(await office.people.reset_totp("zhang"))
    assert isinstance(secret, pyotp.TOTP)
    code = secret.at(clock.moment)
    assert await office.people.sign_in("zhang", "a long password", code)
    for wrong in (code, None, "", "١٢٣٤٥٦"):
        with pytest.raises(Failure, match="wrong_credentials"):
            await office.people.sign_in("zhang", "a long password", wrong)


@pytest.mark.parametrize(
    ("peer", "lines", "client"),
    [
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),
        ("192.0.2.1", ["203.0.113.9"], "203.0.113.9"),
        ("192.0.2.1", ["10.0.0.1", "203.0.113.9"], "203.0.113.9"),
        ("192.0.2.1", ["10.0.0.1, 203.0.113.9, 192.0.2.1"], "203.0.113.9"),
        ("::ffff:192.0.2.1", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:198.51.100.7", [], "198.51.100.7"),
        ("2001:db8::1:2", [], "2001:db8::/64"),
    ],
)
def test_only_trusted_proxies_say_who_is_behind_them(peer: str, lines: list[str], client: str) -> None:
    settings = Settings.load({"trusted_proxies": "192.0.2.1"})
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    request = Request({"type": "http", "headers": headers, "client": (peer, 1)})
    assert client_of(request, settings.proxies, "key") == client
