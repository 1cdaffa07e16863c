"""Guessing passwords: counted before they are looked at, slow, and no way to keep somebody else out."""

import asyncio
from collections import Counter
from datetime import timedelta

import httpx2
import pytest

from intake_api.app import create_app
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.people.passwords import Passwords
from intake_api.people.service import Caller, PeopleService
from tests.conftest import SettableClock
from tests.fakes.office import CHEAP

RIGHT = "a long password"
SIX = ["wrong_credentials"] * 5 + ["account_locked"]  # what six wrong tries are told
HERE, ELSEWHERE = Caller("192.0.2.1"), Caller("198.51.100.9")


@pytest.fixture(autouse=True)
async def zhang(office: Office) -> None:
    await office.people.add("zhang", "clerk", None, RIGHT)


async def told(people: PeopleService, password: str, caller: Caller = HERE, name: str = "zhang") -> str:
    try:
        await people.sign_in(name, password, caller=caller)
    except Failure as failure:
        return failure.code
    return "signed in"


class Counting(Passwords):
    """Passwords that keep what they were asked about."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.looked_at: list[str] = []

    async def verify(self, password: str, stored: str | None) -> bool:
        self.looked_at.append(password)
        return await super().verify(password, stored)


async def test_of_forty_guesses_at_once_five_are_looked_at_and_the_right_one_is_not_told_apart(office: Office) -> None:
    passwords = Counting()
    people = PeopleService(office.db, office.vault, office.clock, passwords)
    guesses = [f"guess {n}" for n in range(39)] + [RIGHT]
    answers = await asyncio.gather(*(told(people, guess) for guess in guesses))
    assert len(passwords.looked_at) == 5
    assert RIGHT not in passwords.looked_at
    # those for whom the queue had no place were not even counted
    assert Counter(answers) == {"wrong_credentials": 5, "account_locked": 27, "sign_in_busy": 8}
    assert answers[-1] in ("account_locked", "sign_in_busy")


async def test_who_fails_elsewhere_keeps_nobody_out(office: Office) -> None:
    assert [await told(office.people, "wrong", ELSEWHERE) for _ in range(6)] == ["wrong_credentials"] * 5 + [
        "account_locked"
    ]
    assert await told(office.people, RIGHT, ELSEWHERE) == "account_locked"
    assert await told(office.people, RIGHT, HERE) == "signed in"


async def test_guesses_from_everywhere_have_to_wait_and_a_known_browser_does_not(office: Office) -> None:
    device = (await office.people.sign_in("zhang", RIGHT, caller=HERE)).device
    answers = [await told(office.people, "wrong", Caller(f"203.0.113.{n}")) for n in range(35)]
    assert answers == ["wrong_credentials"] * 30 + ["account_locked"] * 5
    assert await told(office.people, RIGHT, Caller("203.0.113.99")) == "account_locked"
    assert await told(office.people, RIGHT, Caller("203.0.113.99", device)) == "signed in"
    assert await told(office.people, RIGHT, Caller("203.0.113.99", device.swapcase())) == "account_locked"
    assert await told(office.people, "wrong", Caller("203.0.113.99", device), name="li") == "wrong_credentials"


async def test_a_known_browser_is_counted_too(office: Office) -> None:
    known = Caller("192.0.2.1", (await office.people.sign_in("zhang", RIGHT, caller=HERE)).device)
    assert [await told(office.people, "wrong", known) for _ in range(6)] == ["wrong_credentials"] * 5 + [
        "account_locked"
    ]
    assert await told(office.people, RIGHT, known) == "account_locked"


async def test_the_wait_grows_and_a_right_password_ends_it(office: Office, clock: SettableClock) -> None:
    for _ in range(5):
        await told(office.people, "wrong")
    for minutes in (1, 2, 4, 8, 15, 15):
        clock.moment += timedelta(minutes=minutes, seconds=-1)
        assert await told(office.people, RIGHT) == "account_locked"
        clock.moment += timedelta(seconds=1)
        assert await told(office.people, "wrong") == "wrong_credentials"
    clock.moment += timedelta(minutes=15)
    assert await told(office.people, RIGHT) == "signed in"
    assert [await told(office.people, "wrong") for _ in range(5)] == ["wrong_credentials"] * 5


async def test_the_old_password_cannot_be_guessed_in_a_session_either(office: Office) -> None:
    account = (await office.people.sign_in("zhang", RIGHT, caller=HERE)).account
    answers = []
    for _ in range(6):
        with pytest.raises(Failure) as refused:
            await office.people.change_password(account, "wrong", "a new long one", caller=HERE)
        answers.append(refused.value.code)
    assert answers == SIX
    assert await told(office.people, RIGHT, HERE) == "account_locked"  # one counter for both


async def test_a_new_password_that_is_refused_is_no_guess(office: Office) -> None:
    account = (await office.people.sign_in("zhang", RIGHT, caller=HERE)).account
    for _ in range(7):
        with pytest.raises(Failure, match="password_too_short"):
            await office.people.change_password(account, RIGHT, "short", caller=HERE)
    assert await office.people.change_password(account, RIGHT, "a new long one", caller=HERE)


async def test_the_addresses_of_the_api_and_the_cookie_of_the_console_are_what_counts(office: Office) -> None:
    office.settings.trusted_proxies = "127.0.0.1"
    transport = httpx2.ASGITransport(create_app(office, work=False), client=("127.0.0.1", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        form = {"username": "zhang", "password": RIGHT}
        kept = dict((await http.post("/staff/sign-in", data=form)).cookies)
        http.cookies.clear()
        for n in range(30):
            headers = {"X-Forwarded-For": f"203.0.113.{n}"}
            answer = await http.post("/api/v1/staff/tokens", json=form | {"password": "wrong"}, headers=headers)
            assert answer.json()["error"]["code"] == "wrong_credentials"
        answer = await http.post("/api/v1/staff/tokens", json=form)
        assert answer.json()["error"]["code"] == "account_locked"
        assert int(answer.headers["Retry-After"]) == 60
        assert (await http.post("/staff/sign-in", data=form)).status_code == 429
        http.cookies.set("gongkai_device", kept["gongkai_device"], path="/staff")
        assert (await http.post("/staff/sign-in", data=form)).status_code == 303
