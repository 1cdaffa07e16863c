"""`understand`: one reading of a message for chat, pages, console and command line (contract §2)."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from intake_api.terms.messages import MessageKind
from intake_api.understanding import delivery, places
from intake_api.understanding.agents import Agency, agency
from intake_api.understanding.kinds import message_kind
from intake_api.understanding.matter import matter
from intake_api.understanding.names import is_no_word, name_at, own_name
from intake_api.understanding.numbers import found
from intake_api.understanding.parts import parts
from intake_api.understanding.words import Passage, as_read, clause_start, overlaps, seen
from intake_api.understanding.years import years

LONGEST = 10_000
"""Characters that are read; a message has no more (contract §3)."""
ASKING = ("disclosure", "register_query", "publication", "several", "english")
"""Kinds by which information is wanted: years in the others are of a story."""
_LABEL = re.compile(r"的?(?:手机|电话|联系电话|身份证|邮箱)(?:号码?)?(?:是|:| )*$")
_OF_OURS = re.compile(
    "我司|我公司|我们公司|本公司|我单位|本单位|我方|我们单位|我社|我院|我所|我会|我们是(?=[^，。]{2,24}(?:公司|"
    "合作社|协会|商会|研究院|中心|委员会|业委会))"
)
_MINE = re.compile(r"(?:我|俺|本人|自己)(?:自己|本人)?的?(?:手机|电话|号码|联系|身份证|邮箱)[^，。]{0,6}$")
_LIVES = re.compile("住|家|寄|邮|通[信讯]|联系")
_OFFICER = re.compile("负责人|理事长|会长|经理|主任|秘书长|厂长|店长|社长|经办|老板娘|店主")
_CHANGED = re.compile(r"改成|改为|换成|换到|应该是|应为|更新为|不对，?是|写错了，?是|错了，?是|以这个为准")


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message says: its kind, the applicant's particulars in normal form, what is asked for.

    `parts` are its matters where there are several; `case` the number of an application that it names.
    """

    kind: MessageKind
    fields: dict[str, Any]
    matter: str
    parts: tuple[str, ...] = ()
    case: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The contract's shape."""
        return {"kind": self.kind, "fields": self.fields, "matter": self.matter}


@dataclass
class _Reading:
    text: str
    shown: str
    spans: list[Passage] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)

    def take(self, span: Passage | None) -> None:
        """Note a particular and where it stands."""
        if span is not None:
            self.spans.append(span)
            written = self.shown[span.start : span.end]  # a name in traditional characters stays in them
            self.fields[span.kind] = written if self.text[span.start : span.end] == span.value else span.value


def understand(text: str, today: date, flags: Collection[str] = ()) -> Understood:
    """Read a message as it was written on the day `today` (去年 is the year before); `flags` as in `message_kind`."""
    shown = seen(text[:LONGEST])
    text = as_read(shown)
    behalf = agency(text)
    client = behalf.client if behalf else None
    ours = behalf is None and (_OF_OURS.search(text) or places.organisation(text, []))
    officers = _OFFICER if ours else None
    reading = _Reading(text, shown, found(text, today, client or officers))
    _numbers(reading, client)
    _people(reading, behalf)
    kind = message_kind(text, flags)
    where = places.address(text, reading.spans, client)
    if where and kind == "register_query" and not _LIVES.search(text[max(0, where.start - 8) : where.start]):
        where = None  # the house that is asked about
    reading.take(where)
    if "organisation" not in reading.fields and not _OF_OURS.search(text):
        reading.fields.pop("uscc", None)
    _beside_another(reading, reading.fields.get("name"))
    wanted, _ = years(text, [one for one in reading.spans if one.kind != "name"], today)
    if wanted and kind in ASKING:
        reading.fields["years"] = wanted
    for name, read in (("medium", delivery.medium), ("way", delivery.way)):
        if code := read(text):
            reading.fields[name] = code
    case = next((one.value for one in reading.spans if one.kind == "case"), "")
    pieces = tuple(parts(text))
    return Understood(
        kind, _ordered(reading.fields), matter(text, shown, reading.spans), pieces if len(pieces) > 1 else (), case
    )


def _numbers(reading: _Reading, client: re.Pattern[str] | None) -> None:
    own = [one for one in reading.spans if one.own]
    documents = list(dict.fromkeys(one.value for one in own if one.kind == "document_number"))
    if documents:
        reading.fields["document_number"] = documents
    for kind in ("id_number", "phone", "email", "uscc"):
        given = sorted((one for one in own if one.kind == kind), key=lambda one: one.start)
        if given:
            given = [one for one in given if _MINE.search(reading.text[max(0, one.start - 12) : one.start])] or given
            last = any(_CHANGED.search(reading.text[max(0, one.start - 10) : one.start]) for one in given[1:])
            reading.fields[kind] = given[-1 if last else 0].value


def _beside_another(reading: _Reading, name: str | None) -> None:
    """Forget numbers that stand beside the name of somebody else: 「张三电话139…」 where 张三 is a neighbour."""
    for kind in ("phone", "id_number", "email"):
        for one in (one for one in reading.spans if one.kind == kind and reading.fields.get(kind) == one.value):
            begin = clause_start(reading.text, one.start)
            before = reading.text[begin : one.start]
            label = _LABEL.search(before)
            beside = (label and next(name_at(before, max(label.start() - 3, 0)), None)) or (
                label and next(name_at(before, max(label.start() - 2, 0)), None)
            )
            own = beside and overlaps(begin + beside.start, begin + beside.end, _named(reading))
            if (
                beside
                and not own
                and is_no_word(beside.value)
                and beside.value not in (name or "")
                and (name or reading.text.count(beside.value) > 1)
            ):
                del reading.fields[kind]


def _named(reading: _Reading) -> list[Passage]:
    return [one for one in reading.spans if one.kind == "name"]


def _people(reading: _Reading, behalf: Agency | None) -> None:
    text = reading.text
    if behalf is None:
        reading.take(places.organisation(text, reading.spans))
        reading.take(own_name(text, reading.spans))
        return
    reading.fields["agent_for"] = behalf.whom
    reading.spans.append(Passage(behalf.start, behalf.end, "agent", behalf.whom))
    if behalf.organisation:
        reading.fields["organisation"] = behalf.organisation
        return
    if behalf.name:
        reading.fields["name"] = behalf.name
    else:
        reading.take(own_name(text, reading.spans, behalf.client))


_ORDER = (
    *("name", "id_number", "phone", "email", "address", "organisation", "uscc"),
    *("document_number", "years", "medium", "way", "agent_for"),
)


def _ordered(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in _ORDER if name in fields}
