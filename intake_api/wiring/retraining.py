"""One retraining (重新训练): answered cases become masked rows, rows a model, which is held against the live one.

Nothing is kept from training: the new model learns from every case, and each case is judged all the same, by models of
the same recipe that were taught the others (classifier/learn/crossfit.py).
"""

import tempfile
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.data import Row, load
from classifier.learn.crossfit import Unseen, by_time, cross_fit
from classifier.learn.folds import Progress
from classifier.learn.groups import group
from classifier.learn.shares import with_shares
from classifier.learn.suspects import suspects
from classifier.learn.train import train
from classifier.measure import gate, monitor
from classifier.profile import Profile
from classifier.serve.predict import Predictor
from classifier.store import registry
from classifier.store.registry import Registry, learned_cases
from classifier.text.features import Floats, Ints
from classifier.text.redact import Known, mask
from intake_api.cases.answered import AnsweredCase
from intake_api.kit.clock import Clock
from intake_api.learning.repository import DoubtfulLabel
from intake_api.learning.room import Retrained, Say
from intake_api.wiring.shipped import HOLDOUT, REQUESTS

Bools = NDArray[np.bool_]


def retrain(
    models: Registry,
    profile: Profile,
    clock: Clock,
    cases: Sequence[AnsweredCase],
    answered: Mapping[str, int],
    by: str,
    say: Say,
    forgotten: Collection[str],
) -> Retrained:
    """Train on the authored rows and the answered cases, compare with the live model, put both on record.

    `answered` counts all answered cases by department, with those that do not say what was asked.

    A model must be live. Where it learned from one of the `forgotten` (digests), the new one replaces it for that
    reason and need only not be worse. Raises ClassifierError.
    """
    say(2, f"正在整理 {len(cases)} 件已答复的申请：遮盖个人信息，归并重复和相近的。")
    lessons = _lessons(cases, answered, profile)
    live = models.active()
    assert live is not None
    champion, known_to_it = Predictor.load(models.path(live)), learned_cases(models.path(live))

    new = _challenger(models, lessons, clock, say)
    verdict = gate.judge(
        _side_of_live(champion, known_to_it, lessons, say),
        new.side,
        lessons.truth,
        lessons.groups,
        frozen=_on_holdout(champion, new.predictor, profile),
        better=known_to_it.isdisjoint(forgotten),
    )
    models.propose(new.version, clock.now(), by, verdict)
    return Retrained(new.version, verdict, _doubts(lessons, say))


@dataclass(frozen=True)
class _Lessons:
    """Answered cases as training rows, masked, `rows[i]` of `cases[i]`; `authored` are the rows that ship.

    `left_out` counts the cases of departments that the profile does not have, `beside` those of each department that
    have no text.
    """

    profile: Profile
    cases: list[AnsweredCase]
    rows: list[Row]
    authored: list[Row]
    left_out: int
    beside: Counter[str]

    @property
    def folds(self) -> Ints:
        """The span of time in which each case is judged."""
        return by_time(self.groups, [case.received_on for case in self.cases])

    @property
    def truth(self) -> list[str]:
        """The department decided on, for each case."""
        return [row.department for row in self.rows]

    @property
    def groups(self) -> list[str]:
        """Cases of one group are never judged by a model that was taught another of them."""
        return [str(row.group) for row in self.rows]

    def cross_fitted(self, taught: Bools, progress: Progress) -> Unseen:
        """Each case as models see it that were taught the authored rows and the `taught` cases of other folds."""
        return cross_fit(self.rows, self.authored, self.profile, self.folds, taught, progress=progress)


def _lessons(cases: Sequence[AnsweredCase], answered: Mapping[str, int], profile: Profile) -> _Lessons:
    codes = profile.present_codes
    own = [case for case in cases if case.department in codes]
    texts = []
    for case in own:
        persons = Known(case.names, case.particulars)
        texts.append((mask(case.text, persons), mask(case.subject, persons)))
    groups = group([f"{subject}\n{text}" for text, subject in texts], [case.keys for case in own])
    rows = [
        Row(
            text=text,
            subject=subject,
            department=codes[case.department],
            disposition=case.disposition,
            group=f"case-{name}",
            received_on=case.received_on,
        )
        for case, (text, subject), name in zip(own, texts, groups, strict=True)
    ]
    beside: Counter[str] = Counter()
    for code, number in answered.items():
        if code in codes:
            beside[codes[code]] += number
    beside.subtract(row.department for row in rows)
    return _Lessons(profile, own, rows, _of_profile([REQUESTS], profile), len(cases) - len(own), beside)


def _of_profile(files: list[Path], profile: Profile) -> list[Row]:
    """Rows that ship, as far as the office's directory has their departments."""
    codes = profile.present_codes
    return [replace(row, department=codes[row.department]) for row in load(files) if row.department in codes]


@dataclass(frozen=True)
class _Challenger:
    """The new model in the registry, and how models of its recipe fare on cases they had not seen."""

    version: str
    predictor: Predictor
    side: gate.Side


def _challenger(models: Registry, lessons: _Lessons, clock: Clock, say: Say) -> _Challenger:
    rows = [*lessons.authored, *lessons.rows]
    model = train(rows, lessons.profile, progress=_stage(say, 5, 50, f"正在用 {len(rows)} 条数据训练。"))
    judged = lessons.cross_fitted(np.ones(len(lessons.rows), bool), _comparing(say, 50, 64))
    model, proof = with_shares(model, judged, lessons.truth, lessons.groups, lessons.folds, +lessons.beside)
    facts = {
        "answered": {"rows": len(lessons.rows), "left_out": lessons.left_out, "shares": proof},
        "reference": _reference(judged),
    }
    model = replace(model, facts=model.facts | facts)
    with tempfile.TemporaryDirectory(dir=models.root, prefix=".draft-") as folder:
        draft = Path(folder) / "model"
        registry.save(model, draft, clock.today(), [case.digest for case in lessons.cases])
        version = models.add(draft)
    side = gate.side(version, judged.codes, judged.margins, lessons.truth)
    return _Challenger(version, Predictor(model, version), side)


def _reference(judged: Unseen) -> dict[str, Any] | None:
    """What the office's messages look like to a model that has not seen them; None where there are none."""
    if not len(judged.margins):
        return None
    return monitor.reference((judged.codes[place] for place in judged.margins.argmax(axis=1)), judged.known_share)


def _side_of_live(live: Predictor, known_to_it: Collection[str], lessons: _Lessons, say: Say) -> gate.Side:
    """The live model speaks for itself, but of what it has learned: there models of its recipe do, taught the same."""
    codes, margins = [label.code for label in live.labels], live.margins(lessons.rows)
    learned = np.array([case.digest in known_to_it for case in lessons.cases], bool)
    if learned.any():
        unseen = lessons.cross_fitted(learned, _comparing(say, 64, 78))
        _replace(margins, codes, learned, unseen)
    return gate.side(live.version, codes, margins, lessons.truth)


def _replace(margins: Floats, codes: Sequence[str], of: Bools, unseen: Unseen) -> None:
    """Put the margins of `unseen` in place for the cases `of`, department by department; those it lacks stay."""
    shared = [code for code in codes if code in unseen.codes]
    here, there = [codes.index(code) for code in shared], [unseen.codes.index(code) for code in shared]
    margins[np.flatnonzero(of)[:, None], here] = unseen.margins[of][:, there]


def _on_holdout(live: Predictor, new: Predictor, profile: Profile) -> tuple[float, float] | None:
    """Accuracy of both on the authored rows that neither has seen; None where the directory has none of them."""
    rows = _of_profile([HOLDOUT], profile)
    return (gate.accuracy(live, rows), gate.accuracy(new, rows)) if rows else None


def _doubts(lessons: _Lessons, say: Say) -> list[DoubtfulLabel]:
    """Answered cases whose label looks wrong, judged beside the authored rows."""
    rows, number = [*lessons.rows, *lessons.authored], len(lessons.rows)
    found = suspects(rows, lessons.profile, progress=_stage(say, 80, 98, "正在查找归口可能有误的旧案。"))
    return [
        DoubtfulLabel(lessons.cases[one.place].id, one.given, one.instead, one.of_given, one.of_instead)
        for one in found
        if one.place < number
    ]


def _comparing(say: Say, first: int, last: int) -> Progress:
    return _stage(say, first, last, "正在与现用的模型比较：每件申请都由没有学过它的模型来判断。")


def _stage(say: Say, first: int, last: int, sentence: str) -> Progress:
    """Say how far one step is, as its share of the whole: from `first` to `last` percent."""
    return lambda done, of: say(first + (last - first) * done // of, sentence)
