"""Numbers of notices are gap-free, whoever issues at the same time; each is in its case's chain."""

import asyncio
import itertools

import httpx2
import pytest

from intake_api.app import create_app
from intake_api.notices import render_pdf
from intake_api.notices.document import Document
from intake_api.office import Office
from tests.contract.test_notices import STAFF, begun, submitted
from tests.contract.test_staff import CONFIRM
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.unit.notices.test_notice_templates import template


async def drafts(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, cases: int) -> list[str]:
    """Addresses of complete answers that share one series, each on a case of its own."""
    found = []
    for number in [(await submitted(client))["number"] for _ in range(cases)]:
        await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
        draft = await begun(staff, number, "N10", place="示例市人民政府网站")
        found.append(f"{STAFF}/{number}/notices/{draft['id']}")
    return found


async def test_notices_issued_at_once_by_two_processes_are_numbered_without_a_gap(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    addresses = await drafts(client, staff, cases=6)
    other = build_office(office.settings, DIRECTORY, KeywordClassifier, office.clock)
    transport = httpx2.ASGITransport(create_app(other, work=False))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=staff.headers) as elsewhere:
        hands = itertools.cycle((staff, elsewhere))
        answers = await asyncio.gather(*(next(hands).post(f"{address}/issue") for address in addresses))
    await other.db.dispose()
    assert [answer.status_code for answer in answers] == [200] * len(addresses)
    numbers = sorted(answer.json()["number"] for answer in answers)
    assert numbers == [f"示政公开答〔2026〕{serial}号" for serial in range(1, len(addresses) + 1)]
    assert await office.verified() == (6, None)


async def test_one_draft_issued_twice_at_once_goes_out_once(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    (address,) = await drafts(client, staff, cases=1)
    answers = await asyncio.gather(*(staff.post(f"{address}/issue") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_a_notice_that_cannot_be_set_takes_no_number(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    (address,) = await drafts(client, staff, cases=1)
    own = office.settings.data / "notice_templates"
    own.mkdir(parents=True)
    template(own, "N10.docx", "{{ moon }}")
    assert (await staff.post(f"{address}/issue")).json()["error"]["code"] == "template_field_unknown"
    (own / "N10.docx").unlink()
    assert (await staff.post(f"{address}/issue")).json()["number"] == "示政公开答〔2026〕1号"


async def test_each_kind_of_notice_has_a_series_of_its_own(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    one, other = [(await submitted(client))["number"] for _ in range(2)]
    numbers = []
    for number, code, elements in (
        (one, "N1", {}),
        (one, "N10", {"place": "网站"}),
        (one, "N1", {}),
        (other, "N21", {"place": "图书馆"}),
    ):
        await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
        draft = await begun(staff, number, code, **elements)
        out = await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")
        numbers.append(out.json()["number"])
    assert numbers == [
        f"示政公开{sign}〔2026〕{serial}号" for sign, serial in (("收", 1), ("答", 1), ("收", 2), ("告", 1))
    ]


async def test_a_step_taken_while_a_notice_is_set_makes_it_be_set_anew(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (address,) = await drafts(client, staff, cases=1)
    number = address.split("/")[-3]
    set_before = render_pdf.render
    loop, settings = asyncio.get_running_loop(), []

    def slow(document: Document, *rest: object) -> bytes:
        settings.append(document.number)
        if len(settings) == 1:
            looked = asyncio.run_coroutine_threadsafe(staff.post(f"{STAFF}/{number}/particulars"), loop)
            assert looked.result(20).status_code == 200
        return set_before(document, *rest)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(render_pdf, "render", slow)
    assert (await staff.post(f"{address}/issue")).json()["number"] == "示政公开答〔2026〕1号"
    assert len(settings) == 2
