"""Fit the judge of the search (intake_api/published/judge.py) to authored questions; print how it fares.

    python scripts/fit_judge.py             fit to training_data/published_dev.jsonl, cross-checked, write the weights
    python scripts/fit_judge.py --check F   ask the questions of F, fit nothing

The items are training_data/published_items.jsonl: an invented city, another than the demo's.
"""

import argparse
import asyncio
import json
import math
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sqlalchemy import text

from intake_api import migrate
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.terminal import print_json, progress
from intake_api.published import judge as judged
from intake_api.published.evidence import NAMES
from intake_api.published.search import Fit, Search
from intake_api.published.service import PublishedService
from intake_api.published.words import Departments
from intake_api.wiring.offices import load_directory, load_settings

DATA = Path(__file__).parents[1] / "training_data"
WEIGHTS = Path(judged.__file__).with_name("data") / "judge.json"
WRITTEN = date(2026, 11, 30)  # the day on which 去年 was written
SILENCE = 0.60  # of the questions that nothing answers: the share that must find nothing, cross-checked
SURE = 0.95  # precision from which an item is offered as the very one


class Watching(Search):
    """The search as it is; it keeps what the judge was shown of the last question."""

    shown: dict[int, list[float]] | None = None
    fitting = False

    def _offered(self, *given: Any) -> dict[int, Fit]:
        self.shown = self._evidence(*given)
        return {} if self.fitting else super()._offered(*given)


class Questions:
    """Questions with the evidence on their candidates; `found` are the titles where the judge had no say."""

    def __init__(self, asked: list[dict[str, Any]]) -> None:
        self.asked = asked
        self.shown: list[dict[str, list[float]]] = []
        self.found: list[list[str]] = []

    def rows(self, of: set[int]) -> tuple[np.ndarray, np.ndarray]:
        """Evidence and truth of all candidates of some questions, and of what is left in a smaller catalogue.

        A question's candidates come again without what answers it, and as eight of them that are all there is: else a
        judge knows catalogues only in which something is near.
        """
        chance = np.random.default_rng(0)
        parts = []
        for n in sorted(of):
            if not self.shown[n]:
                continue
            seen = np.array(list(self.shown[n].values()))
            truth = np.array([key in self.asked[n]["right"] for key in self.shown[n]])
            few = chance.choice(len(truth), min(8, len(truth)), replace=False)
            parts += [
                (seen, truth),
                _left(seen, truth, ~truth),
                _left(seen, truth, few),
                _left(seen, truth, few[~truth[few]]),
            ]
        return np.concatenate([seen for seen, _ in parts]), np.concatenate([truth for _, truth in parts])


def _left(seen: np.ndarray, truth: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Some candidates, as if there were no others."""
    left = seen[kept].copy()
    if len(left):
        cosine = left[:, NAMES.index("cosine")]
        left[:, NAMES.index("below_best")] = cosine.max() - cosine
        left[:, NAMES.index("above_rest")] = cosine - np.sort(cosine)[::-1][len(cosine) // 2]
    return left, truth[kept]


async def ask(lines: list[str], items: list[dict[str, Any]], *, fitting: bool) -> Questions:
    """Import the items into an empty database, ask every question."""
    questions = Questions([json.loads(line) for line in lines])
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/judge.db"
        migrate.upgrade(url)
        db, clock = Database(url), Clock(lambda: datetime(WRITTEN.year, WRITTEN.month, WRITTEN.day, 4, tzinfo=UTC))
        service = PublishedService(
            db, clock=clock, departments=Departments(load_directory(load_settings()).known_names())
        )
        service._search.__class__ = Watching
        service._search.fitting = fitting
        await service.import_items(json.dumps(_imported(item)) for item in items)
        with progress("vectors") as bar:
            await service.make_vectors(tell=bar)
        async with db.read() as session:
            keys = dict((await session.execute(text("SELECT id, url FROM published_item"))).all())
        for one in questions.asked:
            service._search.shown = None
            found = await service.search(one["q"])
            shown = service._search.shown
            questions.shown.append({_key(keys[item]): each for item, each in (shown or {}).items()})
            questions.found.append([_key(item.url) for item in found])
        await db.dispose()
    return questions


def _imported(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": f"https://items.invalid/{item['id']}",
        "title": item["title"],
        "summary": item["summary"],
        "source": item["department"],
        "published_on": item["published_on"],
        "number": item.get("document_number", ""),
    }


def _key(url: str) -> str:
    return url.rsplit("/", 1)[1]


def fit(evidence: np.ndarray, truth: np.ndarray) -> LogisticRegression:
    """The one way in which the weights are fitted."""
    return LogisticRegression(C=1.0, max_iter=3000).fit(evidence, truth)


def crossed(questions: Questions) -> list[tuple[float, list[str]]]:
    """For each question the chance of its best item and the first three, by weights that were not fitted to it."""
    judged_by = [n for n, shown in enumerate(questions.shown) if shown]
    told = [(1.0, found[:3]) if found else (0.0, []) for found in questions.found]
    for train, test in KFold(10, shuffle=True, random_state=0).split(judged_by):
        model = fit(*questions.rows({judged_by[at] for at in train}))
        for at in test:
            shown = questions.shown[judged_by[at]]
            chances = dict(zip(shown, model.predict_proba(np.array(list(shown.values())))[:, 1], strict=True))
            order = sorted(chances, key=chances.__getitem__, reverse=True)
            told[judged_by[at]] = chances[order[0]], order[:3]
    return told


def figures(asked: list[dict[str, Any]], offered: list[list[str]]) -> dict[str, Any]:
    """How often a right item is the first, among three; how often nothing is offered where nothing fits."""
    pairs = list(zip(asked, offered, strict=True))
    some = [(set(one["right"]), items) for one, items in pairs if one["right"]]
    none = [items for one, items in pairs if not one["right"] and not one.get("far")]
    return {
        "questions": len(some),
        "first": round(sum(bool(right & set(items[:1])) for right, items in some) / len(some), 3),
        "recall_at_3": round(sum(bool(right & set(items[:3])) for right, items in some) / len(some), 3),
        "without_answer": len(none),
        "silence": round(sum(not items for items in none) / len(none), 3),
    }


def thresholds(questions: Questions, told: list[tuple[float, list[str]]]) -> tuple[float, float]:
    """From which chance on an item is offered, and from which on as the very one."""
    empty = sorted(
        chance
        for one, (chance, _) in zip(questions.asked, told, strict=True)
        if not one["right"] and not one.get("far")
    )
    perhaps = empty[math.floor(SILENCE * len(empty))]
    first = sorted(
        (
            (chance, items[0] in one["right"])
            for one, (chance, items) in zip(questions.asked, told, strict=True)
            if items
        ),
        reverse=True,
    )
    held = [sum(right for _, right in first[: n + 1]) / (n + 1) for n in range(len(first))]
    sure = min(chance for (chance, _), precision in zip(first, held, strict=True) if precision >= SURE)
    return float(perhaps), float(max(sure, perhaps))


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", type=Path)
    given = parser.parse_args()
    items = [json.loads(line) for line in (DATA / "published_items.jsonl").read_text("utf-8").splitlines()]
    path = given.check or DATA / "published_dev.jsonl"
    questions = asyncio.run(ask(path.read_text("utf-8").splitlines(), items, fitting=not given.check))
    if given.check:
        print_json(figures(questions.asked, questions.found))
        return
    told = crossed(questions)
    perhaps, sure = thresholds(questions, told)
    offered = [top if chance >= perhaps else [] for chance, top in told]
    model = fit(*questions.rows(set(range(len(questions.asked)))))
    result = {
        "fitted_to": "training_data/published_dev.jsonl",
        "cross_checked": figures(questions.asked, offered),
        "perhaps": round(perhaps, 4),
        "sure": round(sure, 4),
        "intercept": round(float(model.intercept_[0]), 4),
        "weights": {name: round(float(w), 4) for name, w in zip(NAMES, model.coef_[0], strict=True)},
    }
    WEIGHTS.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")
    print_json(result["cross_checked"])


if __name__ == "__main__":
    main()
