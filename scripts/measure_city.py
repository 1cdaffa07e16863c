"""What a city's own answers add: authored rows teach first, then so many answered messages of one city.

`python -m scripts.measure_city MESSAGES [--draws 2] [--answers 0 100 400]`

MESSAGES is JSONL of real messages with a topic in `department`: the city has a department for each topic, and the
authored rows and duty lines of ours that do such work count as its. Judged on a thousand messages that were never
answered: its own best department first, and among three. One JSON line a number of answers.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from classifier.data import Row, load
from classifier.profile import Profile
from scripts.measure_gate import fitted

DATA, JUDGED = Path(__file__).parents[1] / "training_data", 1000
# Whose work each topic of the messages is, in the directory that ships.
WORK = {
    "城乡建设": ("housing", "urban-management", "natural-resources", "public-utility"),
    "劳动和社会保障": ("human-resources", "healthcare-security", "civil-affairs", "veterans"),
    "教育文体": ("education",),
    "商贸旅游": ("commerce", "market", "culture-tourism", "local-finance", "tax"),
    "环境保护": ("ecology",),
    "卫生计生": ("health",),
    "交通运输": ("transport",),
}


def main() -> None:
    """Learn, judge and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("messages", type=Path)
    options.add_argument("--draws", type=int, default=2)
    options.add_argument("--answers", type=int, nargs="+", default=[0, 100, 400])
    chosen = options.parse_args()
    always, messages = authored(), load([chosen.messages])
    for answers in chosen.answers:
        drawn = [one_draw(always, messages, answers, seed) for seed in range(chosen.draws)]
        first, three = np.mean(drawn, axis=0).round(4).tolist()
        print(json.dumps({"answers": answers, "draws": len(drawn), "first": first, "in_three": three}), flush=True)  # noqa: T201


def authored() -> list[Row]:
    """Rows and duty lines that ship, under the topic whose work they are."""
    topic = {code: name for name, codes in WORK.items() for code in codes}
    rows = [row for row in load([DATA / "requests.jsonl"]) if row.department in topic]
    duties = [
        Row(line, department.code)
        for department in Profile.load(DATA / "departments.toml").departments
        if department.code in topic
        for line in department.duties
    ]
    return [replace(row, department=topic[row.department], right=()) for row in (*rows, *duties)]


def one_draw(always: Sequence[Row], messages: Sequence[Row], answers: int, seed: int) -> tuple[float, float]:
    """Share of judged messages whose topic comes first, and among three."""
    order = np.random.default_rng(seed).permutation(len(messages)).tolist()
    judged = [messages[place] for place in order[:JUDGED]]
    answered = [messages[place] for place in order[JUDGED : JUDGED + answers]]
    codes, margins = fitted([*always, *answered], judged)
    truth = np.array([codes.index(row.department) for row in judged])
    rank = (margins > margins[np.arange(JUDGED), truth][:, None]).sum(axis=1)
    return float((rank == 0).mean()), float((rank < 3).mean())


if __name__ == "__main__":
    main()
