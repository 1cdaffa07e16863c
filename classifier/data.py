"""Rows of JSONL: read as a stream, checked one by one, every fault named by its line and field."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from classifier.errors import DataError

TEXT_LIMIT = 100_000
DISPOSITIONS = ("public", "partially_public", "not_held", "not_this_agency", "unclear")
_BOM = b"\xef\xbb\xbf"
_SHOWN = 20


@dataclass(frozen=True)
class Message:
    """What is to be classified. `id` is what the line carried (any JSON scalar), None where it carried none."""

    id: Any
    text: str
    subject: str = ""


@dataclass(frozen=True)
class Row:
    """An answered message: the department that handled it and what became of it. `group` keeps duplicates together.

    `right`: every department that could rightly have been chosen, the best first, which is `department`; empty where
    nobody said more than that one.
    """

    text: str
    department: str
    subject: str = ""
    disposition: str | None = None
    flags: tuple[str, ...] | None = None
    group: str | None = None
    received_on: date | None = None
    right: tuple[str, ...] = ()
    id: Any = None

    @property
    def acceptable(self) -> tuple[str, ...]:
        """Every department that is a right answer, the best first."""
        return self.right or (self.department,)


@dataclass(frozen=True)
class Fault:
    """A line that cannot be used; `id` is the line's own where it could be read."""

    line: int
    id: Any
    error: DataError


def messages(lines: Iterable[bytes], first: int = 1) -> Iterator[Message | Fault]:
    """Each non-blank line as a Message or a Fault, one at a time; `first` is the number of the first line."""
    for number, line in _numbered(lines, first):
        item: Any = None
        try:
            item = _object(line)
            yield Message(_scalar(item.get("id")), _text(item, "text"), _text(item, "subject", ""))
        except DataError as error:
            yield Fault(number, _id_of(item), error)


def load(paths: Iterable[Path]) -> list[Row]:
    """All rows of some files. Raises DataError that lists the first faults (`bad_rows`) or `no_rows`."""
    rows: list[Row] = []
    faults: list[str] = []
    for path in paths:
        try:
            with path.open("rb") as file:
                for number, line in _numbered(file):
                    try:
                        rows.append(_row(_object(line)))
                    except DataError as error:
                        faults.append(f"{path.name} 第 {number} 行：{error.message}")
        except OSError:
            raise DataError("file_unreadable", f"读不到文件：{path}") from None
    if faults:
        more = f"（另有 {len(faults) - _SHOWN} 处）" if len(faults) > _SHOWN else ""
        raise DataError("bad_rows", "".join(faults[:_SHOWN]) + more)
    if not rows:
        raise DataError("no_rows", "没有一行数据可用。")
    return rows


def _numbered(lines: Iterable[bytes], first: int = 1) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(lines, first):
        line = line.removeprefix(_BOM) if number == 1 else line
        if line.strip():
            yield number, line


def _object(line: bytes) -> dict[str, Any]:
    try:
        item = json.loads(line.decode(), parse_constant=_not_json)
    except UnicodeDecodeError:
        raise DataError("not_utf8", "这一行不是 UTF-8 编码。") from None
    except (ValueError, RecursionError):
        raise DataError("not_json", "这一行不是有效的 JSON。") from None
    if not isinstance(item, dict):
        raise DataError("not_object", "这一行不是 JSON 对象。")
    return item


def _not_json(name: str) -> NoReturn:
    raise ValueError(name)


def _text(item: dict[str, Any], field: str, default: str | None = None) -> str:
    value = item.get(field, default)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise DataError(f"bad_{field}", f"缺少 {field}，或者它不是文字。")
    if len(value) > TEXT_LIMIT:
        raise DataError("text_too_long", f"{field} 超过 {TEXT_LIMIT} 字。")
    return value


def _label(item: dict[str, Any], field: str) -> str:
    value = _text(item, field).strip()
    if not value:
        raise DataError(f"bad_{field}", f"{field} 不能为空。")
    return value


def _scalar(value: Any) -> Any:
    if isinstance(value, dict | list):
        raise DataError("bad_id", "id 应为文字或数字。")
    return value


def _id_of(item: Any) -> Any:
    value = item.get("id") if isinstance(item, dict) else None
    return None if isinstance(value, dict | list) else value


def _row(item: dict[str, Any]) -> Row:
    disposition = item.get("disposition")
    if disposition is not None and disposition not in DISPOSITIONS:
        raise DataError("bad_disposition", f"disposition 只能是 {'、'.join(DISPOSITIONS)}。")
    flags = item.get("flags")
    if flags is not None and not (isinstance(flags, list) and all(isinstance(flag, str) for flag in flags)):
        raise DataError("bad_flags", "flags 应为代码的列表。")
    try:
        received_on = date.fromisoformat(item["received_on"]) if item.get("received_on") is not None else None
    except (TypeError, ValueError):
        raise DataError("bad_received_on", "received_on 应为 2026-01-31 这样的日期。") from None
    group = _scalar(item.get("group"))
    right = _right(item)
    department = right[0] if right and item.get("department") is None else _label(item, "department")
    if right and right[0] != department:
        raise DataError("bad_right", "right 的第一个部门应与 department 相同。")
    return Row(
        text=_text(item, "text"),
        department=department,
        right=right,
        subject=_text(item, "subject", ""),
        disposition=disposition,
        flags=None if flags is None else tuple(flags),
        group=None if group is None else str(group),
        received_on=received_on,
        id=_scalar(item.get("id")),
    )


def _right(item: dict[str, Any]) -> tuple[str, ...]:
    right = item.get("right")
    if right is None or right == []:
        return ()
    fine = isinstance(right, list) and all(isinstance(code, str) and code.strip() for code in right)
    if not fine or len(set(right)) < len(right):
        raise DataError("bad_right", "right 应为不重复的部门代码的列表，最合适的在前。")
    return tuple(code.strip() for code in right)
