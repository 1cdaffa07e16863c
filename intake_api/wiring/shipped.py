"""What ships with the product: the department directory, the authored requests, and the first model made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from intake_api.kit.terminal import progress

ROOT = Path(__file__).resolve().parents[2]
PROFILE = ROOT / "training_data" / "departments.toml"
REQUESTS = ROOT / "training_data" / "requests.jsonl"
HOLDOUT = ROOT / "training_data" / "holdout.jsonl"  # never trained on
BUILT = ROOT / "build" / "model"
"""Where a checkout keeps the first model; an installed package writes nothing beside itself."""


def _places(fallback: Path) -> list[Path]:
    return [BUILT, fallback] if (ROOT / "pyproject.toml").is_file() else [fallback]


def shipped_model(fallback: Path) -> Path:
    """Find the model trained from training_data/, or train it where there is none that can serve on this machine.

    It lies in the checkout's build/; where there is none or that cannot be written, in `fallback`.
    """
    from classifier.errors import ModelError

    if there := shipped_there(fallback):
        return there
    *first, last = _places(fallback)
    for place in first:
        try:
            train_into(place, [REQUESTS], PROFILE)
        except ModelError as error:
            if error.code != "model_not_written":
                raise
        else:
            return place
    train_into(last, [REQUESTS], PROFILE)
    return last


def shipped_there(fallback: Path) -> Path | None:
    """The shipped model where it has been made and can serve on this machine."""
    from classifier.errors import ModelError
    from classifier.store import registry

    for directory in _places(fallback):
        try:
            registry.check(directory)
        except ModelError:
            continue
        return directory
    return None


def train_into(out: Path, files: list[Path], profile: Path | None, seed: int = 0) -> dict[str, Any]:
    """Train on the rows of some files and keep the model in `out`; returns its version and metrics.

    Raises ClassifierError.
    """
    from classifier import data
    from classifier.learn.train import train
    from classifier.profile import Profile
    from classifier.store import registry
    from intake_api.kit.clock import Clock

    rows = data.load(files)
    with progress("train") as advance:
        model = train(rows, Profile.load(profile) if profile else None, seed=seed, progress=advance)
    version = registry.save(model, out, Clock().today())
    metrics: dict[str, Any] = model.facts["metrics"]
    return {"version": version} | metrics
