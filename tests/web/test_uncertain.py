"""Where it is not known whether something was stored, the page says so; the same form again registers nothing twice."""

import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import event

from intake_api.app import create_app
from intake_api.office import Office
from intake_api.web.texts import ERROR_AFTER_POST
from tests.web.test_protection import HTML

FORM = {
    "addressee": "city",
    "who": "natural",
    "description": "申请公开示例区2025年老旧小区改造计划。",
    "applicant.name": "张三",
    "applicant.phone": "13800000000",
    "delivery.medium": "electronic",
    "delivery.way": "download",
}


@pytest.fixture
def db_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    path = tmp_path / "test.db"
    path.write_bytes(Path(migrated_sqlite).read_bytes())
    return f"sqlite+aiosqlite:///{path}"


@contextmanager
def held(office: Office) -> Iterator[None]:
    """While a writer of another process holds the database."""
    path = office.db.url.removeprefix("sqlite+aiosqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
async def client(office: Office) -> AsyncIterator[httpx2.AsyncClient]:
    @event.listens_for(office.db._engines[0].sync_engine, "connect")
    def _hasty(connection, _record) -> None:  # type: ignore[no-untyped-def]  # the DBAPI's own type is private
        connection.execute("PRAGMA busy_timeout=1")

    app = create_app(office, work=False)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test", headers=HTML) as http,
    ):
        yield http


async def test_an_application_that_may_not_be_stored_keeps_its_words_and_its_key(
    client: httpx2.AsyncClient, office: Office
) -> None:
    with held(office):
        page = await client.post("/apply", data=FORM | {"key": "k1"})
    assert page.status_code == 503
    assert "不能确定是否已经提交" in page.text
    assert "不会重复登记" in page.text
    assert "没有提交成功" not in page.text
    assert 'name="key" value="k1"' in page.text
    assert FORM["description"] in page.text
    numbers = set()
    for _ in range(2):
        assert (await client.post("/apply", data=FORM | {"key": "k1"})).status_code == 303
        found = re.search(r'id="receipt-number">([^<]+)<', (await client.get("/status/receipt")).text)
        assert found
        numbers.add(found[1])
    assert len(numbers) == 1


async def test_a_step_that_may_not_be_stored_says_the_same(client: httpx2.AsyncClient, office: Office) -> None:
    assert (await client.post("/apply", data=FORM)).status_code == 303
    number = re.search(r'id="receipt-number">([^<]+)<', (await client.get("/status/receipt")).text)
    assert number
    step = {"number": number[1], "sure": "yes", "withdraw": "1"}
    with held(office):
        page = await client.post("/status/withdrawal", data=step)
    assert page.status_code == 503
    assert "不能确定有没有存上" in page.text
    for _ in range(2):
        assert (await client.post("/status/withdrawal", data=step)).status_code == 303
    assert (await client.get("/status/case")).text.count("您撤回了申请") == 1


async def test_a_fault_nobody_foresaw_promises_nothing_either(office: Office) -> None:
    app = create_app(office, work=False)

    @app.post("/broken")
    async def broken() -> None:
        raise RuntimeError

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=HTML) as http:
        assert ERROR_AFTER_POST in (await http.post("/broken")).text
        assert ERROR_AFTER_POST not in (await http.get("/nowhere")).text
