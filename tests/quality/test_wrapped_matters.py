"""Whatever form or letter a matter comes in, the same department is suggested."""

import hashlib

from classifier.serve.predict import Predictor
from tests.quality.test_first_model import HOLDOUT
from tests.quality.wrappings import WRAPPINGS

MATTERS = 200


def test_the_first_department_hardly_ever_changes_with_the_wrapping(shipped: Predictor) -> None:
    # a dozen characters and more: what says less is held by nothing else either
    texts = [row.text for row in HOLDOUT if len(row.text) > 11]
    matters = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())[:MATTERS]

    def first(wrapping: str) -> list[str]:
        wrapped = [(wrapping.replace("{}", each), "") for each in matters]
        return [each.departments[0][0].code for each in shipped.suggest_many(wrapped, reasons=False)]

    plain = first("{}")
    changed = sum(a != b for wrapping in WRAPPINGS for a, b in zip(plain, first(wrapping), strict=True))
    assert changed <= 0.02 * MATTERS * len(WRAPPINGS)
