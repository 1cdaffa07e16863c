"""Approvals (审签) bind to a draft and its hash: who gives them, what voids them; nothing goes out without them."""

import asyncio
import io
from typing import Any

import docx
import httpx2
import pytest

from tests.contract.test_issue_is_the_act import case, handled, refused
from tests.contract.test_notices import STAFF, begun, words_of
from tests.contract.test_workflow import Hire, hire, step, taken, two_levels  # noqa: F401 - fixtures

Json = dict[str, Any]
RELEASE = {"information": "批复", "access": "随附"}

pytestmark = pytest.mark.usefixtures("two_levels")


async def hands(hire: Hire) -> list[httpx2.AsyncClient]:  # noqa: F811
    """The department's head, its reviewer of secrets, the office's, and the office's head."""
    return [
        await hire("bumen", "officer"),
        await hire("baomi", "officer"),
        await hire("bangong", "reviewer"),
        await hire("zhuren", "reviewer"),
    ]


def address(number: str, draft: Json) -> str:
    return f"{STAFF}/{number}/notices/{draft['id']}"


async def approve(hands: list[httpx2.AsyncClient], number: str, draft: Json) -> None:
    head, first, second, last = hands
    await taken(head, number, "signed_off", letter=draft["id"])
    await taken(first, number, "secrecy_reviewed", level=1, result="releasable", letter=draft["id"])
    await taken(second, number, "secrecy_reviewed", level=2, result="releasable", letter=draft["id"])
    await taken(last, number, "reviewed", letter=draft["id"])


async def test_a_draft_goes_out_once_every_hand_has_approved_it_as_it_is(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number, all_hands = await handled(client, staff), await hands(hire)
    draft = await begun(staff, number, "N11", **RELEASE)
    assert (await refused(staff, number, draft))["code"] == "secrecy_review_missing"
    assert (await staff.post(f"{address(number, draft)}/approval")).status_code == 200
    await approve(all_hands, number, draft)
    shown = (await staff.get(address(number, draft))).json()
    assert [(one["kind"], one["level"], one["given"]) for one in shown["approvals"]] == [
        ("signed_off", None, True),
        ("secrecy_reviewed", 1, True),
        ("secrecy_reviewed", 2, True),
        ("reviewed", None, True),
    ]
    assert (shown["sent_for_approval"], len(shown["draft"])) == (True, 32)
    change = {"elements": {"access": "另行寄送"}}
    assert (await staff.put(address(number, draft), json=change)).status_code == 200
    assert (await refused(staff, number, draft))["code"] == "secrecy_review_missing"  # an edit voids what was approved
    assert not any(one["given"] for one in (await staff.get(address(number, draft))).json()["approvals"])
    await approve(all_hands, number, draft)
    out = await staff.post(f"{address(number, draft)}/issue")
    assert out.status_code == 200, out.text
    assert (await case(staff, number))["status"] == "answered"


async def test_nobody_approves_what_they_wrote_nor_twice(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number = await handled(client, staff)
    head = (await hands(hire))[0]
    draft = await begun(staff, number, "N11", **RELEASE)
    own = await step(staff, number, "signed_off", letter=draft["id"])
    assert (own.status_code, own.json()["error"]["code"]) == (409, "own_draft")
    bare = await step(staff, number, "signed_off")  # the one draft there is, named or not
    assert bare.json()["error"]["code"] == "own_draft"
    await taken(head, number, "signed_off")
    again = await step(head, number, "secrecy_reviewed", level=1, result="releasable")
    assert again.json()["error"]["reason"] == "second_person"


async def test_approvals_from_before_the_draft_do_not_let_it_out(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number = await handled(client, staff)
    head, first, second, last = await hands(hire)
    await taken(first, number, "secrecy_reviewed", level=1, result="releasable")
    await taken(second, number, "secrecy_reviewed", level=2, result="releasable")
    await taken(head, number, "signed_off")
    await taken(last, number, "reviewed")
    draft = await begun(staff, number, "N11", **RELEASE)
    assert (await refused(staff, number, draft))["code"] == "secrecy_review_missing"


async def test_who_read_another_version_approves_nothing(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number = await handled(client, staff)
    head = (await hands(hire))[0]
    draft = await begun(staff, number, "N11", **RELEASE)
    stale = await step(head, number, "signed_off", letter=draft["id"], draft="0" * 32)
    assert stale.json()["error"]["code"] == "notice_changed"


async def test_a_draft_is_returned_with_the_reason_and_sent_again(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number = await handled(client, staff)
    head = (await hands(hire))[0]
    draft = await begun(staff, number, "N11", **RELEASE)
    body = {"reason": "没有写明页数"}
    early = await head.post(f"{address(number, draft)}/return", json=body)
    assert early.json()["error"]["code"] == "draft_unsent"
    await staff.post(f"{address(number, draft)}/approval")
    assert (await head.post(f"{address(number, draft)}/return", json=body)).status_code == 200
    last = (await case(staff, number))["events"][-1]
    assert (last["type"], last["note"], "reason" in last["data"]) == ("draft_returned", "没有写明页数", False)
    assert (await staff.post(f"{address(number, draft)}/approval")).status_code == 200


async def test_a_draft_that_lacks_something_is_not_sent(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await handled(client, staff)
    draft = await begun(staff, number, "N11")
    sent = await staff.post(f"{address(number, draft)}/approval")
    assert sent.json()["error"]["code"] == "notice_incomplete"


async def test_issued_while_an_approval_is_withdrawn_it_is_out_with_all_of_them_or_not_at_all(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number, all_hands = await handled(client, staff), await hands(hire)
    draft = await begun(staff, number, "N11", **RELEASE)
    await approve(all_hands, number, draft)
    signed = next(e["seq"] for e in (await case(staff, number))["events"] if e["type"] == "signed_off")
    out, withdrawn = await asyncio.gather(
        staff.post(f"{address(number, draft)}/issue"),
        step(all_hands[0], number, "voided", ref=f"e{signed}", reason="看错了"),
    )
    assert sorted((out.status_code, withdrawn.status_code)) == [200, 409]
    types = [e["type"] for e in (await case(staff, number))["events"]]
    assert ("answered" in types) == (out.status_code == 200) == ("voided" not in types)


async def test_the_internal_sheet_says_who_approved_the_draft_when_and_how(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number = await handled(client, staff)
    head, first, second, last = await hands(hire)
    draft = await begun(staff, number, "N11", **RELEASE)
    await taken(head, number, "signed_off")
    await staff.put(address(number, draft), json={"elements": {"access": "另行寄送"}})  # voids what was approved
    await taken(head, number, "signed_off", reason="同意按此公开")
    await taken(first, number, "secrecy_reviewed", level=1, result="releasable")
    await taken(second, number, "secrecy_reviewed", level=2, result="releasable")
    sheet = await begun(staff, number, "N27")
    said = next(e["value"] for e in sheet["elements"] if e["code"] == "secrecy")
    assert said.splitlines() == [
        "2026年11月20日，承办部门的保密审查（baomi）：可以公开",
        "2026年11月20日，办公室的保密审查（bangong）：可以公开",
    ]
    words = words_of((await staff.get(f"{address(number, sheet)}?format=pdf")).content)
    assert "承办部门负责人2026年11月20日，bumen：同意。同意按此公开" in words
    assert words.count("bumen") == 1, "what an edit voided is not on it"
    assert "工作机构负责人签名：" in words
    await taken(last, number, "reviewed")
    assert "工作机构负责人2026年11月20日，zhuren：同意" in words_of(
        (await staff.get(f"{address(number, sheet)}?format=pdf")).content
    )
    paper = (await staff.get(f"{address(number, sheet)}?format=docx")).content
    table = docx.Document(io.BytesIO(paper)).tables[-1]
    assert "2026年11月20日，zhuren：同意" in [row.cells[-1].text for row in table.rows]
