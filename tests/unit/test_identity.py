"""Identity numbers, credit codes, telephone and e-mail."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_api.people.identity import email, id_number, person, phone, resident_id, uscc

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("110105 19491231 002X", "11010519491231002X"),
        ("110105194912310021", None),  # check character
        ("110105194913310029", None),  # month 13
        ("110105189912310026", None),  # born before 1900
        ("110105209912310029", None),  # not born yet
        ("110105202611290029", None),
        ("11010519491231", None),
        ("", None),
    ],
)
def test_resident_identity_number(typed: str, kept: str | None) -> None:
    assert resident_id(typed, TODAY) == kept


@given(st.text(max_size=30))
def test_no_text_upsets_a_check(typed: str) -> None:
    for check in (uscc, phone, email):
        check(typed)
    resident_id(typed, TODAY)
    for kind in ("passport", "military_id", "other", "travel_permit"):
        id_number(kind, typed, TODAY)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, shift: int) -> None:
    """ISO 7064 MOD 11-2 finds every single substitution."""
    good = "11010519491231002X"
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert resident_id(wrong, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "good"), [("91350100M000100Y43", True), ("91350100M000100Y44", False), ("1" * 18, False)]
)
def test_unified_social_credit_code(typed: str, good: bool) -> None:
    assert (uscc(typed) is not None) == good


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800000000", "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("+86 13800000000", "13800000000"),
        ("0086-138 0000 0000", "13800000000"),
        ("86-10-62345678", "01062345678"),
        ("+86 10 62345678", "01062345678"),
        ("+86 010 62345678", "01062345678"),
        ("010-62345678-801", "01062345678转801"),
        ("58235823-9266", "58235823转9266"),
        ("（010）62345678（分机801）", "01062345678转801"),
        ("０１０－６２３４５６７８ 转 801", "01062345678转801"),
        ("0755 8378 8378 ext. 12", "075583788378转12"),
        ("0000-1234567转801", "00001234567转801"),
        ("400-123-4567", "4001234567"),
        ("+852 2123 4567", "+85221234567"),
        ("00852-21234567", "+85221234567"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("\u200b138\u00ad00000000。", "13800000000"),
        ("13800000000/13900000000", None),
        ("+999 1234 5678", None),
        ("１３８0000", None),
        ("0000-1234567", "00001234567"),
        ("（010）12345678", "01012345678"),
        ("1380000000", None),
        ("张三", None),
    ],
)
def test_telephone(typed: str, kept: str | None) -> None:
    assert phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a@Example.COM", "a@example.com"),
        ("user@163.com\u200b", "user@163.com"),
        ("us\u00ader@163.com", "user@163.com"),
        ("user@qq.com。", "user@qq.com"),
        ("user@qq。com", "user@qq.com"),
        ("ｕｓｅｒ＠ｅｘａｍｐｌｅ．ｃｏｍ", "user@example.com"),
        ("mailto:user@b.cn", "user@b.cn"),
        ("<user@b.cn>", "user@b.cn"),
        ("user@a.xn--fiqs8s", "user@a.中国"),
        ("user@a.中国", "user@a.中国"),
        ("zhang@oa.local", "zhang@oa.local"),
        ("a@b", None),
        ("a b@c.cn", None),
        ("a@b@c.cn", None),
        ("@c.cn", None),
        ("a..b@qq.com", None),
        ("user@qq,com", None),
        ("user@qq.c0m", None),
    ],
)
def test_email(typed: str, kept: str | None) -> None:
    assert email(typed) == kept


def test_a_number_without_a_public_rule_is_taken_as_it_is_written() -> None:
    for written, kept in {
        "军字第1234567号": "军字第1234567号",
        "空字第 01234 号": "空字第01234号",
        "e12345678": "E12345678",
    }.items():
        assert id_number("military_id", written, TODAY) == kept
    for written in ("忘记了", "1", "<b>12345</b>"):
        assert id_number("military_id", written, TODAY) is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("A123456(7)", "A123456(7)"),
        ("Ｒ１２３４５６（Ａ）", "R123456(A)"),
        ("1234567(8)", "1234567(8)"),
        ("军1234567", "军1234567"),
    ],
)
@pytest.mark.parametrize("kind", ["travel_permit", "other", "passport"])
def test_a_card_is_taken_as_it_is_printed(kind: str, written: str, kept: str) -> None:
    assert id_number(kind, written, TODAY) == kept


def test_a_name_has_the_dot_of_the_standard() -> None:
    assert person("阿卜杜拉•买买提") == person("阿卜杜拉・买买提") == "阿卜杜拉·买买提"
    assert person("J. R. O'Neill") == "J. R. O'Neill"
