"""What `/metrics` tells of the office, to whom, and that it holds no word of anybody's."""

import re
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from intake_api.office import Office
from tests.conftest import SettableClock
from tests.samples import APPLICATION

ROOT = Path(__file__).parents[2]


async def told(client: httpx2.AsyncClient) -> dict[str, float]:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_the_figures_are_those_of_the_queue(
    office: Office, client: httpx2.AsyncClient, clock: SettableClock
) -> None:
    for _ in range(3):
        assert (await client.post("/api/v1/requests", json=APPLICATION)).status_code == 201
    found = await told(client)
    assert found["gongkai_up"] == 1
    assert sum(value for name, value in found.items() if name.startswith("gongkai_cases_open{")) == 3
    assert (found["gongkai_cases_overdue"], found["gongkai_messages_waiting"]) == (0, 0)
    clock.moment += timedelta(days=60)
    later = await told(client)
    assert later["gongkai_cases_overdue"] == 3
    assert later["gongkai_newest_event_age_seconds"] > 30 * 86400


async def test_errors_are_counted_by_code(client: httpx2.AsyncClient) -> None:
    before = (await told(client)).get("gongkai_errors_total{code=case_not_found}", 0)
    await client.get("/api/v1/requests/X-2026-1", headers={"X-Query-Code": "none"})
    await client.get("/api/v1/requests/X-2026-2", headers={"X-Query-Code": "none"})
    assert (await told(client))["gongkai_errors_total{code=case_not_found}"] == before + 2


@pytest.mark.parametrize(("allowed", "status"), [("192.0.2.0/24", 200), ("127.0.0.1", 404)])
async def test_only_those_named_may_read_them(
    office: Office, client: httpx2.AsyncClient, allowed: str, status: int
) -> None:
    office.settings.metrics_from = allowed
    office.settings.trusted_proxies = "127.0.0.1"
    answer = await client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"})
    assert answer.status_code == status


async def test_no_word_of_an_application_is_in_them(client: httpx2.AsyncClient) -> None:
    receipt = (await client.post("/api/v1/requests", json=APPLICATION)).json()
    said = (await client.get("/metrics")).text
    planted = [receipt["number"], receipt["query_code"], APPLICATION["description"], APPLICATION["applicant"]["name"]]
    assert not [word for word in planted if word in said]


async def test_alerts_and_docs_speak_of_figures_that_exist(client: httpx2.AsyncClient) -> None:
    await client.get("/api/v1/none")
    await client.post("/api/v1/requests", json=APPLICATION)
    said = (await client.get("/metrics")).text + "gongkai_backup_age_seconds"
    alerts = (ROOT / "deploy/prometheus-alerts.yml").read_text("utf-8")
    docs = (ROOT / "docs/operations.md").read_text("utf-8")
    for text in (alerts, docs):
        assert not {name for name in re.findall(r"\bgongkai_\w+", text) if name not in said}
    for alert in re.findall(r"alert: (\w+)", alerts):
        assert f"**{alert}.**" in docs
