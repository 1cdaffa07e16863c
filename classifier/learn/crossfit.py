"""How an office's answered cases are judged by models that never saw them (交叉检验): folds by time, groups whole.

Nothing has to be kept from training that way: the model that goes live learns from every case, and every case is
judged all the same, by a model of the same recipe that was taught the others. The authored rows are always taught.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from classifier.data import Row
from classifier.learn.folds import Progress
from classifier.learn.train import learn_from, route
from classifier.profile import Profile
from classifier.text.features import Floats, Ints, batches, read
from classifier.text.redact import mask

FOLDS = 5


@dataclass(frozen=True)
class Unseen:
    """Margins (rows, classes) by models that had not seen the row, its share of known words (rows,), the classes."""

    codes: tuple[str, ...]
    margins: Floats
    known_share: Floats


def by_time(groups: Sequence[str], days: Sequence[date]) -> Ints:
    """Fold of each row (rows,): five spans of time of about as many rows; a group lies where its newest row does.

    Spans, not a random deal: a mistake of a month, or a campaign, is then judged by models that did not learn it.
    """
    newest: dict[str, date] = {}
    for group, day in zip(groups, days, strict=True):
        newest[group] = max(day, newest.get(group, day))
    order = sorted(newest, key=lambda group: (newest[group], group))
    size = {group: groups.count(group) for group in order} if len(order) < len(groups) else dict.fromkeys(order, 1)
    ends = accumulate(size[group] for group in order)
    span = {group: min((end - 1) * FOLDS // len(groups), FOLDS - 1) for group, end in zip(order, ends, strict=True)}
    return np.array([span[group] for group in groups], np.int64)


def cross_fit(
    rows: Sequence[Row],
    always: Sequence[Row],
    profile: Profile | None,
    fold_of: Ints,
    taught: NDArray[np.bool_],
    *,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> Unseen:
    """Judge `rows`, each by a model of `always` and of the rows of other folds that are `taught` (rows,).

    Raises DataError as training does.
    """
    named = [each.code for each in profile.departments] if profile else {row.department for row in (*always, *rows)}
    codes = tuple(named if profile else sorted(named))
    margins, known = np.full((len(rows), len(codes)), -1.0), np.zeros(len(rows))
    for turn, fold in enumerate(np.unique(fold_of).tolist(), 1):
        outside = np.flatnonzero(fold_of == fold).tolist()
        inside = [rows[place] for place in np.flatnonzero((fold_of != fold) & taught).tolist()]
        labels, cutter, material = learn_from([*always, *inside], profile, seed)
        head, columns = route(material, np.arange(len(material.truth)), seed), [codes.index(one.code) for one in labels]
        documents = [read(cutter, rows[place].text, rows[place].subject, mask) for place in outside]
        for batch in batches(documents):
            counts = material.vocabulary.count(batch)
            places, outside = np.array(outside[: len(batch)]), outside[len(batch) :]
            margins[places[:, None], columns] = head.margins(counts, material.vocabulary.weigh(counts, head.weight))
            known[places] = counts.known_share
        progress(turn, FOLDS)
    return Unseen(codes, margins, known)
