"""What an office's shares are worth, and what wrong ones cost: simulated on real messages, topics as departments.

`python -m scripts.measure_shares MESSAGES [--draws 16] [--authored 300] [--answers 50 100 200 400]`

Each draw learns from authored rows, as many of every topic, and deals the other messages to an office that has topics
more or less often than the messages have (log-normal, sigma 0.7): so many of them are answered cases with a text, by
which the shares have to prove themselves (classifier/learn/shares.py), the rest judge. A ledger of LEDGER rows without
a text comes from this office (`right`), from another one, from one that has the topics the other way round, or from a
campaign in which six cases in ten are of one topic; or there is none. One JSON line each: how often shares are used,
points gained first and in three, the worst draw, and the sets' coverage and size before and after.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifier.data import Row, load
from classifier.learn import train
from classifier.learn.crossfit import FOLDS, Unseen
from classifier.learn.shares import with_shares
from classifier.model.calibrate import Floats, Ints
from classifier.model.model import Model
from classifier.model.shares import shifted
from classifier.serve.predict import Predictor

SIGMA, CAMPAIGN, LEDGER, TIMES = 0.7, 0.6, 400, 4


def main() -> None:
    """Run the draws and print what they give."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("messages", type=Path)
    options.add_argument("--draws", type=int, default=16)
    options.add_argument("--authored", type=int, default=300)
    options.add_argument("--answers", type=int, nargs="+", default=[50, 100, 200, 400])
    chosen = options.parse_args()
    rows, found = load([chosen.messages]), defaultdict(list)
    for seed in range(chosen.draws):
        office = Office.draw(rows, chosen.authored, seed)
        for answers in chosen.answers * TIMES:
            for name, shares in office.shares().items():
                found[name, answers].append(office.worth(shares, answers))
    for (name, answers), draws in found.items():
        print(json.dumps({"ledger": name, "answers": answers} | summary(draws)))  # noqa: T201


@dataclass(frozen=True)
class Office:
    """A model of authored rows, the messages of an office, and how often it has each topic."""

    model: Model
    margins: Floats
    truth: Ints
    has: Floats
    random: np.random.Generator

    @classmethod
    def draw(cls, rows: Sequence[Row], authored: int, seed: int) -> "Office":
        """Learn from as many rows of every topic; the others are the office's."""
        random = np.random.default_rng(seed)
        labels, order = sorted({row.department for row in rows}), random.permutation(len(rows)).tolist()
        of = {label: [place for place in order if rows[place].department == label] for label in labels}
        taught = {place for label in labels for place in of[label][: authored // len(labels)]}
        model = train.train([rows[place] for place in sorted(taught)], None, seed=seed)
        rest = [rows[place] for place in order if place not in taught]
        truth = np.array([labels.index(row.department) for row in rest])
        has = np.bincount(truth) * np.exp(random.normal(0, SIGMA, len(labels)))
        return cls(model, Predictor(model, "").margins(rest), truth, has / has.sum(), random)

    def shares(self) -> dict[str, Floats | None]:
        """Where the ledger might come from."""
        other = np.bincount(self.truth) * np.exp(self.random.normal(0, SIGMA, len(self.has)))
        campaign = self.has * (1 - CAMPAIGN)
        campaign[self.random.integers(len(self.has))] += CAMPAIGN
        order, reversed_ = np.argsort(self.has), np.empty_like(self.has)
        reversed_[order] = self.has[order[::-1]]
        return {
            "none": None,
            "right": self.has,
            "another office": other / other.sum(),
            "a campaign": campaign / campaign.sum(),
            "the other way round": reversed_,
        }

    def worth(self, shares: Floats | None, answers: int) -> list[float]:
        """What so many answers and the ledger change: used, points first and in three, coverage and size."""
        codes = [label.code for label in self.model.labels]
        weight = (self.has / np.bincount(self.truth))[self.truth]
        own = self.random.choice(len(self.truth), answers, p=weight / weight.sum())
        rest = np.setdiff1d(np.arange(len(self.truth)), own)
        ledger = self.random.multinomial(LEDGER, shares).tolist() if shares is not None else []
        model, proof = with_shares(
            self.model,
            Unseen(tuple(codes), self.margins[own], np.ones(answers)),
            [codes[column] for column in self.truth[own]],
            [str(place) for place in own.tolist()],
            np.arange(answers) * FOLDS // answers,
            dict(zip(codes, ledger, strict=False)),
        )
        before, after = (self._judged(one, rest, weight[rest]) for one in (self.model, model))
        gained = [(new - old) * 100 for new, old in zip(after[:2], before[:2], strict=True)]
        return [float(bool(proof and proof["used"])), *gained, *before[2:], *after[2:]]

    def _judged(self, model: Model, rest: Ints, weight: Floats) -> list[float]:
        """First, in three, coverage and set size, every message weighed as the office has its topic."""
        truth = self.truth[rest]
        chances = shifted(model.calibration.probabilities(self.margins[rest]), model.shares)
        rows = np.arange(len(truth))
        rank = (chances > chances[rows, truth][:, None]).sum(axis=1)
        inside = chances >= np.array(model.limits.set_thresholds)
        held = inside[rows, truth] | ((rank == 0) & ~inside.any(axis=1))
        sizes = np.maximum(inside.sum(axis=1), 1)
        return [float(np.average(each, weights=weight)) for each in (rank == 0, rank < 3, held, sizes)]


def summary(draws: Sequence[Sequence[float]]) -> dict[str, float]:
    """Means over the draws, and the worst of what came first."""
    names = ("used", "first", "in_three", "coverage_before", "size_before", "coverage", "size")
    means = dict(zip(names, np.mean(draws, axis=0).round(3).tolist(), strict=True))
    return means | {"draws": len(draws), "worst_first": round(min(each[1] for each in draws), 2)}


if __name__ == "__main__":
    main()
