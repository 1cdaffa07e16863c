"""The web chat over HTTP: sessions, messages, events, and one error shape for whatever is wrong."""

import asyncio
import json
from typing import Any

import pytest
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile

from bot.transports.capture import UnsupportedInWebChat, allow_listed
from tests.chat.conftest import QUESTION, TO_SUMMARY, Chat, Citizen


async def test_the_whole_conversation_can_be_drawn_again(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY)
    page = await citizen.page()
    assert [m["text"] for m in page if m["from"] == "citizen"] == [t for t in TO_SUMMARY if not t.startswith("[")]
    with_buttons = [m for m in page if m["buttons"]]
    assert with_buttons == page[-1:], "only the open question can be answered"
    assert any("直接发姓名就行）\n✓ 个人" in m["text"] and not m["buttons"] for m in page), "a press shows in its place"
    assert all(m.keys() <= {"id", "from", "html", "text", "buttons", "replaces"} for m in page)


async def test_messages_after_an_id(citizen: Citizen, chat: Chat) -> None:
    await citizen.says(QUESTION)
    last = (await citizen.page())[-1]["id"]
    await citizen.presses("填写申请")
    response = await chat.http.get(f"/chat/{citizen.session}/messages?after={last}")
    messages = (await response.json())["messages"]
    assert [message.get("replaces") for message in messages] == [last, None], "the edit, then the question"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "字" * 10_001}, 422, "description_too_long"),
        ({"text": ""}, 422, "invalid_request"),
        ({"text": " \n\t"}, 422, "invalid_request"),
        ({"text": 1}, 422, "invalid_request"),
        ({"text": None}, 422, "invalid_request"),
        ({"text": "a", "button": "b"}, 422, "invalid_request"),
        ({"text": "a", "extra": 1}, 422, "invalid_request"),
        ({"other": "a"}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
        ([], 422, "invalid_request"),
        ({"button": "字" * 22}, 422, "invalid_request"),
        (b"{", 422, "invalid_json"),
        (b"\xff\xfe", 422, "invalid_json"),
        (b"[" * 100_000, 422, "invalid_json"),
        (b'{"text": "' + b"a" * 300_000 + b'"}', 413, "body_too_large"),
    ],
)
async def test_what_is_wrong_with_a_message_is_said(
    citizen: Citizen, chat: Chat, body: Any, status: int, code: str
) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = await chat.http.post(f"/chat/{citizen.session}/messages", data=raw)
    assert response.status == status
    error = (await response.json())["error"]
    assert error["code"] == code
    assert error["message"].endswith("。")
    assert "{" not in error["message"]
    assert len(await citizen.page()) == 1, "nothing of it was taken"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/chat/unknown/messages"),
        ("POST", "/chat/unknown/messages"),
        ("GET", "/chat/unknown/events"),
        ("GET", "/chat/%ED%A0%80/messages"),
    ],
)
async def test_an_unknown_session(chat: Chat, method: str, path: str) -> None:
    response = await chat.http.request(method, path, json={"text": "示例"} if method == "POST" else None)
    assert response.status == 404
    assert (await response.json())["error"]["code"] == "chat_session_not_found"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("DELETE", "/chat", 405),
        ("GET", "/chat/SESSION/messages?after=-1", 422),
        ("GET", "/chat/SESSION/messages?after=x", 422),
    ],
)
async def test_other_calls_get_the_one_error_shape(
    citizen: Citizen, chat: Chat, method: str, path: str, status: int
) -> None:
    response = await chat.http.request(method, path.replace("SESSION", citizen.session))
    assert response.status == status
    assert (await response.json())["error"].keys() == {"code", "message"}


async def test_opening_takes_no_fields(chat: Chat) -> None:
    assert (await chat.http.post("/chat", json={})).status == 201
    assert (await chat.http.post("/chat", json={"name": "张三"})).status == 422


@pytest.mark.parametrize("text", ["\ud800\udfff示例\x00文件", "示\u202e例\ufeff文件", "𠮷野家的批文"])
async def test_strange_characters_break_nothing(citizen: Citizen, text: str) -> None:
    reply = await citizen.says(text)
    assert "示" in reply or "𠮷" in reply


async def events(chat: Chat, session: str, count: int, **headers: str) -> list[dict[str, Any]]:
    """The first so many server-sent events."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(10), chat.http.get(f"/chat/{session}/events", headers=headers) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        event_id = ""
        async for raw in response.content:
            line = raw.decode().rstrip("\n")
            if line.startswith("id: "):
                event_id = line[4:]
            elif line.startswith("data: "):
                found.append(json.loads(line[6:]))
                assert event_id == str(found[-1]["id"])
                if len(found) == count:
                    return found
    return found


async def test_events_bring_each_message_as_it_comes(citizen: Citizen, chat: Chat) -> None:
    listening = asyncio.ensure_future(events(chat, citizen.session, 3))
    await asyncio.sleep(0.05)
    await citizen.says(QUESTION)
    greeting, own, answer = await listening
    assert "您好" in greeting["text"]
    assert (own["from"], own["text"]) == ("citizen", QUESTION)
    assert answer["buttons"][0][0]["text"] == "填写申请"


async def test_events_continue_where_they_broke_off(citizen: Citizen, chat: Chat) -> None:
    await citizen.says(QUESTION)
    first = (await events(chat, citizen.session, 1))[0]
    rest = await events(chat, citizen.session, 2, **{"Last-Event-ID": str(first["id"])})
    assert [message["from"] for message in rest] == ["citizen", "office"]


async def test_streams_end_when_the_process_stops(citizen: Citizen, chat: Chat) -> None:
    listening = asyncio.ensure_future(events(chat, citizen.session, 99))
    await asyncio.sleep(0.1)
    chat.mailbox.close()
    assert len(await listening) == 1


async def test_visitors_do_not_hear_each_other(chat: Chat) -> None:
    visitors = [await Citizen.arrives(chat) for _ in range(5)]
    replies = await asyncio.gather(*(v.says(f"示例路{i}号的批文") for i, v in enumerate(visitors)))
    for i, reply in enumerate(replies):
        assert f"示例路{i}号" in reply
        assert sum(f"示例路{j}号" in reply for j in range(5)) == 1


async def test_a_method_without_meaning_in_the_web_chat_is_never_a_silent_success(chat: Chat) -> None:
    with pytest.raises(UnsupportedInWebChat):
        await chat.web.bot(SendDocument(chat_id=1, document=BufferedInputFile(b"x", "x.txt")))


@pytest.mark.parametrize(
    ("html", "safe", "plain"),
    [
        ("<b>a</b>\nb", "<b>a</b><br>b", "a\nb"),
        ("<script>x</script>", "x", "x"),
        ('<a href="javascript:x">y</a>', "y", "y"),
        ('<b onclick="x">y', "<b>y</b>", "y"),
        ("<b><i>x</b></i>", "<b><i>x</i></b>", "x"),
        ("&lt;b&gt; &amp;", "&lt;b&gt; &amp;", "<b> &"),
    ],
)
def test_only_a_few_tags_reach_the_page(html: str, safe: str, plain: str) -> None:
    assert allow_listed(html) == (safe, plain)
