"""Accounts in the console: an administrator's, one's own, a second factor that is wanted, standing in for others."""

import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import pyotp
import pytest
from sqlalchemy import text

from intake_api.app import create_app
from intake_api.cases.acts import Act
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.people.browsers import coarse
from intake_api.people.service import Account, Caller, SignedIn
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.contract.test_draft_approvals import RELEASE, address, two_levels  # noqa: F401 - a fixture
from tests.contract.test_issue_is_the_act import handled
from tests.contract.test_notices import begun
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office

PASSWORD = "a long password"
SECRECY = {"level": 1, "result": "releasable"}


@pytest.fixture
def db_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """Pages do not depend on the database: one kind is enough (tests/contract/test_accounts.py has both)."""
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


class Browser:
    """A signed-in browser without a window."""

    def __init__(self, client: httpx2.AsyncClient, session: SignedIn) -> None:
        self._client = client
        self._session = session
        self._cookie = {"Cookie": f"gongkai_staff={session.token}"}

    async def get(self, path: str) -> httpx2.Response:
        return await self._client.get(path, headers=self._cookie)

    async def post(self, path: str, **fields: str) -> httpx2.Response:
        data = {"csrf": self._session.account.csrf} | fields
        return await self._client.post(path, data=data, headers=self._cookie | {"Origin": str(self._client.base_url)})


async def hired(office: Office, client: httpx2.AsyncClient, name: str, role: str, **more: str) -> Browser:
    await office.people.add(name, role, more.get("department"), PASSWORD, person=more.get("person", ""))
    return Browser(client, await office.people.sign_in(name, PASSWORD))


async def test_an_administrator_makes_changes_and_ends_accounts(client: httpx2.AsyncClient, office: Office) -> None:
    boss = await hired(office, client, "guanli", "admin")
    made = await boss.post("/staff/accounts", username="zhang", person="张示例", role="clerk", department="education")
    once = re.search(r'class="once">([^<]+)<', made.text)
    assert once
    assert (await office.people.sign_in("zhang", once[1])).account.temporary
    assert once[1] not in (await boss.get("/staff/accounts")).text
    again = await boss.post("/staff/accounts", username="zhang", person="李示例", role="officer", department="*")
    assert (again.status_code, "李示例" in again.text) == (409, True)
    assert (
        await boss.post("/staff/accounts/zhang", person="张示例", role="officer", department="*")
    ).status_code == 303
    row = await office.people.one("zhang")
    assert (row.role, row.department, row.person) == ("officer", None, "张示例")
    await boss.post("/staff/accounts/zhang/state", to="off")
    assert (await office.people.one("zhang")).disabled
    await boss.post("/staff/accounts/zhang/state", to="on")
    reset = await boss.post("/staff/accounts/zhang/password")
    fresh = re.search(r'class="once">([^<]+)<', reset.text)
    assert fresh
    assert (await office.people.sign_in("zhang", fresh[1])).account.temporary
    assert "张示例" in (await boss.get("/staff/accounts/zhang")).text
    await boss.post("/staff/accounts/zhang/sessions")
    assert await office.people.sessions("zhang") == []
    await office.people.reset_totp("zhang")
    await boss.post("/staff/accounts/zhang/factor")
    assert (await office.people.one("zhang")).totp_sealed is None


def sent_by_browser(page: str) -> str:
    """What a browser sends of the choice of cases where nobody touches it: the selected option, or else the first."""
    choice = page.split('id="f-department"')[1].split("</select>")[0]
    values = re.findall(r'<option value="([^"]*)"( selected)?', choice)
    return next((value for value, selected in values if selected), values[0][0])


@pytest.mark.parametrize(
    ("limit", "named"),
    [
        (None, "全部（不限于一个部门）"),
        ("education", "只看：教育局"),
        ("city", "只看：示例市人民政府"),  # the profile's own agency is no department
        ("sample-district", "只看：示例区人民政府"),
        ("gone", "只看：gone"),  # a department that the profile has no longer
    ],
)
async def test_a_new_name_leaves_the_cases_that_an_account_sees(
    client: httpx2.AsyncClient, office: Office, limit: str | None, named: str
) -> None:
    boss = await hired(office, client, "guanli", "admin")
    await office.people.add("zhang", "officer", limit, PASSWORD)
    page = (await boss.get("/staff/accounts/zhang")).text
    assert f"selected>{named}</option>" in page
    saved = await boss.post("/staff/accounts/zhang", person="张示例", role="officer", department=sent_by_browser(page))
    row = await office.people.one("zhang")
    assert (saved.status_code, row.department, row.person) == (303, limit, "张示例")


@pytest.mark.parametrize("left", [{}, {"department": ""}, {"department": "gone"}])
async def test_the_whole_office_is_chosen_and_never_left_over(
    client: httpx2.AsyncClient, office: Office, left: dict[str, str]
) -> None:
    boss = await hired(office, client, "guanli", "admin")
    assert sent_by_browser((await boss.get("/staff/accounts")).text) == ""
    assert (await boss.post("/staff/accounts", username="li", role="officer", **left)).status_code == 422
    await office.people.add("zhang", "officer", "city", PASSWORD)
    assert (await boss.post("/staff/accounts/zhang", person="", role="officer", **left)).status_code == 422
    assert (await office.people.one("zhang")).department == "city"


async def test_the_console_keeps_an_administrator(client: httpx2.AsyncClient, office: Office) -> None:
    boss = await hired(office, client, "guanli", "admin")
    assert (await boss.post("/staff/accounts/guanli/state", to="off")).status_code == 409
    assert (await boss.post("/staff/accounts/guanli", role="clerk", person="", department="*")).status_code == 409
    assert (await boss.post("/staff/accounts/nobody", role="clerk", person="", department="*")).status_code == 404
    row = await office.people.one("guanli")
    assert (row.role, row.disabled) == ("admin", False)


def secret_on(page: str) -> tuple[str, str]:
    """The secret and the sealed offer of the page of a second factor."""
    typed, sealed = re.search(r"<code>([A-Z2-7]+)</code>", page), re.search(r'name="offer" value="([^"]+)"', page)
    assert typed
    assert sealed
    return typed[1], sealed[1]


async def test_a_second_factor_is_scanned_confirmed_and_taken_away_by_its_own_code(
    client: httpx2.AsyncClient, office: Office, clock: SettableClock
) -> None:
    zhang = await hired(office, client, "zhang", "clerk")
    page = (await zhang.get("/staff/second-factor")).text
    secret, offer = secret_on(page)
    assert 'src="data:image/svg+xml' in page
    wrong = await zhang.post("/staff/second-factor", offer=offer, code="000000")
    assert (wrong.status_code, secret_on(wrong.text)[0]) == (422, secret)  # the same secret: it is scanned already
    code = pyotp.TOTP(secret).at(clock.moment)
    assert (await zhang.post("/staff/second-factor", offer=offer, code=code)).status_code == 303
    with pytest.raises(Failure, match="wrong_credentials"):
        await office.people.sign_in("zhang", PASSWORD)
    with pytest.raises(Failure, match="wrong_credentials"):  # a code is good once, that of the confirmation too
        await office.people.sign_in("zhang", PASSWORD, code)
    clock.moment += timedelta(minutes=1)
    code = pyotp.TOTP(secret).at(clock.moment)
    assert (await zhang.post("/staff/account/factor", code="000000")).status_code == 422
    assert (await zhang.post("/staff/account/factor", code=code)).status_code == 303
    assert await office.people.sign_in("zhang", PASSWORD)
    other = await hired(office, client, "li", "clerk")
    stolen = await other.post("/staff/second-factor", offer=offer, code=pyotp.TOTP(secret).at(clock.moment))
    assert stolen.status_code == 422  # an offer is of one account


@asynccontextmanager
async def guarded(
    tmp_path: Path, db_url: str, clock: SettableClock, roles: str
) -> AsyncIterator[tuple[Office, httpx2.AsyncClient]]:
    """An office that wants a second factor of some roles, and what talks to it."""
    settings = Settings.load({"data": tmp_path / "data", "database_url": db_url, "second_factor": roles})
    office = build_office(settings, DIRECTORY, KeywordClassifier, clock)
    try:
        await office.cases.prepare()
        transport = httpx2.ASGITransport(create_app(office, work=False))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            yield office, client
    finally:
        await office.db.dispose()


async def test_who_needs_a_second_factor_sets_it_up_before_anything_else(
    tmp_path: Path, db_url: str, clock: SettableClock
) -> None:
    async with guarded(tmp_path, db_url, clock, "admin, reviewer") as (office, client):
        boss, clerk = await hired(office, client, "guanli", "admin"), await hired(office, client, "shouli", "clerk")
        assert (await clerk.get("/staff")).status_code == 200
        for path in ("/staff", "/staff/accounts", "/staff/account"):
            answer = await boss.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/staff/second-factor")
        token = (await office.people.sign_in("guanli", PASSWORD, kind="api")).token
        called = await client.get("/api/v1/staff/cases", headers={"Authorization": f"Bearer {token}"})
        assert (called.status_code, called.json()["error"]["code"]) == (403, "second_factor_required")
        secret, offer = secret_on((await boss.get("/staff/second-factor")).text)
        await boss.post("/staff/second-factor", offer=offer, code=pyotp.TOTP(secret).at(clock.moment))
        assert (await boss.get("/staff/accounts")).status_code == 200


async def test_standing_in_is_no_way_around_the_second_factor_of_a_role(
    tmp_path: Path, db_url: str, clock: SettableClock
) -> None:
    async with guarded(tmp_path, db_url, clock, "admin, reviewer") as (office, client):
        await office.people.add("zhuren", "reviewer", None, PASSWORD)
        deputy = await hired(office, client, "daili", "clerk")
        await office.people.set_away("zhuren", "daili", clock.today(), clock.today())
        assert (await deputy.get("/staff")).status_code == 200  # of the deputy's own place none is wanted
        refused = await deputy.post("/staff/stand-in", **{"for": "zhuren"})
        assert (refused.status_code, "请先在“我的账号”中启用动态码" in refused.text) == (403, True)
        assert (await acting(office, deputy)).role == "clerk"
        secret, offer = secret_on((await deputy.get("/staff/second-factor")).text)
        await deputy.post("/staff/second-factor", offer=offer, code=pyotp.TOTP(secret).at(clock.moment))
        assert (await deputy.post("/staff/stand-in", **{"for": "zhuren"})).status_code == 303
        assert (await deputy.get("/staff")).status_code == 200
        await office.people.clear_totp("daili")  # while the session is at that desk
        assert (await deputy.get("/staff")).headers["location"] == "/staff/second-factor"


async def test_a_form_carried_through_the_sign_in_waits_for_the_second_factor(
    tmp_path: Path, db_url: str, clock: SettableClock
) -> None:
    async with guarded(tmp_path, db_url, clock, "admin") as (office, client):
        await office.people.add("guanli", "admin", None, PASSWORD)
        typed = {"username": "zhang", "person": "张示例", "role": "clerk", "department": "education"}
        here = {"Origin": "http://test", "Accept": "text/html"}
        ended = await client.post("/staff/accounts", data=typed, headers=here)
        kept = re.search(r'name="kept" value="([^"]+)"', ended.text)
        assert kept
        form = {"username": "guanli", "password": PASSWORD, "next": "/staff/accounts", "kept": kept[1]}
        opened = await client.post("/staff/sign-in", data=form, headers=here)
        assert (opened.status_code, "张示例" in opened.text) == (303, False)


@pytest.mark.parametrize("value", ["sometimes", "admin,nobody"])
def test_a_setting_of_no_role_is_refused(value: str) -> None:
    with pytest.raises(Failure, match="SECOND_FACTOR 应为 optional、required"):
        Settings.load({"second_factor": value})


async def test_sessions_are_seen_and_ended_singly_and_everywhere(
    client: httpx2.AsyncClient, office: Office, clock: SettableClock
) -> None:
    zhang = await hired(office, client, "zhang", "clerk")
    windows = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130 Safari/537.36 Edg/130"
    await office.people.sign_in("zhang", PASSWORD, caller=Caller(browser=coarse(windows)))
    await office.people.sign_in("zhang", PASSWORD, kind="api")
    clock.moment += timedelta(hours=1)
    page = (await zhang.get("/staff/account")).text
    assert "Edge · Windows" in page
    assert "接口令牌" in page
    found = await office.people.sessions("zhang", zhang._session.token)
    assert [(one.own, one.seen == clock.moment) for one in found if one.own] == [(True, True)]
    edge = next(one for one in found if one.browser)
    await zhang.post("/staff/account/sessions", which=edge.handle)
    assert len(await office.people.sessions("zhang")) == 2
    await zhang.post("/staff/account/sessions", which="others")
    assert [one.own for one in await office.people.sessions("zhang", zhang._session.token)] == [True]


@pytest.mark.parametrize(
    ("agent", "named"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Safari/604.1", "Safari · iPhone"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_named_coarsely(agent: str, named: str) -> None:
    assert coarse(agent) == named


@pytest.fixture
def away(office: Office, client: httpx2.AsyncClient, clock: SettableClock) -> Callable[..., object]:
    async def made() -> tuple[Browser, Browser]:
        """A head who is away for three days, and the clerk who stands in."""
        head = await hired(office, client, "zhuren", "reviewer", person="赵示例")
        deputy = await hired(office, client, "daili", "clerk")
        day = clock.today()
        dates = {"since": day.isoformat(), "until": (day + timedelta(days=2)).isoformat()}
        assert (await head.post("/staff/account/absence", deputy="daili", **dates)).status_code == 303
        return head, deputy

    return made


async def acting(office: Office, browser: Browser) -> Account:
    account = await office.people.account_of(browser._session.token)
    assert account
    return account


async def test_a_deputy_works_at_the_desk_of_who_is_away_and_signs_as_themselves(
    office: Office, clock: SettableClock, away: Callable[..., object]
) -> None:
    _, deputy = await away()  # type: ignore[misc]  # a coroutine
    desk = (await deputy.get("/staff")).text
    assert "赵示例" in desk
    assert "由您代理" in desk
    assert (await deputy.post("/staff/stand-in", **{"for": "zhuren"})).status_code == 303
    account = await acting(office, deputy)
    assert (account.username, account.role, account.away_name) == ("daili", "reviewer", "赵示例")
    assert "代 赵示例 办理" in (await deputy.get("/staff")).text
    await deputy.post("/staff/stand-in", **{"for": ""})
    assert (await acting(office, deputy)).role == "clerk"
    await deputy.post("/staff/stand-in", **{"for": "zhuren"})
    clock.moment += timedelta(days=2, hours=9)  # past the session; a new one does not stand in
    clock.moment += timedelta(days=1)
    fresh = await office.people.sign_in("daili", PASSWORD)
    assert await office.people.entrusted(fresh.account) == []


async def test_who_comes_back_has_their_desk_at_once(office: Office, away: Callable[..., object]) -> None:
    head, deputy = await away()  # type: ignore[misc]  # a coroutine
    await deputy.post("/staff/stand-in", **{"for": "zhuren"})
    await head.post("/staff/account/absence", back="1")
    assert (await acting(office, deputy)).role == "clerk"
    assert (await deputy.post("/staff/stand-in", **{"for": "zhuren"})).status_code == 403


async def test_nobody_gets_administration_by_standing_in(
    client: httpx2.AsyncClient, office: Office, clock: SettableClock
) -> None:
    boss, clerk = await hired(office, client, "guanli", "admin"), await hired(office, client, "shouli", "clerk")
    day = clock.today().isoformat()
    await boss.post("/staff/accounts/guanli/absence", deputy="shouli", since=day, until=day)
    await clerk.post("/staff/stand-in", **{"for": "guanli"})
    assert (await acting(office, clerk)).role == "reviewer"
    assert (await clerk.get("/staff/accounts")).status_code == 403


@pytest.mark.parametrize(
    "dates", [{"since": "2026-11-01", "until": "2026-11-02"}, {"since": "", "until": ""}, {"deputy": "zhang"}]
)
async def test_an_absence_that_cannot_be_is_refused(
    client: httpx2.AsyncClient, office: Office, dates: dict[str, str]
) -> None:
    zhang = await hired(office, client, "zhang", "clerk")
    await hired(office, client, "li", "clerk")
    asked = {"deputy": "li", "since": "2099-01-01", "until": "2099-01-02"} | dates
    assert (await zhang.post("/staff/account/absence", **asked)).status_code == 422
    assert (await office.people.away("zhang")).since is None


@pytest.mark.usefixtures("two_levels")
async def test_who_stands_in_for_the_writer_does_not_approve_the_draft(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, clock: SettableClock
) -> None:
    """The draft's writer is away; their deputy, who has never touched it, is still no second hand beside them."""
    number = await handled(client, staff)
    draft = await begun(staff, number, "N11", **RELEASE)
    assert (await staff.post(f"{address(number, draft)}/approval")).status_code == 200
    deputy, other = await hired(office, client, "daili", "clerk"), await hired(office, client, "qita", "officer")
    today = clock.today()
    for name in ("chengban", "qita"):  # the first wrote it
        await office.people.set_away(name, "daili", today, today)
    signed = Act("signed_off", fields={"letter": draft["id"]})
    await deputy.post("/staff/stand-in", **{"for": "chengban"})
    as_writer = await acting(office, deputy)
    with pytest.raises(Failure, match="own_draft"):
        await office.approvals.record(as_writer, number, signed)
    assert await office.approvals.waiting(as_writer) == []
    await deputy.post("/staff/stand-in", **{"for": "qita"})
    as_other = await acting(office, deputy)
    assert [one.number for one in await office.approvals.waiting(as_other)] == [number]
    await office.approvals.record(await acting(office, other), number, signed)
    with pytest.raises(Failure, match="另一位工作人员"):  # the second approval is of a second person, not of a deputy
        await office.approvals.record(
            as_other, number, Act("secrecy_reviewed", fields=SECRECY | {"letter": draft["id"]})
        )


async def test_what_is_done_to_accounts_is_on_the_trail(
    client: httpx2.AsyncClient, office: Office, clock: SettableClock
) -> None:
    boss = await hired(office, client, "guanli", "admin", person="钱示例")
    await boss.post("/staff/accounts", username="zhang", person="张示例", role="clerk", department="education")
    await boss.post("/staff/accounts/zhang", person="张示例", role="officer", department="*")
    await boss.post("/staff/accounts/zhang/state", to="off")
    page = (await boss.get("/staff/audit")).text
    for word in ("新建账号", "修改账号", "停用账号", "登录", "命令行", "钱示例", "岗位：承办人员"):
        assert word in page, word
    only = (await boss.get("/staff/audit?who=guanli&kind=account_made")).text
    assert only.count('data-label="做了什么"') == 2  # made by the command line, and whom they made
    assert "没有" in (await boss.get("/staff/audit?on=2020-01-01")).text
    assert await office.trail.first_fault() is None


async def test_the_check_of_all_records_tells_its_result_in_words(client: httpx2.AsyncClient, office: Office) -> None:
    boss = await hired(office, client, "guanli", "admin")
    assert "还没有核对过" in (await boss.get("/staff/audit")).text
    assert (await boss.post("/staff/audit/check")).status_code == 303
    assert "正在核对" in (await boss.get("/staff/audit")).text
    await office.record_check.run({})
    state = await office.record_check.state()
    assert (state.fault, state.cases) == (None, 0)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE trail SET kind = 'signed_in' WHERE seq = 1", "第 1 条的内容与哈希不符"),
        ("DELETE FROM trail WHERE seq = 1", "缺少第 1 条"),
        ("DELETE FROM trail WHERE seq = 3", "末尾缺少记录（应有 3 条，实有 2 条）"),
    ],
)
async def test_a_trail_that_was_changed_is_found_out(
    client: httpx2.AsyncClient, office: Office, change: str, fault: str
) -> None:
    boss = await hired(office, client, "guanli", "admin")
    await boss.post("/staff/accounts", username="zhang", person="", role="clerk", department="*")
    async with office.db.write() as session:
        await session.execute(text(change))
    await office.record_check.run({})
    assert fault in (await boss.get("/staff/audit")).text
    assert fault in str((await office.verified())[1])
