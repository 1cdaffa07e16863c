"""Who answers (docs/agencies.md): bureaux that handle for their government, and bureaux that are agencies."""

from typing import Any

import pytest

from classifier.profile import Profile
from intake_api.directory import Directory
from intake_api.kit.errors import Failure
from intake_api.wiring.shipped import PROFILE

HANDLERS = Directory.of(Profile.load(PROFILE).source)
AGENCIES = Directory.of(Profile.load(PROFILE.with_name("agencies.toml")).source)


def outside(directory: Directory, addressee: str) -> set[str]:
    return {one.code for one in directory.handlers(addressee) if one.external}


def test_in_the_default_profile_bureaux_are_handlers_and_the_city_answers() -> None:
    assert [agency.code for agency in HANDLERS.agencies] == ["city"]
    assert not HANDLERS.handler("housing", "city").external
    assert HANDLERS.answering("housing", "city") == HANDLERS.default_agency
    assert HANDLERS.answering("tax", "city") is None


def test_a_bureau_that_is_an_agency_answers_itself_and_is_somebody_else_for_the_city() -> None:
    bureau = AGENCIES.agency("housing")
    assert (bureau.name, bureau.kind, bureau.sign) == ("示例市住房和城乡建设局", "department", "示建公开")
    assert (bureau.review_body, bureau.court) == ("示例市人民政府", "示例市示例区人民法院")
    assert AGENCIES.handler("housing", "city").external
    assert AGENCIES.answering("housing", "city") == bureau
    assert not AGENCIES.handler("gov-office", "city").external
    assert not AGENCIES.handler("housing", "housing").external
    assert len(AGENCIES.departments) == len(HANDLERS.departments)


def test_for_a_bureau_everybody_else_is_outside_and_what_the_city_holds_is_the_citys() -> None:
    every = {one.code for one in AGENCIES.departments}
    assert outside(AGENCIES, "housing") == (every | {"city"}) - {"housing"}
    assert outside(AGENCIES, "city") == outside(HANDLERS, "city") | {
        "housing",
        "natural-resources",
        "education",
        "ecology",
    }
    assert AGENCIES.answering("gov-office", "housing") == AGENCIES.default_agency
    assert AGENCIES.handler("gov-office", "housing").external
    with pytest.raises(Failure, match="unknown_department"):
        AGENCIES.handler("city", "city")


def profile(*departments: dict[str, Any]) -> dict[str, Any]:
    own = {"code": "city", "name": "示例市人民政府", "office": "政务公开办", "number_prefix": "SF", "sign": "示"}
    return {"agency": own, "departments": [{"code": "a", "name": "甲局"} | one for one in departments]}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"agency": True}, "甲局的 agency = true 需要 number_prefix"),
        ({"agency": True, "number_prefix": "A", "external": True}, "不能是 external"),
        ({"agency": True, "number_prefix": "SF"}, "number_prefix 相同：SF"),
        ({"agency": True, "number_prefix": "A", "sign": "示"}, "sign 相同：示"),
        ({"agency": True, "number_prefix": "A", "code": "city"}, "code 相同：city"),
    ],
)
def test_an_agency_that_could_not_be_told_from_another_is_refused(row: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Directory.of(profile(row))
