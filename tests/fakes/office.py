"""`build_office` for tests: all real but the cost of a password, a fifth of a second for each account and sign-in."""

from functools import partial

from pwdlib.hashers.argon2 import Argon2Hasher

from intake_api import office
from intake_api.people.passwords import Passwords

CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
build_office = partial(office.build_office, passwords=Passwords(CHEAP))
