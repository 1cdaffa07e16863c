"""Before a case is learned from: persons are masked, groups stay whole, none judges a model that it taught."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from classifier.data import Row
from classifier.errors import ProfileError
from classifier.learn.crossfit import by_time, cross_fit
from classifier.learn.groups import group
from classifier.profile import Profile
from classifier.text.redact import MASK, Known, mask

DAY = date(2026, 9, 1)
LONG = "申请公开示例区甲街道2025年老旧小区改造计划、资金来源和已经完成的项目清单，以及加装电梯的补贴标准。"


@pytest.mark.parametrize(
    "text",
    ["蘅芷女士家", "欧阳蘅芷家的房子", "欧 阳 蘅 芷", "欧阳某某", "欧阳女士说"],
)
def test_the_applicants_own_name_is_masked_wherever_and_however_it_stands(text: str) -> None:
    masked = mask(f"隔壁说{text}被征收", Known(names=("欧阳蘅芷", "蘅芷")))
    assert "蘅芷" not in masked
    assert "欧阳" not in masked
    assert MASK in masked


def test_any_run_shared_with_a_known_address_or_number_is_masked() -> None:
    known = Known(particulars=("示例市甲区丙丁路77弄3号", "2026-XZ-778812"))
    masked = mask("我家就在甲区丙丁路77弄，凭证XZ-778812，请公开规划许可。", known)
    assert "丙丁路" not in masked
    assert "778812" not in masked
    assert "规划许可" in masked


def test_a_single_character_is_no_name_and_nothing_known_changes_nothing() -> None:
    assert mask(LONG, Known(names=("示",))) == mask(LONG)


def test_the_same_applicant_family_or_link_is_one_group() -> None:
    names = group(["第一件事", "毫不相干", "另一回事", "全然不同"], [{"a"}, {"b", "a"}, {"b"}, {"c"}])
    assert names[0] == names[1] == names[2] != names[3]


def test_nearly_the_same_text_is_one_group_and_a_different_one_is_not() -> None:
    again = LONG.replace("甲街道", "乙街道")
    other = "请公开本市中小学招生划片范围的调整依据和征求意见的情况。"
    names = group([LONG, other, again], [(), (), ()])
    assert names[0] == names[2] != names[1]


def test_short_texts_group_only_when_equal() -> None:
    names = group(["公开", "公开", "规划", ""], [()] * 4)
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_a_campaign_of_a_thousand_letters_is_one_group() -> None:
    assert len(set(group([LONG + str(place) for place in range(1000)], [()] * 1000))) == 1


def days(number: int) -> list[date]:
    return [DAY + timedelta(place) for place in range(number)]


def test_folds_are_spans_of_time_of_about_as_many_cases() -> None:
    folds = by_time([str(place) for place in range(200)], days(200)).tolist()
    assert folds == sorted(folds)
    assert [folds.count(fold) for fold in range(5)] == [40] * 5


def test_a_group_is_judged_whole_where_its_newest_case_lies() -> None:
    groups = [str(place % 50) for place in range(200)]  # each applicant returns every fifty days
    folds = by_time(groups, days(200)).tolist()
    assert all(len({fold for fold, own in zip(folds, groups, strict=True) if own == group}) == 1 for group in groups)
    assert folds[0] == folds[150] == 0
    assert folds[49] == folds[199] == 4


def test_every_case_is_judged_by_a_model_that_was_not_taught_it(rows: list[Row], profile: Profile) -> None:
    # one department answers for a matter of its own, which stands in no authored row
    own = [replace(rows[0], text=f"申请公开青禾桥第{place}期的养护记录", department="education") for place in range(40)]
    groups, on = [f"g{place}" for place in range(40)], [date(2026, 1, 1) + timedelta(place) for place in range(40)]
    folds = by_time(groups, on)
    places = {code: number for number, code in enumerate(each.code for each in profile.departments)}

    def share(taught: bool) -> float:
        found = cross_fit(own, rows, profile, folds, np.full(40, taught))
        assert found.margins.shape == (40, len(found.codes))
        return float(np.mean(found.margins.argmax(axis=1) == places["education"]))

    assert share(taught=True) == 1.0
    assert share(taught=False) < 0.5


def test_decisions_under_a_merged_departments_code_are_its_successors(tmp_path) -> None:  # type: ignore[no-untyped-def]
    head = '[profile]\nid = "p"\n[[departments]]\ncode = "transport"\nname = "交通运输局"\nformer_codes = ["roads"]\n'
    path = tmp_path / "departments.toml"
    path.write_text(head, encoding="utf-8")
    assert Profile.load(path).present_codes == {"transport": "transport", "roads": "transport"}
    path.write_text(head + '[[departments]]\ncode = "roads"\nname = "公路局"\n', encoding="utf-8")
    with pytest.raises(ProfileError, match="profile_code_twice"):
        Profile.load(path)
