"""A classifier that keeps the contract and decides by one word: predictable in tests."""

from collections.abc import Sequence
from typing import Any

WORDS = {"旧房改造": "housing", "征地": "natural-resources", "学区": "education", "增值税": "tax"}
NAMES = {
    "natural-resources": "自然资源和规划局",
    "education": "教育局",
    "tax": "税务局",
    "housing": "住房和城乡建设局",
}


class KeywordClassifier:
    """`suggest` gives docs/contract.md §4 without `id`."""

    version = "2026.11.20-fake000"

    def suggest_many(self, messages: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        return [self.suggest(*message) for message in messages]

    def suggest(self, text: str, subject: str = "", *, top: int = 5) -> dict[str, Any]:
        found = [(word, code) for word, code in WORDS.items() if word in subject + text]
        named = list(dict.fromkeys(code for _, code in found)) or ["housing"]
        first, *rest = [*named, *(code for code in NAMES if code not in named)]
        probabilities = [0.8, 0.1, 0.06, 0.04]
        disposition = "not_this_agency" if first == "tax" else "public"
        return {
            "model": self.version,
            "confident": bool(found),
            "departments": [
                {"code": code, "name": NAMES[code], "probability": p}
                for code, p in zip([first, *rest], probabilities, strict=True)
            ],
            "department_set": named,
            "set_promise": 0.95,
            "disposition": [{"code": disposition, "probability": 0.7}, {"code": "unclear", "probability": 0.3}],
            "flags": [{"code": "complaint", "article": "39(1)", "reason": "含有“举报”"}] if "举报" in text else [],
            "reasons": {first: [{"term": word, "weight": 1.0} for word, _ in found]},
            "similar": [],
        }

    def vectors(self, messages: Sequence[tuple[str, str]], key: bytes) -> list[bytes]:
        return [(subject + text).encode() for text, subject in messages]

    def neighbours(self, vectors: Sequence[tuple[str, bytes]]) -> "SharedCharacters":
        return SharedCharacters(vectors)


class SharedCharacters:
    """Nearest by the share of characters in common."""

    def __init__(self, vectors: Sequence[tuple[str, bytes]]) -> None:
        self._texts = [(number, set(packed.decode())) for number, packed in vectors]

    def nearest(self, packed: bytes) -> list[tuple[str, float]]:
        asked = set(packed.decode())
        scores = [(number, round(len(asked & text) / len(asked | text), 4)) for number, text in self._texts]
        return sorted((one for one in scores if one[1] > 0.3), key=lambda one: -one[1])[:5]
