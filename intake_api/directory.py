"""The department directory as the API needs it; the composition root fills it from the profile file."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from intake_api.kit.errors import Failure
from intake_api.setting_rules import mail_from


class AgencyCode(str):
    """The code of an agency to which somebody's view is limited: to what it was asked, whoever handles it there."""

    __slots__ = ()


class _Entry:
    """What is read from a profile: ValueError for a text that is not one line, and for what is no address of mail."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """One entry of a profile, which may say more than the office needs; ValueError names whose it is."""
        try:
            return cls(**{each.name: row[each.name] for each in fields(cls) if each.name in row})  # type: ignore[arg-type]  # as below
        except ValueError as error:
            raise ValueError(f"{row.get('name', '')}的 {error}") from None

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]  # every entry is a dataclass
            value = getattr(self, each.name)
            if each.type is str and (
                not isinstance(value, str) or any(unicodedata.category(ch) == "Cc" for ch in value)
            ):
                raise ValueError(f"{each.name} 应为一行文字")
            if each.name == "email" and value:
                try:
                    mail_from(value)
                except ValueError as error:
                    raise ValueError(f"email {error}") from None


@dataclass(frozen=True)
class Contact(_Entry):
    """How to reach an agency that is not ours (条例 art. 36(5): 名称、联系方式)."""

    address: str = ""
    phone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Line(_Entry):
    """Where the line (职责界限) to the department with this code runs, in a sentence that is true from either side."""

    code: str
    line: str


@dataclass(frozen=True)
class Department(_Entry):
    """A department inside the agency (内部承办机构), or an agency outside it (`external`).

    `agency`: an agency of its own (行政机关), which answers, is reviewed and sued itself (arts 10, 27); then the
    directory has it among its agencies too.
    """

    code: str
    name: str
    external: bool = False
    contact: Contact = field(default_factory=Contact)
    email: str = ""  # where reminders (催办) go; empty: they show in the console only
    confused_with: tuple[Line, ...] = ()
    agency: bool = False
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Agency(_Entry):
    """An agency of this installation that can be applied to (受理机关).

    `seal` is its full name as its seal bears it (印章名称), by which letters call it; empty: its
    `name`. `kind` is one of statute/remedies.py, `sign` begins the numbers of its notices
    (机关代字). `review_body`, `review_url` and `court` stand in its remedy paragraphs; what is
    empty is asked for with each notice.
    """

    code: str
    name: str
    office: str
    number_prefix: str
    address: str = ""
    phone: str = ""
    email: str = ""
    hours: str = ""
    kind: str = ""
    sign: str = ""
    review_body: str = ""
    review_url: str = ""
    court: str = ""
    seal: str = ""

    @property
    def full_name(self) -> str:
        """The name that stands in its letters, as on its seal."""
        return self.seal or self.name

    @classmethod
    def of_department(cls, row: Mapping[str, Any]) -> Self:
        """The agency that a department of a profile is (`agency = true`); ValueError where it lacks its numbers."""
        if not row.get("number_prefix") or row.get("external"):
            raise ValueError(f"{row.get('name', '')}的 agency = true 需要 number_prefix，且不能是 external")
        contact = row.get("contact", {})
        known = {"office": row["name"], "kind": "department"}
        known |= {name: contact[name] for name in ("address", "phone") if name in contact}
        return cls.of(known | {**row, "name": row.get("seal") or row["name"]})


@dataclass(frozen=True)
class Directory:
    """Agencies that can be applied to and departments that can be suggested, in the profile's order."""

    agencies: tuple[Agency, ...]
    departments: tuple[Department, ...]

    @classmethod
    def of(cls, profile: Mapping[str, Any]) -> Self:
        """The directory that a parsed profile file describes.

        KeyError or TypeError where `agency` is incomplete, ValueError for what no letter and no mail can use.
        """
        rows = profile["departments"]
        own = map(Agency.of, (profile["agency"], *profile.get("agencies", [])))
        agencies = (*own, *(Agency.of_department(row) for row in rows if row.get("agency")))
        for name in ("code", "number_prefix", "sign"):
            _refuse_twice(name, (getattr(agency, name) for agency in agencies))
        departments = tuple(
            Department.of(
                row
                | {"contact": Contact.of(row.get("contact", {}))}
                | {"confused_with": tuple(map(Line.of, row.get("confused_with", [])))}
                | {name: tuple(row.get(name, [])) for name in ("aliases", "former_names")}
            )
            for row in rows
        )
        return cls(agencies, departments)

    @property
    def default_agency(self) -> Agency:
        """The profile's own agency."""
        return self.agencies[0]

    def known_names(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every department's code with its names: official, everyday, former."""
        return [(each.code, (each.name, *each.aliases, *each.former_names)) for each in self.departments]

    def agency(self, code: str | None) -> Agency:
        """The agency with this code, the default one for None; Failure `unknown_addressee`."""
        if code is None:
            return self.default_agency
        for agency in self.agencies:
            if agency.code == code:
                return agency
        raise Failure("unknown_addressee", given=code[:40])

    def handler(self, code: str, addressee: str) -> Department:
        """Who may handle what `addressee` received: a department of its own, or else somebody who counts as external.

        A department that is an agency handles what it was asked itself, nobody else's. Failure `unknown_department`.
        """
        for department in (*self.departments, *map(_outside, self.agencies)):
            if department.code == code and (department.code != addressee or department.agency):
                return self._seen_from(department, addressee)
        raise Failure("unknown_department", given=code[:40])

    def handlers(self, addressee: str) -> list[Department]:
        """Everybody who can be chosen for what `addressee` received, in the profile's order."""
        named = {department.code for department in self.departments}
        others = [_outside(agency) for agency in self.agencies if agency.code not in {*named, addressee}]
        return [self._seen_from(department, addressee) for department in (*self.departments, *others)]

    def limits(self, held: str = "") -> list[tuple[str, str]]:
        """What a view can be limited to, as code and name: departments, then agencies; with `held` as it is now.

        A limit that the profile has no longer stays one (its code is its name), until somebody chooses another.
        """
        known = (*(each.code for each in self.departments), *(each.code for each in self.agencies))
        codes = dict.fromkeys((*known, held) if held else known)
        return [(code, self.name_of(code)) for code in codes]

    def _seen_from(self, department: Department, addressee: str) -> Department:
        bureaux = {one.code for one in self.departments if one.agency}
        outside = department.code != addressee and (department.agency or addressee in bureaux)
        if not outside or department.external:
            return department
        agency = self.answering(department.code, addressee)
        assert agency is not None
        ours = department.contact if any(vars(department.contact).values()) else _outside(agency).contact
        return replace(department, external=True, contact=ours)

    def answering(self, code: str, addressee: str) -> Agency | None:
        """The agency here that answers for what a department or agency holds; None where it is none of ours.

        What a department of a government has is the government's: of the addressee, unless that is a bureau itself.
        """
        agency = next((one for one in self.agencies if one.code == code), None)
        department = next((one for one in self.departments if one.code == code), None)
        if agency or department is None or department.external:
            return agency
        bureau = any(one.code == addressee and one.agency for one in self.departments)
        return self.default_agency if bureau else self.agency(addressee)

    def line_between(self, one: str, other: str) -> str:
        """Where the line between two departments runs, whichever of them says it; empty where neither does."""
        said = {department.code: department.confused_with for department in self.departments}
        for here, there in ((one, other), (other, one)):
            for neighbour in said.get(here, ()):
                if neighbour.code == there:
                    return neighbour.line
        return ""

    def name_of(self, code: str) -> str:
        """The department's or agency's name; the code itself where the directory no longer has it."""
        names = {a.code: a.name for a in self.agencies} | {d.code: d.name for d in self.departments}
        return names.get(code, code)


def _outside(agency: Agency) -> Department:
    """An agency as somebody else sees it who was asked in its place."""
    return Department(agency.code, agency.name, external=True, contact=Contact(agency.address, agency.phone))


def _refuse_twice(name: str, values: Iterable[str]) -> None:
    twice = [value for value, count in Counter(filter(None, values)).items() if count > 1]
    if twice:
        raise ValueError(f"几个机关的 {name} 相同：{'、'.join(twice)}")
