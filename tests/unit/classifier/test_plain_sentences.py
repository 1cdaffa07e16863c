"""What a sentence says plainly is flagged without fail, and its near misses are not."""

import pytest

from classifier.model.flags import CODES, PHRASES, flags
from classifier.text.text import normalise
from tests.unit.classifier.plain_sentences import NEAR, PLAIN

SILENT = [False] * len(CODES)


def raised(text: str) -> list[str]:
    """The flags of a text of which no model has learned anything."""
    return [flag.code for flag in flags(PHRASES.hear(normalise(text)), SILENT, SILENT)]


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in PLAIN.items() for text in texts])
def test_it_is_flagged(code: str, text: str) -> None:
    assert code in raised(text)


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in NEAR.items() for text in texts])
def test_a_near_miss_is_not(code: str, text: str) -> None:
    assert code not in raised(text)


def test_each_has_twenty_and_twenty() -> None:
    assert all(len(PLAIN[code]) >= 20 <= len(NEAR[code]) for code in CODES)
