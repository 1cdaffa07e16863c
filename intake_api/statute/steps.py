"""What a step of a case is made of; the tables themselves are in `workflow`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from intake_api.terms.papers import Paper

Effect = Literal["none", "starts", "pauses", "resumes", "restarts", "lengthens", "fixes", "stops"]
Call = Literal["events", "confirmation", "children", "rating", "approval", "filed-on"]
Demand = Literal["secrecy", "sign_off", "office_review", "any"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a step, declared once: pages, interface, record and docs/steps.md are drawn from it.

    `kind`: a `day`, a `code` of its vocabulary, a `count`, a `yes`, a `line` or a `text` of at most `longest`
    characters, or `fields` of the application by their path (docs/form.md); `words` close its vocabulary, by code. What
    is `sealed` are words, kept beside the chain, never in it.

    A step without what is `required` is refused. `asked`: a page insists on it too, since the record ought to say it,
    though a call may leave it out; then `default` holds (empty: nothing is recorded). `explained`: the label says
    itself when it may stay empty.
    """

    name: str
    kind: Literal["day", "code", "count", "yes", "line", "text", "fields"]
    label: str
    required: bool = True
    words: Mapping[str, str] = field(default_factory=dict)
    longest: int = 0
    sealed: bool = False
    asked: bool = False
    default: str = ""
    explained: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The codes of its vocabulary; none where it is open."""
        return tuple(self.words)


def day(name: str, label: str, *, required: bool = True, asked: bool = False, explained: bool = False) -> Field:
    """A calendar day."""
    return Field(name, "day", label, required, asked=asked, explained=explained)


def on(label: str = "日期") -> Field:
    """The day on which it happened; today, where a call does not say."""
    return Field("on", "day", label, required=False, asked=True, default="今天")


def code(
    name: str, label: str, words: Mapping[str, str], *, required: bool = True, asked: bool = False, default: str = ""
) -> Field:
    """One code of a vocabulary."""
    return Field(name, "code", label, required, words, asked=asked, default=default)


def line(name: str, label: str, longest: int, *, required: bool = True, sealed: bool = False) -> Field:
    """A number, a name: a line of text."""
    return Field(name, "line", label, required, longest=longest, sealed=sealed)


def text(
    name: str, label: str, longest: int, *, required: bool = True, asked: bool = False, explained: bool = False
) -> Field:
    """Words of one or more lines, sealed."""
    return Field(name, "text", label, required, longest=longest, sealed=True, asked=asked, explained=explained)


@dataclass(frozen=True, slots=True)
class Demands:
    """Which approvals an office wants before an answer (art. 17 leaves the form of its review to the office)."""

    secrecy: Literal["off", "one", "two"] = "off"
    sign_off: Literal["off", "department", "office"] = "off"

    @property
    def levels(self) -> tuple[int, ...]:
        """Levels of the secrecy review (保密审查) that an answer which releases something needs."""
        return {"off": (), "one": (1,), "two": (1, 2)}[self.secrecy]

    def wants(self, demand: Demand | None) -> bool:
        """Tell whether a step of this kind has a place in this office."""
        wanted = {
            "secrecy": self.secrecy != "off",
            "sign_off": self.sign_off != "off",
            "office_review": self.sign_off == "office",
            "any": self.secrecy != "off" or self.sign_off != "off",
        }
        return demand is None or wanted[demand]


NO_DEMANDS = Demands()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step that `least` and every role above may take in one of the states `sources`; `least` None: citizens only.

    It is an event of the type `records` (empty: of its code); those of docs/contract.md §5 move the clock, which then
    does `clock`. The state `begins` holds from then on, the state `ends` no longer. `told` is the line of the citizen's
    timeline; empty: not told. `notices` are the numbers N1-N27 that belong to it, `informs` the one that tells a third
    party of it: nobody else names them. `fields` are what its form asks.

    `paper`: the file that proves it (terms/papers.py), which its form takes along; `shown`: the applicant may see it.

    `term`: it needs a term in law, which a correction (art. 41) has none of. `citizen`: the applicant may take it too;
    `office`: only staff of the office itself; `undo`: may be voided; `once`: the clock refuses a second one;
    `elsewhere`: only where the answer names another agency of the installation (art. 36(5)); `contested`: the states
    in which it takes a review or suit that is not decided yet; `call`: by which call it comes (docs/contract.md §3).
    """

    code: str
    label: str
    least: str | None
    sources: frozenset[str]
    records: str = ""
    begins: str | None = None
    ends: str | None = None
    told: str = ""
    clock: Effect = "none"
    notices: tuple[str, ...] = ()
    informs: str = ""
    fields: tuple[Field, ...] = ()
    demand: Demand | None = None
    term: bool = False
    citizen: bool = False
    office: bool = False
    undo: bool = True
    once: bool = False
    call: Call = "events"
    elsewhere: bool = False
    paper: Paper | None = None
    shown: bool = False
    contested: frozenset[str] = frozenset()

    @property
    def event(self) -> str:
        """The type of the event that records it."""
        return self.records or self.code
