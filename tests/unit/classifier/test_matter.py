"""What a message is about: the words of forms, letters and delivery are set aside, everything else stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.matter import matter
from classifier.text.text import normalise
from tests.quality.wrappings import WRAPPINGS

MATTER = "幸福小区物业维修资金的使用明细"


def rest(text: str) -> str:
    return "".join(character for character in matter(text) if character.isalnum())


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_what_a_form_or_letter_puts_around_a_matter_is_set_aside(wrapping: str) -> None:
    left = rest(wrapping.replace("{}", MATTER))
    assert MATTER in left
    assert len(left) <= len(MATTER) + 2  # ＱＱ before 邮箱, at most


@pytest.mark.parametrize(
    "text",
    [
        "我家的邮政编码总是写错，电话打不通",
        "邮寄的快递丢了，邮政公司不赔",
        "请公开2024年电子政务项目的采购合同",
        "身份证丢了怎么补办",
        "小区地址变更后房产证怎么办理变更",
        "营业执照被吊销的企业名单",
        "请处理一下我们小区的噪音",
    ],
)
def test_a_matter_that_speaks_of_such_things_stays(text: str) -> None:
    assert matter(text) == text


@given(
    st.text(alphabet=st.sampled_from("姓名电话：:邮编 \n\t13a@请谢，。（）□以邮寄方式答复书面公开申请表"), max_size=200)
)
def test_places_stay_what_they_were(text: str) -> None:
    after = matter(text)
    assert len(after) == len(text)
    assert all(b in (a, "。", " ") for a, b in zip(text, after, strict=True))


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    assert normalise("申請公開徵地補償安置方案") == "申请公开征地补偿安置方案"
