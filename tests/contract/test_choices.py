"""What an office can choose by settings, over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from intake_api.app import create_app
from intake_api.installation import open_vault
from intake_api.kit.errors import Failure
from intake_api.kit.limits import RateLimits
from intake_api.settings import Settings
from tests.conftest import SettableClock, free_port
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import application


@asynccontextmanager
async def office_with(tmp_path: Path, db_url: str, **settings: object) -> AsyncIterator[httpx2.AsyncClient]:
    chosen = Settings.load({"data": tmp_path / "data", "database_url": db_url, **settings})
    office = build_office(chosen, DIRECTORY, KeywordClassifier, SettableClock())
    app = create_app(office, work=False)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        yield http


@pytest.mark.parametrize("channel", ["web", "chat", "telegram"])
async def test_an_office_may_want_to_confirm_every_receipt_itself(tmp_path: Path, db_url: str, channel: str) -> None:
    async with office_with(tmp_path, db_url, confirm_internet="staff") as http:
        vault = open_vault(Settings.load({"data": tmp_path / "data", "database_url": db_url}), begin=False)
        bot = {"X-Service-Key": vault.service_key} if channel != "web" else {}
        answer = await http.post("/api/v1/requests", json=application(channel=channel), headers=bot)
        receipt = answer.json()
    assert receipt["status"] == "registered"
    assert receipt["received_on"] is receipt["due_on"] is None


async def test_the_number_of_submissions_a_minute_is_a_setting(tmp_path: Path, db_url: str) -> None:
    async with office_with(tmp_path, db_url, submissions_per_minute=2) as http:
        codes = [(await http.post("/api/v1/requests", json=application())).status_code for _ in range(3)]
    assert codes == [201, 201, 429]


async def test_several_processes_share_their_counts_through_redis(redis_url: str) -> None:
    one, other = RateLimits(redis_url, 3), RateLimits(redis_url, 3)
    for limits in (one, other, one):
        await limits.hit("submit", "192.0.2.1")
    with pytest.raises(Failure, match="rate_limited"):
        await other.hit("submit", "192.0.2.1")
    await one.close()
    await other.close()


async def test_intake_goes_on_uncounted_where_redis_is_away() -> None:
    limits = RateLimits(f"redis://127.0.0.1:{free_port()}", 1)
    for _ in range(3):
        await limits.hit("submit", "192.0.2.1")
    await limits.close()
