"""Beside a second department stands why it is not the first, in words of the message."""

from classifier.serve.predict import Predictor
from intake_api.web.staff_case import AGAINST, against


def test_words_that_speak_for_the_first_more_than_for_the_other_are_named_heaviest_first() -> None:
    first = [{"term": "征地", "weight": 2.0}, {"term": "补偿", "weight": 1.0}, {"term": "学校", "weight": 0.2}]
    other = [{"term": "学校", "weight": 1.5}, {"term": "补偿", "weight": 0.4}, {"term": "征地", "weight": -3.0}]
    assert against(first, other) == ["征地", "补偿"]
    assert against([], other) == []


def test_of_a_real_suggestion_they_stand_in_the_text_and_are_few(predictor: Predictor) -> None:
    text = "请公开学校建设征地的补偿方案和公交线路的调整"
    told = predictor.suggest(text).as_dict()
    first, second = (one["code"] for one in told["departments"][:2])
    words = against(told["reasons"][first], told["reasons"][second])
    assert 0 < len(words) <= AGAINST
    assert all(word in text for word in words)
