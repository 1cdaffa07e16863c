"""Other departments inside (会签、协办), and what is handed on to 12345 or 信访: the clock does not stop for either."""

from datetime import timedelta

import httpx2
import pytest

from tests.conftest import SettableClock
from tests.contract.test_staff import confirm
from tests.contract.test_workflow import Json, error_of, handled, step, taken, view
from tests.samples import application


async def stalled(staff: httpx2.AsyncClient) -> list[Json]:
    return [row for line in (await staff.get("/api/v1/staff/supervision")).json() for row in line["waiting"]]


async def test_a_countersignature_is_sent_warned_of_and_returned_while_the_clock_runs(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock
) -> None:
    number = await handled(client, staff)
    before = await view(staff, number)
    asked = {
        "form": "countersign",
        "department": "education",
        "reply_by": "2026-11-24",
        "reason": "请核对学校用地的部分",
    }
    case = await taken(staff, number, "countersign_asked", **asked)
    assert (case["due_on"], case["status"], case["events"][-1]["note"]) == (
        *(before["due_on"], before["status"]),
        "请核对学校用地的部分",
    )
    assert "reason" not in case["events"][-1]["data"]
    assert [(row["waits"], row["until"]) for row in await stalled(staff)] == [("countersign", "2026-11-24")]
    clock.moment += timedelta(days=5)
    assert [row["waits"] for row in await stalled(staff)] == ["countersign_past"]
    returned = {"concurrence": "agree_with_remarks", "reason": "第三页的面积有误"}
    case = await taken(staff, number, "countersign_returned", **returned)
    assert (case["events"][-1]["data"], case["events"][-1]["note"]) == (
        {"concurrence": "agree_with_remarks"},
        "第三页的面积有误",
    )
    assert await stalled(staff) == []


async def test_what_was_not_sent_does_not_come_back_and_of_several_one_is_named(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    returned = {"concurrence": "agree"}
    assert error_of(await step(staff, number, "countersign_returned", **returned))["reason"] == "countersign_none"
    await taken(staff, number, "countersign_asked", form="help", department="education")
    again = await step(staff, number, "countersign_asked", form="help", department="education")
    assert error_of(again)["reason"] == "countersign_repeated"
    case = await taken(staff, number, "countersign_returned", ref=f"e{(await view(staff, number))['seq']}", **returned)
    await taken(staff, number, "voided", ref=f"e{case['seq']}", reason="记错了")
    assert len(await stalled(staff)) == 1, "it is out again"


@pytest.mark.parametrize("department", ["natural-resources", "tax", "nobody"])
async def test_only_another_department_inside_is_asked(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, department: str
) -> None:
    number = await handled(client, staff)  # natural-resources has it; tax is an agency of its own
    answer = await step(staff, number, "countersign_asked", form="countersign", department=department)
    assert answer.status_code == 422, answer.text


async def test_what_was_handed_on_is_told_with_its_number_and_is_no_answer(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    receipt = (await client.post("/api/v1/requests", json=application())).json()
    number = receipt["number"]
    assert (await confirm(staff, number)).status_code == 200
    handed = {"recipient": "hotline", "their_number": "GD20261120001", "reason": "夜间施工噪声"}
    case = await taken(staff, number, "transferred", **handed)
    assert (case["status"], case["due_on"]) == ("handling", receipt["due_on"])
    shown = (await client.get(f"/api/v1/requests/{number}", headers={"X-Query-Code": receipt["query_code"]})).json()
    told = shown["timeline"][-1]["title"]
    assert told == "您反映的事项已经转给12345 政务服务便民热线处理，编号 GD20261120001，可以凭编号向其查询"
    assert "夜间施工" not in str(shown)
