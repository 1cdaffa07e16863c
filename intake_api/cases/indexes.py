"""The keys by which applicants are found and compared, as keyed digests: written with the case, derived anew."""

from typing import Any

from intake_api import keys
from intake_api.cases import repository
from intake_api.cases.models import Applicant
from intake_api.kit.db import Database
from intake_api.kit.vault import Vault
from intake_api.terms.record import SEARCHABLE

REINDEX_JOB = "reindex"  # enqueued by every migration after which keys have another form
BATCH = 200  # applicants in a transaction: intake goes on meanwhile


def of_person(vault: Vault, who: dict[str, Any]) -> dict[str, str | None]:
    """The index columns of an applicant; None where there is nothing to compare by."""
    found = {name: keys.OF_PERSON[name](str(who.get(name) or "")) for name in SEARCHABLE}
    return {f"{name}_index": vault.blind(name, key) if key else None for name, key in found.items()}


def telling(who: Applicant | None) -> dict[str, str]:
    """The indexes by which an applicant is told from another; a name only where there is nothing better."""
    found = {f"{name}_index": index for name in SEARCHABLE if who and (index := getattr(who, f"{name}_index"))}
    return {column: index for column, index in found.items() if column != "name_index" or len(found) == 1}


async def reindex(db: Database, vault: Vault) -> int:
    """Derive the keys of every applicant anew; how many rows differed. Repeating it changes nothing more.

    A row that does not open keeps what it has and is named in the log; those behind it are not kept waiting.
    """
    changed, after = 0, 0
    while True:
        async with db.write() as session:
            rows = await repository.applicants_after(session, after, BATCH)
            for number, person in rows:
                fresh = _fresh(vault, number, person)
                stale = {column for column, value in fresh.items() if getattr(person, column) != value}
                for column in stale:
                    setattr(person, column, fresh[column])
                changed += bool(stale)
        if not rows:
            return changed
        after = rows[-1][1].case_id


def _fresh(vault: Vault, number: str, person: Applicant) -> dict[str, str | None]:
    if person.sealed is None:  # erased, its keys with it
        return {}
    who = vault.read(f"applicant:{number}", person.sealed)
    return of_person(vault, who) if who else {}
