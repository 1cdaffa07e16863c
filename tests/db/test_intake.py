"""Submissions that come at once are one transaction: numbers, chains and answers as if each had come alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from intake_api.cases.acts import Receipt
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.office import Office
from tests.contract.test_statements import statements
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import application

SPOILT = "坏掉的建议"


class Spoiling(KeywordClassifier):
    """Its suggestion for some texts cannot be stored."""

    def suggest_many(self, messages: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        return [
            {**one, "model": None} if SPOILT in text else one
            for (text, _), one in zip(messages, super().suggest_many(messages), strict=True)
        ]


def body(number: int = 1, **changes: Any) -> Submission:
    return Submission.model_validate(application(description=f"申请公开甲村第{number}号征地批复文件。", **changes))


@pytest.fixture(autouse=True)
async def prepared(office: Office) -> None:
    await office.cases.prepare()


@pytest.fixture
async def beside(office: Office) -> AsyncIterator[Office]:
    """Another process on the same database."""
    other = build_office(office.settings, DIRECTORY, Spoiling, office.clock)
    await other.triage.start()
    yield other
    await other.db.dispose()


async def test_forty_at_once_cost_a_few_statements_and_are_forty_cases(office: Office) -> None:
    kinds = ["disclosure", "correction"]
    bodies = [body(number, kind=kinds[number % 2]) for number in range(40)]
    with statements() as sent:
        receipts = await asyncio.gather(*(office.cases.submit(one, key=f"k{n}") for n, one in enumerate(bodies)))
    assert len(sent) <= 60, "\n".join(sent)  # two or three rounds; one by one they were six hundred
    numbers = [f"{prefix}-2026-{serial:05}" for serial in range(1, 21) for prefix in ("SF", "SF-GZ")]
    assert [receipt.number for receipt in receipts] == numbers
    assert len({receipt.query_code for receipt in receipts}) == 40
    assert await office.verified() == (40, None)
    record = await office.cases.own_record(receipts[7].number, receipts[7].query_code)
    assert [entry.type for entry in record.entries] == ["submitted", "received"]


async def test_one_that_cannot_be_stored_fails_alone_and_leaves_no_gap(office: Office, beside: Office) -> None:
    spoilt = Submission.model_validate(application(description=f"申请公开{SPOILT}。"))
    bodies = [body(1), body(2), spoilt, body(3)]
    done = await asyncio.gather(*(beside.cases.submit(one) for one in bodies), return_exceptions=True)
    assert isinstance(done[2], IntegrityError)
    assert [one.number for one in done if isinstance(one, Receipt)] == [f"SF-2026-0000{n}" for n in (1, 2, 3)]
    assert await office.verified() == (3, None)


async def test_one_key_in_one_transaction_is_one_case_and_another_body_a_conflict(office: Office) -> None:
    done = await asyncio.gather(
        *(office.cases.submit(body(number), key="same") for number in (1, 1, 2)), return_exceptions=True
    )
    first, again, other = done
    assert isinstance(first, Receipt)
    assert again == first
    assert isinstance(other, Failure)
    assert other.code == "idempotency_conflict"
    assert await office.cases.total() == 1


async def test_two_processes_with_the_same_keys_make_each_case_once(office: Office, beside: Office) -> None:
    async def all_of(one: Office, order: Sequence[int]) -> list[Receipt]:
        return await asyncio.gather(*(one.cases.submit(body(number), key=f"k{number}") for number in order))

    here, there = await asyncio.gather(all_of(office, range(20)), all_of(beside, range(19, -1, -1)))
    assert here == there[::-1]
    assert sorted(receipt.number for receipt in here) == [f"SF-2026-{serial:05}" for serial in range(1, 21)]
    assert await office.verified() == (20, None)
