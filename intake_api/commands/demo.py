"""What `serve --demo` adds to an empty installation: accounts, published information and cases, all invented."""

import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from intake_api.cases.repository import every_case, sync_agencies
from intake_api.cases.schemas import Confirmation, Submission
from intake_api.clock import Clock
from intake_api.office import Office
from intake_api.people.service import Account

_CASES = Path(__file__).with_name("demo_cases.jsonl")
_PUBLISHED = Path(__file__).parents[1] / "published" / "demo.jsonl"
ACCOUNTS = (("shouli", "clerk"), ("chengban", "officer"), ("shenhe", "reviewer"), ("guanli", "admin"))


async def prepare_demo(office: Office) -> list[tuple[str, str, str]]:
    """Accounts (name, role, password), made where missing; cases and published items, where there are none yet.

    A demo password is derived from the installation's own key: printable at every start, guessable by nobody.
    """
    accounts, known = [], {account.username for account in await office.people.listing()}
    for name, role in ACCOUNTS:
        key = hmac.new(office.vault.service_key.encode(), f"demo/{name}".encode(), hashlib.sha256)
        password = f"demo-{key.hexdigest()[:10]}"
        if name not in known:
            await office.people.add(name, role, None, password)
        accounts.append((name, role, password))
    agencies = [(a.code, a.name, a.number_prefix) for a in office.directory.agencies]
    async with office.db.write() as session:
        await sync_agencies(session, agencies)
    async with office.db.read() as session:
        empty = not [case async for case in every_case(session, size=1)]
    if empty:
        await office.published.import_items(_PUBLISHED.read_text("utf-8").splitlines())
        await _file_cases(office)
    return accounts


async def _file_cases(office: Office) -> None:
    """Submit each demo case as of its day, so that the queue shows what is overdue, soon and new."""
    await office.triage.start()
    clerk = next(a for a in await office.people.listing() if a.username == "shouli")
    for line in _CASES.read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        cases = office.cases.at(_days_ago(office.clock, row.pop("days_ago")))
        decided = row.pop("confirm", None)
        receipt = await cases.submit(Submission.model_validate(row))
        if decided:
            await cases.confirm(Account(clerk.id, clerk.username, clerk.role, None), receipt.number, Confirmation.model_validate(decided))


def _days_ago(clock: Clock, days: int) -> Clock:
    moment = clock.now() - timedelta(days=days)
    return Clock(lambda: moment)
