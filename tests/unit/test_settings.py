"""Settings and keys: what is unknown, wrong or dangerous is refused with the way out."""

import stat
from pathlib import Path

import pytest

from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault, at_hand, draft_key, keep_draft
from intake_api.settings import DEMO_SECRET, Settings
from intake_api.terms.failures import CATALOGUE


def test_an_unknown_setting_is_refused_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_TELEGRAM_TOKKEN", "1")
    with pytest.raises(Failure, match="GONGKAI_TELEGRAM_TOKEN"):
        Settings.load()


def test_a_name_the_contract_keeps_for_later_is_no_setting_and_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_IMAP_URL", "imaps://user:word@mail.example.invalid")
    assert not hasattr(Settings.load(), "imap_url")


def test_a_bad_value_names_the_setting_and_not_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_PORT", "s3cret")
    with pytest.raises(Failure, match="GONGKAI_PORT") as caught:
        Settings.load()
    assert "s3cret" not in str(caught.value)


def test_office_hours_that_end_before_they_begin_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_REMINDER_HOURS", "17:00-09:00")
    with pytest.raises(Failure, match="GONGKAI_REMINDER_HOURS"):
        Settings.load()


def test_the_demo_secret_is_refused_for_real_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_SECRET_KEY", DEMO_SECRET)
    with pytest.raises(Failure, match="demo_secret"):
        Settings.load()
    assert Settings.load({"demo": True}).demo


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
    ],
)
def test_database_urls_get_their_async_driver(monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    monkeypatch.setenv("GONGKAI_DATABASE_URL", given)
    assert Settings.load().database == used


def test_a_first_key_is_read_by_its_owner_only_and_is_kept_as_it_was_drafted(tmp_path: Path) -> None:
    assert at_hand(None, tmp_path) == []
    made = draft_key(tmp_path)
    assert at_hand(None, tmp_path) == [made]
    keep_draft(tmp_path)
    (kept,) = at_hand(None, tmp_path)
    assert (kept.source, kept.master) == ("keys/1.key", made.master)
    assert stat.S_IMODE((tmp_path / "keys" / "1.key").stat().st_mode) == 0o600
    keep_draft(tmp_path)  # another process was quicker
    assert at_hand(None, tmp_path) == [kept]


def test_a_new_key_in_front_still_opens_the_old_values_and_keeps_the_index() -> None:
    old, new = Vault([b"o" * 32]), Vault([b"n" * 32, b"o" * 32])
    assert new.open("x", old.seal("x", "张三")) == "张三"
    assert new.blind("name", "张三") == old.blind("name", "张三")
    with pytest.raises(Failure, match="sealed_damaged"):
        old.open("x", new.seal("x", "张三"))


def test_query_codes_have_no_ambiguous_letter_and_are_compared_as_typed() -> None:
    vault = Vault([b"k" * 32])
    code = vault.query_code("SF-2026-00001", "nonce")
    assert not set(code) & set("01OIUL")
    assert vault.code_hash("SF-2026-00001", code.lower().replace("-", " ")) == vault.code_hash("SF-2026-00001", code)
    assert vault.code_hash("SF-2026-00002", code) != vault.code_hash("SF-2026-00001", code)


def test_every_error_has_a_status_and_a_chinese_sentence() -> None:
    for code, (status, sentence) in CATALOGUE.items():
        assert 400 <= status < 600, code
        assert any("一" <= ch <= "鿿" for ch in sentence) or sentence == "{reason}", code
