"""What somebody outside may say of an application, and whose an idempotency key is."""

from typing import Any, get_args

import httpx2
import pytest

from intake_api.office import Office
from intake_api.terms.receipt import Channel
from tests.samples import APPLICATION, applicant, application

CHATS = ("chat", "telegram", "wechat")


def bot(office: Office, chat: str = "a") -> dict[str, str]:
    return {"X-Service-Key": office.vault.service_key, "X-Client": chat}


@pytest.mark.parametrize("channel", sorted(set(get_args(Channel)) - {"web"}))
async def test_a_stranger_cannot_say_that_an_application_came_another_way(
    client: httpx2.AsyncClient, channel: str
) -> None:
    answer = await client.post("/api/v1/requests", json=application(channel=channel))
    assert answer.status_code == 422
    assert [field["name"] for field in answer.json()["error"]["fields"]] == ["channel"]


async def test_the_bot_speaks_for_chats_and_for_nothing_else(client: httpx2.AsyncClient, office: Office) -> None:
    codes = {
        channel: (
            await client.post("/api/v1/requests", json=application(channel=channel), headers=bot(office))
        ).status_code
        for channel in (*CHATS, "counter", "post", "email")
    }
    assert codes == dict.fromkeys(CHATS, 201) | dict.fromkeys(("counter", "post", "email"), 422)


async def test_a_key_is_its_senders_own(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office) -> None:
    """One key, used by a stranger, two chats and a clerk: four applications, each repeated only for its sender."""
    key = {"Idempotency-Key": "1"}
    entry = application(channel="counter", receipt_basis="counter", received_on="2026-11-19")

    async def each() -> list[str]:
        answers = [
            await client.post("/api/v1/requests", json=APPLICATION, headers=key),
            await client.post("/api/v1/requests", json=application(channel="chat"), headers=key | bot(office, "a")),
            await client.post("/api/v1/requests", json=application(channel="chat"), headers=key | bot(office, "b")),
            await staff.post("/api/v1/staff/cases", json=entry, headers=key),
        ]
        return [answer.json()["number"] for answer in answers]

    first = await each()
    assert len(set(first)) == 4
    assert await each() == first


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (application(addressee={}), "addressee"),
        (application(title=[]), "title"),
        (application(document_number=0), "document_number"),
        (application(channel={}), "channel"),
        (applicant(email={}), "applicant.email"),
        (applicant(address=False), "applicant.address"),
    ],
)
async def test_what_is_no_text_is_not_taken_for_nothing(
    client: httpx2.AsyncClient, body: dict[str, Any], field: str
) -> None:
    answer = await client.post("/api/v1/requests", json=body)
    assert answer.status_code == 422
    assert [problem["name"] for problem in answer.json()["error"]["fields"]] == [field]
