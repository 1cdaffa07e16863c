"""Similar cases (类似申请): every answered case as a vector of the model in use, searched as suggestions are made."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from intake_api.cases import answered
from intake_api.cases.answered import PastCase
from intake_api.kit.db import Database
from intake_api.kit.vault import Vault
from intake_api.learning import repository
from intake_api.learning.answered import MOST
from intake_api.people.service import Account
from intake_api.triage.service import TriageService

_BATCH = 500


@dataclass(frozen=True)
class SimilarCase:
    """A past case for the case page; `score` is a cosine."""

    case: PastCase
    score: float


class SimilarCases:
    """Keeps the vectors and hands them to triage."""

    def __init__(self, db: Database, vault: Vault, triage: TriageService) -> None:
        self._db = db
        self._vault = vault
        self._triage = triage
        self._searched: tuple[str, tuple[int, int]] | None = None  # model and stamp of what triage searches in

    async def of(self, account: Account, suggestion: Mapping[str, Any] | None) -> list[SimilarCase]:
        """The similar cases of a suggestion that this person may see and whose text is still there, nearest first."""
        scores = {one["number"]: one["score"] for one in (suggestion or {}).get("similar", [])}
        if not scores:
            return []
        async with self._db.read() as session:
            cases = await answered.named(session, self._vault, scores, account.department)
        return sorted((SimilarCase(case, scores[case.number]) for case in cases), key=lambda one: -one.score)

    async def index(self, _payload: Mapping[str, Any]) -> None:
        """Job: give every answered case its vector of the model in use, some hundreds a transaction."""
        await self._triage.refresh()
        classifier = self._triage.classifier
        if classifier is None:
            return
        while cases := await self.unindexed(classifier.version):
            texts = [(text, subject) for _, text, subject in cases]
            packed = await asyncio.to_thread(self._triage.vectors, classifier, texts)
            vectors = [(case_id, vector) for (case_id, _, _), vector in zip(cases, packed, strict=True)]
            async with self._db.write() as session:
                await repository.keep_vectors(session, classifier.version, vectors)

    async def unindexed(self, model: str) -> list[tuple[int, str, str]]:
        """Some answered cases without a vector of this model, newest first: id, text, subject."""
        async with self._db.read() as session:
            ids = await repository.without_vector(session, model, MOST, _BATCH)
            return await answered.texts(session, self._vault, ids)

    async def look(self) -> None:
        """Follow the active model, and the vectors of answered cases where they have changed."""
        await self._triage.refresh()
        classifier = self._triage.classifier
        if classifier is None:
            return
        async with self._db.read() as session:
            stamp = classifier.version, await repository.stamp(session, classifier.version)
            if stamp == self._searched:
                return
            vectors = await repository.vectors(session, classifier.version, MOST)
        neighbours = await asyncio.to_thread(classifier.neighbours, vectors)
        self._triage.search_in(classifier.version, neighbours)
        self._searched = stamp
