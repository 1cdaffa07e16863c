"""The small invented government of the classifier's tests."""

from tests.unit.classifier.conftest import model_dir, predictor, profile, rows

__all__ = ["model_dir", "predictor", "profile", "rows"]
