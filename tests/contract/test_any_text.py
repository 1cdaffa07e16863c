"""Any Unicode text in every field of a case: taken or told blank, and then in every file and on every page."""

import inspect
import io
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Annotated, Any, get_args, get_origin

import docx
import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import select

from intake_api.cases.models import Event
from intake_api.kit.text import tidy
from intake_api.office import Office
from intake_api.people.service import Account
from tests.routes import routes_of
from tests.samples import application

REVIEWER = Account(1, "shenhe", "reviewer", None)
ODD = st.sampled_from("\x00\r\n\t\x85\u2028\ufffe\uffff\ufdd0\u200b\u3164\u2800\ud800=+-@＝＠'<&\"_x0041#N/A😀")
ANY = st.text(st.characters(codec=None, categories=None) | ODD, max_size=40)
FIELDS = ("name", "legal_representative", "contact_name", "address")
TEXTS = ("title", "description", "document_number")


class Words(HTMLParser):
    """What a page says, without blanks."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def plain(self) -> str:
        return "".join("".join(self.said).split())


def plain(text: str) -> str:
    return "".join(text.split())


@given(st.fixed_dictionaries(dict.fromkeys((*FIELDS, *TEXTS), ANY)))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
async def test_what_is_filed_is_in_every_file_and_on_every_page(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, given: dict[str, str]
) -> None:
    given["name"], given["description"] = f"张三{given['name']}", f"申请公开{given['description']}"
    who = {"type": "business", "phone": "13800000000"} | {name: given[name] for name in FIELDS}
    body = application(applicant=who) | {name: given[name] for name in TEXTS}
    answer = await client.post(
        "/api/v1/requests", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 201, answer.text
    number = answer.json()["number"]
    case = (await staff.get(f"/api/v1/staff/cases/{number}")).json()
    assert case["description"] == tidy(given["description"])
    shown = (await staff.post(f"/api/v1/staff/cases/{number}/particulars")).json()
    assert shown["address"] == (tidy(given["address"]) or None) if "address" in shown else not tidy(given["address"])
    for kind in ("csv", "xlsx"):
        file = io.BytesIO()
        assert number in await office.ledger.export(file, f"台账.{kind}")
        again = await office.ledger.preview(f"台账.{kind}", file.getvalue(), by="system")
        assert (again.errors, again.new, again.unchanged) == ((), 0, again.rows)
    path = f"/api/v1/staff/cases/{number}/notices"
    letter = (await staff.post(path, json={"code": "N1"})).json()["id"]
    paper = (await staff.get(f"{path}/{letter}?format=docx")).content
    words = plain("".join(paragraph.text for paragraph in docx.Document(io.BytesIO(paper)).paragraphs))
    assert [line for line in tidy(given["name"]).splitlines() if plain(line) not in words] == []
    page = await client.get("/status/case", headers={"Cookie": await receipt_cookie(client, answer.json())})
    assert plain(case["title"]) in Words(page.text).plain


async def receipt_cookie(client: httpx2.AsyncClient, receipt: dict[str, Any]) -> str:
    data = {"number": receipt["number"], "code": receipt["query_code"]}
    return (await client.post("/status", data=data)).headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2800", "\u034f", "\u00ad", "\u3000", "\ufeff", "\uffff"])
@pytest.mark.parametrize("field", ["applicant.name", "description"])
async def test_what_is_blank_to_the_eye_is_told_beside_its_field(
    client: httpx2.AsyncClient, field: str, blank: str
) -> None:
    who = {"type": "natural", "name": blank if field == "applicant.name" else "张三", "phone": "13800000000"}
    body = application(applicant=who) | ({"description": blank * 3} if field == "description" else {})
    for path in ("/api/v1/requests", "/api/v1/requests/check"):
        answer = await client.post(path, json=body)
        problems = answer.json()["problems"] if path.endswith("check") else answer.json()["error"]["fields"]
        assert [problem["name"] for problem in problems] == [field], path
    form = {"description": body["description"], "applicant.name": who["name"], "applicant.phone": who["phone"]}
    form |= {"delivery.medium": "electronic", "delivery.way": "download"}
    page = await client.post("/apply", data=form)
    assert page.status_code == 422
    assert f'id="f-{field.replace(".", "-")}-error"' in page.text


def text_fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """Fields of a payload that take any text, with those of the models inside it."""
    for name, field in model.model_fields.items():
        if get_origin(field.annotation) is dict:  # by codes of ours: the texts are its values
            yield f"{model.__name__}.{name}", get_args(field.annotation)[1]
            continue
        kinds = {field.annotation, *get_args(field.annotation)}
        if str in kinds:
            yield f"{model.__name__}.{name}", Annotated[(field.annotation, *field.metadata)]
        for inner in kinds:
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from text_fields(inner)


async def test_every_text_of_every_payload_passes_the_one_door(office: Office) -> None:
    """Passwords alone are taken as they are typed."""
    payloads = {field.field_info.annotation for route in routes_of(office) for field in route.dependant.body_params}
    models = [payload for payload in payloads if inspect.isclass(payload) and issubclass(payload, BaseModel)]
    found = dict(field for payload in models for field in text_fields(payload))
    assert len(found) > 25
    untouched = {"Credentials.password", "Credentials.username", "Credentials.totp"}
    untouched |= {"PasswordChange.old", "PasswordChange.new"}
    for name in found.keys() - untouched:
        assert TypeAdapter(found[name]).validate_python("\u200b甲\uffff乙 \u3164") == "甲乙", name


async def test_an_export_that_fails_is_no_look_at_anybody(client: httpx2.AsyncClient, office: Office) -> None:
    await client.post("/api/v1/requests", json=application())

    async def looks() -> int:
        async with office.db.read() as session:
            return len(list(await session.scalars(select(Event).where(Event.type == "particulars_viewed"))))

    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        await office.ledger.export_for(REVIEWER, full, "台账.csv", None, None)
    assert await looks() == 0
    assert await office.ledger.export_for(REVIEWER, io.BytesIO(), "台账.csv", None, None) == 1
    assert await looks() == 1
