"""The suggestion: asking the model, keeping what was shown. Holds a Classifier that the composition root fills in."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.kit.causes import named
from intake_api.kit.errors import Failure
from intake_api.kit.together import Together
from intake_api.kit.vault import Vault
from intake_api.triage import repository
from intake_api.triage.models import Suggestion
from intake_api.triage.repository import SUGGESTED, doubtful

__all__ = [
    "SUGGESTED",
    "Classifier",
    "Neighbours",
    "StoredSuggestion",
    "TriageService",
    "departments",
    "doubtful",
    "latest",
]

log = structlog.get_logger()
Message = tuple[str, str]
"""A text and its subject."""
AT_ONCE = 32  # texts: several at once cost half of what they cost one by one, and more than these no less
PATIENCE = 10  # seconds a submission waits for a model that is being loaded; later it gets its suggestion as a job


@dataclass(frozen=True)
class StoredSuggestion:
    """A suggestion that was shown: what it put first, and the whole, sealed; None once erased."""

    id: int
    department: str
    probability: float
    confident: bool
    sealed: bytes | None


class Neighbours(Protocol):
    """Vectors of past cases, ready to be searched."""

    def nearest(self, packed: bytes) -> list[tuple[str, float]]:
        """Case numbers and scores from the nearest down."""


class Classifier(Protocol):
    """What triage needs of a model."""

    version: str

    def suggest_many(self, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """For each (text, subject) the suggestion of docs/contract.md §4, without `id`."""

    def vectors(self, messages: Sequence[Message], key: bytes) -> list[bytes]:
        """Each (text, subject) as the model weighs it, packed: terms hashed with `key`, no words."""

    def neighbours(self, vectors: Sequence[tuple[str, bytes]]) -> Neighbours:
        """Number and vector of past cases, made ready to be searched."""


class TriageService:
    """Asks the active model. Loading is slow, so it happens after the first page can be served.

    `pointers` are the files that say which version is used and how its limits have moved (classifier/store); whoever
    promotes a model or moves a limit changes them, and `refresh` follows.
    `line_between` says where the line between two departments runs.
    """

    def __init__(
        self,
        vault: Vault,
        load: Callable[[], Classifier],
        pointers: Sequence[Path],
        line_between: Callable[[str, str], str],
    ) -> None:
        self._vault = vault
        self._line_between = line_between
        self._load = load
        self._pointers = pointers
        self._pointed: tuple[str, ...] | None = None
        self._classifier: Classifier | None = None
        self._neighbours: tuple[str, Neighbours] | None = None
        self._loaded = asyncio.Event()
        self._loading = asyncio.Lock()
        self._suggested = Together[Message, dict[str, Any]](self._suggest_all, most=AT_ONCE)

    @property
    def classifier(self) -> Classifier | None:
        """The model in use; None while loading or where none could be loaded."""
        return self._classifier

    @property
    def model_version(self) -> str | None:
        """Version of the model in use; None while loading or where none could be loaded."""
        return self._classifier.version if self._classifier else None

    async def start(self) -> None:
        """Load the model in a thread. A bad model is logged by its error type; intake goes on with the one before."""
        async with self._loading:
            await self._bring()

    async def refresh(self) -> bool:
        """Load the model that is active now where that has changed; whether it did. A bad one is not tried again."""
        async with self._loading:
            if self._loaded.is_set() and await asyncio.to_thread(self._named) == self._pointed:
                return False
            await self._bring()
            return True

    async def _bring(self) -> None:
        self._pointed = await asyncio.to_thread(self._named)
        try:
            self._classifier = await asyncio.to_thread(self._load)
        except Exception as error:
            log.error("model_not_loaded", error=named(error))
        finally:
            self._loaded.set()

    def _named(self) -> tuple[str, ...]:
        return tuple(map(_content, self._pointers))

    def search_in(self, model: str, neighbours: Neighbours) -> None:
        """Name past cases in the suggestions of a model from now on."""
        self._neighbours = (model, neighbours)

    async def suggest(self, text: str, subject: str = "", *, wait: bool = True) -> dict[str, Any] | None:
        """The suggestion for a text, or None where there is no usable model; intake never fails because of it."""
        if wait and not self._loaded.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._loaded.wait(), PATIENCE)
        if self._classifier is None:
            return None
        try:
            return await self._suggested((text, subject))
        except Exception as error:
            log.error("suggestion_failed", error=named(error))
            return None

    def vectors(self, classifier: Classifier, messages: Sequence[Message]) -> list[bytes]:
        """Texts as packed vectors under this installation's own key. Slow: call it in a thread."""
        return classifier.vectors(messages, bytes.fromhex(self._vault.blind("neighbours", "")))

    async def _suggest_all(self, messages: list[Message]) -> list[dict[str, Any]]:
        assert self._classifier is not None
        return await asyncio.to_thread(self._suggest, self._classifier, messages)

    def _suggest(self, classifier: Classifier, messages: list[Message]) -> list[dict[str, Any]]:
        suggestions, searched = classifier.suggest_many(messages), self._neighbours
        for suggestion in suggestions:
            self._draw_lines(suggestion)
        if searched and searched[0] == classifier.version:
            for suggestion, vector in zip(suggestions, self.vectors(classifier, messages), strict=True):
                nearest = searched[1].nearest(vector)
                suggestion["similar"] = [{"number": number, "score": score} for number, score in nearest]
        return suggestions

    def _draw_lines(self, suggestion: dict[str, Any]) -> None:
        first, *others = suggestion["departments"]
        for other in others:
            if other["code"] in suggestion["department_set"]:
                line = self._line_between(first["code"], other["code"])
                if line:
                    other["line"] = line

    async def public(self, text: str, subject: str) -> dict[str, Any]:
        """For `POST /suggestions`: Failure `model_loading` where there is no model; no training case is exposed."""
        suggestion = await self.suggest(text, subject, wait=False)
        if suggestion is None:
            raise Failure("model_loading", headers={"Retry-After": "3"})
        return {"id": ""} | suggestion | {"similar": []}

    async def store(
        self, session: AsyncSession, made: Sequence[tuple[int, str, Mapping[str, Any]]], at: datetime
    ) -> None:
        """Keep suggestions of cases (id and number) as they are shown, in the caller's transaction."""
        if made:
            await repository.insert_suggestions(session, [self._row(*one, at) for one in made])

    def _row(self, case_id: int, number: str, suggestion: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        first, dispositions = suggestion["departments"][0], suggestion["disposition"]
        return {
            "case_id": case_id,
            "model": suggestion["model"],
            "department": first["code"],
            "probability": first["probability"],
            "disposition": dispositions[0]["code"] if dispositions else None,
            "confident": suggestion["confident"],
            "department_set": suggestion["department_set"],
            "known_share": suggestion.get("known_share"),
            "made_at": at,
            "sealed": self._vault.seal(f"suggestion:{number}", suggestion),
        }

    def shown(self, number: str, row: StoredSuggestion) -> dict[str, Any] | None:
        """The stored suggestion, whole; None once erased, or where it is damaged."""
        suggestion: dict[str, Any] | None = self._vault.read(f"suggestion:{number}", row.sealed) if row.sealed else None
        return {"id": str(row.id)} | suggestion if suggestion else None


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return ""


async def latest(session: AsyncSession, case_ids: list[int]) -> dict[int, StoredSuggestion]:
    """The newest suggestion of each case."""
    return {row.case_id: _suggested(row) for row in await repository.latest(session, case_ids)}


async def departments(session: AsyncSession, ids: list[int]) -> dict[int, str]:
    """The department that each suggestion put first."""
    return await repository.departments(session, ids)


def _suggested(row: Suggestion) -> StoredSuggestion:
    return StoredSuggestion(row.id, row.department, row.probability, confident=row.confident, sealed=row.sealed)
