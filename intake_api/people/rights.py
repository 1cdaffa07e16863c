"""Who may do what besides the steps of a case, whose own table says it (`statute.workflow`): the one place."""

from intake_api.kit.errors import Failure
from intake_api.people.service import Account

ANSWERABLE = ("reviewer", "admin")  # who answer for the office: ledgers, models
IN_CHARGE = ("admin",)  # who change what every case depends on: calendar, model in use


def for_the_office(account: Account, roles: tuple[str, ...] = ()) -> None:
    """What concerns the whole office is for nobody who is limited to a department; `roles`: only these, () all.

    Failure `not_allowed`.
    """
    if not may_for_the_office(account, roles):
        raise Failure("not_allowed")


def may_for_the_office(account: Account, roles: tuple[str, ...] = ()) -> bool:
    """`for_the_office` as a question."""
    return account.department is None and (not roles or account.role in roles)
