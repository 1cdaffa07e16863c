"""The model that ships, as `make setup` built it."""

import pytest

from classifier.data import load
from classifier.serve.predict import Predictor
from classifier.store import registry
from intake_api.wiring.shipped import BUILT, REQUESTS


@pytest.fixture(scope="session")
def shipped() -> Predictor:
    model, _ = registry.load(BUILT)
    assert model.facts["rows"] == len(load([REQUESTS])), "build/model is of other data; run: make setup"
    return Predictor.load(BUILT)
