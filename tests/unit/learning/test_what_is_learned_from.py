"""Before a case is learned from: persons are masked, groups stay whole, the newest are kept apart."""

from datetime import date, timedelta

import pytest

from classifier.errors import ProfileError
from classifier.groups import group
from classifier.holdback import LEAST, hold_back
from classifier.profile import Profile
from classifier.redact import MASK, Known, mask

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


def test_the_newest_are_kept_back() -> None:
    kept = hold_back([str(place) for place in range(200)], days(200), [False] * 200)
    assert kept == set(range(160, 200))


def test_groups_are_kept_back_whole_or_learned_from_whole() -> None:
    groups = [str(place // 7) for place in range(210)]
    kept = hold_back(groups, days(210), [False] * 210)
    assert kept
    assert not {groups[place] for place in kept} & {groups[place] for place in set(range(210)) - kept}


def test_what_taught_the_live_model_is_never_judged_on_nor_its_group() -> None:
    seen = [place % 2 == 0 for place in range(200)]
    kept = hold_back([str(place // 4) if place >= 150 else str(1000 + place) for place in range(200)], days(200), seen)
    assert all(place < 150 and not seen[place] for place in kept)


def test_with_few_cases_all_are_learned_from() -> None:
    number = 2 * LEAST - 1
    assert hold_back([str(place) for place in range(number)], days(number), [False] * number) == set()


def test_decisions_under_a_merged_departments_code_are_its_successors(tmp_path) -> None:  # type: ignore[no-untyped-def]
    head = '[profile]\nid = "p"\n[[departments]]\ncode = "transport"\nname = "交通运输局"\nformer_codes = ["roads"]\n'
    path = tmp_path / "departments.toml"
    path.write_text(head, encoding="utf-8")
    assert Profile.load(path).present_codes == {"transport": "transport", "roads": "transport"}
    path.write_text(head + '[[departments]]\ncode = "roads"\nname = "公路局"\n', encoding="utf-8")
    with pytest.raises(ProfileError, match="profile_code_twice"):
        Profile.load(path)
