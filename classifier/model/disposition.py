"""The first advice on what becomes of a request (初步处理意见): routing, flags, and a trained model.

`not_this_agency` is what the routing says (art. 36(5)); `unclear` comes first where the text is too thin (art. 30);
a flag that is sure enough to be raised decides, and between the rest a model over the words and the length of the text
does (classifier/learn/advice.py). A refusal (不予公开) is never suggested: it is not among the codes.
"""

from collections.abc import Collection, Mapping

from classifier.data import DISPOSITIONS

NOT_THIS_AGENCY, UNCLEAR = "not_this_agency", "unclear"
# Internal outcomes, which the trained model tells apart.
TRAINED = tuple(code for code in DISPOSITIONS if code != NOT_THIS_AGENCY)
# What a flag means for the outcome, the first that is raised: what would have to be made is not held (art. 38), what
# others have a say in is given in part (arts. 14-16, 32, 37), one's own record is put right in full (art. 41).
_MEANT = {
    "needs_processing": "not_held",
    "correction": "public",
    "third_party": "partially_public",
    "exception_risk": "partially_public",
}

# Best in cross-validation: many external agencies share what one department gets alone.
_EXTERNAL = 0.4
_SURE = 0.9


def advise(
    trained: Mapping[str, float], external: float, thin: bool, flags: Collection[str]
) -> list[tuple[str, float]]:
    """All dispositions with probabilities that sum to 1, most probable first.

    `trained` are the model's probabilities over TRAINED codes, `external` the probability that an external
    department answers, `flags` the codes of those raised. From _EXTERNAL up an external answer comes first.
    """
    chances = dict(trained)
    meant = UNCLEAR if thin else next((code for flag, code in _MEANT.items() if flag in flags), None)
    if meant:
        chances = {code: chance * (1 - _SURE) + _SURE * (code == meant) for code, chance in chances.items()}
    if external >= _EXTERNAL:
        external = 0.5 + external / 2
    chances = {code: chance * (1 - external) for code, chance in chances.items()} | {NOT_THIS_AGENCY: external}
    return sorted(chances.items(), key=lambda item: -item[1])
