"""`build_office` for tests: all real but the cost of a password, a fifth of a second for each account and sign-in."""

from typing import Any

from pwdlib.hashers.argon2 import Argon2Hasher

from intake_api import office
from intake_api.office import Office
from intake_api.people.passwords import Passwords

CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)


def build_office(*given: Any, **named: Any) -> Office:
    """`intake_api.office.build_office`."""
    return office.build_office(*given, **{"passwords": Passwords(CHEAP)} | named)
