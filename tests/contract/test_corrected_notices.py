"""What becomes of a notice whose entry was wrong: marked for staff and applicant, corrected by one that names it."""

from datetime import date
from typing import Any

import httpx2
import pytest

from intake_api.office import Office
from intake_api.statute.correction import going_with, not_in_force
from intake_api.statute.effective import Entry
from tests.contract.test_notices import STAFF, begun, event, gaps, issued, reviewer_of, said, submitted, words_of
from tests.contract.test_staff import CONFIRM

Json = dict[str, Any]
ASKED = {"unclear": "没有写明年份", "needed": "所需文件的年份", "clarify_by": "2026-12-04"}


def entry(seq: int, kind: str, data: Json) -> Entry:
    return Entry(seq, kind, date(2026, 11, 20), data, "account:1")


def sent(seq: int, code: str, number: str, **more: int) -> Entry:
    return entry(seq, "notice_issued", {"notice": code, "id": seq, "number": number} | more)


RECEIVED, EXTENDED = entry(1, "received", {}), entry(4, "extended", {})
STANDS = {"ref": "e4", "notice": "stands"}
VOIDED = entry(6, "voided", {"ref": "e4"})


@pytest.mark.parametrize(
    ("record", "gone"),
    [
        ([sent(2, "N1", "收1"), sent(3, "N3", "延1"), EXTENDED, sent(5, "N5", "征1"), VOIDED], {3: ""}),
        ([sent(2, "N27-3", "批1"), sent(3, "N27", "审1"), EXTENDED, sent(5, "N3", "延1"), VOIDED], {5: ""}),
        (
            [sent(2, "N1", "收1"), sent(3, "N3", "延1"), EXTENDED, VOIDED, sent(7, "N3", "延2", replaces=3)],
            {3: "延2"},
        ),
        ([sent(2, "N1", "收1"), sent(3, "N1", "收2", replaces=2), EXTENDED, sent(5, "N5", "征1")], {2: "收2"}),
        (
            [sent(2, "N1", "收1"), sent(3, "N3", "延1"), EXTENDED, entry(6, "voided", STANDS)],
            {},
        ),
    ],
)
def test_which_notices_do_not_hold_any_more(record: list[Entry], gone: dict[int, str]) -> None:
    assert not_in_force([RECEIVED, *record]) == gone


def test_a_notice_belongs_to_the_entry_next_to_it() -> None:
    first, second = entry(2, "consultation_started", {}), entry(4, "consultation_started", {})
    record = [RECEIVED, first, sent(3, "N4", "征1"), second, sent(5, "N4", "征2")]
    assert [notice.seq for notice in going_with(record, first)] == [3]
    assert [notice.seq for notice in going_with(record, second)] == [3, 5]


async def test_a_voided_entry_marks_its_notice_and_the_corrected_one_names_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    receipt = await submitted(client)
    number, key = receipt["number"], {"X-Query-Code": receipt["query_code"]}
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    await event(staff, number, type="clarification_requested", reply_by="2026-12-04")
    out = await issued(staff, number, "N2", **ASKED)
    staff.headers |= await reviewer_of(office, client)
    asked = (await staff.get(f"{STAFF}/{number}")).json()["events"][-2]
    await event(staff, number, type="voided", ref=f"e{asked['seq']}", reason="补正期限写错了")

    async def shown() -> tuple[Json, Json]:
        mine = (await client.get(f"/api/v1/requests/{number}", headers=key)).json()["notices"]
        theirs = (await staff.get(f"{STAFF}/{number}/notices")).json()["items"]
        return mine[0], next(one for one in theirs if one["id"] == out["id"])

    assert [(one["in_force"], one["replaced_by"]) for one in await shown()] == [(False, None)] * 2
    await event(staff, number, type="clarification_requested", reply_by="2026-12-11")
    draft = await begun(staff, number, "N2", **ASKED | {"clarify_by": "2026-12-11", "replaces": out["number"]})
    assert gaps(draft) == []
    assert said(draft).startswith(
        f"本机关于2026年11月20日发出的《政府信息公开申请补正告知书》（{out['number']}）有误，现予更正"
    )
    address = f"{STAFF}/{number}/notices/{draft['id']}"
    reworded = await staff.put(address, json={"paragraphs": {"replaces": "前一份有误。"}})
    assert gaps(reworded.json()) == ["replaces"]
    await staff.put(address, json={"paragraphs": {"replaces": ""}})
    corrected = (await staff.post(f"{address}/issue")).json()
    assert out["number"] in words_of((await staff.get(f"{address}?format=pdf")).content)
    assert [(one["in_force"], one["replaced_by"]) for one in await shown()] == [(False, corrected["number"])] * 2
    assert corrected["in_force"]
    pdf = await client.get(f"/api/v1/requests/{number}/notices/{out['id']}", headers=key)
    assert pdf.status_code == 200  # what went out stays there to be read


async def test_a_notice_corrects_only_one_that_was_issued_in_its_case(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    one, other = (await submitted(client))["number"], (await submitted(client))["number"]
    out = await issued(staff, one, "N1")
    for case, code, name in ((other, "N1", out["number"]), (one, "N26", out["number"])):
        body = {"code": code, "elements": {"replaces": name}}
        answer = await staff.post(f"{STAFF}/{case}/notices", json=body)
        assert answer.status_code == 422
        assert answer.json()["error"]["fields"][0]["name"] == "elements.replaces"


async def test_a_last_day_in_a_year_that_is_not_announced_is_provisional_in_every_notice(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    rider = "（该年放假安排尚未公布，日期为暂定）"
    longer = await begun(staff, number, "N3", approved_on="2026-11-20", days="20")
    assert gaps(longer) == []
    assert "原于2026年12月18日届满" in said(longer)
    assert f"延长20个工作日，至2027年1月18日{rider}届满" in said(longer)
    later = await begun(staff, number, "N23", reasons="数量较多", until="2027-02-26")
    assert f"延迟至2027年2月26日{rider}前（含当日）答复" in said(later)
    sure = await begun(staff, number, "N3", approved_on="2026-11-20", days="5")
    assert rider not in said(sure)


async def test_an_issued_notice_keeps_what_it_was_issued_with(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    out = await issued(staff, number, "N2", **ASKED)
    kept = {element["code"]: element["value"] for element in out["elements"]}
    assert kept["clarify_by"] == "2026-12-04"
    assert kept["unclear"] == "没有写明年份"
