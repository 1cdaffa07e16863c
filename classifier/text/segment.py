"""Cutting Chinese text into words (分词) behind one function.

jieba is the reference; rjieba is the same algorithm in Rust and gives the same words with the hidden Markov model
off, thirteen times as fast. Both are imported only when first asked for, and nothing of theirs is changed for others:
each user dictionary has its own tokenizer.
"""

import hashlib
import importlib.metadata
import importlib.util
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

# Explicit and equal for both segmenters: their own estimates for a new word differ.
USER_WORD_FREQUENCY = 20_000
_PROBE = (
    "申请公开示例区征收土地预公告、安置补偿方案和资金拨付凭证；南京市长江大桥旁的研究生命起源实验室，"
    "2024年3月结婚的和尚未结婚的都要依法登记，no. 110 abc-def，本市人力资源和社会保障局已于昨日答复。"
)


@dataclass(frozen=True)
class Segmenter:
    """A segmenter ready to cut. `fingerprint` tells whether two of them cut alike, whatever their version."""

    name: str
    version: str
    user_words: tuple[str, ...]
    cut: Callable[[str], list[str]]
    fingerprint: str


def available() -> str:
    """Name of the segmenter this machine trains with: rjieba where it is installed, else jieba."""
    return "rjieba" if importlib.util.find_spec("rjieba") else "jieba"


def segmenter(name: str, user_words: Iterable[str] = ()) -> Segmenter:
    """Make the segmenter `jieba` or `rjieba` with its own dictionary of `user_words`.

    `cut` returns words that join up to the text it was given. Raises ImportError where the package is absent and
    KeyError for another name.
    """
    return _segmenter(name, tuple(sorted(set(user_words))))


@lru_cache(maxsize=2)
def _segmenter(name: str, user_words: tuple[str, ...]) -> Segmenter:
    cut = {"jieba": _jieba, "rjieba": _rjieba}[name](user_words)
    probe = "\n".join(cut(_PROBE + "".join(user_words)))
    return Segmenter(
        name=name,
        version=importlib.metadata.version(name),
        user_words=user_words,
        cut=cut,
        fingerprint=hashlib.sha256(probe.encode()).hexdigest(),
    )


def _rjieba(user_words: tuple[str, ...]) -> Callable[[str], list[str]]:
    import rjieba

    tokenizer = rjieba.Jieba()
    for word in user_words:
        tokenizer.add_word(word, USER_WORD_FREQUENCY, None)

    def cut(text: str) -> list[str]:
        words: list[str] = tokenizer.cut(text, False)
        return words

    return cut


def _jieba(user_words: tuple[str, ...]) -> Callable[[str], list[str]]:
    import jieba

    jieba.setLogLevel("WARNING")
    tokenizer = jieba.Tokenizer()
    # jieba unmarshals its cache on trust, so that it must not lie in a directory others can write to.
    with tempfile.TemporaryDirectory() as private:
        tokenizer.tmp_dir = private
        tokenizer.initialize()
    for word in user_words:
        tokenizer.add_word(word, USER_WORD_FREQUENCY)

    def cut(text: str) -> list[str]:
        words: list[str] = tokenizer.lcut(text, HMM=False)
        return words

    return cut
