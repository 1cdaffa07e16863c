"""What `serve --demo` adds to an empty installation: accounts, published information and cases, all invented."""

import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from intake_api.cases.acts import Act, Choice
from intake_api.form.application import Submission
from intake_api.kit.clock import Clock
from intake_api.office import Office
from intake_api.people.service import Account
from intake_api.statute.steps import NO_DEMANDS

_CASES = Path(__file__).with_name("demo_cases.jsonl")
_PUBLISHED = Path(__file__).parents[1] / "published" / "demo.jsonl"
_SETTLED = timedelta(seconds=30)  # after a start: then the worker has a core to itself
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
    await office.cases.prepare()
    rows = [json.loads(line) for line in _CASES.read_text("utf-8").splitlines()]
    if await office.cases.total() < len(rows):
        rows_of_items = _PUBLISHED.read_text("utf-8").splitlines()
        await office.published.import_items(rows_of_items, vectors_after=_SETTLED)
        await _file_cases(office, rows)
    return accounts


async def _file_cases(office: Office, rows: list[dict[str, Any]]) -> None:
    """Submit each demo case as of its day, so that the queue shows what is overdue, soon and new.

    Each has an idempotency key: a start that was interrupted goes on where it stopped.
    """
    await office.triage.start()
    clerk, officer = [
        Account(a.id, a.username, a.role, None)
        for name in ("shouli", "chengban")
        for a in await office.people.listing()
        if a.username == name
    ]
    for place, row in enumerate(rows):
        cases = office.cases.at(_days_ago(office.clock, row.pop("days_ago")))
        decided, steps = row.pop("confirm", None), row.pop("steps", [])
        elsewhere = _another(office, row.pop("elsewhere", None))
        if elsewhere:  # asked of the city, answered under art. 36(5), filed with the bureau
            decided, steps = elsewhere, [{"days_ago": 3, "type": "answered", "delivery": "electronic"}]
        elif decided and _another(office, decided["department"]):
            row["addressee"] = decided["department"]
        receipt = await cases.submit(Submission.model_validate(row), key=f"demo-{place}")
        held = (await cases.record_of(clerk, receipt.number)).standing
        # With CONFIRM_INTERNET=staff nothing a citizen files is received by itself.
        if (decided or steps) and held.received_on is None:
            await cases.record(clerk, receipt.number, Act("received"))
        if decided and held.decision is None:
            await cases.confirm(clerk, receipt.number, Choice(**decided))
        for step in steps:
            then = office.cases.at(_days_ago(office.clock, step.pop("days_ago")), NO_DEMANDS)
            act = Act(step.pop("type"), fields=step)
            if act.type not in {entry.type for entry in (await then.record_of(clerk, receipt.number)).entries}:
                await then.record(officer, receipt.number, act)
        if elsewhere:
            await office.elsewhere.own(receipt.number, receipt.query_code)


def _another(office: Office, department: str | None) -> dict[str, Any] | None:
    """The decision that a department here is an agency of its own; None where it handles for the office."""
    own = office.directory.default_agency
    if department is None or office.directory.answering(department, own.code) == own:
        return None
    return {"department": department, "disposition": "not_this_agency"}


def _days_ago(clock: Clock, days: int) -> Clock:
    moment = clock.now() - timedelta(days=days)
    return Clock(lambda: moment)
