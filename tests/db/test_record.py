"""The record: append-only, hash-chained, free of personal data, and enough to derive the projection from."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from intake_api.cases.acts import Choice
from intake_api.cases.audit import rebuild_projections
from intake_api.cases.models import Applicant, Case, CaseText, Event, IdempotencyKey
from intake_api.cases.repository import sync_agencies
from intake_api.cases.schemas import EventIn
from intake_api.cases.service import actor_of
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.kit.vault import digest
from intake_api.office import Office
from intake_api.people.service import Account
from tests.conftest import SettableClock
from tests.samples import APPLICATION, application


async def submit(office: Office, **changes: object) -> str:
    return (await office.cases.submit(Submission.model_validate(application(**changes)), key="k")).number


async def clerk(office: Office) -> Account:
    await office.people.add("zhang", "officer", None, "a long password")
    return (await office.people.sign_in("zhang", "a long password")).account


async def confirmed(office: Office) -> tuple[str, Account]:
    number, account = await submit(office), await clerk(office)
    await office.cases.confirm(account, number, Choice(department="housing", disposition="public", note="按张三的要求"))
    return number, account


@pytest.fixture(autouse=True)
async def agencies(office: Office) -> None:
    async with office.db.write() as session:
        await sync_agencies(session, [(a.code, a.name, a.number_prefix) for a in office.directory.agencies])


async def test_an_untouched_record_verifies(office: Office) -> None:
    await confirmed(office)
    assert await office.verified() == (1, None)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("""UPDATE event SET "on" = '2026-11-01' WHERE seq = 2""", "第 2 条事件的内容与哈希不符"),
        ("UPDATE event SET actor = 'account:9' WHERE seq = 3", "第 3 条事件的内容与哈希不符"),
        ("DELETE FROM event WHERE seq = 2", "缺少第 2 条事件"),
        ("DELETE FROM event WHERE seq = 3", "末尾缺少事件"),
    ],
)
async def test_a_changed_or_missing_event_is_named(office: Office, change: str, told: str) -> None:
    number, _ = await confirmed(office)
    async with office.db.write() as session:
        await session.execute(text(change))
    _, fault = await office.verified()
    assert fault is not None
    assert number in fault
    assert told in fault


async def test_a_removed_case_shows_in_its_series(office: Office) -> None:
    await submit(office)
    async with office.db.write() as session:
        for table in ("event", "applicant", "case_text", "idempotency_key", "suggestion", "cases"):
            await session.execute(text(f"DELETE FROM {table}"))
    _, fault = await office.verified()
    assert fault == "编号发出 1 个，案件只有 0 件，缺少 SF-2026-00001"


async def test_nothing_stored_in_the_clear_is_personal(office: Office) -> None:
    await confirmed(office)
    secrets = ["张三", "11010519491231002X", "13800000000", APPLICATION["description"], "按张三的要求"]
    async with office.db.read() as session:
        for table in (
            "cases",
            "event",
            "applicant",
            "case_text",
            "suggestion",
            "decision",
            "idempotency_key",
            "outbox",
        ):
            for row in (await session.execute(text(f"SELECT * FROM {table}"))).all():
                plain = " ".join(
                    bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row
                )
                for secret in secrets:
                    assert secret not in plain, f"{table} holds personal data in the clear"
                    assert json.dumps(secret) not in plain


async def test_the_chain_holds_a_digest_that_proves_the_text_and_survives_its_erasure(office: Office) -> None:
    number, _ = await confirmed(office)
    async with office.db.write() as session:
        case = (await session.scalars(select(Case))).one()
        kept = (await session.scalars(select(CaseText))).one()
        first = (await session.scalars(select(Event).where(Event.seq == 1))).one()
        asked = office.vault.open(f"case_text:{number}", kept.sealed or b"")
        assert first.data["text"] == digest(asked["salt"], APPLICATION["description"])
        await session.execute(update(CaseText).values(sealed=None))
        await session.execute(update(Applicant).values(sealed=None, name_index=None))
    assert await office.verified() == (1, None)
    view = await office.case_views.view(Account(1, "zhang", "officer", None), case.number)
    assert view.description == "（内容已按规定删除）"


async def test_a_sealed_value_opens_only_in_its_own_place(office: Office) -> None:
    sealed = office.vault.seal("applicant:SF-2026-00001", {"name": "张三"})
    with pytest.raises(Failure, match="sealed_damaged"):
        office.vault.open("applicant:SF-2026-00002", sealed)


async def test_every_projection_can_be_derived_from_the_events(office: Office, clock: SettableClock) -> None:
    number, account = await confirmed(office)
    assert await rebuild_projections(office.db, office.calendar, clock.today()) == (1, 0)
    before = await office.case_views.view(account, number)
    async with office.db.write() as session:
        await session.execute(update(Case).values(status="closed", open=False, due_on=None, department=None))
    assert await rebuild_projections(office.db, office.calendar, clock.today()) == (1, 1)
    assert await office.case_views.view(account, number) == before


async def test_the_query_code_is_not_stored_and_a_replay_repeats_it(office: Office) -> None:
    body = Submission.model_validate(APPLICATION)
    first = await office.cases.submit(body, key="again")
    second = await office.cases.submit(body, key="again")
    assert second == first
    async with office.db.read() as session:
        case = (await session.scalars(select(Case))).one()
        key = (await session.scalars(select(IdempotencyKey))).one()
    plain = first.query_code.replace("-", "")
    assert plain not in (case.code_hash or "")
    assert plain.encode() not in (key.sealed or b"")


async def test_a_case_accepted_without_a_model_gets_its_suggestion_later(office: Office, clock: SettableClock) -> None:
    class Broken:
        version = "broken"

        def suggest_many(self, *_: object) -> list[dict[str, object]]:
            raise RuntimeError("张三")

    working, office.triage._classifier = office.triage._classifier, Broken()  # type: ignore[assignment]
    number, account = await submit(office), await clerk(office)
    assert (await office.case_views.view(account, number)).suggestion is None
    assert await office.jobs.run_next()  # fails, and will be tried again
    office.triage._classifier = working
    clock.moment += timedelta(hours=1)
    assert await office.jobs.run_next()
    suggestion = (await office.case_views.view(account, number)).suggestion
    assert suggestion is not None
    assert suggestion["departments"][0]["code"] == "natural-resources"


async def test_a_read_session_cannot_write(office: Office) -> None:
    with pytest.raises((Failure, DBAPIError)):
        async with office.db.read() as session:
            await session.execute(text("DELETE FROM event"))
    assert await office.verified() == (0, None)


async def test_a_failed_use_case_leaves_nothing_behind(office: Office) -> None:
    number, account = await submit(office), await clerk(office)
    before = await office.case_views.view(account, number)
    with pytest.raises(Failure, match="step_not_allowed"):
        await office.cases.record(account, number, EventIn(type="fee_paid").act())
    assert await office.case_views.view(account, number) == before
    assert actor_of(account) == f"account:{account.id}"
