"""A request that its applicant made before is named on the case: found by content and applicant, not by words alone."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from intake_api.app import create_app
from intake_api.cases.models import CaseText
from intake_api.cases.repeats import Earlier, alike
from intake_api.office import Office
from intake_api.people.service import Account
from tests.conftest import SettableClock
from tests.db.ledgers import GOOD, as_csv, row
from tests.db.test_learning import ADMIN, answer, file, models, office
from tests.samples import applicant, application

__all__ = ["models", "office"]
ASKED = "请公开示例县甲村2025年征地补偿安置方案的批复文件，以及补偿款发放的明细。"


async def filed_again(office: Office, clock: SettableClock, description: str, **who: Any) -> list[Earlier]:
    """What is said of a request filed a week later."""
    clock.moment += timedelta(days=7)
    number = await file(office, applicant(**who) | {"description": description})
    return await office.repeats.of(ADMIN, number)


async def test_the_same_request_after_an_answer_names_the_case_that_answered_it(
    office: Office, clock: SettableClock
) -> None:
    first = await answer(office, application(description=ASKED))
    day = clock.today()
    spaced = ASKED.replace("，", " ， ").replace("2025", "２０２５").replace("。", "")
    assert await filed_again(office, clock, spaced) == [Earlier(first, day, day, "3.1", same=True)]


async def test_nearly_the_same_is_told_as_such_and_an_open_one_as_open(office: Office, clock: SettableClock) -> None:
    first, day = await file(office, application(description=ASKED)), clock.today()
    polite = ASKED.replace("请公开", "您好，请予公开")
    assert await filed_again(office, clock, polite) == [Earlier(first, day, None, None, same=False)]


@pytest.mark.parametrize(
    "other", [ASKED.replace("2025", "2024"), "请公开示例县甲村小学2025年招生划片的文件。"], ids=["year", "matter"]
)
async def test_another_year_or_another_matter_is_no_repeat(office: Office, clock: SettableClock, other: str) -> None:
    await answer(office, application(description=ASKED))
    assert await filed_again(office, clock, other) == []


async def test_another_applicant_repeats_nothing(office: Office, clock: SettableClock) -> None:
    await answer(office, application(description=ASKED))
    someone = {"name": "李四", "phone": "13900000000", "id_type": None, "id_number": None}
    assert await filed_again(office, clock, ASKED, **someone) == []


async def test_a_case_of_an_imported_ledger_is_found_too(office: Office, clock: SettableClock) -> None:
    preview = await office.ledger.preview("台账.csv", as_csv([row()]), by="account:1")
    await office.ledger.bring_in(preview)
    who = {"name": GOOD["applicant_name"], "phone": GOOD.get("phone") or None, "id_type": None, "id_number": None}
    [found] = await filed_again(office, clock, GOOD["description"], **who)
    assert (found.number, found.same, found.outcome) == (GOOD["number"], True, "3.1")


async def test_what_a_department_may_not_see_and_what_was_erased_is_not_named(
    office: Office, clock: SettableClock
) -> None:
    first = await answer(office, application(description=ASKED), "education")
    clock.moment += timedelta(days=7)
    second = await file(office, application(description=ASKED), "housing")
    assert await office.repeats.of(Account(2, "fangguan", "clerk", "housing"), second) == []
    assert [one.number for one in await office.repeats.of(ADMIN, second)] == [first]
    async with office.db.write() as session:
        text = await session.get_one(CaseText, 1)
        text.sealed = None
    assert await office.repeats.of(ADMIN, second) == []


def test_likeness_is_of_what_is_said_not_of_a_few_words() -> None:
    assert alike("公开甲村征地补偿安置方案的批复", "公开甲村征地补偿安置方案的批复件")
    assert not alike("公开甲村征地补偿安置方案的批复", "公开甲村幼儿园收费方案的批复")
    assert alike("一", "一")


async def test_the_case_page_names_it(office: Office, clock: SettableClock) -> None:
    first = await answer(office, application(description=ASKED))
    clock.moment += timedelta(days=7)
    second = await file(office, application(description=ASKED))
    transport = httpx2.ASGITransport(create_app(office))
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver", follow_redirects=True) as staff:
        own = {"Origin": "http://testserver"}
        login = {"username": "guanli", "password": "a-long-password"}
        await staff.post("/staff/sign-in", data=login, headers=own)
        page = (await staff.get(f"/staff/cases/{second}")).text
    told = " ".join(page.split("重复申请", 1)[1].split("</li>", 1)[0].split())
    assert "条例第三十六条第六项" in told
    assert f'同一申请人 2026-11-20 申请过相同的内容：<a href="/staff/cases/{first}">' in told
    assert "2026-11-20 已办结（予以公开）" in told
