"""Invented applications for tests."""

from typing import Any

APPLICATION: dict[str, Any] = {
    "applicant": {
        "type": "natural",
        "name": "张三",
        "id_type": "resident_id",
        "id_number": "11010519491231002X",
        "phone": "13800000000",
    },
    "description": "申请公开甲村2025年征地批复文件。",
    "delivery": {"medium": "electronic", "way": "email"},
}


def application(**changes: Any) -> dict[str, Any]:
    """A valid application with changes at its top level."""
    return APPLICATION | changes


def applicant(**changes: Any) -> dict[str, Any]:
    """A valid application whose applicant has changes."""
    return APPLICATION | {"applicant": {**APPLICATION["applicant"], **changes}}
