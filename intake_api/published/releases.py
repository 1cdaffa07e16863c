"""Answered cases become proactive publication (条例 art. 44), and the public log of what was asked and given.

A person writes title and summary and says yes; nothing of the applicant may stand in them, which is checked against the
record of the case. Each is taken back by one press.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import answered
from intake_api.cases.answered import Granted
from intake_api.cases.record import Record
from intake_api.cases.service import CaseService, actor_of
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.problems import problems_in
from intake_api.kit.text import folded, tidy
from intake_api.kit.vault import Vault
from intake_api.people import rights
from intake_api.people.service import Account
from intake_api.published import repository
from intake_api.published.files import OWN_PAGE, ImportedItem
from intake_api.published.models import Release
from intake_api.published.service import PublishedService
from intake_api.trail.service import note
from intake_api.understanding.service import understand

GRANTED = ("3.1", "3.2")  # rows of 表三: 予以公开, 部分公开
SHOWN_IN = ("log", "catalogue")
PAGE = 30
_RUN = 5  # characters in a row that are shared with a particular: enough to tell it
_SHORTEST_NAME = 2
_PERSONAL = "里面有申请人或者代理人的{what}，请改写。"
_OWN = {"id_number": "证件号码", "phone": "电话", "email": "电子邮箱"}
_WRITTEN = ("title", "summary", "body", "topic")
# province, city, county and township of an address tell nothing of a person; 小区, 社区, 园区 are no county
_PLACE = r"[^\W\d_路街巷弄村号楼栋]"
_REGION = re.compile(
    rf"(?:{_PLACE}{{1,8}}?(?:省|自治区))?(?:{_PLACE}{{1,8}}?(?:市|自治州|盟))?"
    rf"(?:{_PLACE}{{1,8}}?(?:市|(?<![小社园])区|县|旗))?(?:{_PLACE}{{1,8}}?(?:镇|乡|街道))?"
)


@dataclass(frozen=True)
class Logged:
    """An entry of the public log; `outcome` is a row of 表三, `url` empty where there is nothing to be read."""

    id: int
    title: str
    summary: str
    outcome: str
    department: str
    answered_on: date
    url: str


@dataclass(frozen=True)
class Proposal:
    """A case that may be released, or what was said of one: then outcome, department and day are those it was said of.

    `offered`: a beginning for title, empty where what was asked holds anything of the applicant's.
    """

    number: str
    asked: str
    outcome: str
    department: str
    answered_on: date
    offered: str
    said: Release | None


class Releases:
    """What becomes of answered cases; all of it is for the whole office."""

    def __init__(
        self, db: Database, vault: Vault, clock: Clock, cases: CaseService, published: PublishedService
    ) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._cases = cases
        self._published = published

    async def proposals(self, page: int) -> tuple[list[Granted], bool]:
        """Answered cases of which nothing was said yet, the last answered first; whether there is another page."""
        async with self._db.read() as session:
            skipped = PAGE * (page - 1)
            found = await answered.granted(session, self._vault, GRANTED, skipped, PAGE + 1)
            said = await repository.released(session, [one.number for one in found])
        return [one for one in found[:PAGE] if one.number not in said], len(found) > PAGE

    async def overtaken(self) -> list[Release]:
        """What is public of answers that were voided or corrected since, PAGE at most: to be taken back."""
        async with self._db.read() as session:
            return await repository.overtaken(session, PAGE)

    async def proposal(self, account: Account, number: str) -> Proposal:
        """A case that may be released, or something was said of, however it stands by now.

        Failures `not_allowed`, `staff_case_not_found`, `not_releasable`.
        """
        record = await self._visible(account, number)
        async with self._db.read() as session:
            said = await repository.release_of(session, record.number)
        if said is None:
            return self._proposal(record)
        asked = record.words.description if record.words else ""
        return Proposal(record.number, asked, said.outcome, said.department, said.answered_on, "", said)

    async def was_said(self, number: str) -> bool:
        """Whether anything was said of a case."""
        async with self._db.read() as session:
            return await repository.release_of(session, number) is not None

    async def _visible(self, account: Account, number: str) -> Record:
        """The case of somebody who may see it, and is of the whole office."""
        record = await self._cases.opened_record(account, number)
        rights.for_the_office(account)
        return record

    def _proposal(self, record: Record) -> Proposal:
        held, words = record.standing, record.words
        if record.kind != "disclosure" or held.outcome not in GRANTED or not held.ended_on or words is None:
            raise Failure("not_releasable")
        matter = understand(words.description, self._clock.today()).matter
        offered = " ".join(matter.split())[:100]
        if personal_in(offered, words.applicant, self._clock.today()):
            offered = ""
        return Proposal(
            record.number, words.description, held.outcome, held.department or "", held.ended_on, offered, None
        )

    async def release(self, account: Account, number: str, values: Mapping[str, str]) -> None:
        """Show a case in the log, in the catalogue or in both; `values` as the form has them.

        Failure `invalid_request` names the fields at fault, `released_already`.
        """
        record = await self._visible(account, number)
        shown = self._proposal(record)
        given = {name: tidy(value) for name, value in values.items()}
        item = self._written(given, shown, record)
        made = bool(given.get("catalogue"))
        index = await asyncio.to_thread(self._published.index, [item]) if made else {}
        async with self._db.write() as session:
            await _unsaid(session, record.number)
            if made:
                if (await repository.known(session, [item.url])).get(item.url):
                    raise _wrong("url" if given.get("url") else "title", "公开目录里已经有这一条。")
                await self._published.put(session, [item], index)
            session.add(self._row(shown, item, logged=bool(given.get("log")), made=made))
            await note(session, self._clock.now(), actor_of(account), "answer_released", record.number)

    async def put_aside(self, account: Account, number: str) -> None:
        """Say that a case is not for everybody; Failures as `proposal`, `released_already`."""
        record = await self._visible(account, number)
        shown = self._proposal(record)
        async with self._db.write() as session:
            await _unsaid(session, record.number)
            session.add(self._row(shown, None, logged=False, made=False))
            await note(session, self._clock.now(), actor_of(account), "answer_released", record.number)

    def _written(self, given: Mapping[str, str], shown: Proposal, record: Record) -> ImportedItem:
        """What the form says, as an item; refused where anything of the applicant's stands in it."""
        assert record.words is not None
        problems = [
            FieldProblem(name, _PERSONAL.format(what="、".join(found)))
            for name in (*_WRITTEN, "url")
            if (found := personal_in(given.get(name, ""), record.words.applicant, self._clock.today()))
        ]
        if not any(given.get(name) for name in SHOWN_IN):
            problems.append(FieldProblem("log", "请选择放在哪里。"))
        if not given.get("sure"):
            problems.append(FieldProblem("sure", "请确认里面没有个人信息、可以向社会公开。"))
        fields = {name: given.get(name, "") for name in (*_WRITTEN, "url")}
        day = {"published_on": self._clock.today(), "source": shown.department}
        try:
            item = ImportedItem.model_validate(fields | day)
        except ValidationError as error:
            problems += problems_in(error)
        if problems:
            raise Failure("invalid_request", fields=problems)
        return item

    def _row(self, shown: Proposal, item: ImportedItem | None, *, logged: bool, made: bool) -> Release:
        own = item is not None and item.url.startswith(OWN_PAGE)
        return Release(
            number=shown.number,
            title=item.title if item else "",
            summary=item.summary if item else "",
            outcome=shown.outcome,
            department=shown.department,
            answered_on=shown.answered_on,
            released_on=self._clock.today(),
            logged=logged,
            url=item.url if item and (made or not own) else "",
            made_item=made,
        )

    async def undo(self, account: Account, number: str) -> None:
        """Take back what was said of a case: out of the log, and the item that was made for it out of the catalogue."""
        await self._visible(account, number)
        async with self._db.write() as session:
            said = await repository.release_of(session, number)
            if said is None:
                raise Failure("not_found")
            if said.made_item and (item := await repository.at(session, said.url)):
                await repository.remove(session, item.id)
            await repository.remove_release(session, number)
            await note(session, self._clock.now(), actor_of(account), "release_undone", number)

    async def log(self, page: int = 1, most: int = PAGE) -> list[Logged]:
        """Entries of the public log, the last answered first, and one more where there is another page.

        Answers that were voided or corrected since are left out.
        """
        async with self._db.read() as session:
            rows = await repository.logged(session, most * (page - 1), most + 1)
        names = ("id", "title", "summary", "outcome", "department", "answered_on", "url")
        return [Logged(**{name: getattr(row, name) for name in names}) for row in rows]


def personal_in(text: str, person: Mapping[str, Any], today: date) -> list[str]:
    """What of a person stands in a text, in words: names, runs of their particulars, any number of a person at all.

    Of an address counts what follows the township, of an e-mail address what stands before the @.
    """
    text = unquote(text)  # an address on the web may say it in escapes
    plain = folded(text)
    names, particulars = answered.to_mask(person)
    found = ["姓名或者名称"] if any(_names(plain, folded(name)) for name in names) else []
    runs = {run for one in particulars for run in _runs(_telling(folded(one)))}
    if any(run in runs for run in _runs(plain)):
        found.append("号码、住址或者其他信息")
    read = understand(text, today).fields
    return found + [label for name, label in _OWN.items() if name in read]


async def _unsaid(session: AsyncSession, number: str) -> None:
    """Failure `released_already` where something was said of a case."""
    if await repository.release_of(session, number):
        raise Failure("released_already")


def _names(plain: str, name: str) -> bool:
    return len(name) >= _SHORTEST_NAME and name in plain


def _telling(particular: str) -> str:
    """What of a particular tells one person from another; never less than a run, where it has one."""
    own = particular.partition("@")[0]
    region = _REGION.match(own)
    return own[min(region.end() if region else 0, max(len(own) - _RUN, 0)) :]


def _runs(text: str) -> set[str]:
    return {text[at : at + _RUN] for at in range(len(text) - _RUN + 1)}


def _wrong(name: str, told: str) -> Failure:
    return Failure("invalid_request", fields=[FieldProblem(name, told)])
