"""Similar past cases: found by the model's own terms, kept without words, of one installation only."""

from pathlib import Path

import numpy as np
import pytest

from classifier.model.model import Model
from classifier.serve.neighbours import Neighbours, pack
from classifier.store import registry

KEY, OTHER = b"1" * 16, b"2" * 16
PAST = [
    ("SF-1", "我们村去年被征了地，想看征收土地预公告和批复文件"),
    ("SF-2", "公开近两年教师招聘的成绩和录取标准"),
    ("SF-3", "12路公交为什么改线，请公开调整的依据"),
]


@pytest.fixture(scope="module")
def model(model_dir: Path) -> Model:
    return registry.load(model_dir)[0]


@pytest.fixture(scope="module")
def past(model: Model) -> Neighbours:
    packed = pack(model, [(text, "") for _, text in PAST], KEY)
    return Neighbours.of([(number, vector) for (number, _), vector in zip(PAST, packed, strict=True)])


@pytest.mark.parametrize(("number", "text"), PAST)
def test_the_same_text_is_nearest_with_a_score_of_one(past: Neighbours, model: Model, number: str, text: str) -> None:
    found, score = past.nearest(pack(model, [(text, "")], KEY)[0])[0]
    assert found == number
    assert score == pytest.approx(1, abs=0.01)


def test_a_like_text_is_found_and_an_unlike_one_is_not(past: Neighbours, model: Model) -> None:
    like, unlike = pack(model, [("征收土地预公告在哪里看", ""), ("发票领用的管理办法", "")], KEY)
    assert [number for number, _ in past.nearest(like)] == ["SF-1"]
    assert past.nearest(unlike) == []


def test_vectors_of_another_installation_mean_nothing_here(past: Neighbours, model: Model) -> None:
    assert past.nearest(pack(model, [(PAST[0][1], "")], OTHER)[0]) == []


def test_a_text_without_a_known_term_has_no_neighbours(past: Neighbours, model: Model) -> None:
    assert past.nearest(pack(model, [("", "")], KEY)[0]) == []
    assert Neighbours.of([]).nearest(pack(model, [("征地", "")], KEY)[0]) == []


def test_scores_are_the_cosines_of_the_vectors(model: Model) -> None:
    from classifier.serve.neighbours import _ENTRY

    texts = [text for _, text in PAST] + ["征地批文和公交改线的依据"]
    packed = pack(model, [(text, "") for text in texts], KEY)
    dense = []
    for each in packed:
        entries = np.frombuffer(each, _ENTRY)
        dense.append(dict(zip(entries["term"].tolist(), entries["weight"].astype(float).tolist(), strict=True)))
    asked = dense[-1]
    expected = [sum(weight * asked.get(term, 0) for term, weight in one.items()) for one in dense[:-1]]
    found = dict(Neighbours.of(list(zip("abc", packed[:-1], strict=True))).nearest(packed[-1]))
    for name, cosine in zip("abc", expected, strict=True):
        assert found.get(name, 0) == pytest.approx(cosine if cosine >= 0.3 else 0, abs=2e-3)
