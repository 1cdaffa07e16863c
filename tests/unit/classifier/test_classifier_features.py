"""Features are scikit-learn's TF-IDF to 1e-6, whoever computes them."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.data import Row
from classifier.features import SUBJECT_WEIGHT, Document, Vocabulary, is_pair, read
from classifier.segment import segmenter

_CUTTER = segmenter("rjieba")


def _word_terms(document: Document) -> list[str]:
    subject = len(document.text.split("\n")[0]) if "\n" in document.text else 0
    start, terms = 0, []
    for word in document.words:
        terms += [word] * (SUBJECT_WEIGHT if start < subject else 1) * (len(word) > 1)
        start += len(word)
    return terms


def _character_terms(document: Document) -> list[str]:
    subject = len(document.text.split("\n")[0]) if "\n" in document.text else 0
    text = document.text
    terms = []
    for size in (1, 2):
        for start in range(len(text) - size + 1):
            gram = text[start : start + size]
            if " " not in gram and "\n" not in gram:
                terms += [gram] * (SUBJECT_WEIGHT if start < subject else 1)
    return terms


def test_values_equal_scikit_learns(rows: list[Row]) -> None:
    documents = [read(_CUTTER, row.text, row.text[:6] if place % 2 else "") for place, row in enumerate(rows)]
    ours = Vocabulary.learn(documents, documents)
    for terms, part in ((_word_terms, slice(0, len(ours.words))), (_character_terms, slice(len(ours.words), None))):
        theirs = TfidfVectorizer(analyzer=terms, sublinear_tf=True)
        expected = theirs.fit(documents * 2).transform(documents).toarray()
        got = np.zeros((len(documents), len(ours)))
        for row, document in enumerate(documents):
            vector = ours.vector(document)
            got[row, vector.index] = vector.value
        got = got[:, part]
        assert got.shape == expected.shape
        order = [theirs.vocabulary_[term] for term in sorted(theirs.vocabulary_, key=_code)]
        np.testing.assert_allclose(got, expected[:, order], atol=1e-6)


def _code(term: str) -> tuple[int, tuple[int, ...]]:
    """Our order: words by code points; characters before pairs."""
    return (len(term) if len(term) == 1 else 2, tuple(map(ord, term)))


def test_a_subject_counts_three_times() -> None:
    with_subject = read(_CUTTER, "请公开", "征地")
    assert with_subject.weights.tolist() == [3, 3, 1, 1, 1, 1]


def test_rare_terms_are_dropped_unless_a_duty_line_has_them() -> None:
    texts = [read(_CUTTER, "公交线路"), read(_CUTTER, "公交公司")]
    assert "线路" not in Vocabulary.learn(texts).words
    assert "线路" in Vocabulary.learn(texts, [read(_CUTTER, "线路的调整")]).words


def test_pairs_of_characters_are_told_from_single_ones() -> None:
    texts = [read(_CUTTER, "公交线路")] * 2
    vocabulary = Vocabulary.learn(texts)
    assert is_pair(vocabulary, np.arange(len(vocabulary))).sum() == 3


@pytest.mark.parametrize("text", ["", " ", "😀", "\x00"])
def test_a_text_without_known_terms_is_an_empty_vector(text: str) -> None:
    vocabulary = Vocabulary.learn([read(_CUTTER, "公交线路")] * 2)
    vector = vocabulary.vector(read(_CUTTER, text))
    assert len(vector.index) == 0
    assert vector.known == 0
    assert vector.known_share == 0
