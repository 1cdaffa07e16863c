"""Cases as rows of the projection, for what counts thousands of them: no events, no personal data."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert

from intake_api.cases.models import Agency, Case
from intake_api.cases.projection import NOT_RUNNING, NOTHING_YET
from intake_api.kit.db import Database

_BATCH = 2_000


def case_row(number: int, **known: Any) -> dict[str, Any]:
    """A case received on 2025-03-03 and still open, with changes; an outcome or `ended_on` ends it."""
    row = NOTHING_YET | {
        "number": f"SF-2025-{number:06}",
        "agency_code": "city",
        "kind": "disclosure",
        "channel": "web",
        "applicant_type": "natural",
        "delivery_medium": "electronic",
        "delivery_way": "email",
        "receipt_basis": "internet",
        "submitted_at": datetime(2025, 3, 3, tzinfo=UTC),
        "flags": [],
        "event_count": 0,
        "head_hash": "0" * 64,
        "status": "handling",
        "received_on": date(2025, 3, 3),
        "department": "housing",
        "code_hash": None,
        "parent_id": None,
    }
    row |= known
    if row["ended_on"]:
        row |= {"status": "answered", "open": False} | known
    row["sort_on"] = row["due_on"] or NOT_RUNNING
    return row


async def put_cases(db: Database, rows: Iterable[dict[str, Any]]) -> None:
    """Store rows of cases, and the agencies of the sample directory."""
    found = list(rows)
    async with db.write() as session:
        for code, name, prefix in (("city", "示例市人民政府", "SF"), ("sample-district", "示例区人民政府", "SQ")):
            if await session.get(Agency, code) is None:
                session.add(Agency(code=code, name=name, number_prefix=prefix))
        await session.flush()
        for start in range(0, len(found), _BATCH):
            await session.execute(insert(Case), found[start : start + _BATCH])
