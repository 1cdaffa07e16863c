"""The console's page on models: versions and verdicts, who may decide, how suggestions fare, labels in doubt."""

import asyncio
import re
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from classifier.data import Row
from classifier.learn import train
from classifier.profile import Profile
from classifier.store import registry
from classifier.store.registry import Registry
from intake_api.cases.acts import Choice
from intake_api.cases.schemas import EventIn
from intake_api.jobs.service import Job
from intake_api.learning.repository import DoubtfulLabel
from intake_api.people.service import Account
from intake_api.web.templating import FEW
from tests.unit.classifier.conftest import profile, rows
from tests.web.conftest import DESK, NOW, PHONE, Site, Visitors

__all__ = ["profile", "rows"]
AT = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)
VERDICT = {
    "accepted": True,
    "reasons": [],
    "n": 300,
    "champion": {"accuracy": 0.81},
    "challenger": {"accuracy": 0.84},
}
ADMIN = Account(1, "jingban", "admin", None)


def apart(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: this one may hold the browser's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def used(site: Site, rows: list[Row], profile: Profile, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Two models, the newer one proposed; an answered case whose label is in doubt; its number is the second value."""
    models = Registry(site.office.settings.data / "models")
    versions = []
    for seed, some in ((0, rows), (1, rows[:-9])):
        folder = tmp_path_factory.mktemp("model") / "m"
        registry.save(train.train(some, profile, seed=seed), folder, date(2026, 11, 18 + seed))
        versions.append(models.add(folder))
    models.promote(versions[0], AT, "guanli", None, forgotten=())
    models.propose(versions[1], AT, "automatic", VERDICT)
    number = site.submit()["number"]
    apart(_answered(site, number))
    return versions[1], number


async def _answered(site: Site, number: str) -> None:
    # services of this loop alone; the site's own belong to the server's
    from tests.fakes.classifier import KeywordClassifier
    from tests.fakes.office import build_office

    office = build_office(site.office.settings, site.office.directory, KeywordClassifier, site.office.clock)
    await office.cases.confirm(ADMIN, number, Choice(department="education", disposition="public"))
    step = {"type": "answered", "delivery": "electronic", "outcome": "3.1"}
    await office.cases.record(ADMIN, number, EventIn.model_validate(step).act())
    [case] = [one async for one in office.learning.answered.all() if one.department == "education"][:1]
    await office.learning.doubts.keep([DoubtfulLabel(case.id, "education", "natural-resources", 0.01, 0.93)])
    async with office.db.write() as session:
        later = NOW.replace(year=2099)
        session.add(Job(kind="retrain", payload={}, run_at=later, progress=40, said="正在用 4390 条数据训练。"))
    await office.db.dispose()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_is_accessible_and_does_not_scroll_sideways(
    visitors: Visitors, used: tuple[str, str], size: tuple[int, int]
) -> None:
    page = visitors.staff("guanli", size=size)
    for path in ("/staff/models", f"/staff/models/{used[0]}"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_a_reviewer_sees_the_models_and_cannot_decide(visitors: Visitors, used: tuple[str, str]) -> None:
    page = visitors.staff("shenhe", javascript=False)
    page.get_by_role("link", name="模型").click()
    expect(page.get_by_role("row").filter(has_text=used[0])).to_contain_text("比较通过")
    expect(page.get_by_role("row").filter(has_text=used[0])).to_contain_text("81.0% → 84.0%")
    expect(page.get_by_label("训练进度")).to_be_visible()
    expect(page.get_by_text("正在用 4390 条数据训练")).to_be_visible()
    expect(page.get_by_role("button", name="启用")).to_have_count(0)
    page.get_by_role("link", name=used[0]).first.click()
    expect(page.get_by_role("heading", name="算法登记表")).to_be_visible()


def test_a_clerk_has_no_page_of_models(visitors: Visitors, used: tuple[str, str]) -> None:
    page = visitors.staff("jingban")
    expect(page.get_by_role("link", name="模型")).to_have_count(0)
    answer = page.goto("/staff/models")
    assert answer is not None
    assert answer.status == 403


def test_a_label_in_doubt_leads_to_its_case_and_overrides_are_drawn(visitors: Visitors, used: tuple[str, str]) -> None:
    page = visitors.staff("shenhe")
    page.goto("/staff/models")
    expect(page.get_by_role("img", name="首选建议被改的比例")).to_be_visible()
    page.get_by_text("每周的数字").click()
    week = page.get_by_role("region", name="每周的数字").get_by_role("row").nth(1)
    n = int(week.get_by_role("cell").nth(1).inner_text())
    share = f"/{n}" if n < FEW else "%"
    assert week.get_by_role("cell").nth(2).inner_text().endswith(share), "a share of few cases is a count"
    expect(page.locator("main")).not_to_contain_text(re.compile("<1%.*件|>99%.*件"))
    page.get_by_role("region", name="归口可能有误").get_by_role("link", name=used[1]).click()
    expect(page.get_by_role("heading", name=used[1])).to_be_visible()
    page.go_back()
    page.get_by_role("button", name=f"{used[1]}：没有错").click()
    expect(page.get_by_role("region", name="归口可能有误")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_administrator_promotes_rolls_back_and_both_are_on_record(visitors: Visitors, used: tuple[str, str]) -> None:
    page = visitors.staff("guanli", javascript=False)
    page.goto("/staff/models")
    page.get_by_role("button", name=f"启用 {used[0]}").click()
    expect(page.get_by_role("row").filter(has_text=used[0])).to_contain_text("在用")
    page.get_by_role("button", name="退回上一个模型").click()
    expect(page.get_by_role("row").filter(has_text=used[0])).not_to_contain_text("在用")
    expect(page.get_by_role("listitem").filter(has_text="退回到")).to_contain_text("guanli")
    # a model that other tests of this office brought into use may lie below
    back = page.get_by_role("button", name="退回上一个模型")
    for _ in range(3):
        back.click()
        if page.get_by_role("alert").count():
            break
    expect(page.get_by_role("alert")).to_contain_text("没有更早启用过的模型")


def test_a_reviewer_takes_a_case_out_of_training(visitors: Visitors, used: tuple[str, str]) -> None:
    page = visitors.staff("shenhe")
    page.goto(f"/staff/cases/{used[1]}")
    page.get_by_text("不再用于训练模型").click()
    page.get_by_role("button", name="不再用于训练").click()
    expect(page.get_by_role("listitem").filter(has_text="不再用于训练模型")).to_be_visible()
    expect(page.get_by_role("button", name="不再用于训练")).to_have_count(0)
