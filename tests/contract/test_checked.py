"""The form is read for what its description says, checked before it is sent, and nothing is lost on the way."""

import re
from html import unescape

import httpx2
import pytest

from intake_api.office import Office
from intake_api.web.security import STAFF_COOKIE
from tests.samples import application

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
SAID = "我叫张三，想看2024年示例县老旧小区改造的中标结果，电话13800000000，电子版就行。"
CHOSEN = {"addressee": "city", "key": "one", "description": SAID}


def hidden(page: str) -> dict[str, str]:
    """What a page would send back."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.partition('action="/apply')[2])
    return {name: unescape(value) for name, value in fields}


async def checked(client: httpx2.AsyncClient, **values: str) -> httpx2.Response:
    return await client.post("/apply", data=CHOSEN | {"step": "check"} | values)


async def test_what_the_description_says_is_not_asked_again_and_is_seen_before_it_is_sent(
    client: httpx2.AsyncClient, office: Office
) -> None:
    page = await checked(client, **{"delivery.way": "download"})
    assert page.status_code == 200, page.text
    assert "还没有提交" in page.text
    assert page.text.count("（从您写的内容里读出）") == 4, "person, name, telephone, form"
    assert "13800000000" in page.text
    assert await office.cases.total() == 0
    sent = await client.post("/apply", data=hidden(page.text))
    assert (sent.status_code, sent.headers["location"]) == (303, "/status/receipt")
    assert await office.cases.total() == 1


async def test_numbers_are_taken_out_of_the_description_and_stay_in_their_fields(client: httpx2.AsyncClient) -> None:
    first = await checked(client, **{"delivery.way": "download"})
    assert "从内容里去掉" in first.text
    bare = await client.post("/apply", data=hidden(first.text) | {"step": "strip"})
    kept = hidden(bare.text)
    assert "13800000000" not in kept["description"]
    assert "老旧小区改造的中标结果" in kept["description"]
    assert kept["applicant.phone"] == "13800000000"
    assert "从内容里去掉" not in bare.text


async def test_back_in_the_form_all_of_it_is_still_there(client: httpx2.AsyncClient) -> None:
    page = await checked(client, **{"delivery.way": "download", "applicant.address": "示例路1号"})
    again = await client.post("/apply", data=hidden(page.text) | {"step": "edit"})
    assert again.status_code == 200
    assert all(word in again.text for word in (SAID, "张三", "示例路1号", "13800000000"))
    assert 'name="key" value="one"' in again.text


async def test_what_is_still_missing_is_said_with_what_was_read(client: httpx2.AsyncClient) -> None:
    page = await checked(client)
    assert page.status_code == 422
    assert "从您写的内容里读出来的" in page.text
    assert 'id="f-delivery-way-error"' in page.text
    assert 'value="张三"' in page.text


async def test_what_was_filled_in_stands_and_of_who_writes_for_another_nothing_is_taken(
    client: httpx2.AsyncClient,
) -> None:
    own = {"applicant.name": "李四", "who": "natural", "applicant.phone": "13900000000"}
    page = await checked(client, **own, **{"delivery.way": "download"})
    assert hidden(page.text)["applicant.name"] == "李四"
    assert hidden(page.text)["applicant.phone"] == "13900000000"
    other = await checked(client, description="替我妈王芳申请2023年的低保名单，她电话13800000000")
    assert "王芳" not in hidden(other.text).values()
    assert other.status_code == 422


async def test_a_complaint_is_told_its_way_and_may_be_filed_all_the_same(client: httpx2.AsyncClient) -> None:
    said = "我要举报隔壁工地夜里施工扰民，请你们处理。我叫张三，电话13800000000，电子版"
    page = await checked(client, **{"description": said, "delivery.way": "download"})
    assert "12345" in page.text
    assert (await client.post("/apply", data=hidden(page.text))).status_code == 303


async def test_a_correction_is_filed_as_one(client: httpx2.AsyncClient) -> None:
    said = "我的户籍登记把出生日期写错了，请更正为1980年5月6日。我叫张三，电话13800000000，电子版"
    page = await checked(client, **{"description": said, "delivery.way": "download"})
    assert "按更正申请提交" in page.text
    sent = await client.post("/apply", data=hidden(page.text) | {"kind": "correction"})
    assert sent.status_code == 303
    assert "-GZ-" in sent.headers["set-cookie"]


async def test_a_letter_pasted_by_a_clerk_fills_the_empty_fields(client: httpx2.AsyncClient, office: Office) -> None:
    await office.people.add("jingban", "clerk", None, "a long password")
    session = await office.people.sign_in("jingban", "a long password")
    client.cookies.set(STAFF_COOKIE, session.token)
    letter = {"csrf": session.account.csrf, "channel": "post", "description": SAID}
    read = await client.post("/staff/cases/new", data=letter | {"step": "read"})
    assert read.status_code == 200, read.text
    assert all(f'value="{word}"' in read.text for word in ("张三", "13800000000"))
    assert SAID in read.text, "the letter stays whole until somebody says otherwise"
    bare = await client.post("/staff/cases/new", data=letter | {"step": "strip"})
    assert SAID not in bare.text
    assert "老旧小区改造的中标结果" in bare.text


@pytest.mark.parametrize(("medium", "way"), [("paper", "email"), ("electronic", "post"), ("disc", "download")])
async def test_what_cannot_go_together_is_told_and_no_application_is_refused_over_it(
    client: httpx2.AsyncClient, medium: str, way: str
) -> None:
    delivery = {"medium": medium, "way": way}
    (problem,) = (await client.post("/api/v1/requests/check", json={"delivery": delivery})).json()["problems"]
    assert problem["name"] == "delivery.way"
    assert "的方式提供，可以选：" in problem["message"]
    answer = await client.post("/api/v1/requests", json=application(delivery=delivery))
    assert answer.status_code == 201
