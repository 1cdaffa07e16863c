"""The suggestion: asking the model, keeping what was shown. Holds a Classifier that the composition root fills in."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.errors import Failure
from intake_api.triage.models import Suggestion
from intake_api.vault import Vault

__all__ = ["Classifier", "Suggestion", "TriageService", "departments", "latest"]

log = structlog.get_logger()
PATIENCE = 10  # seconds a submission waits for a model that is being loaded; later it gets its suggestion as a job


class Classifier(Protocol):
    """What triage needs of a model."""

    version: str

    def suggest(self, text: str, subject: str = "", *, top: int = 5) -> dict[str, Any]:
        """The suggestion of docs/contract.md §4, without `id`."""


class TriageService:
    """Asks the active model. Loading is slow, so it happens after the first page can be served."""

    def __init__(self, vault: Vault, load: Callable[[], Classifier]) -> None:
        self._vault = vault
        self._load = load
        self._classifier: Classifier | None = None
        self._loaded = asyncio.Event()

    @property
    def model_version(self) -> str | None:
        """Version of the model in use; None while loading or where none could be loaded."""
        return self._classifier.version if self._classifier else None

    async def start(self) -> None:
        """Load the model in a thread. A bad model is logged by its error type; intake goes on without suggestions."""
        try:
            self._classifier = await asyncio.to_thread(self._load)
        except Exception as error:
            log.error("model_not_loaded", error=type(error).__name__)
        finally:
            self._loaded.set()

    async def suggest(self, text: str, subject: str = "", *, wait: bool = True) -> dict[str, Any] | None:
        """The suggestion for a text, or None where there is no usable model; intake never fails because of it."""
        if wait:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._loaded.wait(), PATIENCE)
        if self._classifier is None:
            return None
        try:
            return await asyncio.to_thread(self._classifier.suggest, text, subject)
        except Exception as error:
            log.error("suggestion_failed", error=type(error).__name__)
            return None

    async def public(self, text: str, subject: str) -> dict[str, Any]:
        """For `POST /suggestions`: Failure `model_loading` where there is no model; no training case is exposed."""
        suggestion = await self.suggest(text, subject, wait=False)
        if suggestion is None:
            raise Failure("model_loading", headers={"Retry-After": "3"})
        return {"id": ""} | suggestion | {"similar": []}

    def store(
        self, session: AsyncSession, case_id: int, number: str, suggestion: dict[str, Any], at: datetime
    ) -> Suggestion:
        """Keep a suggestion as it is shown, in the caller's transaction."""
        first, dispositions = suggestion["departments"][0], suggestion["disposition"]
        row = Suggestion(
            case_id=case_id,
            model=suggestion["model"],
            department=first["code"],
            probability=first["probability"],
            disposition=dispositions[0]["code"] if dispositions else None,
            confident=suggestion["confident"],
            made_at=at,
            sealed=self._vault.seal(f"suggestion:{number}", suggestion),
        )
        session.add(row)
        return row

    def shown(self, number: str, row: Suggestion) -> dict[str, Any] | None:
        """The stored suggestion, whole; None once erased."""
        if row.sealed is None:
            return None
        suggestion: dict[str, Any] = self._vault.open(f"suggestion:{number}", row.sealed)
        return {"id": str(row.id)} | suggestion


async def latest(session: AsyncSession, case_ids: list[int]) -> dict[int, Suggestion]:
    """The newest suggestion of each case."""
    rows = await session.scalars(select(Suggestion).where(Suggestion.case_id.in_(case_ids)).order_by(Suggestion.id))
    return {row.case_id: row for row in rows}


async def departments(session: AsyncSession, ids: list[int]) -> dict[int, str]:
    """The department that each suggestion put first."""
    rows = await session.execute(select(Suggestion.id, Suggestion.department).where(Suggestion.id.in_(ids)))
    return {row.id: row.department for row in rows}
