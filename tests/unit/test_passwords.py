"""What a password costs: in tests little, in the product what OWASP asks for, whatever the environment says."""

from argon2 import extract_parameters

from intake_api.people.passwords import Passwords
from tests.fakes.office import CHEAP


async def test_the_product_hashes_at_full_cost() -> None:
    cost = extract_parameters(await Passwords().hash("a long password"))
    assert cost.type.name == "ID"
    assert cost.memory_cost >= 46 * 1024  # KiB, OWASP's dearest argon2id in memory
    assert cost.time_cost >= 1


async def test_a_cheap_hash_is_verified_like_any_other() -> None:
    stored = await Passwords(CHEAP).hash("a long password")
    assert await Passwords().verify("a long password", stored)
    assert not await Passwords().verify("another password", stored)


async def test_nobody_has_no_password() -> None:
    assert not await Passwords(CHEAP).verify("a long password", None)
