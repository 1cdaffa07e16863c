"""Whether the office can take an application now: `/readyz`, for people who watch it and for what stands in front."""

import time
from datetime import datetime
from typing import Any

import structlog

from intake_api.installation import Installation
from intake_api.kit.causes import named
from intake_api.kit.db import Database, upsert
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.upkeep.machine import NO_ROOM, free_space

log = structlog.get_logger()
WRITES_EVERY = 10.0  # seconds: whoever asks in between gets the last answer, anybody may ask


class Readiness:
    """Looks when asked; writing is tried with a row of its own, committed, because a rollback touches no disk."""

    def __init__(self, office: Office, enough: int = NO_ROOM) -> None:
        self._office = office
        self._enough = enough
        self._wrote_at = -WRITES_EVERY
        self._writing = "ok"

    async def look(self) -> tuple[dict[str, Any], bool]:
        """Each part in a word (`ok` or a cause; the model's version), and whether applications can be taken.

        A clock that is behind the record does not keep them from being taken: the day of receipt waits for a clerk.
        """
        office = self._office
        found = {"database": "ok", "writing": "unknown", "space": self._space(), "clock": "unknown"}
        try:
            found["clock"] = "behind" if await office.cases.clock_behind() else "ok"
        except Failure as failure:
            found["database"] = named(failure.__cause__ or failure)
        else:
            found["writing"] = await self._try_writing(office.db, office.clock.now())
        model = office.triage.model_version
        ready = model is not None and all(found[part] == "ok" for part in ("database", "writing", "space"))
        if not ready:
            log.error("not_ready", model=model, **found)
        return found | {"model": model}, ready

    async def _try_writing(self, db: Database, now: datetime) -> str:
        if time.monotonic() - self._wrote_at < WRITES_EVERY:
            return self._writing
        self._wrote_at, value = time.monotonic(), {"at": now.isoformat()}
        try:
            async with db.write() as session:
                await session.execute(
                    upsert(session, Installation, {"name": "ready", "value": value}, {"value": value})
                )
            self._writing = "ok"
        except Failure as failure:
            self._writing = named(failure.__cause__ or failure)
        return self._writing

    def _space(self) -> str:
        """`low` where the data directory or the database's own has hardly any room left."""
        return "ok" if free_space(self._office.settings) >= self._enough else "low"
