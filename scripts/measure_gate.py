"""How often the gate lets a better model in, and a worse or equal one: simulated retrainings on real messages.

`python -m scripts.measure_gate MESSAGES [--draws 20] [--first 0] [--authored 300] [--answers 50 100 200 400 700]`

MESSAGES is JSONL of real messages with a topic in `department` (topics stand for departments). Each draw deals the
messages into authored rows, answered cases in order of time and a large rest that judges both models; the answers are
then spoiled as the scenario says. A model counts as better where the rest says so by more than half a point. One JSON
line a scenario and number of answers.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from classifier.data import Row, load
from classifier.learn.crossfit import by_time, cross_fit
from classifier.learn.train import learn_from, route
from classifier.measure import gate
from classifier.text.features import batches, read
from classifier.text.redact import mask

MARGIN = 0.005
FIRST_DAY = date(2026, 1, 5)
# Answers since the live model was trained, where hardly anything has changed.
LATER, A_WEEK_LATER = 20, "a week later"
Spoil = Callable[[list[Row], np.random.Generator, Sequence[str]], list[Row]]


def main() -> None:
    """Run the scenarios and print what they give."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("messages", type=Path)
    options.add_argument("--draws", type=int, default=20)
    options.add_argument("--first", type=int, default=0, help="the first draw's seed")
    options.add_argument("--authored", type=int, default=300)
    options.add_argument("--answers", type=int, nargs="+", default=[50, 100, 200, 400, 700])
    options.add_argument("--scenarios", nargs="+", default=list(SCENARIOS))
    chosen = options.parse_args()
    rows = load([chosen.messages])
    for scenario in chosen.scenarios:
        for answers in chosen.answers:
            drawn = [
                one_draw(rows, scenario, answers, chosen.authored, chosen.first + draw) for draw in range(chosen.draws)
            ]
            print(json.dumps(summary(scenario, answers, drawn), ensure_ascii=False), flush=True)  # noqa: T201


def one_draw(
    rows: Sequence[Row], scenario: str, answers: int, authored: int, seed: int
) -> tuple[bool, float, float, bool]:
    """Whether the gate accepts, by how much the new model is better on the rest, score's lead, department floor."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(rows)).tolist()
    always = [rows[place] for place in order[:authored]]
    answered = [rows[place] for place in order[authored : authored + answers]]
    rest = [rows[place] for place in order[authored + answers :]][:2000]
    labels = sorted({row.department for row in rows})
    days = [FIRST_DAY + timedelta(days=200 * place // answers) for place in range(answers)]
    answered = [replace(row, received_on=day) for row, day in zip(answered, days, strict=True)]
    spoiled = SCENARIOS[scenario](answered, random, labels)
    truth = [row.department for row in spoiled]
    groups = [row.group or str(place) for place, row in enumerate(spoiled)]
    folds, taught = by_time(groups, days), np.ones(answers, bool)
    learned = np.arange(answers) < answers - LATER if scenario == A_WEEK_LATER else ~taught
    live = always + spoiled[: learned.sum()]
    codes, before = fitted(live, spoiled)
    if learned.any():  # the live model does not judge what it has learned
        before[learned] = cross_fit(spoiled, always, None, folds, learned).margins[learned]
    new = cross_fit(spoiled, always, None, folds, taught)
    verdict = gate.judge(
        gate.side("old", codes, before, truth), gate.side("new", new.codes, new.margins, truth), truth, groups
    )
    gain = accuracy(always + spoiled, rest) - accuracy(live, rest)
    return verdict["accepted"], gain, verdict["ahead"], bool(verdict["fallen"])


def fitted(taught: Sequence[Row], judged: Sequence[Row]) -> tuple[list[str], np.ndarray]:
    """Classes and margins of `judged` by a model of `taught`."""
    labels, cutter, material = learn_from(taught, None, 0)
    head = route(material, np.arange(len(material.truth)), 0)
    documents = [read(cutter, row.text, row.subject, mask) for row in judged]
    found = []
    for batch in batches(documents):
        counts = material.vocabulary.count(batch)
        found.append(head.margins(counts, material.vocabulary.weigh(counts, head.weight)))
    return [label.code for label in labels], np.concatenate(found)


def accuracy(taught: Sequence[Row], judged: Sequence[Row]) -> float:
    """Share of `judged` whose department a model of `taught` puts first."""
    codes, margins = fitted(taught, judged)
    first = margins.argmax(axis=1).tolist()
    return float(np.mean([codes[place] == row.department for place, row in zip(first, judged, strict=True)]))


def _mistaken(share: float) -> Spoil:
    def spoil(rows: list[Row], random: np.random.Generator, labels: Sequence[str]) -> list[Row]:
        wrong = random.random(len(rows)) < share
        given = random.choice(labels, len(rows)).tolist()
        return [
            replace(row, department=other) if bad else row for row, bad, other in zip(rows, wrong, given, strict=True)
        ]

    return spoil


def _mislabelled_month(rows: list[Row], random: np.random.Generator, labels: Sequence[str]) -> list[Row]:
    """One department goes to another for a month."""
    frequent = max(labels, key=lambda label: sum(row.department == label for row in rows))
    other = next(label for label in labels if label != frequent)
    until = rows[0].received_on or FIRST_DAY
    return [
        replace(row, department=other)
        if row.department == frequent and row.received_on and timedelta(30) <= row.received_on - until < timedelta(61)
        else row
        for row in rows
    ]


def _noisy_weeks(rows: list[Row], random: np.random.Generator, labels: Sequence[str]) -> list[Row]:
    """Three weeks of decisions at random."""
    until = rows[0].received_on or FIRST_DAY
    return [
        replace(row, department=str(random.choice(labels)))
        if row.received_on and timedelta(60) <= row.received_on - until < timedelta(81)
        else row
        for row in rows
    ]


def _nothing_new(rows: list[Row], random: np.random.Generator, labels: Sequence[str]) -> list[Row]:
    """Texts that have nothing to do with their departments: nothing can be learned."""
    given = random.permutation([row.department for row in rows]).tolist()
    return [replace(row, department=other) for row, other in zip(rows, given, strict=True)]


SCENARIOS: dict[str, Spoil] = {
    "good": lambda rows, random, labels: rows,
    "a tenth mistaken": _mistaken(0.1),
    "a third mistaken": _mistaken(0.33),
    "two thirds mistaken": _mistaken(0.67),
    "one department mislabelled for a month": _mislabelled_month,
    "three weeks at random": _noisy_weeks,
    "nothing to learn": _nothing_new,
    A_WEEK_LATER: lambda rows, random, labels: rows,
}


def summary(scenario: str, answers: int, drawn: Sequence[tuple[bool, float, float, bool]]) -> dict[str, object]:
    """Counts of a scenario."""
    better = [accepted for accepted, gain, _, _ in drawn if gain > MARGIN]
    other = [accepted for accepted, gain, _, _ in drawn if gain <= MARGIN]
    return {
        "scenario": scenario,
        "answers": answers,
        "draws": len(drawn),
        "mean_gain": round(float(np.mean([gain for _, gain, _, _ in drawn])), 4),
        "better": len(better),
        "better_accepted": sum(better),
        "worse_or_equal": len(other),
        "worse_or_equal_accepted": sum(other),
        "mean_ahead": round(float(np.mean([ahead for _, _, ahead, _ in drawn])), 3),
        "fallen": sum(fallen for _, _, _, fallen in drawn),
        "drawn": [[accepted, round(gain, 4), ahead] for accepted, gain, ahead, _ in drawn],
    }


if __name__ == "__main__":
    main()
