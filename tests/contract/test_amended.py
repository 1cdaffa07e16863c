"""A registered application is put right (更正登记): what it said stays sealed, the record says who, when, which."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from intake_api.cases.audit import rebuild_projections
from intake_api.cases.models import Event, EventNote
from intake_api.form.fields import amendable
from intake_api.office import Office
from tests.contract.test_workflow import error_of, handled, step, taken, view
from tests.samples import APPLICATION, application

NAMED = "applicant.name"
PASSPORT = {"applicant.id_type": "passport", "applicant.id_number": "E12345678"}


async def amended(staff: httpx2.AsyncClient, number: str, changes: dict[str, Any], reason: str = "登记时写错") -> Any:
    return await taken(staff, number, "amended", changes=changes, reason=reason)


async def particulars(staff: httpx2.AsyncClient, number: str) -> Any:
    return (await staff.post(f"/api/v1/staff/cases/{number}/particulars")).json()


async def test_what_is_corrected_holds_everywhere_and_what_it_was_is_kept(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    receipt = (await client.post("/api/v1/requests", json=application())).json()
    number = receipt["number"]
    before = await view(staff, number)
    changes = {NAMED: "张珊", "applicant.phone": "139 0000 0001", "description": "申请公开乙村2025年征地批复文件。"}
    case = await amended(staff, number, changes | {"delivery.medium": "paper", "delivery.way": "counter"})
    entry = case["events"][-1]
    assert entry["data"]["fields"] == sorted([*changes, "delivery.medium", "delivery.way"])
    assert {*entry["data"]} == {"fields", "text", "asked"}, "codes and digests alone are in the chain"
    assert (entry["by"], entry["voidable"]) == ("chengban", False)
    for said in ("张三，改为 张珊", "138******00，改为 139******01", "改为 申请公开乙村", "理由：登记时写错"):
        assert said in entry["note"]
    assert "13900000001" not in str(case)
    assert (await particulars(staff, number))["phone"] == "13900000001"
    assert (case["description"], case["delivery"]) == (changes["description"], {"medium": "paper", "way": "counter"})
    kept = ("received_on", "due_on", "agency", "number", "department")
    assert {name: case[name] for name in kept} == {name: before[name] for name in kept}
    found = [(await staff.get("/api/v1/staff/cases", params={"q": q})).json()["items"] for q in ("张珊", "张三")]
    assert [len(items) for items in found] == [1, 0]
    own = await client.get(f"/api/v1/requests/{number}", headers={"X-Query-Code": receipt["query_code"]})
    assert own.json()["title"] == changes["description"]
    assert "更正了登记的内容" in [line["title"] for line in own.json()["timeline"]]
    assert await office.verified() == (1, None)
    assert await rebuild_projections(office.db, office.calendar, office.clock.today()) == (1, 0)


async def test_identity_papers_that_come_later_take_the_flag_away(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    who = {name: text for name, text in APPLICATION["applicant"].items() if not name.startswith("id_")}
    number = (await client.post("/api/v1/requests", json=application(applicant=who))).json()["number"]
    assert "missing_particulars" in (await view(staff, number))["flags"]
    case = await amended(staff, number, PASSPORT, "申请人补来护照")
    assert "missing_particulars" not in case["flags"]
    assert "E12345678" not in str(case)
    assert (await particulars(staff, number))["id_number"] == "E12345678"
    again = await amended(staff, number, {"applicant.id_type": "", "applicant.id_number": None}, "护照不是本人的")
    assert "missing_particulars" in again["flags"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"applicant.phone": "12"}, "changes.applicant.phone"),
        ({"applicant.phone": ""}, "changes.applicant.phone"),  # no way to reach the applicant is left
        ({"applicant.id_number": "110105194912310021"}, "changes.applicant.id_number"),
        ({"description": "x"}, "changes.description"),
        ({"delivery.way": "post"}, "changes.applicant.address"),  # what is posted needs an address
        ({"delivery.way": "pigeon"}, "changes.delivery.way"),
        ({"addressee": "sample-district"}, "changes"),
        ({"received_on": "2026-11-01"}, "changes"),
        ({"applicant": "x"}, "changes"),
        ({NAMED: " 张三 "}, "changes"),  # nothing is another
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, changes: dict[str, str], named: str
) -> None:
    number = await handled(client, staff)
    seen = (await view(staff, number))["seq"]
    answer = await step(staff, number, "amended", changes=changes, reason="更正")
    assert answer.status_code == 422
    assert named in [problem["name"] for problem in answer.json()["error"]["fields"]]
    assert (await view(staff, number))["seq"] == seen


async def test_it_needs_a_reason_something_to_correct_and_a_case_that_is_not_put_away(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    assert error_of(await step(staff, number, "amended", reason="更正"))["reason"] == "missing_field"
    assert error_of(await step(staff, number, "amended", changes={NAMED: "张珊"}))["reason"] == "missing_field"
    await taken(staff, number, "withdrawn")
    assert error_of(await step(staff, number, "amended", changes={NAMED: "张珊"}, reason="x"))["code"] == (
        "step_not_allowed"
    )


async def test_what_lies_beside_the_chain_is_proved_by_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = await handled(client, staff)
    await amended(staff, number, {"description": "申请公开乙村2025年征地批复文件。"})
    async with office.db.write() as session:
        event = await session.scalar(select(Event).where(Event.type == "amended"))
        assert event is not None
        note = {"amended": "{}", "salt": "0"}
        row = await session.get_one(EventNote, (event.case_id, event.seq))
        row.sealed = office.vault.seal(f"event_note:{number}:{event.seq}", note)
    assert "不是当初记录的文字" in str((await office.verified())[1])


def test_everything_the_form_asks_can_be_put_right_but_where_the_case_lies() -> None:
    assert {"applicant.agent.phone", "title", "delivery.medium", "applicant.type"} <= set(amendable())
    assert not {"kind", "channel", "addressee", "received_on"} & set(amendable())


async def test_the_page_corrects_it_too(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office) -> None:
    number = await handled(client, staff)
    opened = await office.people.sign_in("chengban", "a long password", kind="web")
    cookie = {"Cookie": f"gongkai_staff={opened.token}"}
    page = (await client.get(f"/staff/cases/{number}?step=amended", headers=cookie)).text
    assert [name for name in amendable() if f'name="changes.{name}"' not in page] == []
    form = {"csrf": opened.account.csrf, "type": "amended", "on": "2026-11-20", "reason": "登记时写错"}
    form |= {"changes.applicant.name": "张珊", "changes.delivery.way": "", "changes.applicant.agent.name": ""}
    answer = await client.post(f"/staff/cases/{number}/events", data=form, headers=cookie)
    assert answer.status_code == 303, answer.text
    assert (await view(staff, number))["applicant"]["name"] == "张珊"
    form["changes.applicant.phone"] = "12"
    refused = await client.post(f"/staff/cases/{number}/events", data=form, headers=cookie)
    assert refused.status_code == 422
    assert "电话：" in refused.text
    assert 'value="12"' in refused.text
