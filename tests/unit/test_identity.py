"""Identity numbers, credit codes, telephone and e-mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_api.people.identity import email, id_number, phone, resident_id, uscc


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
        ("11010519491231", None),
        ("", None),
    ],
)
def test_resident_identity_number(typed: str, kept: str | None) -> None:
    assert resident_id(typed) == kept


@given(st.text(max_size=30))
def test_no_text_upsets_a_check(typed: str) -> None:
    for check in (resident_id, uscc, phone, email):
        check(typed)
    for kind in ("passport", "military_id", "other", "travel_permit"):
        id_number(kind, typed)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, shift: int) -> None:
    """ISO 7064 MOD 11-2 finds every single substitution."""
    good = "11010519491231002X"
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert resident_id(wrong) is None


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
        ("+86 13800000000", "+8613800000000"),
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
    [("a@Example.COM", "a@example.com"), ("a@b", None), ("a b@c.cn", None), ("a@b@c.cn", None), ("@c.cn", None)],
)
def test_email(typed: str, kept: str | None) -> None:
    assert email(typed) == kept


def test_a_number_without_a_public_rule_is_taken_as_it_is_written() -> None:
    for written, kept in {
        "军字第1234567号": "军字第1234567号",
        "空字第 01234 号": "空字第01234号",
        "e12345678": "E12345678",
    }.items():
        assert id_number("military_id", written) == kept
    for written in ("忘记了", "1", "<b>12345</b>"):
        assert id_number("military_id", written) is None
