"""What is already public is found before anybody applies (条例 art. 36(1)), alike on both databases."""

import json
import tomllib
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from sqlalchemy import inspect
from typer.testing import CliRunner

from intake_api import migrate
from intake_api.cli import app, main
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.published.service import PublishedService

DEMO = files("intake_api.published").joinpath("demo.jsonl").read_text("utf-8").splitlines()


def line(title: str, url: str = "", **more: str) -> str:
    url = url or f"https://www.shilishi.invalid/{quote(title)}"
    return json.dumps({"url": url, "title": title, "summary": "", "published_on": "2026-01-05"} | more)


@pytest.fixture
async def service(db_url: str) -> AsyncIterator[PublishedService]:
    migrate.upgrade(db_url)
    db = Database(db_url)
    yield PublishedService(db)
    await db.dispose()


@pytest.fixture
async def demo(service: PublishedService) -> PublishedService:
    await service.import_items(DEMO)
    return service


async def titles(service: PublishedService, q: str, limit: int = 10) -> list[str]:
    return [item.title for item in await service.search(q, limit)]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("拆迁", "火车站片区房屋征收补偿方案"),  # a word of two characters, only in the summary
        ("学区", "2026年市区小学学区划分一览表"),
        ("〔2021〕21号", "示例市既有住宅加装电梯实施办法（示政办发〔2021〕21号）"),
        ("示政办发(２０２１) 第21号", "示例市既有住宅加装电梯实施办法（示政办发〔2021〕21号）"),
        ("2025年21号", "关于调整市区居民生活用水价格的通知（示发改价〔2025〕21号）"),
        ("110KV变电站", "城南110kV变电站新建工程核准批复"),
        ("12路公交车", "12路公交线路调整公告"),
        ("柳溪镇 补偿标准", "柳溪镇东村征地补偿安置方案公告（示政征补〔2026〕7号）"),  # a name that no dictionary has
        ("教育局预算", "示例市教育局2026年部门预算"),
        (
            "我想看看我们小区加装电梯的规划审批材料，请问在哪里可以查到？",
            "既有住宅加装电梯规划审批公示（2026年第三批）",
        ),
    ],
)
async def test_peoples_own_words_find_what_they_mean(demo: PublishedService, question: str, first: str) -> None:
    assert (await titles(demo, question))[0] == first


async def test_an_exact_title_comes_first_whatever_else_holds_its_words(service: PublishedService) -> None:
    longer = [line(f"低保名单公示 低保名单 第{n}期", summary="低保名单 " * 5) for n in range(1, 60)]
    await service.import_items([*longer, line("低保名单公示", body="其他内容 " * 400)])
    assert (await titles(service, "《低保名单公示》"))[0] == "低保名单公示"


async def test_a_title_outweighs_a_text_and_a_rare_word_a_common_one(service: PublishedService) -> None:
    common = [line(f"第{n}批规划审批公示", summary="规划 审批 公示") for n in range(1, 20)]
    await service.import_items([*common, line("加装电梯办法"), line("住宅通知", summary="其中也说到电梯")])
    assert (await titles(service, "电梯规划审批公示"))[0] == "加装电梯办法"
    assert await titles(service, "电梯") == ["加装电梯办法", "住宅通知"]


async def test_of_two_equal_items_the_newer_comes_first(service: PublishedService) -> None:
    rows = [
        line("部门预算", f"https://www.shilishi.invalid/{day}", published_on=day)
        for day in ("2024-02-01", "2026-02-01")
    ]
    await service.import_items(rows)
    assert [str(item.published_on) for item in await service.search("预算")] == ["2026-02-01", "2024-02-01"]


async def test_one_common_word_of_a_long_question_finds_nothing(demo: PublishedService) -> None:
    assert await titles(demo, "今天天气怎么样") == []
    assert await titles(demo, "王小五名下房产的全部交易信息和贷款银行流水") == []


async def test_a_word_that_nearly_all_items_hold_neither_hides_the_others_nor_finds_nothing(
    service: PublishedService,
) -> None:
    await service.import_items([*(line(f"第{n}期公示") for n in range(1, 1_050)), line("加装电梯公示")])
    assert await titles(service, "电梯公示") == ["加装电梯公示"]
    assert len(await titles(service, "公示", limit=5)) == 5


async def test_the_demo_is_invented_and_names_departments_of_the_default_directory(demo: PublishedService) -> None:
    directory = tomllib.loads((Path(__file__).parents[2] / "training_data" / "departments.toml").read_text("utf-8"))
    codes = {department["code"] for department in directory["departments"]}
    items = await demo.listing()
    assert {item.source for item in items} <= codes
    assert all(item.url.startswith("/published/") for item in items)


JUNK = [
    "",
    " ",
    "的",
    "？！",
    '"',
    "'",
    '" OR NEAR(a b) *',
    "title:拆 AND NOT",
    "a\x00b",
    "\\",
    "%_",
    "🙂" * 300,
    "\ud800拆迁",
]
JUNK += [
    "拆迁" * 5_000,
    "x" * 10_000,
    "1" * 10_000,
    "'); DROP TABLE published_item; --",
    "𬭩",
    "&|!<->:*",
    "\u202e①㎡ﬁ",
]


async def test_nothing_that_can_be_typed_is_an_error(demo: PublishedService) -> None:
    for question in JUNK:
        assert isinstance(await demo.search(question), list)
    assert await titles(demo, "拆迁" * 5_000) == await titles(demo, "拆迁")
    assert len(await demo.listing()) == len(DEMO)


async def test_rare_characters_are_found(service: PublishedService) -> None:
    await service.import_items([line("𬭩厂污染防治"), line("其他污染防治")])
    assert await titles(service, "𬭩") == ["𬭩厂污染防治"]


async def test_importing_again_changes_nothing_and_a_changed_line_replaces_the_item(demo: PublishedService) -> None:
    before = await demo.listing()
    assert await demo.import_items(DEMO) == len(DEMO)
    assert await demo.listing() == before
    await demo.import_items(
        [json.dumps(json.loads(DEMO[0]) | {"title": "换过的标题", "summary": "", "body": "甲骨文"})]
    )
    assert await titles(demo, "甲骨文") == ["换过的标题"]
    assert "示例市国土空间总体规划（2021—2035年）" not in await titles(demo, "国土空间总体规划")


async def test_replacing_all_removes_what_the_file_does_not_hold(demo: PublishedService) -> None:
    assert await demo.replace_all([DEMO[0], "", DEMO[1]]) == 2
    assert len(await demo.listing()) == 2
    assert await titles(demo, "拆迁") == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "不是有效的 JSON。"),
        ("[]", "这一项应为对象。"),
        (line(""), "title：至少要 2 个字。"),
        (line("预算", published_on="2026-02-30"), "published_on：请填写一个真实的日期，例如 2026-11-22。"),
        (line("预算").replace('"2026-01-05"', "0"), "published_on：请填写一个真实的日期，例如 2026-11-22。"),
        (line("预算", url="javascript:alert(1)"), "url：这一项填写得不正确。"),
        (line("预算", writer="张三"), "writer：没有这个字段，请检查拼写。"),
        (DEMO[0], "网址与第 1 行重复。"),
    ],
    ids=[
        "no JSON",
        "no object",
        "no title",
        "no such day",
        "no date",
        "no web address",
        "unknown field",
        "same address",
    ],
)
async def test_a_bad_line_is_named_and_nothing_is_stored(service: PublishedService, row: str, reason: str) -> None:
    with pytest.raises(Failure) as caught:
        await service.import_items([DEMO[0], "", row, DEMO[1], "?"])
    assert caught.value.code == "published_file_invalid"
    assert caught.value.message == f"第 3 行：{reason}"
    assert [problem.name for problem in caught.value.fields] == ["行 3", "行 5"]
    assert await service.listing() == []


async def test_the_longest_text_of_all_different_characters_fits_the_index(service: PublishedService) -> None:
    body = "".join(chr(0x4E00 + n * 7919 % 20_900) for n in range(60_000))
    await service.import_items([line("长文", body=body)])
    assert await titles(service, body[:2]) == ["长文"]


def test_the_schema_goes_down_and_up_again(db_url: str) -> None:
    def tables() -> set[str]:
        with migrate.connect_for_migration(db_url) as connection:
            return {"published_item", "published_index"} & set(inspect(connection).get_table_names())

    migrate.upgrade(db_url, "0002")
    assert len(tables()) == 2
    migrate.downgrade(db_url, "0001")
    assert not tables()
    migrate.upgrade(db_url, "0002")
    assert len(tables()) == 2


async def test_over_http_anybody_may_ask(client: httpx2.AsyncClient, office: Office) -> None:
    await office.published.import_items(DEMO)
    answer = await client.get("/api/v1/published", params={"q": "拆迁", "limit": 3})
    assert answer.json()["items"][0] == {
        "title": "火车站片区房屋征收补偿方案",
        "url": "/published/d044a7a0aec8",  # a page of this office's own: no link of the demo is dead
        "summary": "火车站片区国有土地上房屋拆迁（征收）范围、评估机构选定、货币补偿与产权调换的标准和奖励期限。",
        "published_on": "2025-04-15",
        "source": "housing",
    }
    assert (await client.get("/api/v1/published")).json() == {"items": []}
    assert (await client.get("/api/v1/published", params={"q": "拆迁" * 2_000})).status_code == 200
    assert (await client.get("/api/v1/published", params={"q": "拆迁", "limit": 51})).status_code == 422


def test_the_command_imports_lists_and_names_bad_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = CliRunner()
    (tmp_path / "a.jsonl").write_bytes("\n".join(DEMO[:3]).encode("gb18030"))
    (tmp_path / "b.jsonl").write_text("\ufeff" + line("预算") + "\n{}\n{\n", "utf-8")
    assert run.invoke(app, ["published", "import", "a.jsonl"]).stdout == "3 items\n"
    monkeypatch.setattr("sys.argv", ["gongkai", "published", "import", "b.jsonl"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = capfd.readouterr().err
    assert "行 3：不是有效的 JSON。" in said
    assert "error published_file_invalid: 第 2 行：title：这一项必须填写。" in said
    listed = run.invoke(app, ["published", "list"]).stdout.splitlines()
    assert len(listed) == 3
    assert listed[-1].split("\t")[:2] == ["2024-08-16", "natural-resources"]


async def test_an_item_without_a_link_opens_as_a_page_of_its_own(client: httpx2.AsyncClient, office: Office) -> None:
    row = {
        "title": "示例市养犬管理办法",
        "summary": "登记和禁养犬种。",
        "body": "第一条\n第二条",
        "number": "示政规〔2025〕2号",
    }
    await office.published.import_items([json.dumps(row | {"published_on": "2025-05-06"}), line("有网址的一条")])
    [item] = (await client.get("/api/v1/published", params={"q": "养犬"})).json()["items"]
    page = await client.get(item["url"])
    assert page.status_code == 200
    assert all(part in page.text for part in ("示例市养犬管理办法", "第二条", "示政规〔2025〕2号", "2025年5月6日"))
    listed = (await client.get("/published")).text
    assert item["url"] in listed
    assert "https://www.shilishi.invalid/" in listed
    for key in ("0" * 12, "x", "%00", "..%2Fstaff"):
        assert (await client.get(f"/published/{key}")).status_code == 404
    again = json.dumps(row | {"published_on": "2025-05-06", "summary": "改过"})
    await office.published.import_items([again])
    assert len(await office.published.listing()) == 2
