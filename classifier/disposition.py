"""The first advice on what becomes of a request (初步处理意见): routing and rules over a trained model.

`not_this_agency` is what the routing says (art. 36(5)); `unclear` comes first where the text is too thin (art. 30);
between the others a model over the same features decides, and a flag shifts the odds. A refusal (不予公开) is never
suggested: it is not among the codes.
"""

from collections.abc import Collection

from classifier.data import DISPOSITIONS

NOT_THIS_AGENCY, UNCLEAR = "not_this_agency", "unclear"
# Internal outcomes, which the trained model tells apart.
TRAINED = tuple(code for code in DISPOSITIONS if code != NOT_THIS_AGENCY)

# flag -> (disposition, factor on its odds): others' data is cut out (art. 37), what is not ready is not held (art. 38).
_SHIFTS = {
    "third_party": ("partially_public", 4.0),
    "exception_risk": ("partially_public", 2.0),
    "needs_processing": ("not_held", 3.0),
}
_THIN_UNCLEAR = 0.9


def advise(
    trained: dict[str, float], external: float, top_is_external: bool, thin: bool, flags: Collection[str]
) -> list[tuple[str, float]]:
    """All dispositions with probabilities that sum to 1, most probable first.

    `trained` are the model's probabilities over TRAINED codes, `external` the probability that an external
    department answers. Where the first department is external, so is the advice.
    """
    weights = dict.fromkeys(TRAINED, 0.0) | trained
    for flag, (code, factor) in _SHIFTS.items():
        if flag in flags:
            weights[code] *= factor
    if top_is_external:
        external = max(external, 0.5 + external / 2)
    total = sum(weights.values())
    chances = {code: weight / total * (1 - external) for code, weight in weights.items()}
    chances[NOT_THIS_AGENCY] = external
    if thin:
        chances = {code: chance * (1 - _THIN_UNCLEAR) for code, chance in chances.items()}
        chances[UNCLEAR] += _THIN_UNCLEAR
    return sorted(chances.items(), key=lambda item: -item[1])
