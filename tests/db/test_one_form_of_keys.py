"""One applicant and one case are one, however their names and numbers were written; old rows too."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select, update

from intake_api import keys
from intake_api.cases.indexes import reindex
from intake_api.cases.models import Applicant, Case
from intake_api.cases.monthly import FeeService
from intake_api.form.application import Submission
from intake_api.office import Office
from intake_api.people.service import Account
from tests.db.ledgers import as_csv, row
from tests.samples import applicant

CLERK = Account(1, "jingban", "reviewer", None)
PERSON: dict[str, Any] = {"type": "natural", "name": "阿卜杜拉·买买提", "phone": "13812340002"}
ALIKE: list[dict[str, Any]] = [
    {"phone": "+86 138 1234 0002"},
    {"phone": "0086-138-1234-0002"},
    {"phone": "１３８１２３４０００２"},
    {"name": "阿卜杜拉•买买提"},
    {"name": "阿卜杜拉．买买提"},
    {"name": "阿卜杜拉 · 买买提"},
    {"name": "\u200b阿卜杜拉·买买提\u2800"},
]


@pytest.fixture(autouse=True)
async def prepared(office: Office) -> None:
    await office.cases.prepare()


async def filed(office: Office, **person: Any) -> tuple[str, str]:
    body = applicant() | {"applicant": PERSON | person}
    receipt = await office.cases.submit(Submission.model_validate(body))
    return receipt.number, receipt.query_code


async def found(office: Office, q: str) -> set[str]:
    return {case.number for case in (await office.case_views.queue(CLERK, q=q)).items}


async def test_one_person_is_counted_and_found_as_one(office: Office) -> None:
    numbers = [(await filed(office, **person))[0] for person in ({}, *ALIKE)]
    hint = await FeeService(office.db, "items").hint(CLERK, numbers[-1])
    assert hint is not None
    assert (hint.place, hint.count) == (len(numbers), len(numbers))
    for asked in ("13812340002", "+86 138 1234 0002", "138-1234-0002", "阿卜杜拉・买买提", "阿卜杜拉.买买提"):
        assert await found(office, asked) == set(numbers), asked


@pytest.mark.parametrize(
    ("field", "written", "asked"),
    [
        ("phone", "010-62345678-801", "01062345678转801"),
        ("phone", "86-10-62345678", "（010）6234 5678"),
        ("email", "Zhang.San@QQ.com", "zhang.san@qq.com。"),
        ("email", "user@a.xn--fiqs8s", "user@a.中国"),
        ("name", "欧阳　娜娜", "欧阳娜娜"),
    ],
)
async def test_what_was_typed_one_way_is_found_another(office: Office, field: str, written: str, asked: str) -> None:
    number, _ = await filed(office, **{field: written})
    assert await found(office, asked) == {number}


async def test_a_card_is_found_with_and_without_its_brackets(office: Office) -> None:
    number, _ = await filed(office, id_type="travel_permit", id_number="A123456（7）")
    assert await found(office, "A123456(7)") == await found(office, "a1234567") == {number}


async def test_numbers_and_codes_are_found_in_full_width(client: httpx2.AsyncClient, office: Office) -> None:
    number, code = await filed(office)
    wide = {ord(half): chr(ord(half) + 0xFEE0) for half in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"}
    page = await client.post("/status", data={"number": number.translate(wide), "code": code.translate(wide)})
    assert page.status_code == 303
    shown = await client.get("/status/case", headers={"Cookie": page.headers["set-cookie"].partition(";")[0]})
    assert number in shown.text
    for written in (number.translate(wide), number.replace("-", "—"), number.replace("-", ""), f"\u200b{number}"):
        assert await found(office, written) == {number}, written


async def brought_in(office: Office, *numbers: str) -> list[str]:
    """The problems of importing these numbers."""
    preview = await office.ledger.preview("台账.csv", as_csv([row(number=n) for n in numbers]), by="system")
    if not preview.errors:
        await office.ledger.bring_in(preview)
    return [problem.code for problem in preview.errors]


async def test_a_number_with_a_sign_that_nobody_sees_is_the_same_number(office: Office) -> None:
    assert await brought_in(office, "依申请〔2024〕1号", "依申请〔2024〕1\u200b号") == ["number_twice"]
    assert await brought_in(office, "依申请〔2024〕1号", "依申请[2024]1号") == ["number_twice"]
    assert await brought_in(office, "依申请〔2024〕1号") == []
    assert await brought_in(office, "依申请［２０２４］\u00ad1号") == []
    async with office.db.read() as session:
        assert len(list(await session.scalars(select(Case.number)))) == 1
    assert await found(office, "依申请[2024] 1号") == {"依申请〔2024〕1号"}


async def test_rows_of_an_earlier_version_are_found_once_their_keys_are_derived_anew(office: Office) -> None:
    """Stored and indexed as version 0.1.0 did: numbers as typed, digests of what was typed."""
    old = {"name": "阿卜杜拉•买买提", "phone": "+8613812340002"}
    number, _ = await filed(office)
    async with office.db.write() as session:
        person = (await session.scalars(select(Applicant))).one()
        person.sealed = office.vault.seal(f"applicant:{number}", PERSON | old)
        person.name_index, person.phone_index = (office.vault.blind(name, old[name]) for name in ("name", "phone"))
    assert await found(office, "13812340002") == set()
    await office.cases.reindex({})
    for asked in ("13812340002", "阿卜杜拉·买买提", "+8613812340002"):
        assert await found(office, asked) == {number}
    assert await reindex(office.db, office.vault) == 0


async def test_a_row_that_does_not_open_keeps_none_waiting(office: Office) -> None:
    (damaged, _), (sound, _) = await filed(office), await filed(office, name="李四")
    async with office.db.write() as session:
        for person in await session.scalars(select(Applicant)):
            person.name_index = None
        first = (await session.scalars(select(Applicant).order_by(Applicant.case_id))).first()
        assert first is not None
        first.sealed = b"\0" * 40
    assert await reindex(office.db, office.vault) == 1
    assert await found(office, "李四") == {sound} != {damaged}


async def test_of_two_old_cases_that_look_alike_each_keeps_its_own_page(office: Office) -> None:
    one, other = [(await filed(office))[0] for _ in range(2)]
    async with office.db.write() as session:  # as an import of version 0.1.0 left them
        for number, written in ((one, "A-1"), (other, "A-1\u200b")):
            values = {"number": written, "number_key": keys.number(written)}
            await session.execute(update(Case).where(Case.number == number).values(**values))
    from intake_api.cases import repository

    async with office.db.read() as session:
        for written in ("A-1", "A-1\u200b"):
            case = await repository.by_number(session, written, repository.OFFICE)
            assert case is not None
            assert case.number == written


def test_what_cannot_be_compared_has_no_key(office: Office) -> None:
    from intake_api.cases.indexes import of_person

    assert set(of_person(office.vault, {"name": "\u2800", "id_number": "——", "phone": "", "email": None}).values()) == {
        None
    }
