"""The model that an office serves with, as triage asks for it (intake_api.triage.service.Classifier)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from classifier.errors import ModelError
from classifier.model.tuning import Tuning
from classifier.serve.neighbours import Neighbours, pack
from classifier.serve.predict import Predictor
from classifier.store import registry
from intake_api.wiring.shipped import shipped_model

log = structlog.get_logger()


class ServingModel:
    """A model loaded from its directory, its limits where decisions have moved them. Raises ClassifierError."""

    def __init__(self, directory: Path, tuning: Tuning | None = None) -> None:
        self._model, self.version = registry.load(directory)
        self._predictor = Predictor(self._model, self.version, tuning)

    def suggest_many(self, messages: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """Give for each (text, subject) the suggestion of docs/contract.md §4, without `id`."""
        return [suggestion.as_dict() for suggestion in self._predictor.suggest_many(messages)]

    def vectors(self, messages: Sequence[tuple[str, str]], key: bytes) -> list[bytes]:
        """Give each (text, subject) as keyed hashes of terms and their weights."""
        return pack(self._model, messages, key)

    def neighbours(self, vectors: Sequence[tuple[str, bytes]]) -> Neighbours:
        """Make past cases ready to be searched."""
        return Neighbours.of(vectors)


def model_in_use(data: Path) -> Path:
    """The directory of the active model, else of the shipped one. Raises ClassifierError."""
    models = registry.Registry(data / "models")
    active = models.active()
    return models.path(active) if active else shipped_model(data / "shipped-model")


def serving_model(data: Path) -> ServingModel:
    """Load what the API serves with: the active model, else the shipped one. Raises ClassifierError.

    An active model that this version of the program cannot read is no reason to serve without any.
    """
    try:
        return ServingModel(model_in_use(data), registry.Registry(data / "models").tuning()[0])
    except ModelError as error:
        log.error("active_model_unusable", code=error.code)
        return ServingModel(shipped_model(data / "shipped-model"))
