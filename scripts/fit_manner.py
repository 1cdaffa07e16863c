"""Fit how messages of each kind are worded (intake_api/understanding/manner.py); print how it fares, write the weights.

    python scripts/fit_manner.py

Learned from all labelled messages (training_data/understand_*.jsonl). How it fares with people it has not heard is told
by leaving out one set of writers at a time (the first letter of an id): what is said of a set was learned from the
others.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from intake_api.kit.terminal import print_json
from intake_api.understanding import manner
from intake_api.understanding.kinds import by_rules, by_wording
from intake_api.understanding.words import as_read, seen

DATA = Path(__file__).parents[1] / "training_data"
WEIGHTS = Path(manner.__file__).with_name("data") / "manner.json"
APART = "habcef"  # the sets written by people who had seen neither the rules nor the other sets
LEAST = 3  # messages with a term


def fit(rows: Sequence[dict[str, Any]]) -> manner.Manner:
    """Weights learned from labelled messages, rounded as they are kept."""
    counted = TfidfVectorizer(analyzer=lambda text: list(manner.terms(text)), sublinear_tf=True, min_df=LEAST)
    table = counted.fit_transform([row["read"] for row in rows])
    machine = LinearSVC(C=0.3, class_weight="balanced", random_state=0).fit(table, [row["kind"] for row in rows])
    weights = {
        term: (round(float(counted.idf_[at]), 2), *(round(float(w), 2) for w in machine.coef_[:, at]))
        for term, at in sorted(counted.vocabulary_.items())
    }
    return manner.Manner(tuple(machine.classes_), tuple(round(float(b), 3) for b in machine.intercept_), weights)


def main() -> None:
    """Print the share of right kinds of each set, by wording alone and with the rules, and write the weights."""
    rows = [
        row | {"read": as_read(seen(row["text"]))}
        for name in ("understand_dev", "understand_holdout")
        for row in map(json.loads, (DATA / f"{name}.jsonl").read_text("utf-8").splitlines())
    ]
    right, all_of = Counter[str](), Counter[str]()
    for left_out in APART:
        learned = fit([row for row in rows if row["id"][0] != left_out])
        for row in rows:
            if row["id"][0] == left_out:
                all_of[left_out] += 1
                scores = learned.scores(row["read"])
                right[left_out, "wording"] += max(scores, key=scores.__getitem__) == row["kind"]
                right[left_out, "both"] += by_wording(row["read"], by_rules(row["read"]), learned) == row["kind"]
    figures = {f"{s}: {how}": round(right[s, how] / all_of[s], 3) for s in APART for how in ("wording", "both")}
    learned = fit(rows)
    kept = {"left_out": figures, "kinds": learned.kinds, "intercept": learned.intercept, "terms": learned.rows}
    WEIGHTS.write_text(
        json.dumps(kept, ensure_ascii=False, separators=(",", ":")).replace('],"', '],\n"') + "\n", "utf-8"
    )
    print_json(figures | {"terms": len(learned.rows)})


if __name__ == "__main__":
    main()
