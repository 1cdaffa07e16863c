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


# What a holiday notice for 2027 has to name, written down from the law and an almanac.
STATUTORY_2027 = [
    ("2027-01-01", "元旦"),
    *((f"2027-02-0{day}", "春节") for day in (5, 6, 7, 8)),  # 除夕 to 初三
    ("2027-04-05", "清明节"),
    ("2027-05-01", "劳动节"),
    ("2027-05-02", "劳动节"),
    ("2027-06-09", "端午节"),
    ("2027-09-15", "中秋节"),
    *((f"2027-10-0{day}", "国庆节") for day in (1, 2, 3)),
]
