"""The fee by items counts one applicant's applications of a month to one agency; it is off unless turned on."""

from datetime import timedelta

import pytest

from intake_api.cases.monthly import FeeHint, FeeService
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.people.service import Account
from intake_api.web.templating import _templates
from tests.conftest import SettableClock
from tests.samples import applicant, application

CLERK = Account(1, "jingban", "clerk", None)


@pytest.fixture(autouse=True)
async def prepared(office: Office) -> None:
    await office.cases.prepare()


@pytest.fixture
def fees(office: Office) -> FeeService:
    return FeeService(office.db, "items")


async def submit(office: Office, **changes: object) -> str:
    return (await office.cases.submit(Submission.model_validate(application(**changes)))).number


async def test_fees_are_off_unless_an_office_turns_them_on(office: Office) -> None:
    number = await submit(office)
    assert await office.fees.hint(CLERK, number) is None
    assert await FeeService(office.db, "pages").hint(CLERK, number) == FeeHint("pages", "2026-11", None, None, None)


async def test_the_eleventh_application_of_a_month_costs_a_hundred_yuan(office: Office, fees: FeeService) -> None:
    numbers = [await submit(office) for _ in range(12)]
    assert await fees.hint(CLERK, numbers[9]) == FeeHint("items", "2026-11", 10, 12, 0)
    assert await fees.hint(CLERK, numbers[10]) == FeeHint("items", "2026-11", 11, 12, 100)


async def test_the_case_page_says_what_it_would_cost(office: Office, fees: FeeService) -> None:
    numbers = [await submit(office) for _ in range(11)]
    hint = _templates.get_template("staff/_fee.html")
    told = hint.render(fee=await fees.hint(CLERK, numbers[10]))
    assert "第 11 件申请，当月共 11 件" in told
    assert "这一件 <strong>100 元</strong>" in told
    assert "不收费" in hint.render(fee=await fees.hint(CLERK, numbers[0]))
    assert "按量计收" in hint.render(fee=await FeeService(office.db, "pages").hint(CLERK, numbers[0]))
    assert hint.render(fee=None).strip() == ""


async def test_only_the_same_applicant_agency_and_month_count(
    office: Office, fees: FeeService, clock: SettableClock
) -> None:
    for other in (
        {"addressee": "sample-district"},
        {"applicant": applicant(id_number="110105194912310038")["applicant"]},
        {"kind": "correction"},
    ):
        await submit(office, **other)
    number = await submit(office)
    assert await fees.hint(CLERK, number) == FeeHint("items", "2026-11", 1, 1, 0)
    clock.moment += timedelta(days=11)
    december = await submit(office)
    assert await fees.hint(CLERK, december) == FeeHint("items", "2026-12", 1, 1, 0)


async def test_an_office_may_count_over_all_its_agencies(office: Office) -> None:
    await submit(office, addressee="sample-district")
    number = await submit(office)
    together = FeeService(office.db, "items", "all")
    assert await together.hint(CLERK, number) == FeeHint("items", "2026-11", 2, 2, 0)


async def test_without_an_identity_number_name_and_telephone_tell_who_it_is(office: Office, fees: FeeService) -> None:
    plain = {"applicant": applicant(id_number=None, id_type=None)["applicant"]}
    first, second = await submit(office, **plain), await submit(office, **plain)
    await submit(office, applicant=applicant(id_number=None, id_type=None, phone="13900000000")["applicant"])
    assert await fees.hint(CLERK, second) == FeeHint("items", "2026-11", 2, 2, 0)
    assert await fees.hint(CLERK, first) == FeeHint("items", "2026-11", 1, 2, 0)


async def test_a_department_sees_the_fee_of_its_own_cases_only(office: Office, fees: FeeService) -> None:
    with pytest.raises(Failure) as refused:
        await fees.hint(Account(2, "zhujian", "officer", "housing"), await submit(office))
    assert refused.value.code == "staff_case_not_found"
