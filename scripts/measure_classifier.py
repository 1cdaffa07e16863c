"""What each part of the classifier's recipe adds (docs/classifier.md): measured with the part and without it.

    python scripts/measure_classifier.py messages FILE [--without PART] [--rows N]
    python scripts/measure_classifier.py shipped [--without PART]

`messages`: grouped five folds over a file of answered messages, free labels; `--rows` learns from so many of each
training part (the learning curve). `shipped`: learns training_data/requests.jsonl with the directory, judges it in
folds and on the frozen holdout. One JSON object on standard output.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from classifier.data import load
from classifier.learn import fit, measured, train
from classifier.model import calibrate
from classifier.profile import Profile
from classifier.text import features

DATA = Path(__file__).parents[1] / "training_data"
SHOWN = ("n", "accuracy", "macro_f1", "top3", "ece", "set_coverage", "mean_set_size")
PARTS = {
    "specificity": lambda: setattr(fit, "specificity", lambda counts, truth: np.ones(counts.shape[1])),
    "subject-terms": lambda: features.LENGTHS.__setitem__(2, 0),
    "words": lambda: features.LENGTHS.__setitem__(0, 0),
    "characters": lambda: features.LENGTHS.__setitem__(slice(1, 3), 0),
    "longer-characters": lambda: features.LENGTHS.__setitem__(slice(1, 3), [1, 0.5]),
    "own-thresholds": lambda: setattr(calibrate, "OWN_THRESHOLD", 10**9),
    "duties": lambda: setattr(train, "lines", lambda department: ()),
}


def shipped() -> dict[str, Any]:
    """The first model: its own folds, and the holdout with dispositions."""
    requests, holdout = load([DATA / "requests.jsonl"]), load([DATA / "holdout.jsonl"])
    held = measured.on(holdout, requests, Profile.load(DATA / "departments.toml"))
    return {
        "folds": shown(held["folds"]),
        "holdout": shown(held) | {"disposition_macro_f1": held["disposition"]["macro_f1"]},
    }


def shown(metrics: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is counted for each class."""
    return {name: metrics[name] for name in SHOWN}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("messages", "shipped"))
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--without", choices=sorted(PARTS))
    parser.add_argument("--rows", type=int)
    asked = parser.parse_args()
    if (asked.what == "messages") != (asked.file is not None):
        parser.error("messages needs FILE, shipped takes none")
    if asked.without:
        PARTS[asked.without]()
    found = shipped() if asked.what == "shipped" else shown(measured.in_folds(load([asked.file]), asked.rows))
    print(json.dumps({"without": asked.without, "rows": asked.rows} | found))  # noqa: T201  # its only output


if __name__ == "__main__":
    main()
