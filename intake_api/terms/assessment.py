"""What a department's work is scored by (考核得分), and how much each part weighs."""

import re
from collections.abc import Mapping

from intake_api.terms.vocabulary import Term, Vocabulary

PARTS = Vocabulary(
    Term(code="on_time", label="按期答复"),
    Term(code="not_returned", label="未退回重新分办"),
    Term(code="not_corrected", label="未被纠正"),
    Term(code="satisfaction", label="满意度"),
)


def weights_of(text: str) -> Mapping[str, int]:
    """Weights by part as `on_time=40,…` says them, a part left out weighs 0; ValueError for what says none."""
    found = dict.fromkeys(PARTS, 0)
    named = [re.fullmatch(r"\s*(\w+)\s*=\s*(\d{1,3})\s*", item, re.ASCII) for item in text.split(",")]
    codes = [one[1] for one in named if one and one[1] in PARTS]
    if len(codes) != len(named) or len(set(codes)) != len(codes):
        raise ValueError("unknown, twice or no number")
    found |= {one[1]: int(one[2]) for one in named if one}
    if not any(found.values()):
        raise ValueError("nothing weighs anything")
    return found
