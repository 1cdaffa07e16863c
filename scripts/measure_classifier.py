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
from sklearn.model_selection import StratifiedGroupKFold

from classifier import calibrate, features, fit, train
from classifier.data import Row, load
from classifier.evaluate import Judged, judge, metrics
from classifier.predict import Predictor
from classifier.profile import Profile

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


def judged(predictor: Predictor, rows: list[Row]) -> list[Judged]:
    """Hold the suggestions for some rows against the rows."""
    messages = [(row.text, row.subject) for row in rows]
    found = predictor.suggest_many(messages, top=len(predictor.labels), reasons=False)
    return [judge(row, suggestion) for row, suggestion in zip(rows, found, strict=True)]


def messages(file: Path, number: int | None) -> dict[str, Any]:
    """Grouped five folds, the split of the published baselines."""
    rows = load([file])
    labels, groups = [row.department for row in rows], [row.group or row.text for row in rows]
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=20200406).split(labels, labels, groups)
    found: list[Judged] = []
    for fold, (inside, outside) in enumerate(folds):
        some = np.sort(np.random.default_rng(fold).choice(inside, number, replace=False)) if number else inside
        model = train.train([rows[place] for place in some], None)
        found += judged(Predictor(model, "measured"), [rows[place] for place in outside])
    return shown(metrics(found))


def shipped() -> dict[str, Any]:
    """The first model: its own folds, and the holdout with dispositions."""
    model = train.train(load([DATA / "requests.jsonl"]), Profile.load(DATA / "departments.toml"))
    held = metrics(judged(Predictor(model, "measured"), load([DATA / "holdout.jsonl"])))
    return {
        "folds": shown(model.facts["metrics"]),
        "holdout": shown(held) | {"disposition_macro_f1": held["disposition"]["macro_f1"]},
    }


def shown(measured: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is counted for each class."""
    return {name: measured[name] for name in SHOWN}


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
    measured = shipped() if asked.what == "shipped" else messages(asked.file, asked.rows)
    print(json.dumps({"without": asked.without, "rows": asked.rows} | measured))  # noqa: T201  # its only output


if __name__ == "__main__":
    main()
