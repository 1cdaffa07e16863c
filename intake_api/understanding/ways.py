"""Which way a message has: in a sentence, with the counter that helps and how it is reached."""

import re
from collections.abc import Sequence

from intake_api.directory import Agency, Contact, Department, Directory
from intake_api.terms.messages import MESSAGES, MessageKind

REGISTERS = (
    ("natural-resources", re.compile("不动产|房|土地|产权|宅基地|林权|抵押|查封")),
    ("market", re.compile("工商|企业|公司|执照|股东|合作社|个体|注册资本")),
    ("public-security", re.compile("车|户籍|户口")),
    ("civil-affairs", re.compile("婚姻|结婚|社会组织|协会|基金会")),
)
"""Who keeps which register, in the departments of the default profile; the first that fits."""
_AT_A_COUNTER = ("complaint", "consultation", "register_query")
_AT_OURS = ("publication", "status", "english")


def way(kind: MessageKind, text: str, likely: Sequence[str], directory: Directory) -> str:
    """What is said of a kind's own way; empty for an application. `likely`: codes of departments, the likeliest first.

    A counter is named where it is known: a register by its words, else the likeliest department.
    """
    said = MESSAGES[kind].citizen
    if kind in _AT_A_COUNTER:
        code = (
            next((code for code, words in REGISTERS if words.search(text)), None) if kind == "register_query" else None
        )
        code = code or next(iter(likely), None)
        department = next((one for one in directory.departments if one.code == code), None)
        return said + (_counter(department, directory.default_agency) if department else "")
    return said + (_ours(directory.default_agency, english=kind == "english") if kind in _AT_OURS else "")


def _counter(department: Department, ours: Agency) -> str:
    """Where one is helped: the department's own telephone and address, else ours."""
    own = department.contact
    reached = _reached(own) or (f"可以打我们的电话 {ours.phone} 转接" if ours.phone and not department.external else "")
    return f"主管的多半是{department.name}" + (f"：{reached}。" if reached else "。")


def _reached(contact: Contact) -> str:
    known = (("电话 ", contact.phone), ("地址：", contact.address))
    return "，".join(label + value for label, value in known if value)


def _ours(ours: Agency, *, english: bool) -> str:
    words = ("Telephone ", "Address: ", "Hours: ") if english else ("电话 ", "地址：", "时间：")
    known = [label + value for label, value in zip(words, (ours.phone, ours.address, ours.hours), strict=True) if value]
    if not known:
        return ""
    return f" {'; '.join(known)}." if english else f"{'，'.join(known)}。"
