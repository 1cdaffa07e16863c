"""An office's own headers and words: a TOML file beside the ledger.

[columns]
"办件流水号" = "number"
[values.outcome]
"同意公开" = "3.1"
"""

import tomllib
from dataclasses import dataclass, field

from intake_api.kit.errors import Failure
from intake_api.kit.text import decoded
from intake_api.ledger.columns import COLUMNS, plain


@dataclass(frozen=True)
class Mapping:
    """Headers and values of the office, in the plain form of `columns.plain`, to columns and codes."""

    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)


def read_mapping(raw: bytes) -> Mapping:
    """Read the file; Failure `ledger_mapping` with the reason."""
    try:
        data = tomllib.loads(decoded(raw))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Failure("ledger_mapping", reason=f"不是有效的 TOML 文件（{error}）。") from None
    columns, values = data.pop("columns", {}), data.pop("values", {})
    if data or not isinstance(columns, dict) or not isinstance(values, dict):
        raise Failure("ledger_mapping", reason="只能有 [columns] 和 [values.列名] 两部分。")
    for name in (*columns.values(), *values):
        if name not in COLUMNS:
            raise Failure("ledger_mapping", reason=f"没有“{name}”这一列。")
    for name, words in values.items():
        if not isinstance(words, dict):
            raise Failure("ledger_mapping", reason=f"[values.{name}] 应写成“原来的说法” = “代码”。")
        for code in words.values():
            if COLUMNS[name].words and code not in COLUMNS[name].words:
                raise Failure("ledger_mapping", reason=f"“{code}”不是“{COLUMNS[name].label}”的代码。")
    return Mapping(
        {plain(header): name for header, name in columns.items()},
        {name: {plain(word): str(code) for word, code in words.items()} for name, words in values.items()},
    )
