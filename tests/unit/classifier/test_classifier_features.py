"""Features are scikit-learn's TF-IDF to 1e-6, whoever computes them, one text at a time or many."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.data import Row
from classifier.text.features import BATCH_LENGTH, LENGTHS, Document, Vocabulary, batches, read
from classifier.text.segment import segmenter

_CUTTER = segmenter("rjieba")


def _word_terms(document: Document) -> list[str]:
    return [word for word in document.words if len(word) > 1]


def _grams(text: str) -> list[tuple[int, str]]:
    found = [(start, text[start : start + size]) for size in (1, 2) for start in range(len(text) - size + 1)]
    return [(start, gram) for start, gram in found if " " not in gram and "\n" not in gram]


def _character_terms(document: Document) -> list[str]:
    return [gram for _, gram in _grams(document.text)]


def _subject_terms(document: Document) -> list[str]:
    return [gram for _, gram in _grams(document.text[: document.heading])]


def _dense(vocabulary: Vocabulary, documents: list[Document], weight: np.ndarray) -> np.ndarray:
    counts = vocabulary.count(documents)
    dense = np.zeros((len(documents), len(vocabulary)))
    rows = np.repeat(np.arange(len(documents)), np.diff(counts.pointers))
    dense[rows, counts.index] = vocabulary.weigh(counts, weight)
    return dense


def test_values_equal_scikit_learns(rows: list[Row]) -> None:
    documents = [read(_CUTTER, row.text, row.text[:6] if place % 2 else "") for place, row in enumerate(rows)]
    ours = Vocabulary.learn(documents, documents)
    got = _dense(ours, documents, ours.idf)
    for kind, terms in enumerate((_word_terms, _character_terms, _subject_terms)):
        theirs = TfidfVectorizer(analyzer=terms, sublinear_tf=True)
        expected = LENGTHS[kind] * theirs.fit(documents * 2).transform(documents).toarray()
        order = [theirs.vocabulary_[term] for term in sorted(theirs.vocabulary_, key=_code)]
        np.testing.assert_allclose(got[:, ours.kinds == kind], expected[:, order], atol=1e-6)


def _code(term: str) -> tuple[int, tuple[int, ...]]:
    """Our order: words by code points; characters before pairs."""
    return (len(term) if len(term) == 1 else 2, tuple(map(ord, term)))


def test_many_texts_give_what_each_gives_alone(rows: list[Row]) -> None:
    documents = [read(_CUTTER, row.text, row.text[:4] if place % 3 else "") for place, row in enumerate(rows)]
    vocabulary = Vocabulary.learn(documents[::2])
    together = vocabulary.count([*documents, read(_CUTTER, "")])
    for place, document in enumerate(documents):
        alone = vocabulary.count([document])
        own = slice(*together.pointers[place : place + 2])
        np.testing.assert_array_equal(together.index[own], alone.index)
        np.testing.assert_array_equal(together.value[own], alone.value)
        assert together.known[place] == alone.known[0]
        assert together.known_share[place] == alone.known_share[0]


def test_occurrences_stand_where_they_are_said_to(rows: list[Row]) -> None:
    documents = [read(_CUTTER, row.text, row.text[:5]) for row in rows[:3]]
    vocabulary = Vocabulary.learn(documents, documents)
    counts = vocabulary.count(documents)
    spelled = {place: word for word, place in vocabulary.words.items()}
    met = 0
    for document, (a, b) in zip(documents, pairwise(counts.pointers.tolist()), strict=True):
        for entry in range(a, b):
            positions = counts.positions[counts.first[entry] : counts.first[entry + 1]].tolist()
            assert len(positions) == round(np.exp(counts.value[entry] - 1))
            if (word := spelled.get(int(counts.index[entry]))) is not None:
                assert all(document.text.startswith(word, position) for position in positions)
                met += 1
    assert met > 15


def test_a_subject_counts_with_the_body_and_once_more_by_itself() -> None:
    vocabulary = Vocabulary.learn([read(_CUTTER, "地", "地")], [read(_CUTTER, "地", "地")])
    counts = vocabulary.count([read(_CUTTER, "公地", "地")])
    assert vocabulary.kinds[counts.index].tolist() == [1, 2]
    np.testing.assert_allclose(np.exp(counts.value - 1), [2, 1])


def test_what_only_one_applicant_says_is_never_learned() -> None:
    texts = [read(_CUTTER, "公交,线路"), read(_CUTTER, "公交,线路"), read(_CUTTER, "公交,公司")]
    assert set(Vocabulary.learn(texts, groups=["1", "1", "2"]).words) == {"公交"}
    assert set(Vocabulary.learn(texts).words) == {"公交", "线路"}


def test_rare_terms_are_dropped_unless_a_duty_line_has_them() -> None:
    texts = [read(_CUTTER, "公交线路"), read(_CUTTER, "公交公司")]
    assert "线路" not in Vocabulary.learn(texts).words
    assert "线路" in Vocabulary.learn(texts, [read(_CUTTER, "线路的调整")]).words


def test_pairs_of_characters_are_told_from_single_ones() -> None:
    texts = [read(_CUTTER, "公交线路")] * 2
    assert Vocabulary.learn(texts).pairs.sum() == 3


@pytest.mark.parametrize("text", ["", " ", "😀", "\x00"])
def test_a_text_without_known_terms_is_an_empty_row(text: str) -> None:
    vocabulary = Vocabulary.learn([read(_CUTTER, "公交线路")] * 2)
    counts = vocabulary.count([read(_CUTTER, text)])
    assert len(counts.index) == 0
    assert counts.known.tolist() == [0]
    assert counts.known_share.tolist() == [0]


def test_long_texts_are_counted_few_at_a_time() -> None:
    long = Document("地" * (BATCH_LENGTH // 2 + 1), (), 0, "", ("", ""))
    assert [len(batch) for batch in batches([long, long, *[Document("短", (), 0, "", ("", ""))] * 3])] == [1, 4]
