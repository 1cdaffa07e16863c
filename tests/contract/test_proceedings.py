"""Reviews and suits over HTTP: opened, answered, heard, decided; 表四 counts them as it counts the entries alone."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from intake_api.cases.audit import rebuild_projections
from intake_api.office import Office
from tests.conftest import SettableClock
from tests.contract.test_attachments import PDF
from tests.contract.test_dossier import made, scan, words
from tests.contract.test_papers import fetched, keep, listed
from tests.contract.test_rights import people
from tests.contract.test_staff import confirm
from tests.contract.test_workflow import Hire, Json, error_of, handled, hire, step, taken, view  # noqa: F401
from tests.samples import application


async def answered(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> str:
    number = await handled(client, staff)
    await taken(staff, number, "answered", delivery="post")
    return number


async def opened(staff: httpx2.AsyncClient, number: str, **fields: Any) -> Json:
    answer = await staff.post(f"/api/v1/staff/cases/{number}/proceedings", json={"kind": "review", **fields})
    assert answer.status_code == 201, answer.text
    last: Json = answer.json()["items"][-1]
    return last


async def table_four(office: Office) -> list[int]:
    return (await office.reports.annual(2026)).table4


async def test_from_the_notice_to_the_decision(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, clock: SettableClock
) -> None:
    number = await answered(client, staff)
    one = await opened(staff, number, body="示例省人民政府", docket="示复答字〔2026〕7号")
    assert (one["due_on"], one["result"], one["docket"]) == ("2026-12-04", "pending", "示复答字〔2026〕7号")
    assert (await view(staff, number))["events"][-1]["data"] == {"kind": "review", "body": "示例省人民政府"}
    assert (await table_four(office))[:5] == [0, 0, 0, 1, 1]
    listed = (await staff.get("/api/v1/staff/proceedings")).json()["items"]
    assert [(row["number"], row["next_on"], row["docket"]) for row in listed] == [(number, "2026-12-04", one["docket"])]
    clock.moment += timedelta(days=10)
    (due,) = [row for line in (await staff.get("/api/v1/staff/supervision")).json() for row in line["defending"]]
    assert (due["number"], due["days_left"], due["overdue"]) == (number, 4, False)
    await taken(staff, number, "defended")
    await taken(staff, number, "heard", held_on="2026-12-10")
    assert not [row for line in (await staff.get("/api/v1/staff/supervision")).json() for row in line["defending"]]
    case = await taken(staff, number, "review", result="corrected", verdict="ordered", redo_by="2026-12-25")
    (last,) = case["proceedings"]
    assert (last["answered_on"], last["hearings"], last["verdict"]) == (
        "2026-11-30",
        ["2026-12-10"],
        "责令履行、重新答复",
    )
    assert (last["next_on"], last["owed"]) == ("2026-12-25", True)
    assert (await table_four(office))[:5] == [0, 1, 0, 0, 1]
    assert await rebuild_projections(office.db, office.calendar, clock.today()) == (1, 0)


STORIES: list[list[Json]] = [
    [{"type": "review", "result": "upheld"}],
    [{"type": "review", "result": "pending"}, {"type": "review", "result": "other"}],
    [{"type": "litigation", "route": "direct", "result": "pending"}],
    [{"type": "litigation", "route": "after_review", "result": "corrected"}],
]


@pytest.mark.parametrize("story", STORIES)
async def test_the_table_counts_the_same_with_and_without_a_notice(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, story: list[Json]
) -> None:
    bare, noticed = await answered(client, staff), await answered(client, staff)
    for fields in story:
        assert (await staff.post(f"/api/v1/staff/cases/{bare}/events", json=fields)).status_code == 200
    alone = await table_four(office)
    kind = {"review": "review", "litigation": "first"}[story[0]["type"]]
    await opened(staff, noticed, kind=kind, route=story[0].get("route"))
    for fields in story:
        assert (await staff.post(f"/api/v1/staff/cases/{noticed}/events", json=fields)).status_code == 200
    assert await table_four(office) == [2 * count for count in alone]


async def test_a_case_that_was_never_answered_is_fought_over_too(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    assert error_of(await step(staff, number, "review", result="corrected"))["code"] == "step_not_allowed"
    await opened(staff, number, simplified=True)
    assert {"defended", "heard", "review"} <= {one["code"] for one in (await view(staff, number))["allowed"]}
    case = await taken(staff, number, "review", result="corrected", verdict="ordered", redo_by="2026-12-01")
    assert case["status"] == "handling"
    assert "review" not in {one["code"] for one in case["allowed"]}
    assert not (await taken(staff, number, "answered", delivery="post"))["proceedings"][0]["owed"]


async def test_of_several_the_right_one_is_named_and_what_was_opened_by_mistake_is_taken_back(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await answered(client, staff)
    one = await opened(staff, number, kind="first", route="direct")
    two = await opened(staff, number, kind="second")
    refused = error_of(await step(staff, number, "defended"))
    assert (refused["code"], refused["reason"]) == ("impossible_event", "proceeding_ambiguous")
    case = await taken(staff, number, "defended", ref=two["ref"])
    assert [p["answered_on"] for p in case["proceedings"]] == [None, "2026-11-20"]
    await taken(staff, number, "voided", ref=f"e{case['seq']}", reason="记错了")
    await taken(staff, number, "heard", ref=one["ref"], held_on="2026-12-10")


async def test_a_department_sees_its_own_only_and_a_clerk_opens_none(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number = await answered(client, staff)
    await opened(staff, number)
    other, clerk = await hire("jiaoyu", "officer", "education"), await hire("jingban", "clerk")
    assert (await other.get("/api/v1/staff/proceedings")).json() == {"items": []}
    assert (await other.get(f"/api/v1/staff/cases/{number}/proceedings")).status_code == 404
    refused = await clerk.post(f"/api/v1/staff/cases/{number}/proceedings", json={"kind": "review"})
    assert error_of(refused)["code"] == "step_not_allowed"


async def test_each_step_takes_its_paper_along_and_the_page_and_the_dossier_name_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    receipt = (await client.post("/api/v1/requests", json=application())).json()
    number = receipt["number"]
    await confirm(staff, number, department="education")
    await taken(staff, number, "answered", delivery="post")
    officer = next(one for one in await people(office, "a long password") if one.role == "officer" and one.department)
    where, headers = f"/staff/cases/{number}", {"Cookie": f"gongkai_staff={officer.web.token}"}
    day = {"csrf": officer.web.account.csrf, "on": "2026-11-20"}
    story: list[Json] = [
        {"type": "proceeding_opened", "kind": "review", "body": "示例省人民政府"},
        {"type": "defended"},
        {"type": "heard", "held_on": "2026-12-10"},
        {"type": "review", "result": "upheld"},
        {"type": "proceeding_opened", "kind": "first", "route": "after_review", "body": "示例法院"},
        {"type": "litigation", "route": "after_review", "result": "upheld"},
    ]
    for place, said in enumerate(story):
        file = {"file": (f"第{place}份.pdf", scan(f"PAPER {place}"), "application/pdf")}
        posted = await client.post(f"{where}/events", headers=headers, data=day | said, files=file)
        assert posted.status_code == 303, posted.text
        events = (await view(staff, number))["events"]
        assert [event["type"] for event in events[-2:]] == [said["type"], "paper_added"]
        assert events[-1]["data"]["ref"] == f"e{events[-2]['seq']}"
    case = await view(staff, number)
    refs = [f"e{event['seq']}" for event in case["events"] if event["type"] in {one["type"] for one in story}]
    review, suit = case["proceedings"]
    assert (review["entries"], suit["entries"]) == (refs[:4], refs[4:])
    kept = await keep(staff, receipt, PDF, paper="proceeding", ref=suit["entries"][0])
    assert kept.json()["visible"] == "office", "a program sends it right after the step"
    items = (await staff.get(f"/api/v1/staff/cases/{number}/attachments")).json()["items"]
    assert {(one["paper"], one["visible"]) for one in items[:-1]} == {("proceeding", "department")}
    assert await listed(client, receipt) == []
    assert {(await fetched(client, receipt, one["id"])).status_code for one in items} == {404}
    page = (await client.get(where, headers=headers)).text
    first, second = page[page.index('id="proceedings"') : page.index('id="files"')].split("<strong>行政诉讼")
    assert [f"第{place}份.pdf" in first for place in range(6)] == [True] * 4 + [False] * 2
    assert [f"第{place}份.pdf" in second for place in range(6)] == [False] * 4 + [True] * 2
    pages = words(await made(staff, receipt))
    assert [place for place in range(6) if not any(f"PAPER{place}" in page for page in pages)] == []
    assert await office.verified() == (1, None)
