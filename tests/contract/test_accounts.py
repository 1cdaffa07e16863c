"""Accounts: one-time passwords, changing them, looking up cases as people type numbers."""

from datetime import timedelta

import httpx2
import pytest

from intake_api.kit.errors import Failure
from intake_api.office import Office
from tests.conftest import SettableClock
from tests.contract.test_staff import submitted
from tests.samples import applicant, application


async def test_a_password_that_was_made_up_is_temporary_until_it_is_changed(office: Office) -> None:
    made = await office.people.add("zhang", "clerk", None, None)
    first = await office.people.sign_in("zhang", made)
    assert first.account.temporary
    with pytest.raises(Failure, match="wrong_credentials"):
        await office.people.change_password(first.account, "not this one", "a new long one")
    with pytest.raises(Failure, match="password_too_short"):
        await office.people.change_password(first.account, made, "short")
    second = await office.people.change_password(first.account, made, "a new long one")
    assert not second.account.temporary
    assert await office.people.account_of(first.token) is None
    assert await office.people.account_of(second.token) == second.account
    assert not (await office.people.sign_in("zhang", "a new long one")).account.temporary


async def test_a_given_password_is_not_temporary(office: Office) -> None:
    await office.people.add("zhang", "clerk", None, "a long password")
    assert not (await office.people.sign_in("zhang", "a long password")).account.temporary


@pytest.mark.parametrize("way", ["sign_in", "change_password"])
async def test_a_password_that_is_reset_while_it_is_looked_at_opens_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    await office.people.add("zhang", "clerk", None, "a long password")
    account = (await office.people.sign_in("zhang", "a long password")).account
    verify = office.people._passwords.verify

    async def overtaken(password: str, stored: str | None) -> bool:
        good = await verify(password, stored)
        await office.people.set_password("zhang", "what the administrator gave")
        return good

    monkeypatch.setattr(office.people._passwords, "verify", overtaken)
    opened = (
        office.people.sign_in("zhang", "a long password")
        if way == "sign_in"
        else office.people.change_password(account, "a long password", "one that an intruder chose")
    )
    with pytest.raises(Failure, match="wrong_credentials"):
        await opened
    assert await office.people.sessions("zhang") == []
    monkeypatch.undo()
    assert await office.people.sign_in("zhang", "what the administrator gave")


def code(answer: httpx2.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return found


async def test_a_token_of_a_one_time_password_is_good_for_changing_it_only(
    client: httpx2.AsyncClient, office: Office
) -> None:
    number, made = await submitted(client), await office.people.add("zhang", "admin", None, None)
    asked = {"username": "zhang", "password": made}
    token = (await client.post("/api/v1/staff/tokens", json=asked)).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    for path in ("/staff/cases", f"/staff/cases/{number}", "/staff/reports/bulletin"):
        assert code(await client.get("/api/v1" + path)) == "password_change_required"
    assert code(await client.post(f"/api/v1/staff/cases/{number}/particulars")) == "password_change_required"
    change = {"old": made, "new": "a new long one"}
    assert code(await client.post("/api/v1/staff/password", json=change | {"old": "wrong"})) == "wrong_credentials"
    assert (
        code(await client.post("/api/v1/staff/password", json=change | {"new": "p4ssword1234"}))
        == "password_too_common"
    )
    fresh = (await client.post("/api/v1/staff/password", json=change)).json()["token"]
    assert code(await client.get("/api/v1/staff/cases")) == "sign_in_required"
    client.headers["Authorization"] = f"Bearer {fresh}"
    assert (await client.get("/api/v1/staff/cases")).status_code == 200


async def test_a_one_time_password_runs_out_and_only_who_knows_it_hears_so(
    office: Office, clock: SettableClock
) -> None:
    made = await office.people.add("zhang", "clerk", None, None)
    opened = await office.people.sign_in("zhang", made)
    clock.moment += timedelta(days=7)
    with pytest.raises(Failure, match="password_expired"):
        await office.people.sign_in("zhang", made)
    with pytest.raises(Failure, match="wrong_credentials"):
        await office.people.sign_in("zhang", "wrong")
    with pytest.raises(Failure, match="password_expired"):
        await office.people.change_password(opened.account, made, "a new long one")
    again = await office.people.set_password("zhang", None)
    assert (await office.people.sign_in("zhang", again)).account.temporary
    await office.people.set_password("zhang", "a new long one")
    clock.moment += timedelta(days=400)
    assert await office.people.sign_in("zhang", "a new long one")


async def test_a_disabled_account_comes_back_and_changes_its_place(office: Office) -> None:
    await office.people.add("zhang", "clerk", "education", "a long password")
    opened = await office.people.sign_in("zhang", "a long password")
    await office.people.disable("zhang")
    assert await office.people.account_of(opened.token) is None
    with pytest.raises(Failure, match="wrong_credentials"):
        await office.people.sign_in("zhang", "a long password")
    await office.people.enable("zhang")
    opened = await office.people.sign_in("zhang", "a long password")
    await office.people.reassign("zhang", "reviewer", whole_office=True)
    account = await office.people.account_of(opened.token)
    assert account
    assert (account.role, account.department) == ("reviewer", None)


@pytest.mark.parametrize("typed", ["sf202600001", "SF 2026 00001", " sf-2026-00001 "])
async def test_a_number_is_understood_as_people_type_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, typed: str
) -> None:
    number = await submitted(client)
    assert (await staff.get(f"/api/v1/staff/cases/{typed}")).json()["number"] == number


async def test_a_correction_is_understood_too(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await submitted(client, kind="correction")
    assert (await staff.get("/api/v1/staff/cases/sfgz202600001")).json()["number"] == number


def problems(office: Office, body: dict[str, object]) -> set[str]:
    return {problem.name for problem in office.cases.problems_of_form(body)}


async def test_a_form_is_told_everything_at_once(office: Office) -> None:
    body = applicant(id_number="123", phone="1390000") | {
        "description": "",
        "delivery": {"medium": "paper", "way": "post"},
    }
    assert problems(office, body) == {
        "applicant.id_number",
        "applicant.phone",
        "applicant.address",
        "description",
    }
    assert problems(office, application(delivery={"medium": "electronic", "way": "email"})) == {"applicant.email"}
    assert problems(office, {}) == {"applicant", "description", "delivery"}
    assert problems(office, application(delivery={"medium": "paper", "way": "counter"})) == set()


@pytest.mark.parametrize(("channel", "basis"), [("counter", "fax"), ("post", "internet"), ("email", "counter")])
async def test_the_basis_of_the_receipt_fits_the_channel(staff: httpx2.AsyncClient, channel: str, basis: str) -> None:
    body = application(channel=channel, receipt_basis=basis, received_on="2026-11-19")
    answer = await staff.post("/api/v1/staff/cases", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["name"] == "receipt_basis"


async def test_a_receipt_that_is_confirmed_later_fits_its_channel_too(staff: httpx2.AsyncClient) -> None:
    body = application(channel="fax", receipt_basis="fax")
    path = f"/api/v1/staff/cases/{(await staff.post('/api/v1/staff/cases', json=body)).json()['number']}/events"
    event = {"type": "received", "on": "2026-11-19"}
    answer = await staff.post(path, json=event | {"basis": "mail_signed"})
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["name"] == "basis"
    assert (await staff.post(path, json=event | {"basis": "fax"})).json()["received_on"] == "2026-11-19"


async def test_no_entry_is_older_than_the_receipt(staff: httpx2.AsyncClient) -> None:
    body = application(channel="counter", receipt_basis="counter", received_on="2026-11-19")
    path = f"/api/v1/staff/cases/{(await staff.post('/api/v1/staff/cases', json=body)).json()['number']}/events"
    assert (await staff.post(path, json={"type": "withdrawn", "on": "2026-11-19"})).status_code == 200
    answer = await staff.post(path, json={"type": "closed", "on": "2026-11-18"})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert "早于收到申请" in error["message"]
    assert "closed" in {step["code"] for step in error["allowed"]}
