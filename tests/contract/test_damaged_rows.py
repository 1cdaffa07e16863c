"""A damaged sealed row is shown as damaged; whatever stands beside it goes on, and `audit verify` names it."""

import io
from collections.abc import Mapping

import httpx2
import pytest
from sqlalchemy import text

from intake_api.cases.audit import rebuild_projections
from intake_api.office import Office
from intake_api.terms.record import DAMAGED
from tests.contract.test_applicant_steps import call, filed
from tests.contract.test_notices import begun, issued
from tests.contract.test_staff import confirm
from tests.contract.test_workflow import taken

STAFF = "/api/v1/staff/cases"
SEALED = {
    "case_text": "sealed",
    "applicant": "sealed",
    "event_note": "sealed",
    "decision": "note_sealed",
    "suggestion": "sealed",
    "notice": "sealed",
    "notice_file": "sealed",
    "outbox": "sealed",
}
# What the chain holds no digest of and nobody is shown twice: damage there is no fault of the record.
UNPROVED = ("suggestion", "notice", "outbox")


async def two_cases(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office) -> list[str]:
    """Two answered cases that have a row in every table with something sealed."""
    numbers = []
    for _ in range(2):
        own = await filed(client)
        numbers.append(own[0])
        await confirm(staff, own[0], note="按分工")
        await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
        await call(client, own, "supplements", {"text": "是甲村东侧地块的批复"})
        await begun(staff, own[0], "N10", place="示例市人民政府网站")
        await issued(staff, own[0], "N10", place="示例市人民政府网站")
        async with office.db.write() as session:
            case_id = int(own[0][-5:])
            office.outbox.put(session, case_id, own[0], "chat", "请看答复。")
    return numbers


async def damage(office: Office, table: str, column: str) -> None:
    """Change one byte in the middle of the first case's rows."""
    first: Mapping[str, str] = {
        "notice": "case_number LIKE '%00001'",
        "notice_file": "notice_id IN (SELECT id FROM notice WHERE case_number LIKE '%00001')",
    }
    where = first.get(table, "case_id = 1")
    async with office.db.write() as session:
        (sealed, *_) = (await session.scalars(text(f"SELECT {column} FROM {table} WHERE {where}"))).all()
        broken = bytes(sealed[:30]) + bytes([sealed[30] ^ 1]) + bytes(sealed[31:])
        await session.execute(text(f"UPDATE {table} SET {column} = :broken WHERE {where}"), {"broken": broken})


@pytest.mark.parametrize("table", SEALED)
async def test_the_rest_goes_on(
    table: str, client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    broken, whole = await two_cases(client, staff, office)
    assert (await office.verified())[1] is None
    await damage(office, table, SEALED[table])
    for address in ("?status=all", f"/{broken}", f"/{whole}", f"/{broken}/notices", f"/{whole}/notices"):
        answer = await staff.get(f"{STAFF}{address}")
        assert answer.status_code == 200, f"{address}: {answer.text}"
    titles = {row["number"]: row["title"] for row in (await staff.get(f"{STAFF}?status=all")).json()["items"]}
    assert titles[whole] != DAMAGED
    assert (titles[broken] == DAMAGED) == (table == "case_text")
    assert (await staff.post(f"{STAFF}/{broken}/particulars")).status_code == 200
    exported = io.BytesIO()
    assert await office.ledger.export(exported, "台账.csv") == [broken, whole]
    assert (DAMAGED in exported.getvalue().decode()) == (table in ("case_text", "applicant"))
    learned = [case.digest async for case in office.learning.answered.all()]
    left = [whole] if table in ("case_text", "applicant") else [broken, whole]
    assert sorted(learned) == sorted(office.learning.answered.digest(number) for number in left)
    await office.learning.similar.index({})
    assert {one["number"] for one in await office.outbox.fetch(20)} >= {whole}
    await rebuild_projections(office.db, office.calendar, office.clock.today())
    walked, fault = await office.verified()
    assert (fault is None) == (table in UNPROVED)
    assert fault is None or walked == 0 or table == "notice_file"


async def test_a_letter_does_not_quote_that_its_words_are_damaged(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = (await filed(client))[0]
    await damage(office, "case_text", "sealed")
    draft = await begun(staff, number, "N10", place="示例市人民政府网站")
    refused = await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "notice_incomplete")


async def test_a_damaged_text_is_no_job_for_ever(client: httpx2.AsyncClient, office: Office) -> None:
    await filed(client)
    await damage(office, "case_text", "sealed")
    await office.cases.suggest_later({"case": 1})  # ends: no later attempt would read it


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "UPDATE case_text SET sealed = (SELECT sealed FROM applicant WHERE case_id = 1)",
            "申请内容",
        ),
        ("DELETE FROM applicant WHERE case_id = 1", "缺少申请内容或者申请人信息"),
        ("UPDATE cases SET due_on = '2027-01-01' WHERE id = 1", "due_on 与记录不符"),
        ("UPDATE cases SET status = 'closed', open = (1 = 0) WHERE id = 1", "status、open 与记录不符"),
        ("UPDATE cases SET number_key = 'X' WHERE id = 1", "number_key 与记录不符"),
        ("UPDATE number_series SET last = 1", "这个编号没有发出过"),
        ("UPDATE number_series SET last = 3", "编号发出 3 个，案件只有 2 件，缺少 SF-2026-00003"),
        ("DELETE FROM number_series", "这个编号没有发出过"),
    ],
)
async def test_audit_verify_names_what_does_not_follow_from_the_record(
    change: str, told: str, client: httpx2.AsyncClient, office: Office
) -> None:
    for _ in range(2):
        await filed(client)
    assert await office.verified() == (2, None)
    async with office.db.write() as session:
        await session.execute(text(change))
    _, fault = await office.verified()
    assert fault is not None
    assert told in fault


async def test_a_series_is_counted_by_itself(client: httpx2.AsyncClient, office: Office) -> None:
    """One case too few in one series and one too many in another are two faults, not none."""
    await filed(client)
    await filed(client, kind="correction")
    async with office.db.write() as session:
        await session.execute(text("UPDATE number_series SET last = 2 WHERE kind = 'disclosure'"))
        await session.execute(text("UPDATE number_series SET last = 0 WHERE kind = 'correction'"))
    _, fault = await office.verified()
    assert fault is not None
    assert "SF-GZ-2026-00001" in fault


async def test_another_text_in_place_of_what_was_filed_is_found(client: httpx2.AsyncClient, office: Office) -> None:
    """Whoever has the keys can seal another text; the chain holds the digest of the first."""
    await filed(client)
    forged = office.vault.seal("case_text:SF-2026-00001", {"title": "x", "description": "另一份申请", "salt": "0"})
    async with office.db.write() as session:
        await session.execute(text("UPDATE case_text SET sealed = :forged"), {"forged": forged})
    _, fault = await office.verified()
    assert fault is not None
    assert "不是当初登记的内容" in fault
