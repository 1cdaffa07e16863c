"""What is read of a message, and what is left alone: precision comes first."""

from datetime import date
from typing import Any

import pytest

from intake_api.understanding import numbers
from intake_api.understanding.reading import understand

TODAY = date(2026, 11, 30)
ID = "11010519491231002X"


def fields(text: str) -> dict[str, Any]:
    return understand(text, TODAY).fields


@pytest.mark.parametrize(
    "text",
    [
        "我叫了三回车都没人来",  # a verb
        "我是李家集的，想看低保名单",  # a place
        "村长王大力电话13900000001，一直不公开账目",
        "邻居张三家翻建房的审批，张三电话13900000001，我要看",
        "加我微信13900000001，我要地铁规划批复",
        "水表号13900000001，要水价听证会纪要",
        "你们电话0000-1234567没人接，我要看收费标准文件",
        "身份证110105194912310021，要安置名单",  # the check character is wrong
        "补偿款138000元，我要看补偿协议",
        "我住在示例里21年了，要看征收公告",
        "依据国发〔2019〕5号，申请公开实施细则",
        "我1956年出生，想看改制文件",
    ],
)
def test_what_is_not_the_applicants_is_left_alone(text: str) -> None:
    assert fields(text) == {}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("身份证 110105 19491231 002x", "id_number", ID),
        ("电话一三八零零零零零零零零", "phone", "13800000000"),
        ("手机１３８－００００－００００", "phone", "13800000000"),
        ("邮箱Li.Wei@Example.COM", "email", "li.wei@example.com"),
        ("我要示政发[2021]第12号", "document_number", ["示政发〔2021〕12号"]),
        ("要示政办函（2020） 3 号文", "document_number", ["示政办函〔2020〕3号"]),
        ("2019到2021年的决算", "years", [2019, 2020, 2021]),
        ("想要二〇二〇年的决算", "years", [2020]),
        ("去年和前年的招标公告", "years", [2024, 2025]),
        ("要低保名单，发邮箱", "way", "email"),
        ("要低保名单，纸质的", "medium", "paper"),
        ("要低保名单，寄到我家", "way", "post"),
        ("要低保名单，我自己来拿", "way", "counter"),
        ("我叫王小明想查低保名单", "name", "王小明"),
        ("我名叫李家集，要低保公示", "name", "李家集"),
        ("我叫阿依古丽•买买提，要规划", "name", "阿依古丽·买买提"),
        ("申請人溫志豪，要名單", "name", "溫志豪"),
        ("我叫吉克阿木，彝族，要控辍保学的花名册", "name", "吉克阿木"),
        ("我是他妈妈，叫何雪莲，要收费批文", "name", "何雪莲"),
        ("户主靳东，要补偿表", "name", "靳东"),
        ("联系人姓名:初晓彬 要补助名单", "name", "初晓彬"),
        ("村医老孙电话13899990000，我要公示表，我电话15011112222", "phone", "15011112222"),
        ("物业电话0199-6001234没人接，我电话15011112222，要物业合同", "phone", "15011112222"),
        ("电话1 3 9 0 0 0 0 5 5 5 5，要低保名单", "phone", "13900005555"),
        ("要低保名单\n形式：□纸质 ☑电子\n方式：□邮寄 ☑电子邮件", "way", "email"),
        ("要低保名单\n形式：□纸质 ☑电子\n方式：□邮寄 ☑电子邮件", "medium", "electronic"),
        ("申请三项：1.2018年补偿表；2.2020年工程合同", "years", [2018, 2020]),
        ("想攞批文，寄去我屋企：香港九龍彌敦道100號", "way", "post"),
    ],
)
def test_values_come_in_their_normal_form(text: str, name: str, value: object) -> None:
    assert fields(text)[name] == value


def test_by_mail_says_a_way_and_no_medium() -> None:
    assert "medium" not in fields("低保名单发邮箱")


def test_who_writes_for_another_gives_the_others_particulars_and_the_own_telephone() -> None:
    assert fields(f"替我妈王秀兰申请，她身份证{ID}，要养老金审批表，我叫李明，电话13800000000") == {
        "name": "王秀兰",
        "id_number": ID,
        "phone": "13800000000",
        "agent_for": "妈",
    }


def test_a_company_is_its_own_applicant_with_a_person_to_reach() -> None:
    found = fields("我司示例科技有限公司，统一社会信用代码91110000600037341L，要名单，联系人陈刚13800000000")
    assert found["organisation"] == "示例科技有限公司"
    assert found["uscc"] == "91110000600037341L"
    assert found["name"] == "陈刚"


def test_the_credit_code_of_another_company_is_not_the_applicants() -> None:
    assert "uscc" not in fields("请查示例贸易有限公司的企业内档，代码91110000600037341L，我叫王芳")


def test_the_matter_is_what_is_asked_for_in_the_words_that_were_used() -> None:
    read = understand(f"您好，我叫王芳，身份证{ID}，想要2021年征地的批文。电话13800000000，谢谢", TODAY)
    assert read.matter == "想要2021年征地的批文"


def test_several_matters_come_apart() -> None:
    read = understand("有两件事：第一件，要2020年修路的合同；第二件，看镇卫生院的采购价", TODAY)
    assert read.kind == "several"
    assert read.parts == ("要2020年修路的合同", "看镇卫生院的采购价")


def test_points_of_one_subject_are_one_matter() -> None:
    read = understand("申请公开示例路拓宽项目的：1.征地批文；2.补偿方案；3.环评报告", TODAY)
    assert (read.kind, read.parts) == ("disclosure", ())


def test_the_models_flags_decide_where_the_words_do_not() -> None:
    text = "楼上天天半夜搬家具，孩子没法睡"
    assert understand(text, TODAY, {"complaint"}).kind == "complaint"
    assert understand("请公开夜间施工许可证", TODAY, {"complaint"}).kind == "disclosure", (
        "who asks for a record applies"
    )


@pytest.mark.parametrize("text", ["", " ", "\u200b", "1" * 10_000, "我叫" * 5_000, "（" * 9_000, "\ud800", "𠮷野家"])
def test_whatever_is_typed_is_read(text: str) -> None:
    understand(text, TODAY)


def test_of_a_list_of_numbers_only_the_first_are_weighed() -> None:
    text = "".join(f"1380000{n:04}、" for n in range(300))
    assert len(numbers.found(text, TODAY, None)) == numbers.MOST
    assert understand(f"我叫王小明，电话13900000001，要看名单。{text}", TODAY).fields["phone"] == "13900000001"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("complaint", "我在示例建材厂干了三个月，老板一分钱没给，天天躲着不见人"),
        ("status", "上个月在你们窗口交的那份单子，到今天也没人跟我说一声，弄得怎么样了"),
        ("publication", "每年的公交线路调整能不能提前贴到网站上让大家都看得到"),
        ("consultation", "退休以后医保还要不要接着交，交多少年才行"),
        ("disclosure", "示例路小学旁边那块空地批给谁盖楼了，我要看批的手续"),
        ("correction", "我的低保证上把出生年月登错了一年，这个要找谁给改过来"),
        ("nonsense", "哈哈哈今天天气不错你们吃饭了没有呀"),
    ],
)
def test_the_wording_tells_the_kind_where_no_word_does(kind: str, text: str) -> None:
    assert understand(text, TODAY).kind == kind
