"""What the product takes to be the law, how sure each rule is, and where it is changed (规则依据): data/rules.toml.

A number or a choice that was not read in the original is never a constant of the code: it is the `value` of its rule
here, or a setting. The file is read once, when the program starts.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

from intake_api.statute.errors import refusal
from intake_api.statute.sentences import chinese_day

FILE = Path(__file__).with_name("data") / "rules.toml"
SUBJECTS: dict[str, str] = {"clock": "期限", "fees": "信息处理费", "notices": "文书和救济", "report": "年度报告和目录"}
STATUSES: dict[str, str] = {"text": "已核对原文", "source": "有出处，待核对", "practice": "各地做法"}
_WHERE = ("value", "setting", "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: what it `says` (value not yet filled in), its `source`, its `status`, and one of value, setting, place.

    `value` is what the code computes with; `setting` names the setting that decides; `place` says where else.
    """

    code: str
    subject: str
    says: str
    source: str
    status: str
    value: Any = None
    setting: str = ""
    place: str = ""


def parse(text: str) -> dict[str, Rule]:
    """Read rules by their codes, in the order of the file; StatuteError `rules_unusable` names the first bad one."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refusal("rules_unusable", rule="rules.toml", why=str(error)) from None
    return {code: _rule(code, table) for code, table in tables.items()}


def _rule(code: str, table: object) -> Rule:
    try:
        rule = Rule(code=code, **table)  # type: ignore[arg-type]  # a wrong shape is the TypeError caught below
    except TypeError:
        raise refusal("rules_unusable", rule=code, why="项目缺少或者多余") from None
    if rule.subject not in SUBJECTS or rule.status not in STATUSES:
        raise refusal("rules_unusable", rule=code, why="subject 或者 status 不在所列之中")
    if sum(name in table for name in _WHERE) != 1:  # type: ignore[operator]  # it is a table, or Rule had not been built
        raise refusal("rules_unusable", rule=code, why="value、setting、place 应当只有一项")
    return rule


RULES = parse(FILE.read_text("utf-8"))


def number(code: str) -> int:
    """Return the whole number, not negative, that a rule gives."""
    value = RULES[code].value
    if type(value) is not int or value < 0:
        raise refusal("rules_unusable", rule=code, why="value 应当是不小于零的整数")
    return value


def day(code: str) -> date:
    """Return the day that a rule gives."""
    value = RULES[code].value
    if type(value) is not date:
        raise refusal("rules_unusable", rule=code, why="value 应当是日期，例如 2021-01-01")
    return value


def choice(code: str, *choices: str) -> str:
    """Return the word that a rule gives, one of `choices`."""
    value = RULES[code].value
    if not isinstance(value, str) or value not in choices:
        raise refusal("rules_unusable", rule=code, why=f"value 应当是{'、'.join(choices)}之一")
    return value


def pattern(code: str, *names: str) -> str:
    """Return the pattern that a rule gives, to be filled in with each of `names`, in braces."""
    value = RULES[code].value
    try:
        fields = [(name, how) for _, name, how, _ in Formatter().parse(value) if name is not None]
    except (TypeError, ValueError):
        fields = []
    if sorted(fields) != sorted((name, "") for name in names):
        raise refusal("rules_unusable", rule=code, why="value 应当写明" + "".join(f"{{{name}}}" for name in names))
    return str(value)


def numbers(code: str, *names: str) -> tuple[int, ...]:
    """Return the numbers of a rule that has several, by name."""
    value = RULES[code].value
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise refusal("rules_unusable", rule=code, why=f"value 应当写明{'、'.join(names)}")
    if any(type(value[name]) is not int or value[name] < 1 for name in names):
        raise refusal("rules_unusable", rule=code, why="每一项应当是大于零的整数")
    return tuple(value[name] for name in names)


def tiers(code: str) -> tuple[tuple[int, int], ...]:
    """Return pairs (above so many, so much each) of a rule, the lowest first."""
    try:
        pairs = tuple((above, price) for above, price in RULES[code].value)
    except (TypeError, ValueError):
        raise refusal("rules_unusable", rule=code, why="value 应当是成对的整数") from None
    whole = all(type(n) is int and n >= 0 for pair in pairs for n in pair)
    if not pairs or not whole or sorted(pairs) != list(pairs):
        raise refusal("rules_unusable", rule=code, why="value 应当是成对的整数，从低到高")
    return pairs


def sentence(code: str) -> str:
    """Return what a rule says, its value filled in."""
    says, value = RULES[code].says, RULES[code].value
    if value is None:
        return says
    words: dict[str, object] = {"value": chinese_day(value) if isinstance(value, date) else value}
    if isinstance(value, Mapping):
        words = {"first": value["free"] + 1, "next": value["until"] + 1, **value}
    elif isinstance(value, list):
        words = {"free": value[0][0], "tiers": _tiers_in_words(tiers(code))}
    try:
        return says.format(**words)
    except (LookupError, ValueError):
        raise refusal("rules_unusable", rule=code, why="says 中的{}不是 value 里的名称") from None


def _tiers_in_words(pairs: tuple[tuple[int, int], ...]) -> str:
    spans = [f"{above + 1}至{until}页" for (above, _), (until, _) in pairwise(pairs)]
    spans.append(f"{pairs[-1][0] + 1}页以上")
    return "，".join(f"{span}每页{price}元" for span, (_, price) in zip(spans, pairs, strict=True))
