"""How much a use case asks of the database: statements as the driver gets them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx2
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from intake_api.kit.vault import Vault
from intake_api.office import Office
from intake_api.web.security import STAFF_COOKIE
from tests.contract.test_notices import STAFF, begun, submitted
from tests.contract.test_staff import CONFIRM

PLACE = {"elements.place": "示例市人民政府网站", "version": "1"}


_counted: ContextVar[list[str] | None] = ContextVar("counted", default=None)


def _note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    sent = _counted.get()
    if sent is not None and not statement.startswith("BEGIN"):  # which only SQLite is sent this way
        sent.append(statement)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that this test and what it starts send meanwhile; not those of tasks that ran before."""
    sent: list[str] = []
    event.listen(Engine, "before_cursor_execute", _note)
    counting = _counted.set(sent)
    try:
        yield sent
    finally:
        _counted.reset(counting)
        event.remove(Engine, "before_cursor_execute", _note)


def told(sent: list[str]) -> str:
    """The statements short enough to be read where a test fails: what each does, and to which rows."""
    return "\n".join(f"{each[:40]} … {each[-90:]}".replace("\n", " ") for each in sent)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The places of sealed values that were opened."""
    places: list[str] = []
    real = Vault.open

    def noted(self: Vault, place: str, sealed: bytes) -> Any:
        places.append(place)
        return real(self, place, sealed)

    monkeypatch.setattr(Vault, "open", noted)
    return places


async def test_a_confirmation(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = (await submitted(client))["number"]
    with statements() as sent:
        answer = await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    assert answer.status_code == 200
    assert 0 < len(sent) <= 14, told(sent)


async def test_a_notice_is_saved_and_shown_again(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, opened: list[str]
) -> None:
    number = (await submitted(client))["number"]
    draft = await begun(staff, number, "N10")
    opened.clear()
    with statements() as sent:
        saved = await staff.put(f"{STAFF}/{number}/notices/{draft['id']}", json={"elements": {"place": "网站"}})
    assert saved.json()["missing"] == []
    assert 0 < len(sent) <= 8, told(sent)
    of_case = [place for place in opened if not place.startswith("notice:")]
    assert of_case == [f"case_text:{number}", f"applicant:{number}"]


async def test_a_notice_is_saved_on_its_page_and_the_page_shown_again(
    client: httpx2.AsyncClient, office: Office, opened: list[str]
) -> None:
    await office.people.add("shenhe", "reviewer", None, "a long password")
    session = await office.people.sign_in("shenhe", "a long password")
    number = (await submitted(client))["number"]
    pages = httpx2.AsyncClient(transport=client._transport, base_url="http://test")
    pages.cookies.set(STAFF_COOKIE, session.token)
    csrf = {"csrf": session.account.csrf}
    address = (await pages.post(f"/staff/cases/{number}/notices", data=csrf | {"code": "N10"})).headers["location"]
    opened.clear()
    with statements() as sent:
        saved = await pages.post(address.partition("#")[0], data=csrf | PLACE)
        shown = await pages.get(saved.headers["location"])
    assert PLACE["elements.place"] in shown.text
    assert 0 < len(sent) <= 25, told(sent)
    assert opened.count(f"case_text:{number}") == 2  # once a request: what was typed is compared with what is known
