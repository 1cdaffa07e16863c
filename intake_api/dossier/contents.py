"""What goes into a dossier, in which order, and how its list of contents (卷内目录) calls it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from intake_api.cases.record import Record, Words
from intake_api.dossier import texts
from intake_api.files.service import Filed, KeptFile
from intake_api.form.fields import Item, particulars
from intake_api.notices.service import Issued
from intake_api.statute import letters, workflow
from intake_api.statute.effective import Entry
from intake_api.statute.notices import NOTICES
from intake_api.statute.outcomes import DISPOSITIONS, OUTCOMES
from intake_api.statute.steps import Field
from intake_api.terms import applicant, delivery, handling, papers, receipt
from intake_api.terms.record import CITIZEN, SYSTEM

MOST_BYTES = 200 * 1024 * 1024  # of all files in one dossier
_LOOKS = ("particulars_viewed", "paper_viewed", "unlearned", "dossier_made")  # nothing of the course of a case
_APART = ("on", "ref", "letter", "draft")
Json = dict[str, Any]


@dataclass(frozen=True)
class Bundle:
    """A case in full as its dossier needs it: `names` are those of actors and departments, by their codes."""

    record: Record
    agency: str
    names: Mapping[str, str]
    letters: Sequence[Issued]
    files: Sequence[KeptFile]

    @property
    def words(self) -> Words:
        """What was asked, and by whom."""
        assert self.record.words is not None
        return self.record.words

    @property
    def person(self) -> str:
        """The applicant's name."""
        return str(self.words.applicant.get("name", ""))


@dataclass
class Contents:
    """The documents of a dossier, and the files in them by their places."""

    case: Bundle
    files: list[bytes] = field(default_factory=list)
    size: int = 0  # bytes

    def plan(self, made: str, maker: str, at: int, fonts: Path) -> Json:
        """What `package.closed` takes: `made` is the day, `at` the instant (seconds) that the file is dated with."""
        case, held = self.case, self.case.record.standing
        outcome = OUTCOMES.get(held.outcome or "")
        department = self.case.names.get(held.department or "", "")
        cover = (
            (texts.NUMBER, case.record.number),
            (texts.APPLICANT, case.person),
            (texts.MATTER, case.words.title),
            (texts.RECEIVED, _day(held.received_on)),
            (texts.ENDED, _day(held.ended_on)),
            (texts.OUTCOME, outcome.label if outcome else ""),
            (texts.DEPARTMENT, department),
            (texts.MADE, made),
        )
        return {
            "title": texts.TITLE.format(number=case.record.number),
            "agency": case.agency,
            "words": texts.WORDS,
            "fonts": str(fonts),
            "at": at,
            "cover": [row for row in cover if row[1]],
            "documents": list(self._documents()),
            "reference": [
                (texts.REMARKS, texts.NOT_TAKEN),
                (texts.MAKER, maker),
                (texts.CHECKER, ""),
                (texts.MADE, made),
            ],
        }

    def _documents(self) -> Iterator[Json]:
        """The application first, then everything by its day, the course of the case last."""
        case, entries = self.case, self.case.record.entries
        yield _document(texts.APPLICATION, case.person, entries[0].on, {"kind": "facts", "rows": _application(case)})
        files = [self._file(one) for one in sorted(case.files, key=lambda one: one.filed.paper is not None)]
        sent_in = sum(one.filed.paper is None for one in case.files)
        later = [*files[:sent_in], *self._supplements(), *self._letters(), *files[sent_in:]]
        yield from sorted(later, key=lambda document: str(document["on"]))
        yield _document(texts.COURSE, case.agency, entries[-1].on, {"kind": "course", "rows": list(_course(case))})

    def _supplements(self) -> Iterator[Json]:
        for entry in self.case.record.of_type("clarification_received"):
            said = {"kind": "text", "said": self.case.words.notes.get(entry.seq, "")}
            if said["said"]:
                yield _document(_standing(self.case, entry, texts.SUPPLEMENT), self.case.person, entry.on, said)

    def _letters(self) -> Iterator[Json]:
        for one in self.case.letters:
            title = one.title
            if not one.in_force:
                title = (texts.REPLACED if one.replaced_by else texts.GONE).format(title=title, by=one.replaced_by)
            part = self._part("pdf", f"{one.title} {one.number}", one.sha256, one.pdf)
            yield _document(title, self.case.agency, one.on, part, one.number)

    def _file(self, kept: KeptFile) -> Json:
        filed = kept.filed
        title, author = _called(filed), self.case.agency
        if filed.paper is None:
            author = self.case.person
        elif filed.paper == "opinion":
            author = texts.OTHERS
        elif filed.paper == "proceeding":
            author = self._pleading(filed.ref)
        if filed.in_force is False or filed.ref in self.case.record.voided:
            title = texts.GONE.format(title=title)
        kind = filed.kind if filed.kind in ("pdf", "docx") else "photo"
        return _document(
            title,
            author,
            filed.issued_on or filed.on,
            self._part(kind, filed.name, kept.sha256, kept.content),
            filed.number or "",
        )

    def _pleading(self, ref: str | None) -> str:
        """Whose a paper of a review or suit is: ours where we answered, else that of who decides it."""
        case = self.case
        if any(entry.ref == ref for entry in case.record.of_type("defended")):
            return case.agency
        return next(
            (one.body for one in case.record.standing.proceedings if ref in one.refs and one.body), texts.OTHERS
        )

    def _part(self, kind: str, name: str, sha256: str, content: bytes | None) -> Json:
        """A part that is a file, which it takes along; a note instead where it was erased, or is too much."""
        if content is None:
            return {"kind": "note", "said": texts.ERASED.format(name=name, sha256=sha256)}
        if self.size + len(content) > MOST_BYTES:
            return {"kind": "note", "said": texts.TOO_LARGE.format(name=name, sha256=sha256)}
        self.size += len(content)
        self.files.append(content)
        return {"kind": kind, "file": len(self.files) - 1, "name": name, "sha256": sha256}


def _document(title: str, author: str, on: date, part: Json, number: str = "") -> Json:
    return {"title": title, "author": author, "on": on.isoformat(), "number": number, "parts": [part]}


def _called(filed: Filed) -> str:
    if filed.paper is None:
        return texts.SENT_IN.format(name=filed.name)
    return filed.title or texts.PAPER.format(paper=papers.PAPERS[filed.paper].label, name=filed.name)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _application(case: Bundle) -> list[tuple[str, str]]:
    """The application as it is registered, field by field; what is empty is left out."""
    record, words, held = case.record, case.words, case.record.standing
    person: Mapping[str, Any] = words.applicant
    received = _day(held.received_on)
    if held.receipt_basis:
        received = texts.BASIS.format(day=received, basis=receipt.BASES[held.receipt_basis].label)
    agent = person.get("agent") or {}
    rows = [
        (texts.NUMBER, record.number),
        (texts.ADDRESSEE, case.agency),
        (texts.KIND, applicant.KINDS[record.kind].label),
        (texts.CHANNEL, receipt.CHANNELS[record.channel].label),
        (texts.SUBMITTED, record.entries[0].on.isoformat()),
        (texts.RECEIVED, received),
        *((item.ask.label, _said(item, person.get(item.leaf))) for item in particulars()),
        *((f"{texts.AGENT}{i.ask.label}", _said(i, agent.get(i.leaf))) for i in particulars(agent=True)),
        (texts.MATTER, words.description),
        (texts.DOCUMENT_NUMBER, words.document_number or ""),
        (texts.MEDIUM, delivery.MEDIA[record.medium].label),
        (texts.WAY, delivery.WAYS[record.way].label),
    ]
    return [row for row in rows if row[1]]


def _said(item: Item, value: object) -> str:
    if item.ask.words and value in item.ask.words:
        return str(item.ask.words[str(value)].label)
    return str(value or "")


def _course(case: Bundle) -> Iterator[tuple[str, str, str, str]]:
    names = {CITIZEN: texts.APPLICANT, SYSTEM: "系统"} | dict(case.names)
    for entry in case.record.entries:
        if entry.type not in _LOOKS:
            label = _standing(case, entry, workflow.event_label(entry.type))
            yield entry.on.isoformat(), label, names.get(entry.by, ""), _detail(case, entry)


def _standing(case: Bundle, entry: Entry, label: str) -> str:
    return texts.VOIDED.format(label=label) if entry.ref in case.record.voided else label


def _detail(case: Bundle, entry: Entry) -> str:
    """What an entry says beyond its name, codes in words."""
    data, step = entry.data, workflow.step_of(entry.type)
    fields = [f for f in step.fields if not f.sealed and f.name not in _APART and data.get(f.name)] if step else []
    said = [_of_field(f, data[f.name]) for f in fields]
    said += [case.names.get(data["department"], data["department"])] if data.get("department") else []
    said += [handling.DISPOSITIONS[data["disposition"]].label] if data.get("disposition") in DISPOSITIONS else []
    said += [f"{NOTICES[data['notice']].title} {data['number']}"] if entry.type == "notice_issued" else []
    said += [str(data["number"])] if entry.type == letters.DOWNLOADED else []
    said += [papers.PAPERS[data["paper"]].label] if entry.type == papers.ADDED else []
    said += [case.words.notes[entry.seq]] if case.words.notes.get(entry.seq) else []
    return "；".join(said)


def _of_field(asked: Field, value: object) -> str:
    label = asked.label.partition("（")[0]
    return label if asked.kind == "yes" else f"{label}：{asked.words.get(str(value), value)}"
