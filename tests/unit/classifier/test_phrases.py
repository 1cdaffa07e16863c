"""Strings that a pattern needs, and texts that have them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.phrases import Phrases

NEEDED = {
    "查处": [[{"查处"}]],
    "(?:查|严)处": [[{"查处", "严处"}]],
    "公(?:开|示)过?": [[{"公开", "公示", "公开过", "公示过"}]],
    "请[^。]{0,9}(?:查|管)": [[{"请"}, {"查", "管"}]],
    "网上|报纸[^。]{0,9}登": [[{"网上"}], [{"报纸"}, {"登"}]],
    "(?<!不)公开(?!栏)": [[{"公开"}]],
    "(?=.{0,9}登记)(?=.{0,9}错)": [[{"登记"}, {"错"}]],
    "(?:第[一二]件){2,9}": [[{"第一件", "第二件"}]],
    r"\d+年": [[{"年"}]],
    "(?:公开)?": [[]],
    "(?i:pdf)": [[]],
    "(?i)pdf": [[]],
}


@pytest.mark.parametrize("pattern", NEEDED)
def test_what_a_pattern_needs(pattern: str) -> None:
    phrases = Phrases()
    needs = phrases.add(pattern).needs
    bits = {1 << place: clause for place, clause in enumerate(phrases._clauses)}
    read = [{clause for bit, clause in bits.items() if bit & needed} for needed in needs]
    wanted = [set(map(frozenset, clauses)) for clauses in NEEDED[pattern]]
    assert all(one in wanted for one in read)
    assert len(read) == len(wanted)


_PARTS = st.recursive(
    st.sampled_from(["公", "开", "查处", "[公查]", "[^开]", ".", r"\d", "(?<!公)", "$", ""]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "{0,2}", "{1,2}", "{2}"])).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        inner.map(lambda part: f"(?={part})"),
    ),
    max_leaves=6,
)


@given(
    patterns=st.lists(_PARTS, min_size=1, max_size=4), texts=st.lists(st.text("公开查处1。", max_size=8), max_size=5)
)
def test_whatever_the_pattern_nothing_is_missed(patterns: list[str], texts: list[str]) -> None:
    phrases = Phrases()
    added = [phrases.add(pattern) for pattern in patterns]
    for text in texts:
        heard = phrases.hear(text)
        for pattern, phrase in zip(patterns, added, strict=True):
            assert heard.has(phrase) is (re.search(pattern, text) is not None)
