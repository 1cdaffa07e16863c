"""A suggestion: the contract's shape, true reasons, silence on thin text, any input, numpy only."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.data import DISPOSITIONS, Row
from classifier.serve.predict import Predictor
from classifier.text.features import read
from classifier.text.text import normalise

LAND = "申请公开河东片区征收土地预公告和安置补偿方案"


def test_the_shape_is_the_contracts(predictor: Predictor) -> None:
    suggestion = predictor.suggest(LAND, "征地").as_dict()
    assert list(suggestion) == [
        "model",
        "confident",
        "departments",
        "department_set",
        "set_promise",
        "disposition",
        "flags",
        "reasons",
        "similar",
        "known_share",
    ]
    assert suggestion["model"] == predictor.version
    assert suggestion["departments"][0]["code"] == "natural-resources"
    assert suggestion["departments"][0]["name"] == "自然资源和规划局"
    assert {each["code"] for each in suggestion["disposition"]} == set(DISPOSITIONS)
    assert sum(each["probability"] for each in suggestion["departments"]) == pytest.approx(1, abs=1e-5)
    assert sum(each["probability"] for each in suggestion["disposition"]) == pytest.approx(1, abs=1e-5)
    for field in ("departments", "disposition"):
        chances = [each["probability"] for each in suggestion[field]]
        assert chances == sorted(chances, reverse=True)
    assert set(suggestion["reasons"]) == {each["code"] for each in suggestion["departments"]}
    assert suggestion["similar"] == []


def test_only_as_many_departments_as_asked_for(predictor: Predictor) -> None:
    assert len(predictor.suggest(LAND, top=2).departments) == 2
    assert len(predictor.suggest(LAND, top=99).departments) == 5
    assert predictor.suggest(LAND, reasons=False).reasons == {}


def test_an_external_department_means_not_this_agency(predictor: Predictor) -> None:
    suggestion = predictor.suggest("申请公开增值税发票领用的管理办法和税务局个人所得税退税依据")
    assert suggestion.departments[0][0].external
    assert suggestion.disposition[0][0] == "not_this_agency"


def test_a_refusal_is_never_suggested(predictor: Predictor) -> None:
    for text in (LAND, "国家机密文件，内部会议纪要，公开邻居的病历", ""):
        assert {code for code, _ in predictor.suggest(text).disposition} == set(DISPOSITIONS)


@pytest.mark.parametrize("text", ["", "😀😀😀", "asdf qwer zxcv", "在吗", "\ud800\x00", "。。。", "12345", "你好"])
def test_a_thin_text_is_left_to_people(predictor: Predictor, text: str) -> None:
    suggestion = predictor.suggest(text)
    assert not suggestion.confident
    assert suggestion.disposition[0][0] == "unclear"
    assert suggestion.department_set


def _margins(predictor: Predictor, text: str) -> np.ndarray:
    model = predictor._model
    counts = model.vocabulary.count([read(model.segmenter, text)])
    return model.departments.margins(counts, model.vocabulary.weigh(counts, model.departments.weight))[0]


def test_reasons_are_words_of_the_text_and_taking_them_out_lowers_the_score(predictor: Predictor) -> None:
    for text in (LAND, "12路公交改线的依据和公交公司的补贴文件", "今年小学招生划片范围的文件"):
        suggestion = predictor.suggest(text)
        code = suggestion.departments[0][0].code
        terms = [reason.term for reason in suggestion.reasons[code] if reason.weight > 0][:3]
        assert terms
        shorter = text
        for term in terms:
            shorter = shorter.replace(term, "")
        column = [label.code for label in predictor.labels].index(code)
        assert _margins(predictor, shorter)[column] < _margins(predictor, text)[column]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (LAND, ""),
        ("我们村…被征了地，\u200b想看 征 地 补 偿 安置方案（２０２４年）。请公开！", ""),
        ("①请看ＡＢＣ１２３；公 交\u3000线\n\n路 为何调整？", "关于征地补偿"),
        ("请公开。", "　公交线路 的调整"),
    ],
)
def test_reasons_stand_where_they_are_said_to(predictor: Predictor, text: str, subject: str) -> None:
    given = {"text": text, "subject": subject}
    reasons = [reason for each in predictor.suggest(text, subject).reasons.values() for reason in each]
    assert reasons
    for reason in reasons:
        found = given[reason.field][reason.start : reason.end]
        assert normalise(found).replace(" ", "") == reason.term


def test_a_word_of_subject_and_body_is_shown_in_the_body(predictor: Predictor) -> None:
    reasons = predictor.suggest("请公开公交线路的调整", "公交线路").reasons["transport"]
    assert {reason.field for reason in reasons if reason.term in ("公交", "公交线路", "线路")} == {"text"}


def test_characters_joined_beyond_following_leave_the_place_open(predictor: Predictor) -> None:
    reasons = predictor.suggest("e\u0301公交线路的开设和调整").reasons["transport"]
    assert reasons
    assert {(reason.start, reason.end) for reason in reasons} == {(None, None)}


def test_the_nearest_duty_line_is_told_with_the_department(predictor: Predictor) -> None:
    shown = predictor.suggest("12路公交线路为什么改线").as_dict()["departments"][0]
    assert shown["code"] == "transport"
    assert shown["duty"] == "公交线路的开设和调整"
    assert "duty" not in predictor.suggest("12路公交线路为什么改线", reasons=False).as_dict()["departments"][0]


def test_many_at_once_are_suggested_as_one_by_one(predictor: Predictor, rows: list[Row]) -> None:
    messages = [(row.text, row.text[:5] if place % 2 else "") for place, row in enumerate(rows)]
    messages += [("", ""), ("😀", "公交"), ("地" * 300, "")]
    assert predictor.suggest_many(messages) == [predictor.suggest(*message) for message in messages]
    assert predictor.suggest_many([]) == []


def test_serving_imports_no_scikit_learn(model_dir: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom classifier.serve.predict import Predictor\n"
        f"Predictor.load(Path({str(model_dir)!r})).suggest('申请公开征地批文')\n"
        "assert not {'sklearn', 'scipy', 'jieba'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3])


PIECES = (
    "征地补偿",
    "公交线路",
    "ＡＢ１２",
    "，",
    "。",
    " ",
    "\u3000",
    "\n",
    "😀",
    "\u200b",
    "①",
    "…",
    "请公开",
    "小学招生",
    "Ⅳ",
    "㎡",
)


@settings(max_examples=80, deadline=None)
@given(
    text=st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    subject=st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
)
def test_whatever_stands_between_the_words_reasons_keep_their_places(
    predictor: Predictor, text: str, subject: str
) -> None:
    given_as = {"text": text, "subject": subject}
    for reasons in predictor.suggest(text, subject).reasons.values():
        for reason in reasons:
            found = given_as[reason.field][reason.start : reason.end]
            assert normalise(found).replace(" ", "") == reason.term


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(), max_size=400), subject=st.text(st.characters(), max_size=40))
def test_any_text_gets_a_suggestion(predictor: Predictor, text: str, subject: str) -> None:
    suggestion = predictor.suggest(text, subject)
    assert 0 <= suggestion.departments[0][1] <= 1


@pytest.mark.parametrize(
    "piece", [LAND + "，", "请", "a b ", "\u0316\u0300", "12 ", "希望请求", "申请公开全部所有", "我"]
)
def test_cost_is_linear_in_length(predictor: Predictor, piece: str) -> None:
    def cost(length: int) -> float:
        text = (piece * length)[:length]
        started = time.process_time()
        predictor.suggest(text)
        return time.process_time() - started

    cost(10_000)
    assert cost(100_000) < 30 * max(cost(10_000), 0.02)
