"""A whole application by chat: every path of the dialog through the real dispatcher."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from intake_api.triage.service import Classifier
from tests.chat.conftest import QUESTION, TO_SUMMARY, Citizen
from tests.chat.office import FIRST, code_in, filed, publish
from tests.conftest import SettableClock
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.office_api import OfficeApi

DOCUMENT = ("[修改]", "[文件名称或文号]")


async def test_greets_and_takes_the_question_in_the_citizens_own_words(citizen: Citizen, api: OfficeApi) -> None:
    assert "您想了解哪方面的政府信息" in (await citizen.page())[0]["text"]
    asked = "我想看看示例小区旧房改造的征地批文"
    reply = await citizen.says(asked)
    assert asked in reply
    assert "多半由住房和城乡建设局掌握，也可能是自然资源和规划局" in reply
    assert "0.8" not in reply
    assert "80" not in reply, "no probability is ever shown to a citizen"
    assert api.texts == [asked]


async def test_a_natural_person_applies(citizen: Citizen, api: OfficeApi) -> None:
    summary = await citizen.fills_in(*TO_SUMMARY)
    for shown in (QUESTION, "张三", "居民身份证", "11010519491231002X", "13800000000", "电子版", "在本网站下载"):
        assert shown in summary
    receipt = await citizen.presses("确认提交")
    for shown in (FIRST, "2026年12月18日", "20 个工作日"):
        assert shown in receipt
    assert "暂定" not in receipt
    assert await filed(api.office) == {
        "description": QUESTION,
        "applicant": {
            "type": "natural",
            "name": "张三",
            "id_type": "resident_id",
            "id_number": "11010519491231002X",
            "phone": "13800000000",
        },
        "delivery": {"medium": "electronic", "way": "download"},
        "channel": "chat",
    }
    elsewhere = {"X-Query-Code": code_in(receipt)}
    assert (await api.http.get(f"/api/v1/requests/{FIRST}", headers=elsewhere)).json()["status"] == "received"


async def test_an_organisation_gives_its_class_legal_representative_and_contact(
    citizen: Citizen, api: OfficeApi
) -> None:
    await citizen.fills_in(QUESTION, "[填写申请]", "[单位]", "[商业企业]")
    assert "单位的全称" in (await citizen.page())[-1]["text"]
    await citizen.fills_in("示例公司", "[统一社会信用代码]", "91110000600037341L", "李四", "王五")
    await citizen.fills_in("office@example.com", "示政发〔2025〕12号", "[纸质]", "[邮寄]")
    assert "通信地址" in (await citizen.page())[-1]["text"], "post needs an address that was not given yet"
    await citizen.fills_in("示例市示例路1号", "[确认提交]")
    case = await filed(api.office)
    assert case["applicant"] == {
        "type": "business",
        "name": "示例公司",
        "id_type": "uscc",
        "id_number": "91110000600037341L",
        "legal_representative": "李四",
        "contact_name": "王五",
        "email": "office@example.com",
        "address": "示例市示例路1号",
    }
    assert case["document_number"] == "示政发〔2025〕12号"
    assert case["delivery"] == {"medium": "paper", "way": "post"}


async def test_the_purpose_is_never_asked(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    assert not any("用途" in message["text"] for message in await citizen.page())


async def test_proof_of_identity_may_come_later(citizen: Citizen, api: OfficeApi) -> None:
    reply = await citizen.fills_in(QUESTION, "[填写申请]", "[个人]", "张三", "[跳过]")
    assert "工作人员之后会请您补充" in reply
    summary = await citizen.fills_in("13800000000", "[电子版]", "[在本网站下载]")
    assert "还没有证件号码" in summary
    await citizen.presses("确认提交")
    assert "id_number" not in (await filed(api.office))["applicant"]


@pytest.mark.parametrize(
    ("answers", "wrong", "said"),
    [
        (("[个人]", "张三", "[居民身份证]"), "110105194912310021", "身份证号码不正确"),
        (("[个人]", "张三", "[跳过]"), "12345", "电话号码不正确"),
        (("[个人]", "张三", "[跳过]"), "zhangsan@", "电子邮箱不正确"),
        (("[个人]",), "张" * 201, "最多 200 个字"),
    ],
)
async def test_each_answer_is_checked_by_the_office_and_asked_again(
    citizen: Citizen, answers: tuple[str, ...], wrong: str, said: str
) -> None:
    question = await citizen.fills_in(QUESTION, "[填写申请]", *answers)
    reply = await citizen.says(wrong)
    assert said in reply
    assert question.splitlines()[-1] in reply, "the question is put again below the reason"


async def test_an_identity_number_typed_instead_of_its_kind_is_understood(citizen: Citizen, api: OfficeApi) -> None:
    reply = await citizen.fills_in(QUESTION, "[填写申请]", "[个人]", "张三", "11010519491231002X")
    assert "联系方式" in reply
    await citizen.fills_in("13800000000", "[电子版]", "[在本网站下载]", "[确认提交]")
    assert (await filed(api.office))["applicant"]["id_type"] == "resident_id"


async def test_labels_and_everyday_words_do_what_the_buttons_do(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(QUESTION, "好的", "个人", "张三", "不知道", "13800000000", "电子版", "网上下载", "确认")
    assert (await filed(api.office))["applicant"]["name"] == "张三"


async def test_text_where_a_button_is_awaited_gets_the_buttons_again(citizen: Citizen) -> None:
    reply = await citizen.fills_in(QUESTION, "[填写申请]", "我是退休工人")
    assert "请点下面的按钮" in reply
    assert "个人" in await citizen.buttons()


@pytest.mark.parametrize(
    ("contact", "field", "kept"),
    [
        ("13800000000", "phone", "13800000000"),
        ("0000-1234567", "phone", "00001234567"),
        ("a@example.com", "email", "a@example.com"),
        ("示例市示例路1号2栋", "address", "示例市示例路1号2栋"),
    ],
)
async def test_one_question_takes_any_means_of_contact(
    citizen: Citizen, api: OfficeApi, contact: str, field: str, kept: str
) -> None:
    await citizen.fills_in(QUESTION, "[填写申请]", "[个人]", "张三", "[跳过]", contact)
    await citizen.fills_in("[纸质]", "[当面领取]", "[确认提交]")
    assert (await filed(api.office))["applicant"][field] == kept


async def test_delivery_by_email_asks_for_the_address_only_where_it_is_missing(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY[:-1])
    assert "请发送电子邮箱" in await citizen.presses("电子邮件")
    assert "请核对" in await citizen.says("zhangsan@example.com")


async def test_what_is_already_published_is_offered_first(citizen: Citizen, api: OfficeApi) -> None:
    url = "https://www.example.com/a?b=1&c=2"
    plan = {"title": "示例小区改造<计划>", "url": url, "summary": "", "published_on": "2025-03-01"}
    await publish(api.office, plan)
    await citizen.says(QUESTION)
    html = (await citizen.page())[-1]["html"]
    assert '<a href="https://www.example.com/a?b=1&amp;c=2"' in html
    assert "示例小区改造&lt;计划&gt;</a>（2025年3月1日）" in html


async def test_a_complaint_hears_of_the_right_channel_and_may_still_apply(citizen: Citizen) -> None:
    assert "12345" in await citizen.says("我要举报楼下饭店油烟扰民，没有人管")
    assert await citizen.buttons() == ["仍然申请", "换个说法"]
    assert "个人，还是单位" in await citizen.presses("仍然申请")


async def test_what_belongs_to_another_agency_is_said_before_applying(citizen: Citizen) -> None:
    assert "税务局掌握，不归本机关" in await citizen.says("我想查示例公司的增值税记录")


async def test_a_thin_text_is_asked_about_but_never_refused(citizen: Citizen) -> None:
    assert "还看不出归哪个部门" in await citizen.says("那个文件")
    assert "填写申请" in await citizen.buttons()


async def test_more_text_before_the_form_is_added_to_the_question(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.says(QUESTION)
    assert "已经加进去了" in await citizen.says("是2024年的那一批")
    assert api.texts[-1] == f"{QUESTION}\n是2024年的那一批"


async def test_the_question_can_be_put_differently(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(QUESTION, "[换个说法]", "示例路棚改的批文")
    assert api.texts[-1] == "示例路棚改的批文"
    assert "填写申请" in await citizen.buttons()


async def test_a_provisional_due_date_is_called_so(citizen: Citizen, clock: SettableClock) -> None:
    clock.moment = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)  # twenty working days end in a year not yet announced
    assert "暂定" in await citizen.fills_in(*TO_SUMMARY, "[确认提交]")


@pytest.mark.parametrize("settings", [{"confirm_internet": "staff"}])
async def test_a_due_date_not_yet_known_is_explained(citizen: Citizen) -> None:
    assert "工作人员确认收到以后开始计算" in await citizen.fills_in(*TO_SUMMARY, "[确认提交]")


async def test_citizens_text_cannot_become_markup(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.says("<script>alert(1)</script><b>示例</b> & 文件")
    html = "".join(message["html"] for message in await citizen.page())
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert api.texts == ["<script>alert(1)</script><b>示例</b> & 文件"]


async def test_a_very_long_question_is_kept_whole_and_shown_short(citizen: Citizen, api: OfficeApi) -> None:
    text = "示例小区" * 2_400
    await citizen.fills_in(text, *TO_SUMMARY[1:], "[确认提交]")
    assert (await filed(api.office))["description"] == text
    assert all(len(message["text"]) <= 4_096 for message in await citizen.page() if message["from"] == "office")


@pytest.mark.parametrize("typed", ["我没有手机", "我没有手机号码", "没有", "不想留", "示例村", "你们看着办就行了"])
async def test_what_is_no_means_of_contact_is_asked_again_kindly(citizen: Citizen, typed: str) -> None:
    await citizen.fills_in(*TO_SUMMARY[:6])
    reply = await citizen.says(typed)
    assert "没有手机也没关系" in reply
    assert "请留一种联系方式" in reply
    assert "提供形式" in await citizen.says("示例省示例市示例路1号")


async def test_a_postal_address_is_not_any_sentence(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY[:7], "[纸质]", "[邮寄]")
    assert "没有认出地址" in await citizen.says("和身份证上一样")
    assert "请核对" in await citizen.says("示例市示例路1号")


@pytest.mark.parametrize("yes", ["20250012", "是", "是的。"])
async def test_digits_alone_are_a_title_only_if_the_citizen_says_so(citizen: Citizen, api: OfficeApi, yes: str) -> None:
    assert "“20250012”是文件的名称或文号吗" in await citizen.fills_in(*TO_SUMMARY, *DOCUMENT, "20250012")
    await citizen.fills_in(yes, "[确认提交]")
    assert (await filed(api.office))["title"] == "20250012"


async def test_digits_not_meant_as_a_title_are_left_out(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(*TO_SUMMARY, *DOCUMENT, "20250012", "不知道", "[确认提交]")
    assert "title" not in (await filed(api.office))


async def test_a_part_of_a_label_that_no_other_has_counts_as_the_button(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.fills_in(QUESTION, "填写", "个人", "张三", "身份证", "11010519491231002X", "13800000000")
    await citizen.fills_in("电子", "邮箱", "a@example.com", "确认")
    case = await filed(api.office)
    assert case["applicant"]["id_type"] == "resident_id"
    assert case["delivery"] == {"medium": "electronic", "way": "email"}


async def test_the_second_misunderstanding_in_a_row_names_other_ways_to_apply(citizen: Citizen) -> None:
    await citizen.fills_in(QUESTION, "填写申请")
    assert "填写申请表" not in await citizen.says("我是退休工人")
    assert "填写申请表" in await citizen.says("就是退休工人呀")
    html = (await citizen.page())[-1]["html"]
    assert '<a href="/apply"' in html
    await citizen.says("个人")
    assert "填写申请表" not in await citizen.fills_in("张三", "什么意思")
    assert "填写申请表" in await citizen.says("看不懂"), "counted anew after an answer that was understood"


async def test_no_more_than_one_other_department_is_named(citizen: Citizen) -> None:
    reply = await citizen.says("示例小区旧房改造的征地批文和学区划分")
    assert "也可能是自然资源和规划局" in reply
    assert "教育局" not in reply


class Unsure(KeywordClassifier):
    """Has a guess, and does not stand by it."""

    def suggest(self, text: str, subject: str = "", *, top: int = 5) -> dict[str, Any]:
        return super().suggest(text, subject, top=top) | {"confident": False}


@pytest.mark.parametrize("model", [Unsure])
async def test_an_unsure_suggestion_names_no_department(citizen: Citizen, model: Callable[[], Classifier]) -> None:
    assert model().suggest("增值税")["disposition"][0]["code"] == "not_this_agency"
    assert "局" not in await citizen.says("那个增值税文件")


async def test_the_receipt_says_where_it_can_be_printed(citizen: Citizen) -> None:
    await citizen.fills_in(*TO_SUMMARY, "[确认提交]")
    html = (await citizen.page())[-1]["html"]
    assert '<a href="/status"' in html
    assert "打印" in html
