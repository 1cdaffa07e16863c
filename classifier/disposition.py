"""The first advice on what becomes of a request (初步处理意见): routing over a trained model.

`not_this_agency` is what the routing says (art. 36(5)); `unclear` comes first where the text is too thin (art. 30);
between the others a model over the words and the length of the text decides (classifier/advice.py). A refusal
(不予公开) is never suggested: it is not among the codes.
"""

from collections.abc import Mapping

from classifier.data import DISPOSITIONS

NOT_THIS_AGENCY, UNCLEAR = "not_this_agency", "unclear"
# Internal outcomes, which the trained model tells apart.
TRAINED = tuple(code for code in DISPOSITIONS if code != NOT_THIS_AGENCY)

_THIN_UNCLEAR = 0.9


def advise(trained: Mapping[str, float], external: float, top_is_external: bool, thin: bool) -> list[tuple[str, float]]:
    """All dispositions with probabilities that sum to 1, most probable first.

    `trained` are the model's probabilities over TRAINED codes, `external` the probability that an external
    department answers. Where the first department is external, so is the advice.
    """
    if top_is_external:
        external = max(external, 0.5 + external / 2)
    chances = {code: chance * (1 - external) for code, chance in trained.items()}
    chances[NOT_THIS_AGENCY] = external
    if thin:
        chances = {code: chance * (1 - _THIN_UNCLEAR) for code, chance in chances.items()}
        chances[UNCLEAR] += _THIN_UNCLEAR
    return sorted(chances.items(), key=lambda item: -item[1])
