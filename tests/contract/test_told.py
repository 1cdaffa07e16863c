"""What applicants are told: what they are asked to make clear, and, by chat, whatever changes for them."""

from typing import Any

import httpx2
import pytest

from intake_api.office import Office
from tests.contract.test_applicant_steps import call
from tests.contract.test_notices import issued, reviewer_of
from tests.contract.test_staff import CONFIRM
from tests.contract.test_workflow import MATTERS, taken
from tests.samples import application

Json = dict[str, Any]
ASKED = {"unclear": "没有写明年份", "needed": "所需文件的年份\n文件名称"}
CONSULTED = {"recipient": "示例公司", "information": "合同", "interests": "商业秘密", "enclosures": "无"}
CONSEQUENCE = "无正当理由逾期不补正的，视为放弃申请，不再处理（条例第三十条）。"


@pytest.fixture
def key(office: Office) -> dict[str, str]:
    return {"X-Service-Key": office.vault.service_key}


async def filed(client: httpx2.AsyncClient, key: dict[str, str], channel: str = "chat") -> tuple[str, str]:
    headers = {} if channel == "web" else key
    receipt = (await client.post("/api/v1/requests", json=application(channel=channel), headers=headers)).json()
    return receipt["number"], receipt["query_code"]


async def news(client: httpx2.AsyncClient, key: dict[str, str]) -> list[tuple[str, str]]:
    """What waits for the bot, taken from it."""
    items = (await client.get("/api/v1/service/outbox", headers=key)).json()["items"]
    for item in items:
        await client.post(f"/api/v1/service/outbox/{item['id']}/delivered", headers=key)
    return [(item["number"], item["sentence"]) for item in items]


async def seen(client: httpx2.AsyncClient, own: tuple[str, str]) -> Json:
    view: Json = (await client.get(f"/api/v1/requests/{own[0]}", headers={"X-Query-Code": own[1]})).json()
    return view


async def test_the_applicant_sees_what_is_asked_by_when_and_what_happens_otherwise(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, key: dict[str, str]
) -> None:
    own = await filed(client, key, "web")
    assert (await seen(client, own))["clarification"] is None
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    asked = {"unclear": [], "needed": [], "reply_by": "2026-12-04", "otherwise": CONSEQUENCE}
    assert (await seen(client, own))["clarification"] == asked
    first = await issued(staff, own[0], "N2", **ASKED)
    asked |= {"unclear": ["没有写明年份"], "needed": ["所需文件的年份", "文件名称"]}
    assert (await seen(client, own))["clarification"] == asked
    await issued(staff, own[0], "N2", **ASKED | {"needed": "文件名称"}, replaces=first["number"])
    assert (await seen(client, own))["clarification"]["needed"] == ["文件名称"], "the notice in force"
    answer = await call(client, own, "supplements", {"text": "2025年的批复"})
    assert answer.json()["clarification"] is None
    assert await news(client, key) == [], "who applied on the page looks there"


async def test_who_applied_by_chat_is_told_of_every_step_that_is_theirs_to_know_and_of_every_notice(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, key: dict[str, str]
) -> None:
    own = await filed(client, key)
    number = own[0]
    await taken(staff, number, "clarification_requested", reply_by="2026-12-04")
    first = await issued(staff, number, "N2", **ASKED)
    second = await issued(staff, number, "N2", **ASKED, replaces=first["number"])
    told = [sentence for _, sentence in await news(client, key)]
    assert len(told) == 3
    assert "补正告知书" in told[0]
    assert told[1] == f"给您发出了《政府信息公开申请补正告知书》（{first['number']}），可以凭编号和查询码查看、下载。"
    assert told[2].endswith(
        f"（{second['number']}），可以凭编号和查询码查看、下载。它更正并取代此前的{first['number']}。"
    )
    await call(client, own, "supplements", {"text": "2025年的批复"})
    (again,) = await news(client, key)
    assert again[1].endswith("答复期限：2026年12月18日。")
    await staff.post(f"/api/v1/staff/cases/{number}/confirmation", json=CONFIRM)
    await news(client, key)
    reviewer = await reviewer_of(office, client)
    event = {"type": "extended", "days": 5}
    assert (await client.post(f"/api/v1/staff/cases/{number}/events", json=event, headers=reviewer)).status_code == 200
    (longer,) = await news(client, key)
    assert longer[1].startswith("延长答复期限。")
    assert longer[1].endswith("答复期限：2026年12月25日。")
    extended = next(
        e for e in (await staff.get(f"/api/v1/staff/cases/{number}")).json()["events"] if e["type"] == "extended"
    )
    void = {"type": "voided", "ref": f"e{extended['seq']}", "reason": "天数有误"}
    assert (await client.post(f"/api/v1/staff/cases/{number}/events", json=void, headers=reviewer)).status_code == 200
    (taken_back,) = await news(client, key)
    assert taken_back[1].endswith("答复期限：2026年12月18日。"), "a term that is no longer extended"


@pytest.mark.parametrize("quiet", ["linked", "particulars", "third_party"])
async def test_what_applicants_are_not_shown_they_are_not_told(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, key: dict[str, str], quiet: str
) -> None:
    number, _ = await filed(client, key)
    await staff.post(f"/api/v1/staff/cases/{number}/confirmation", json=CONFIRM)
    asked = await issued(staff, number, "N4", **CONSULTED) if quiet == "third_party" else {}
    await news(client, key)
    if quiet == "linked":
        other, _ = await filed(client, key, "web")
        await taken(staff, number, "linked", number=other, relation="related")
    elif quiet == "particulars":
        await staff.post(f"/api/v1/staff/cases/{number}/particulars")
    else:
        await issued(staff, number, "N4", **CONSULTED | {"information": "合同附件"}, replaces=asked["number"])
    assert await news(client, key) == []


async def test_of_a_letter_to_somebody_else_the_applicant_is_told_its_step_alone(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, key: dict[str, str]
) -> None:
    own = await filed(client, key)
    await staff.post(f"/api/v1/staff/cases/{own[0]}/confirmation", json=CONFIRM)
    await news(client, key)
    await issued(staff, own[0], "N4", **CONSULTED)
    told = "正在书面征求第三方或者有关机关的意见，所需时间不计入答复期限。"
    assert await news(client, key) == [(own[0], told)], "neither who is asked, nor the letter, nor its number"
    view = await seen(client, own)
    assert (view["sentence"], view["notices"]) == (told, []), "the same as on the page"
    assert view["timeline"][-1]["title"] == "开始征求意见"


async def test_what_was_split_from_a_case_is_told_in_its_chat(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, key: dict[str, str]
) -> None:
    number, _ = await filed(client, key)
    answer = await staff.post(f"/api/v1/staff/cases/{number}/children", json=MATTERS)
    child = answer.json()["children"][0]["number"]
    await news(client, key)
    await staff.post(f"/api/v1/staff/cases/{child}/confirmation", json=CONFIRM)
    ((told, sentence),) = await news(client, key)
    assert told == number, "the chat holds no other"
    assert sentence.startswith(f"分开办理的 {child}：")
