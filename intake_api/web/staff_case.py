"""Staff console: one case, its confirmation or correction, its further steps."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases.acts import Beside
from intake_api.cases.record import Record
from intake_api.cases.schemas import CaseView, Confirmation, ConsentIn, EventIn, EventOut, SplitIn, StepField, StepOut
from intake_api.directory import Directory
from intake_api.files.service import Filed, Paper
from intake_api.form.fields import amendable
from intake_api.http import office_of
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.initials import initials
from intake_api.kit.problems import failure_of, problems_in
from intake_api.kit.text import tidy
from intake_api.people.service import Account
from intake_api.published.releases import GRANTED
from intake_api.statute import consultation, countersigns, letters, proceedings
from intake_api.statute.entries import NOTE
from intake_api.statute.notices import NOTICES
from intake_api.statute.outcomes import OUTCOMES
from intake_api.statute.steps import Field, Step
from intake_api.statute.workflow import STEPS, moves_on, step_of
from intake_api.terms.handling import PROCEEDINGS
from intake_api.terms.receipt import CHANNELS
from intake_api.web import again, forms, strip, texts
from intake_api.web.security import kept_list, same_origin
from intake_api.web.staff import PostDep, StaffDep
from intake_api.web.templating import render

AnyStep = TypeVar("AnyStep", Step, StepOut)
router = APIRouter(prefix="/staff/cases", include_in_schema=False)
guard = [Depends(same_origin)]
FEE = STEPS["fee_noticed"]
AGAINST = 3  # words that tell why another department is not the first
CHOICES = 3
# Data of an entry that its page shows in a place of their own.
APART = ("on", "ref", "level", "result", "route", "opinion", "number", "relation", "rating", "channel")
FIELDS = {field.name: field for step in STEPS.values() for field in step.fields}
# Fields of a step's form that a link may fill in, as an issued notice said them.
PREFILLED = ("ref", "route", "on", "sent_on", "reply_by", "days", "until", "party", "outcome")
CHANGES = "changes."  # before the path of a field of the application that is corrected
# Entries that say how letters were served: what was sent, what came back, what was fetched.
SERVED = (*sorted(letters.ANSWERS), "consultation_delivered", "fee_noticed", "delivered", letters.DOWNLOADED)
FILING = "paper"  # what a refused form says it was, beside the codes of steps
CHOSEN = {"paper": texts.PAPERS, "visible": texts.VISIBILITY}
MATTERS = 6  # text fields for splitting a request; more than the usual two to four


@router.get("/{number}")
async def case_page(request: Request, account: StaffDep, number: str) -> Response:
    """Show everything about a case on one page; `step` opens the form of one, further parameters fill it in."""
    values = {"type": request.query_params.get("step", "")} | prefilled(request)
    return await _page(request, account, number, values=values)


async def looked_at(request: Request, account: Account, case: CaseView) -> str | None:
    """Claim a case by opening it; who has it open already. A disk that is full keeps nobody from reading."""
    try:
        return await office_of(request).looking.look(account, case.number, case.status)
    except Failure:
        return None


@router.post("/{number}/confirmation", dependencies=guard)
async def confirm(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Confirm or correct; a case that somebody else decided meanwhile shows that decision and offers to correct it."""
    try:
        choice = Confirmation.model_validate(forms.nested(values)).choice()
        await office_of(request).cases.confirm(account, number, choice)
    except ValidationError as error:
        return await _page(request, account, number, failure_of(problems_in(error)), values)
    except Failure as failure:
        return await _page(request, account, number, failure, values)
    return RedirectResponse(f"/staff/cases/{number}", 303)


@router.post("/{number}/events", dependencies=guard)
async def record(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Record a step of the procedure; the page asks for every fact of it, none is taken for granted."""
    try:
        await _refuse_unasked(request, account, number, values)
        act = EventIn.model_validate(payload(values)).act()
        proof = await proof_of(request, account, number, values)
        taken = await office_of(request).approvals.record(account, number, act, proof)
    except ValidationError as error:
        return await _page(request, account, number, failure_of(problems_in(error)), values)
    except Failure as failure:
        return await _page(request, account, number, failure, values)
    if not account.in_office and taken.department != account.department:
        return RedirectResponse(kept_list(request), 303)  # the department has given the case back and sees it no longer
    return RedirectResponse(f"/staff/cases/{number}#steps", 303)


@router.post("/{number}/attachments", dependencies=guard)
async def keep_paper(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Keep a paper of the office on the case."""
    file, values["type"] = forms.uploaded(request, "file"), FILING
    try:
        if file is None:
            raise failure_of([FieldProblem("", texts.PAPER_FILE_MISSING)])
        await office_of(request).files.put(account, number, *file, paper_of(values))
    except Failure as failure:
        return await _page(request, account, number, failure, values)
    return RedirectResponse(f"/staff/cases/{number}#files", 303)


@router.post("/{number}/children", dependencies=guard)
async def split(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Split a request; the receipts are shown in this answer only, with the query codes of the new cases."""
    matters = [tidy(values.get(f"matter{place}", "")) for place in range(MATTERS)]
    values["type"] = "split"
    try:
        children = [{"description": matter} for matter in matters if matter]
        body = SplitIn.model_validate({"children": children, "after": values.get("after") or None})
        receipts = await office_of(request).cases.split(account, number, body.matters(), body.after)
    except ValidationError:
        problem = FieldProblem("", texts.SPLIT_TOO_FEW)
        return await _page(request, account, number, failure_of([problem]), values)
    except Failure as failure:
        return await _page(request, account, number, failure, values)
    return render(request, "staff/children.html", account=account, number=number, receipts=receipts, filed_on=False)


@router.post("/{number}/filed-on", dependencies=guard)
async def file_on(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Record the applicant's consent; the receipt is shown in this answer only, with the query code."""
    values["type"] = "filed_on"
    try:
        await _refuse_unasked(request, account, number, values)
        body = ConsentIn.model_validate({name: values.get(name) or None for name in ("channel", "on", "after")})
        receipt = await office_of(request).elsewhere.consented(account, number, body.consent())
    except ValidationError as error:
        return await _page(request, account, number, failure_of(problems_in(error)), values)
    except Failure as failure:
        return await _page(request, account, number, failure, values)
    return render(request, "staff/children.html", account=account, number=number, receipts=[receipt], filed_on=True)


@router.post("/{number}/particulars", dependencies=guard)
async def particulars(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Show the applicant's full particulars; that they were looked at is put on record."""
    revealed = await office_of(request).cases.reveal(account, number)
    return await _page(request, account, number, revealed=revealed)


@again.shows(*(f"/staff/cases/{{number}}/{call}" for call in ("confirmation", "events", "children", "filed-on")))
async def form_again(
    request: Request, account: Account, where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show a decision, a step or a split whose session had ended."""
    return await _page(request, account, where["number"], told, values)


async def _page(
    request: Request,
    account: Account,
    number: str,
    failure: Failure | None = None,
    values: dict[str, str] | None = None,
    revealed: dict[str, Any] | None = None,
) -> Response:
    if failure and failure.status in (403, 404):
        raise failure
    record, case = await office_of(request).case_views.looked_at(account, number)
    about = {step.code: refs(record, step.code, office_of(request).directory) for step in case.allowed}
    fitting = [step for step in case.allowed if step.code != countersigns.RETURNED or about[step.code]]
    case = case.model_copy(update={"allowed": offered(request, fitting)})
    listed = await office_of(request).notices.of_case(account, number)
    draft = strip.answer_draft(listed.rows)
    opened = await office_of(request).notices.open(account, number, draft.id) if draft else None
    standing = office_of(request).approvals.of(opened) if opened else None
    may = {step.code for step in case.allowed}
    files = await office_of(request).files.of_case(account, case.number)
    standing_seqs = {entry.seq for entry in record.standing.entries}
    served = [e for e in case.events if e.type in SERVED and e.seq in standing_seqs]
    first = strip.primary(record, may, listed.fitting, draft, standing)
    return render(
        request,
        "staff/case.html",
        account=account,
        case=case,
        back=kept_list(request, case.number),
        similar=await office_of(request).learning.similar.of(account, case.suggestion),
        earlier=await office_of(request).repeats.of(account, case.number),
        files=files,
        messages=await office_of(request).following.messages(account, case.number),
        addresses=await office_of(request).following.addresses(account, case.number),
        fee=await office_of(request).fees.hint(account, case.number),
        outcomes=OUTCOMES,
        releasable=record.standing.outcome in GRANTED and record.standing.ended_on is not None,
        released=await office_of(request).releases.was_said(case.number),
        strip=strip.stages(record, office_of(request).approvals.demands, drafted=draft is not None),
        primary=first,
        quick=[NOTICES[code] for code in strip.quick(may, listed.fitting) if code != first.begin],
        initials=initials,
        handlers=(who := office_of(request).directory.handlers(case.agency)),
        ranked=ranked(case, {one.code for one in who if one.external}),
        bases=CHANNELS[case.channel].bases,
        matters=MATTERS,
        voidable=[event for event in reversed(case.events) if event.voidable],
        gone=record.voided,
        provable=[e for e in reversed(case.events) if e.seq in standing_seqs and moves_on(e.type)],
        labels={f.name: f.label for s in case.allowed if s.code == (values or {}).get("type") for f in s.fields}
        | {f"{CHANGES}{name}": f"{item.ask.label}：" for name, item in amendable().items()},
        amendable=amendable().values(),
        notes_are={event.type: words_of(event.type) for event in case.events},
        details={event.seq: detail(event, office_of(request).directory) for event in case.events},
        looking=await looked_at(request, account, case),
        failure=failure,
        values=values or {},
        unshown=unshown(case, values or {}),
        objecting=objecting(record),
        refs=about,
        asked={step.code: asked(record, step, about[step.code]) for step in case.allowed},
        by_letter={step.code for step in case.allowed if not letters.lettered(record.entries, step.code, {})},
        uninformed=uninformed(record),
        not_in_force=record.not_in_force,
        served=served,
        loose=loose_proofs(served, files),
        unproved=unproved(record, files),
        applicant=revealed or case.applicant,
        revealed=revealed is not None,
        status=failure.status if failure else 200,
    )


async def _refuse_unasked(request: Request, account: Account, number: str, values: dict[str, str]) -> None:
    """Refuse a step with something left open that its form asks; Failure with the fields."""
    record, case = await office_of(request).case_views.looked_at(account, number)
    step = next((step for step in case.allowed if step.code == values.get("type")), None)
    if step is None:
        return
    about = refs(record, step.code, office_of(request).directory)
    left = [field for field, needed in asked(record, step, about) if needed and not tidy(values.get(field.name, ""))]
    problems = [FieldProblem(f.name, texts.CHOOSE if f.values else texts.FILL) for f in left]
    if not letters.lettered(record.entries, step.code, {name: tidy(text) for name, text in values.items()}):
        problems.append(FieldProblem("reason", texts.LETTER_OR_REASON))
    if problems:
        raise failure_of(problems)


def asked(record: Record, step: StepOut, about: Sequence[Any]) -> list[tuple[StepField, bool]]:
    """Return the fields that the form of a step shows, each with whether it must be filled in; `about`: its `refs`."""
    applies = {
        "ref": step.code == "voided" or bool(about),
        "notice": bool(record.issued),
        "letter": False,  # an approval of the draft there is; its own page names it
        "draft": False,
    }
    needed = {"outcome", "notice"} | ({"reason"} if step.code == "answered" and objecting(record) else set())
    needed = {*needed, *(field.name for field in step.fields if field.asked and field.kind != "fields")}
    return [(field, field.name in needed) for field in step.fields if applies.get(field.name, True)]


def paper_of(values: dict[str, str]) -> Paper:
    """Return what a form says of the file in it; Failure `invalid_request` for what is not among its choices."""
    chosen = {name: tidy(values.get(name, "")) or None for name in ("paper", "visible", "ref")}
    wrong = [name for name, words in CHOSEN.items() if chosen[name] not in {*words, None}]
    wrong += [] if chosen["paper"] else ["paper"]
    if wrong:
        raise failure_of([FieldProblem(name, texts.CHOOSE) for name in wrong])
    return Paper(**chosen)  # type: ignore[arg-type]  # each is one of its vocabulary


async def proof_of(request: Request, account: Account, number: str, values: dict[str, str]) -> Beside | None:
    """Return what keeps the file in a step's form as the paper that proves it; Failures of `FileService.examined`."""
    file, step, files = forms.uploaded(request, "file"), STEPS.get(values.get("type", "")), office_of(request).files
    if file is None or step is None or step.paper is None:
        return None
    examined, paper = await files.examined(*file), Paper(step.paper, "applicant" if step.shown else "department")

    async def keep(session: AsyncSession, ref: str) -> None:
        await files.keep(session, account, number, examined, replace(paper, ref=ref))

    return keep


def refs(record: Record, step: str, directory: Directory) -> list[tuple[str, str]]:
    """Return what a step may be about, by its name on record and in words: a review or suit, or a consultation."""
    if step == countersigns.RETURNED:
        return [(one.ref, directory.name_of(one.department)) for one in record.standing.countersigns]
    if step in proceedings.TYPES:
        known = proceedings.under_way(record.standing.proceedings, step)
        return [(one.ref, "，".join(filter(None, (PROCEEDINGS[one.kind].label, one.body)))) for one in known]
    clock = record.standing.clock
    asked_of = clock.consultations if clock else ()
    return [(one.ref or "", f"{texts.PARTIES[one.party]}，应于 {one.reply_by} 前答复") for one in asked_of]


def payload(values: dict[str, str]) -> dict[str, Any]:
    """Return a step's form as the interface takes it; what is corrected of an application goes by its path."""
    plain = {name: value for name, value in values.items() if not name.startswith(CHANGES)}
    changes = {name.removeprefix(CHANGES): text for name, text in values.items() if name not in plain and tidy(text)}
    return forms.nested(plain) | ({CHANGES[:-1]: changes} if changes else {})


def fees_are_off(request: Request) -> bool:
    """Tell whether the office charges no fees (setting FEES): its pages then say nothing of fee notices."""
    return office_of(request).settings.fees == "off"


def offered(request: Request, steps: Sequence[AnyStep]) -> list[AnyStep]:
    """Return those of the steps that this office's pages offer; the API takes the others too."""
    return [step for step in steps if step.code != FEE.code or not fees_are_off(request)]


def unshown(case: CaseView, values: dict[str, str]) -> list[str]:
    """Return what was typed into a form that the page does not offer any more, since the case has moved on."""
    offers = {step.code for step in case.allowed}
    if values.get("type") in offers or ("type" not in values and offers & {"confirm", "correct"}):
        return []
    words = (field.name for field in FIELDS.values() if field.kind == "text")
    names = (*words, "note", *(f"matter{place}" for place in range(MATTERS)))
    return [values[name] for name in names if tidy(values.get(name, ""))]


def prefilled(request: Request) -> dict[str, str]:
    """Return what the address fills in of a step's form."""
    return {name: request.query_params[name] for name in PREFILLED if name in request.query_params}


def objecting(record: Record) -> bool:
    """Tell whether a third party objects with a good reason: all may be disclosed only in the public interest."""
    third_parties = consultation.to_be_told(record.standing.by_day(), "3.1")
    return any(one.opinion == "object_with_reason" for one in third_parties)


def loose_proofs(served: Sequence[EventOut], files: Sequence[Filed]) -> list[Filed]:
    """Return the proofs of delivery that belong to none of these entries."""
    refs = {f"e{event.seq}" for event in served}
    return [file for file in files if file.paper == "proof" and file.ref not in refs]


def unproved(record: Record, files: Sequence[Filed]) -> bool:
    """Tell whether a case was answered and nothing proves yet that the applicant has the letter."""
    happened = record.standing.happened
    answered, proved = happened & letters.ANSWERS, happened & {"delivered", letters.DOWNLOADED}
    return bool(answered) and not proved and all(file.paper != "proof" for file in files)


def uninformed(record: Record) -> bool:
    """Tell whether a third party still has to be informed in writing that all was disclosed (art. 32)."""
    entries = record.standing.by_day()
    outcome = next((entry.data.get("outcome", "") for entry in entries if entry.type == "answered"), "")
    sent = {entry.data["notice"] for entry in record.issued if entry.data["id"] not in record.not_in_force}
    return bool(consultation.to_be_told(entries, outcome)) and consultation.TOLD_BY not in sent


def detail(event: EventOut, directory: Directory) -> str:
    """Return what an entry says beyond its name: codes in words, who is to handle the case and how, days."""
    data, step = event.data, step_of(event.type)
    asked = FIELDS | {field.name: field for field in step.fields} if step else {}
    said = [say(f, data[f.name]) for f in asked.values() if f.name not in APART and not f.sealed and data.get(f.name)]
    if data.get("department"):
        said.append(directory.name_of(data["department"]))
    if data.get("fields"):
        said.append("、".join(item.ask.label for name, item in amendable().items() if name in data["fields"]))
    if data.get("disposition"):
        said.append(texts.DISPOSITIONS[data["disposition"]])
    return "，".join(said)


def say(field: Field, value: Any) -> str:
    """Return what an entry says in a field: the word for a code, else the value after what it is."""
    label = field.label.partition("（")[0]
    if field.kind == "yes":
        return label
    if field.kind == "count":
        return texts.WORKING_DAYS.format(days=value)
    if field.name == "notice":
        return f"{label}：{field.words[value]}"
    return field.words[str(value)] if field.words else f"{label} {value}"


def words_of(event: str) -> str:
    """Return what the words beside an entry are: the first sealed field of its step that is no reason."""
    step = step_of(event)
    sealed = [f.label.partition("（")[0] for f in step.fields if f.sealed and f.name != NOTE] if step else []
    return sealed[0] if sealed else texts.REASON


def ranked(case: CaseView, external: set[str]) -> list[dict[str, Any]]:
    """Return the first choices of the suggestion, each with the words that speak for it.

    `also`: a department of ours beside the first that may have a part in it (会办); `against`: the words for which it
    is not the first.
    """
    suggestion = case.suggestion or {}
    reasons, inside = suggestion.get("reasons", {}), suggestion.get("department_set", [])
    first = reasons.get(next((one["code"] for one in suggestion.get("departments", [])), ""), [])
    return [
        {"duty": "", "line": ""}
        | choice
        | {
            "terms": [reason["term"] for reason in reasons.get(choice["code"], []) if reason["weight"] > 0],
            "external": choice["code"] in external,
            "first": place == 0,
            "against": against(first, reasons.get(choice["code"], [])) if place else [],
            "also": place > 0 and choice["code"] in inside and choice["code"] not in external,
        }
        for place, choice in enumerate(suggestion.get("departments", [])[:CHOICES])
    ]


def against(first: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[str]:
    """Return the words that speak for the first department more than for another, the heaviest difference first."""
    gave = {reason["term"]: reason["weight"] for reason in other}
    ahead = {reason["term"]: reason["weight"] - max(gave.get(reason["term"], 0.0), 0.0) for reason in first}
    return sorted((term for term, by in ahead.items() if by > 0), key=lambda term: -ahead[term])[:AGAINST]
