"""The rules of one installation (规则依据): each with how sure it is, where it is changed, and what is set now."""

from collections.abc import Iterator
from typing import NamedTuple

from intake_api.settings import PREFIX, Settings
from intake_api.statute.rules import RULES, Rule, sentence


class RuleLine(NamedTuple):
    """A rule as people read it; `now` is what its setting has, empty for a rule that no setting decides."""

    code: str
    subject: str
    says: str
    source: str
    status: str
    where: str
    now: str


def lines(settings: Settings) -> Iterator[RuleLine]:
    """Yield every rule in the order of the data file; StatuteError `rules_unusable`."""
    for rule in RULES.values():
        yield RuleLine(
            rule.code, rule.subject, sentence(rule.code), rule.source, rule.status, _where(rule), _now(rule, settings)
        )


def _where(rule: Rule) -> str:
    if rule.setting:
        return f"设置 {PREFIX}{rule.setting.upper()}"
    return rule.place or "intake_api/statute/data/rules.toml"


def _now(rule: Rule, settings: Settings) -> str:
    if not rule.setting:
        return ""
    value = getattr(settings, rule.setting)
    return "默认" if value is None else str(value)
