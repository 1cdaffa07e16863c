"""The catalogue as data an office keeps itself: console, tables in and out, feed and site map, a look at links."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx2
import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import event

from intake_api.kit.errors import Failure
from intake_api.kit.text import tidy
from intake_api.office import Office
from intake_api.published.catalogue import LINKS_JOB, Catalogue, Wanted
from intake_api.published.links import is_public, look_at
from tests.conftest import SettableClock

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOUSE = {
    "title": "老旧小区改造计划",
    "summary": "名单",
    "published_on": "2026-03-02",
    "source": "housing",
    "topic": "住房",
}
SCHOOL = {"title": "学区划分", "summary": "范围", "published_on": "2026-05-01", "source": "education", "topic": "教育"}


async def bring(office: Office, *items: dict[str, str]) -> None:
    await office.published.import_items(json.dumps(item) for item in items)


async def titles(office: Office, **wanted: str) -> list[str]:
    items, total = await office.catalogue.listing(Wanted(**wanted), 1)
    assert total == len(items)
    return [item.text.title for item in items]


class Desk:
    """A browser of somebody of the office."""

    def __init__(self, client: httpx2.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"Cookie": f"gongkai_staff={token}", "Origin": str(client.base_url)}

    async def get(self, path: str) -> httpx2.Response:
        return await self._client.get(path, headers=self._headers)

    async def post(
        self, path: str, values: dict[str, str], on: str = "/staff/published", **more: Any
    ) -> httpx2.Response:
        csrf = re.search(r'name="csrf" value="([^"]+)"', (await self.get(on)).text)
        assert csrf
        return await self._client.post(path, data=values | {"csrf": csrf[1]}, headers=self._headers, **more)


@pytest.fixture
async def desk(client: httpx2.AsyncClient, office: Office) -> Desk:
    await office.people.add("jingban", "clerk", None, "a long password")
    return Desk(client, (await office.people.sign_in("jingban", "a long password")).token)


async def test_an_item_is_added_changed_expired_and_removed_in_one_form(
    desk: Desk, client: httpx2.AsyncClient, office: Office
) -> None:
    assert "目录还是空的" in (await desk.get("/staff/published")).text
    sent = await desk.post("/staff/published/new", HOUSE | {"url": "", "body": "第一条"})
    assert sent.headers["location"] == "/staff/published?done=added"
    [kept] = (await office.catalogue.listing(Wanted(), 1))[0]
    own = kept.text.url
    assert "第一条" in (await client.get(own)).text
    path = f"/staff/published/items/{kept.id}"
    assert 'value="老旧小区改造计划"' in (await desk.get(path)).text
    await desk.post(path, HOUSE | {"title": "老旧小区改造办法", "act": "save"})
    assert "老旧小区改造办法" in (await client.get(own)).text, "another title keeps the address"
    assert [item.title for item in await office.published.search("改造办法")] == ["老旧小区改造办法"]
    await desk.post(path, {"act": "expire"})
    assert await office.published.search("改造办法") == []
    assert await titles(office, state="expired") == ["老旧小区改造办法"]
    assert "失效" in (await client.get(own)).text
    assert (await desk.post(path, {"act": "remove"})).status_code == 422
    assert (await desk.post(path, {"act": "remove", "sure": "1"})).headers["location"].endswith("removed")
    assert (await client.get(own)).status_code == 404
    assert (await desk.get(path)).status_code == 404


async def test_what_is_wrong_in_the_form_is_told_and_nothing_typed_is_lost(desk: Desk, office: Office) -> None:
    await bring(office, HOUSE | {"url": "https://www.shilishi.invalid/1"})
    typed = {"title": "学", "summary": "写了很多", "published_on": "昨天", "url": "javascript:alert(1)"}
    page = (await desk.post("/staff/published/new", typed)).text
    for told in ("至少要 2 个字", "请填写一个真实的日期", "写了很多"):
        assert told in page
    taken = SCHOOL | {"url": "https://www.shilishi.invalid/1"}
    assert "已经有一条用这个网址：老旧小区改造计划" in (await desk.post("/staff/published/new", taken)).text
    assert await titles(office) == ["老旧小区改造计划"]


async def test_the_list_is_found_by_words_departments_topics_and_states(desk: Desk, office: Office) -> None:
    await bring(office, HOUSE | {"number": "示建发〔2026〕1号"}, SCHOOL | {"expires_on": "2026-11-19"})
    assert await titles(office, q="〔2026〕1") == ["老旧小区改造计划"]
    assert await titles(office, q="100%_") == []
    assert await titles(office, source="education") == ["学区划分"]
    assert await titles(office, topic="住房") == ["老旧小区改造计划"]
    assert await titles(office, state="held") == ["老旧小区改造计划"]
    assert await titles(office, state="expired") == ["学区划分"]
    page = (await desk.get("/staff/published?source=education&state=all")).text
    assert "学区划分" in page
    assert "items/1" not in page or "老旧小区改造计划</a>" not in page
    assert "没有符合条件的" in (await desk.get("/staff/published?q=nothing")).text


def table(kind: str, *rows: list[Any]) -> bytes:
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return text.getvalue().encode("gb18030")
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_table_is_looked_at_before_anything_is_stored(desk: Desk, office: Office, kind: str) -> None:
    await bring(office, HOUSE, SCHOOL)
    raw = table(
        kind,
        ["政府信息公开目录"],
        ["序号", "标题", "摘要", "发布机构", "发布日期", "主题分类"],
        ["1", "老旧小区改造计划", "改过的名单", "住房和城乡建设局", "2026年3月2日", "住房"],
        ["2", "学区划分", "范围", "教育局", "2026-05-01", "教育"],
        ["3", "新的一条", "", "", "2026/6/1", ""],
        ["4", "没有日期的", "", "", "去年", ""],
        ["5", "不知道是谁的", "", "火星局", "2026-06-01", ""],
        ["6", "新的一条", "又一次", "", "2026-06-01", ""],
    )
    sent = await desk.post("/staff/published/uploads", {}, files={"file": (f"目录.{kind}", raw)})
    preview = await desk.get(sent.headers["location"])
    for told in (
        "添加 <strong>1</strong> 条",
        "改动 <strong>1</strong> 条",
        "相同的 1 条",
        "<strong>3</strong> 行有错误",
    ):
        assert told in preview.text
    for line, reason in ((6, "公开日期：请填写一个真实的日期"), (7, "部门目录中没有“火星局”"), (8, "与第 5 行相同")):
        assert re.search(rf"第 {line} 行</span></th><td>[^<]*{reason}", preview.text), (line, reason)
    assert len(await titles(office)) == 2, "nothing is stored yet"
    done = await desk.post(sent.headers["location"], {})
    assert done.headers["location"] == "/staff/published?done=2"
    items, _ = await office.catalogue.listing(Wanted(), 1)
    assert {item.text.title: item.text.summary for item in items} == {
        "老旧小区改造计划": "改过的名单",
        "学区划分": "范围",
        "新的一条": "",
    }
    assert (await desk.get(sent.headers["location"])).status_code == 404, "an upload is used once"


@pytest.mark.parametrize(
    ("name", "raw"), [("a.txt", b"x"), ("a.csv", b"a,b\n1,2"), ("a.xlsx", b"no workbook"), ("a.jsonl", b"\xff\xff")]
)
async def test_what_is_no_catalogue_at_all_is_told_in_words(desk: Desk, name: str, raw: bytes) -> None:
    sent = await desk.post("/staff/published/uploads", {}, files={"file": (name, raw)})
    page = await desk.get(sent.headers["location"])
    assert page.status_code == 422
    assert 'role="alert"' in page.text


@pytest.mark.parametrize("kind", ["jsonl", "csv", "xlsx"])
async def test_what_is_taken_out_can_be_brought_in_and_no_cell_is_a_formula(
    desk: Desk, office: Office, kind: str
) -> None:
    odd = {"title": "=HYPERLINK(1)", "summary": "＠SUM(1)", "body": "第一条\n第二条，_x0041_", "number": "-1+1"}
    await bring(office, HOUSE, odd | {"published_on": "2026-01-01", "url": "https://www.shilishi.invalid/x"})
    before = [item.text for item in (await office.catalogue.listing(Wanted(), 1))[0]]
    answer = await desk.get(f"/staff/published/export.{kind}")
    assert answer.status_code == 200
    if kind == "csv":
        assert not re.search(r"(?:^|,)\"?[=＝@＠+-]", answer.content.decode("utf-8-sig"), re.MULTILINE)
    if kind == "xlsx":
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    changes = await office.catalogue.preview(f"a.{kind}", answer.content)
    assert (changes.added, changes.changed, changes.unchanged, changes.refused) == ([], [], 2, [])
    await office.published.replace_all([])
    assert await office.catalogue.bring_in(await office.catalogue.preview(f"a.{kind}", answer.content)) == 2
    assert [item.text for item in (await office.catalogue.listing(Wanted(), 1))[0]] == before


async def test_a_text_that_no_cell_holds_is_told_and_not_cut(office: Office) -> None:
    await bring(office, HOUSE | {"body": "字" * 32_768})
    with pytest.raises(Failure, match="published_cell_too_long"):
        await office.catalogue.export(io.BytesIO(), "a.xlsx")
    assert await office.catalogue.export(io.BytesIO(), "a.csv") == 1


async def test_the_public_browses_by_department_and_topic(client: httpx2.AsyncClient, office: Office) -> None:
    await bring(office, HOUSE, SCHOOL)
    page = (await client.get("/published")).text
    assert "教育局（1）" in page
    assert "住房（1）" in page
    chosen = (await client.get("/published?source=education")).text
    assert "学区划分</a>" in chosen
    assert "老旧小区改造计划</a>" not in chosen
    assert "学区划分</a>" in (await client.get("/published?topic=教育")).text
    assert "这里没有" in (await client.get("/published?topic=教育&source=housing")).text


ODD = {"title": "名单 <b>&amp;</b> ]]> \u0001\uffff", "summary": "“引号”", "published_on": "2026-06-01"}


async def test_the_feed_is_well_formed_atom(client: httpx2.AsyncClient, office: Office) -> None:
    empty = ElementTree.fromstring((await client.get("/published/feed.xml")).content)
    assert empty.tag == f"{ATOM}feed"
    await bring(office, HOUSE, ODD, SCHOOL | {"expires_on": "2026-11-19"})
    answer = await client.get("/published/feed.xml")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    for needed in ("id", "title", "updated", "author"):
        assert feed.find(ATOM + needed) is not None
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [tidy(ODD["title"]), "老旧小区改造计划"]
    assert all(entry.findtext(f"{ATOM}id", "").startswith("urn:gongkai:/published/") for entry in entries)
    office.settings.public_url = "http://test/"
    known = ElementTree.fromstring((await client.get("/published/feed.xml")).content)
    assert {one.findtext(f"{ATOM}id", "")[:22] for one in known.findall(f"{ATOM}entry")} == {"http://test/published/"}
    assert entries[1].findtext(f"{ATOM}updated") == "2026-03-02T00:00:00+08:00"
    one = ElementTree.fromstring((await client.get("/published/feed.xml?source=housing&topic=住房")).content)
    assert [entry.findtext(f"{ATOM}title") for entry in one.findall(f"{ATOM}entry")] == ["老旧小区改造计划"]


async def test_the_site_map_holds_the_pages_and_our_own_items(client: httpx2.AsyncClient, office: Office) -> None:
    await bring(office, HOUSE, SCHOOL | {"url": "https://www.shilishi.invalid/2"})
    assert (await client.get("/sitemap.xml")).status_code == 404, "no address of ours is known"
    office.settings.public_url = "http://test"
    places = [
        one.text or "" for one in ElementTree.fromstring((await client.get("/sitemap.xml")).content).iter(f"{MAP}loc")
    ]
    assert "http://test/apply" in places
    assert sum("/published/" in place for place in places) == 1
    for place in places:
        assert (await client.get(urlsplit(place).path or "/")).status_code == 200, place


class Pages(BaseHTTPRequestHandler):
    """A site with a page, one that is gone, a fault, one that knows GET only, and ways back into the office."""

    asked: list[str] = []  # noqa: RUF012 - emptied by each test

    def do_GET(self) -> None:
        self.asked.append(f"{self.command} {self.path} {self.headers['Host']}")
        onward = {"/moved": "/there", "/inside": "http://10.0.0.1/", "/round": "/round"}.get(self.path)
        status = 302 if onward else {"/there": 200, "/gone": 404, "/fault": 500, "/get": 200}.get(self.path, 404)
        if self.path == "/get" and self.command == "HEAD":
            status = 405
        self.send_response(status)
        if onward:
            self.send_header("Location", onward)
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_: Any) -> None:
        """Nothing on the test's own output."""


@pytest.fixture
async def pages() -> AsyncIterator[str]:
    Pages.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def ours(address: str) -> bool:
    """The test's own site stands for the public internet."""
    return address in ("127.0.0.1", "::1") or is_public(address)


async def test_a_look_at_links_tells_what_is_there(pages: str) -> None:
    paths = {
        "/there": "ok",
        "/moved": "ok",
        "/get": "ok",
        "/gone": "gone",
        "/fault": "failed",
        "/round": "failed",
        "/inside": "private",
    }
    assert await look_at([pages + path for path in paths], ours) == list(paths.values())
    assert await look_at(["http://127.0.0.1:1/"], ours) == ["unreachable"]
    assert any(asked.startswith("HEAD /there localhost:") for asked in Pages.asked), "the name stays in Host"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "169.254.1.1", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]"]
)
async def test_nothing_inside_the_office_is_asked(pages: str, host: str) -> None:
    port = urlsplit(pages).port
    assert await look_at([f"http://{host}:{port}/there"]) == ["private"]
    assert Pages.asked == []


async def test_the_worker_looks_at_links_once_a_day_and_the_console_shows_what_it_found(
    desk: Desk, office: Office, clock: SettableClock, pages: str
) -> None:
    catalogue = Catalogue(office.db, clock, office.directory, office.published, ours)
    urls = {f"{pages}{path}": path for path in ("/there", "/gone")}
    await bring(office, HOUSE, *(SCHOOL | {"title": f"链接{path}", "url": url} for url, path in urls.items()))
    for _ in range(2):
        await desk.post("/staff/published/links", {})
    assert "正在检查" in (await desk.get("/staff/published")).text
    await catalogue.links_job({"job": 1})
    assert len(Pages.asked) == 2
    await catalogue.links_job({"job": 1})
    assert len(Pages.asked) == 2, "what was looked at today is left out"
    assert await titles(office, state="broken") == ["链接/gone"]
    page = (await desk.get("/staff/published")).text
    assert "网页不存在" in page
    assert "现在打不开的：1 条" in page
    gone = (await office.catalogue.listing(Wanted(state="broken"), 1))[0][0]
    moved = SCHOOL | {"title": gone.text.title, "url": f"{pages}/there"}
    told = await desk.post(f"/staff/published/items/{gone.id}", moved)
    assert "已经有一条用这个网址" in told.text
    await desk.post(f"/staff/published/items/{gone.id}", moved | {"url": f"{pages}/moved"})
    assert await titles(office, state="broken") == [], "what was found at the old address says nothing of the new one"


async def test_one_look_at_links_waits_at_a_time(desk: Desk, office: Office) -> None:
    await bring(office, HOUSE)
    for _ in range(3):
        await desk.post("/staff/published/links", {})
    assert await office.jobs.run_next(lane=True)
    while await office.jobs.run_next(lane=True):
        pass
    look = await office.catalogue.link_look()
    assert (look.said, look.finished_at is not None) == ("查了 0 条，0 条打不开", True)
    assert LINKS_JOB == "published_links"


def test_the_command_line_takes_and_gives_the_same_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from intake_api.cli import main

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["gongkai", "published", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(str(ended.value.code or 0)), *capsys.readouterr()

    rows = ["标题,公开日期,发布单位,摘要", "预算,2026-02-01,教育局,全年", "决算,2026-08-01,教育局,去年"]
    (tmp_path / "a.csv").write_text("\n".join(rows), "utf-8")
    assert run("import", "a.csv", "--dry-run")[:2] == (0, "2 items\n")
    assert run("list")[1] == ""
    assert run("import", "a.csv")[:2] == (0, "2 items\n")
    for kind in ("jsonl", "csv", "xlsx"):
        assert run("export", f"b.{kind}")[1] == "2 items\n"
        assert "0 new, 0 changed, 2 unchanged" in run("import", f"b.{kind}")[2]
    (tmp_path / "c.csv").write_text("\n".join([*rows, "坏的,昨天,教育局,"]), "utf-8")
    code, _, err = run("import", "c.csv")
    assert (code, "error published_file_invalid: 第 4 行：公开日期" in err) == (2, True)
    assert run("export", "b.txt")[0] == 2


async def test_a_full_disk_neither_breaks_a_search_nor_loses_what_was_counted(
    client: httpx2.AsyncClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bring(office, HOUSE)
    monkeypatch.setattr("intake_api.published.deflection.KEPT_BACK", 0.0)
    full = True

    engine = office.db._engines[0].sync_engine

    @event.listens_for(engine, "checkout")
    def _no_room(connection, *_: object) -> None:  # type: ignore[no-untyped-def]  # SQLAlchemy's event
        if office.db.is_sqlite:
            connection.execute(f"PRAGMA query_only={int(full)}")

    @event.listens_for(engine, "begin")
    def _no_writing(connection) -> None:  # type: ignore[no-untyped-def]  # SQLAlchemy's event
        if full and not office.db.is_sqlite:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    for _ in range(2):
        assert "老旧小区改造计划" in (await client.get("/published?q=老旧小区改造计划")).text
    assert await office.deflection.months() == [], "what is stored is still to be seen"
    full = False
    [month] = await office.deflection.months()
    assert month.counts["page"]["shown"] == 2
