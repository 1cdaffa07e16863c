"""What the learning loop asks of the classifier; the composition root fills it in (intake_api.wiring.room)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from intake_api.cases.answered import AnsweredCase
from intake_api.learning.repository import DecidedCase, DoubtfulLabel

Say = Callable[[int, str], None]
"""Told how far a retraining is: percent, and a sentence for people."""


@dataclass(frozen=True)
class Retrained:
    """What a retraining gave: the new version, the gate's verdict on it, and the labels it doubts."""

    version: str
    verdict: dict[str, Any]
    doubts: list[DoubtfulLabel]


class ModelRoom(Protocol):
    """The registered models of an installation; every method is slow (disk, numpy): call it in a thread.

    What cannot be done is a StepRefused. `forgotten` are digests of cases that no live model may have learned from.
    """

    def listing(self, forgotten: Collection[str] = frozenset()) -> dict[str, Any]:
        """`active`, `history` (newest first) and `models` (newest first).

        A model has version, active, rows, answered, metrics, verdict, and how many of the `forgotten` it learned from.
        A decision in `history` has at (ISO), action, version, by, before and, where there was one, the verdict.
        """

    def manifest(self, version: str) -> dict[str, Any]:
        """What a model says of itself."""

    def card(self, version: str) -> str:
        """The model card in Markdown."""

    def register(self, version: str) -> str:
        """The algorithm-register sheet in Markdown."""

    def add(self, directory: Path) -> str:
        """Register a model that lies elsewhere; returns its version."""

    def retrain(
        self,
        cases: Sequence[AnsweredCase],
        answered: Mapping[str, int],
        by: str,
        say: Say,
        forgotten: Collection[str] = frozenset(),
    ) -> Retrained:
        """Train on the authored rows and the answered cases, compare with the live model, put both on record.

        `answered` counts all answered cases by department, with those that do not say what was asked.
        """

    def promote(
        self,
        version: str,
        by: str,
        forgotten: Collection[str],
        *,
        force: bool = False,
        holdout: Path | None = None,
    ) -> dict[str, Any] | None:
        """Make a version live if it compares well with the live one; returns the verdict, None where there is none.

        A comparison on record counts, unless `holdout` names other rows. `force` overrules the verdict, which is made
        and put on record all the same; nothing overrules that it learned from one of the `forgotten`.
        """

    def rollback(self, by: str, forgotten: Collection[str]) -> str:
        """Make the version live that was so before; returns it."""

    def learned(self, digest: str) -> list[str]:
        """Versions that learned from the case with this digest."""

    def tuned(self) -> datetime | None:
        """When the limits of the live model were last moved; None where they are as learned."""

    def hold(self, decided: Sequence[DecidedCase], by: str) -> None:
        """Move the limits of the live model by how decisions since then kept its promises, and put that on record."""

    def drift(self, decided: Sequence[DecidedCase], today: date) -> dict[str, Any]:
        """The monitoring report (classifier/measure/monitor.py)."""
