"""What a password costs: in tests little, in the product what OWASP asks for; which ones are too easy."""

import asyncio
import os
import threading

import pytest
from argon2 import extract_parameters

from intake_api.kit.errors import Failure
from intake_api.people.attempts import wait
from intake_api.people.passwords import Passwords, refuse_weak
from tests.fakes.office import CHEAP

ASKED = "a long password"


async def test_the_product_hashes_at_full_cost() -> None:
    cost = extract_parameters(await Passwords().hash_new(ASKED, "zhang"))
    assert cost.type.name == "ID"
    assert cost.memory_cost >= 46 * 1024  # KiB, OWASP's dearest argon2id in memory
    assert cost.time_cost >= 1


async def test_a_cheap_hash_is_verified_like_any_other() -> None:
    stored = await Passwords(CHEAP).hash_new(ASKED, "zhang")
    assert await Passwords().verify(ASKED, stored)
    assert not await Passwords().verify("another password", stored)


async def test_nobody_has_no_password() -> None:
    assert not await Passwords(CHEAP).verify(ASKED, None)


async def test_all_hashing_shares_one_thread_that_stands_back() -> None:
    passwords = Passwords(CHEAP)

    def here() -> tuple[int, int]:
        return threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    found = set(await asyncio.gather(*(passwords._apart(here) for _ in range(8))))
    assert len(found) == 1
    assert found.pop()[1] > os.getpriority(os.PRIO_PROCESS, 0)


async def test_the_queue_is_bounded_and_served_one_at_a_time() -> None:
    passwords, at_once, go = Passwords(CHEAP, waiting=3), [0], asyncio.Event()

    async def sign_in() -> int:
        async with passwords.place():
            at_once[0] += 1
            await go.wait()
            at_once[0] -= 1
            return at_once[0]

    async with asyncio.TaskGroup() as crowd:
        waiting = [crowd.create_task(sign_in()) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Failure, match="sign_in_busy") as refused:
            await sign_in()
        go.set()
    assert refused.value.status == 503
    assert refused.value.headers["Retry-After"]
    assert [one.result() for one in waiting] == [0, 0, 0]
    assert await sign_in() == 0  # places that were given back are free again


COMMON = (
    "password123 1234567890 qwertyuiop P@ssw0rd123 woaini1314 5201314520 shouli2026 13800000000 admin123456 "
    "gongkai2026 aaaaaaaaaa 密码密码密码密码密码 1qaz2wsx3edc zhengwu12345"
)


@pytest.mark.parametrize("easy", COMMON.split())
def test_what_everybody_would_try_first_is_refused(easy: str) -> None:
    with pytest.raises(Failure, match="password_too_common"):
        refuse_weak(easy, "shouli")


@pytest.mark.parametrize("fine", [ASKED, "一个足够长的测试口令", "demo-3fa84bc1de", "青山隐隐水迢迢，秋尽江南"])
def test_a_sentence_of_ones_own_is_fine(fine: str) -> None:
    refuse_weak(fine, "shouli")


def test_a_short_one_is_told_its_length() -> None:
    with pytest.raises(Failure, match="password_too_short"):
        refuse_weak("J7!kq0Zw", "shouli")


def test_tries_wait_longer_each_time_and_never_for_good() -> None:
    minutes = [wait(tries, 5).total_seconds() / 60 for tries in range(1, 13)]
    assert minutes == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15]
