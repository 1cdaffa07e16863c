"""The department directory (部门目录) of one government: who does what, under which names, and who is somebody else."""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from classifier.errors import ProfileError


@dataclass(frozen=True)
class Department:
    """One department; `external` means that another agency answers (art. 36(5), 不属于本机关负责公开).

    `former_codes` are the codes of departments that were merged into it (并入的部门): decisions under them are its own.
    """

    code: str
    name: str
    external: bool = False
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    former_codes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Official, colloquial and former names (自然资源和规划局, 国土局 …)."""
        return (self.name, *self.aliases, *self.former_names)


@dataclass(frozen=True)
class Profile:
    """A directory as read from its file; `sha256` is that of the file, `source` all it says, also to others."""

    id: str
    version: str
    departments: tuple[Department, ...]
    sha256: str
    source: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a departments.toml. Raises ProfileError: unreadable, a field missing or mistyped, a code twice."""
        data, raw = _read(path)
        head, rows = data.get("profile"), data.get("departments")
        if not isinstance(head, dict) or not isinstance(rows, list) or not rows:
            raise ProfileError("profile_incomplete", "部门目录缺少 [profile] 或 [[departments]]。")
        departments = tuple(_department(row, place) for place, row in enumerate(rows, 1))
        every = [code for each in departments for code in (each.code, *each.former_codes)]
        twice = [code for code, count in Counter(every).items() if count > 1]
        if twice:
            raise ProfileError("profile_code_twice", f"部门目录中代码重复：{'、'.join(twice)}")
        name, version = str(head.get("id", path.stem)), str(head.get("version", ""))
        return cls(name, version, departments, hashlib.sha256(raw).hexdigest(), data)

    @property
    def present_codes(self) -> dict[str, str]:
        """The code in use for every code that ever was: its own, or that of the department it was merged into."""
        return {code: each.code for each in self.departments for code in (each.code, *each.former_codes)}

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of every department, the segmenter's user words (用户词典)."""
        return tuple(sorted({name for each in self.departments for name in each.names if len(name) > 1}))


def _department(row: Any, place: int) -> Department:
    if not isinstance(row, dict):
        raise ProfileError("profile_department", f"部门目录第 {place} 个部门不是一张表。")
    for name in ("code", "name"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise ProfileError("profile_department", f"部门目录第 {place} 个部门缺少 {name}。")
    if not isinstance(row.get("external", False), bool):
        raise ProfileError("profile_department", f"部门 {row['code']} 的 external 应为 true 或 false。")
    lists = {}
    for name in ("aliases", "former_names", "duties", "former_codes"):
        value = row.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise ProfileError("profile_department", f"部门 {row['code']} 的 {name} 应为非空文字的列表。")
        lists[name] = tuple(value)
    return Department(row["code"], row["name"], row.get("external", False), **lists)


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    """A profile's tables and bytes; with `base`, laid over those of the profile that it builds on.

    A department of the base takes what the row with its code says, a new code is one department more.
    """
    try:
        raw = path.read_bytes()
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except OSError:
        raise ProfileError("profile_missing", f"读不到部门目录文件：{path}") from None
    except ValueError as error:
        raise ProfileError("profile_unreadable", f"部门目录不是有效的 TOML 文件（UTF-8）：{error}") from None
    head = data.get("profile")
    name = head.get("base") if isinstance(head, dict) else None
    if name is None:
        return data, raw
    base, below = _read(path.parent / Path(str(name)).name)
    if "base" in base["profile"]:
        raise ProfileError("profile_unreadable", f"部门目录 {name} 自己又以别的目录为基础，不能再作为基础。")
    rows = [*base.get("departments", []), *data.get("departments", [])]
    merged: dict[Any, Any] = {}
    for row in rows if all(isinstance(row, dict) for row in rows) else ():
        merged[row.get("code")] = merged.get(row.get("code"), {}) | row
    return base | data | {"departments": list(merged.values())}, below + raw
