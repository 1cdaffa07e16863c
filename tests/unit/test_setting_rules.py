"""A setting that is unsafe or cannot work is refused at the start, in one sentence that does not repeat it."""

import importlib.util

import pytest

from intake_api import setting_rules
from intake_api.kit.addresses import behind, networks
from intake_api.kit.errors import Failure
from intake_api.settings import Settings

BAD = {
    "SECRET_KEY": ["a", "aaaaaaaaaaaaaaaaaaaaaaaa", "short-secret"],
    "TRUSTED_PROXIES": ["nginx", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.1, ::/0", "10.0.0.1;10.0.0.2"],
    "SMTP_URL": ["foo", "http://mail.example.invalid", "smtp://", "smtp://mail:port", "smtp://mail:99999"],
    "PUBLIC_URL": [
        "foo",
        "gk.example.invalid",
        "ftp://gk.example.invalid",
        "https://",
        "https://gk.example.invalid/?a=1",
    ],
    "TELEGRAM_API": ["foo"],
    "REDIS_URL": ["foo", "http://127.0.0.1", "unix://", "postgresql://u@h/d"],
    "DATABASE_URL": ["foo", "mysql://u@h/d", "redis://h", "sqlite://", "postgresql", "postgresql://u@h:port/d"],
    "MAIL_FROM": ["foo", "a@b, c@d", "a@b\nBcc: c@d"],
    "TELEGRAM_TOKEN": ["foo", "123456:ABC DEF"],
    "WEBHOOK_SECRET": ["foo", "with a blank in it, and long"],
    "ASSESSMENT": [
        "foo",
        "on_time",
        "on_time=x",
        "on_time=-1",
        "on_time=1,on_time=2",
        "late=40",
        "on_time=0",
        "on_time=1,,",
    ],
    "PORT": ["http", "70000"],
    "REMINDER_HOURS": ["17:00-09:00", "9-17"],
}
GOOD = {
    "SECRET_KEY": ["correct horse battery staple"],
    "TRUSTED_PROXIES": ["", "127.0.0.1, 10.0.0.0/8,fd00::/8", "192.168.1.7/16"],
    "SMTP_URL": ["smtp://user:pass%40word@mail.example.invalid:587", "smtps://mail.example.invalid"],
    "PUBLIC_URL": ["https://gk.example.invalid", "http://10.1.2.3:8000/gk/"],
    "REDIS_URL": ["redis://127.0.0.1:6379/0", "rediss://:word@cache", "unix:///run/redis.sock"],
    "DATABASE_URL": ["postgresql://u:w@h/d", "postgres:///d?host=/run/postgresql", "sqlite:////srv/gongkai.db"],
    "MAIL_FROM": ["gk@example.invalid"],
    "TELEGRAM_TOKEN": ["123456:ABC-def_1"],
    "ASSESSMENT": ["on_time=1", " satisfaction = 10, not_corrected=0"],
    "WEBHOOK_SECRET": ["s3cret_-A0123456"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_what_cannot_work_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"GONGKAI_{name}", value)
    with pytest.raises(Failure, match="settings_invalid") as caught:
        Settings.load()
    assert f"GONGKAI_{name}" in caught.value.message
    assert caught.value.message.count("。") == 1
    assert any("一" <= char <= "鿿" for char in caught.value.message)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_what_can_work_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"GONGKAI_{name}", value)
    Settings.load()


@pytest.mark.parametrize("name", ["SMTP_URL", "REDIS_URL", "DATABASE_URL", "PUBLIC_URL", "TELEGRAM_TOKEN"])
def test_a_refusal_does_not_repeat_what_may_hold_a_password(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"GONGKAI_{name}", "gopher://user:s3cret-word@host.example.invalid")
    with pytest.raises(Failure, match=name) as caught:
        Settings.load()
    assert "s3cret" not in str(caught.value)


def test_two_that_are_wrong_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_SMTP_URL", "foo")
    monkeypatch.setenv("GONGKAI_PORT", "foo")
    with pytest.raises(Failure, match=r"GONGKAI_PORT.*GONGKAI_SMTP_URL"):
        Settings.load()


@pytest.mark.parametrize(
    ("rule", "value", "extra"),
    [
        (setting_rules.database_url, "postgresql://u@h/d", "gongkai[postgres]"),
        (setting_rules.redis_url, "redis://h", "gongkai[redis]"),
    ],
)
def test_an_extra_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, rule: object, value: str, extra: str
) -> None:
    monkeypatch.setattr(setting_rules, "find_spec", lambda _name: importlib.util.find_spec("no_such_module"))
    with pytest.raises(ValueError, match="程序库") as caught:
        rule(value)  # type: ignore[operator]  # a function of this module
    assert extra in str(caught.value)


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        ("10.4.5.6", "203.0.113.9"),
        ("::ffff:10.4.5.6", "203.0.113.9"),
        ("fd00::7", "203.0.113.9"),
        ("11.4.5.6", "11.4.5.6"),
    ],
)
def test_a_network_of_proxies_is_trusted_as_a_whole(peer: str, client: str) -> None:
    assert behind(peer, ["203.0.113.9, 10.9.9.9"], networks("10.0.0.0/8, fd00::/8")) == client
