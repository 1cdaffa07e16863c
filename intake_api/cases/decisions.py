"""Decisions with the names of who made them, and whether they followed the suggestion of their time."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases.acts import Decided
from intake_api.cases.models import Case, Decision
from intake_api.directory import Directory
from intake_api.kit.vault import Vault
from intake_api.people.service import usernames
from intake_api.terms.record import DAMAGED
from intake_api.triage import service as triage
from intake_api.triage.service import StoredSuggestion


async def with_names(
    session: AsyncSession,
    directory: Directory,
    rows: Sequence[Decision],
    names: Mapping[int, str],
    notes: Mapping[int, str],
    latest: StoredSuggestion | None = None,
) -> list[Decided]:
    """Decisions with names, and their notes as far as they were opened; `latest`: a suggestion known already."""
    suggested = {latest.id: latest.department} if latest else {}
    others = {row.suggestion_id for row in rows if row.suggestion_id} - suggested.keys()
    if others:
        suggested |= await triage.departments(session, list(others))
    return [
        Decided(
            id=row.id,
            department=row.department,
            department_name=directory.name_of(row.department),
            disposition=row.disposition,
            by=names.get(row.account_id, ""),
            at=row.decided_at,
            supersedes=row.supersedes_id,
            followed_suggestion=suggested.get(row.suggestion_id or 0) == row.department,
            note=notes.get(row.id),
        )
        for row in rows
    ]


async def in_force(session: AsyncSession, directory: Directory, row: Decision) -> Decided:
    """One decision with names, without its note: for whoever came too late to make it."""
    return (await with_names(session, directory, [row], await usernames(session, {row.account_id}), {}))[0]


def opened_notes(vault: Vault, case: Case, rows: Sequence[Decision]) -> dict[int, str]:
    """The notes of a case's decisions, by the decision, for the case's own page."""
    return {row.id: vault.read(f"note:{case.number}", row.note_sealed) or DAMAGED for row in rows if row.note_sealed}
