"""What a citizen says is heard and not asked again: whole conversations of many kinds of people, counted."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot import texts
from intake_api.cases.models import Case
from intake_api.terms.messages import HINTS
from intake_api.understanding.service import hints_of
from tests.chat.conftest import Citizen
from tests.chat.office import FIRST, SECOND, filed, numbers, publish
from tests.fakes.office_api import OfficeApi

ID = "11010519491231002X"
USCC = "91110000600037341L"
SAYS_ALL, VILLAGER, TERSE = 4, 3, 8
"""Messages to the receipt at most: where the opening says all, where it says most, where it says nothing but the"
    " matter."""


@dataclass(frozen=True)
class Person:
    """Somebody's whole conversation, a message or `[button]` a step, and what is on record at the end."""

    who: str
    within: int
    says: tuple[str, ...]
    applicant: dict[str, Any] = field(default_factory=dict)
    medium: str = "electronic"
    way: str = "download"


ME = f"我叫王芳，身份证{ID}，电话13800000000"
PEOPLE = (
    Person(
        "villager",
        VILLAGER,
        (
            "同志你好，我叫王桂兰，示例县柳河镇王家庄的，电话13800000101，我想要2021年我们村征地的批文，"
            "我不会弄电脑，寄到家里来，地址示例县柳河镇王家庄4组18号，谢谢",
            f"身份证号{ID}",
            "好的",
        ),
        {"name": "王桂兰", "id_number": ID, "phone": "13800000101", "address": "示例县柳河镇王家庄4组18号"},
        "paper",
        "post",
    ),
    Person("lawyer", SAYS_ALL, (f"申请人：赵明轩，身份证号：{ID}，电话：13900000109，邮箱：zhao@example.com。"
        "申请公开示政发〔2020〕15号，请以电子版形式发送至上述邮箱。", "确认"),
        {"name": "赵明轩", "email": "zhao@example.com"}, way="email"),
    Person("terse with buttons", TERSE, ("低保名单", "[填写申请]", "王芳", ID, "13800000000", "[电子版]",
        "[在本网站下载]", "[确认提交]"),
        {"name": "王芳", "id_number": ID, "phone": "13800000000"}),
    Person("terse, typing", TERSE, ("示例路改造的批文", "好", "王芳", "没有", "13800000000", "电子的", "下载",
        "提交吧"), {"name": "王芳"}),
    Person("terse, all at once", 4, ("征地批文", "填写", f"{ME}，电子版网上下载", "对"), {"name": "王芳"}),
    Person("pensioner", SAYS_ALL, ("您好，我是退休教师陈桂香，想查我们学校2005年集资建房的批文，"
        "打我电话13812340001，要纸质的，我自己来拿",
        "没带", "没问题"), {"name": "陈桂香", "phone": "13812340001"}, "paper", "counter"),
    Person("student", SAYS_ALL, (f"hi 我叫许小雨，{ID}，想看宅基地改革试点方案，PDF发到xiaoyu@example.com 谢谢", "ok"),
        {"name": "许小雨", "email": "xiaoyu@example.com"}, way="email"),
    Person("company", TERSE, (f"我司示例科技有限公司，统一社会信用代码{USCC}，申请公开2024年补贴分配结果，"
        f"联系人林涛，手机13600000112，邮箱lin@example.com，电子版发邮箱",
        "商业企业", "李四", "确认提交"),
        {"type": "business", "name": "示例科技有限公司", "id_number": USCC, "contact_name": "林涛",
            "legal_representative": "李四"}, way="email"),
    Person("journalist", TERSE, ("我是《示例晚报》记者沈佳，想要2022年垃圾分类经费的决算，发 shenjia@example.com",
        "其他", "没有", "没有", "确认"),
        {"name": "示例晚报", "contact_name": "沈佳", "email": "shenjia@example.com"}, way="email"),
    Person("daughter for her mother",
        SAYS_ALL, (f"替我妈孙玉梅申请，她身份证{ID}，要她2015年养老保险的审批表，电话打我的13600000105，"
        f"纸质寄到示例市东城区槐树街45号", "好的"),
        {"name": "孙玉梅", "phone": "13600000105"}, "paper", "post"),
    Person("engineer who corrects", 5, (f"{ME}，要示例桥的验收报告，电子版网上下载", "电话改成13900000003",
        "名字写错了，我叫王方", "可以"),
        {"name": "王方", "phone": "13900000003"}),
    Person("angry", SAYS_ALL, (f"气死我了！征地一亩才2万，"
        f"我要看省里批的征地批文！我叫雷军强 {ID} 13800000137 网上下载就行", "交吧"), {"name": "雷军强"}),
    Person("who has no preference", TERSE, (f"{ME}，想看学区划分方案", "都行", "随便", "好的"), {"name": "王芳"}),
    Person("who answers by number", TERSE, ("学区划分方案", "好的", "1", "王芳", "没有", "13800000000", "网上下载",
        "对"), {"name": "王芳"}),
    Person("me myself", TERSE, ("学区划分方案", "可以", "我自己", f"我叫王芳，身份证{ID}", "邮箱是wang@example.com",
        "发邮箱", "没有问题"),
        {"name": "王芳", "email": "wang@example.com"}, way="email"),
    Person("no telephone", TERSE, ("学区划分方案", "好的", "王芳", ID, "没有手机，邮箱wang@example.com", "发邮箱就行",
        "好的"),
        {"email": "wang@example.com"}, way="email"),
    Person("two at once", TERSE, ("学区划分方案", "好的", f"王芳，{ID}，13800000000", "电子版", "下载", "好的"),
        {"name": "王芳", "phone": "13800000000"}),
    Person("post to my home", TERSE, (f"{ME}，想要旧房改造的批文", "寄到我家", "示例市示例路1号2栋301室", "提交"),
        {"address": "示例市示例路1号2栋301室"}, "paper", "post"),
    Person("disabled, by post",
        SAYS_ALL, (f"我是残疾人，想要无障碍改造的评定标准，请寄到示例市北区安康里8号楼2单元303室，收件人谷雨，"
        f"身份证{ID}，13800000008", "好的"),
        {"name": "谷雨"}, "paper", "post"),
    Person("traditional characters",
        SAYS_ALL, (f"申請人溫志豪，身份證{ID}，欲索取騎樓修繕計畫，紙本郵寄示例市東區民生路8號，電話13800000009",
        "確認", "确认"),
        {"name": "溫志豪"}, "paper", "post"),
    Person("spoken digits", SAYS_ALL, ("我叫林小燕，电话一三八零零零零零一三一，要2020年合作医疗的公示名单，网上下载",
        "没有", "好的"),
        {"name": "林小燕", "phone": "13800000131"}),
    Person("pasted form",
        SAYS_ALL, (f"政府信息公开申请表\n申请人姓名：夏荷\n身份证号码：{ID}\n联系电话：0000-6543210\n通信地址：示"
        f"例市南山区学府路100号\n"
        "所需信息：2021年度示例中学扩建工程可研批复\n提供方式：纸质\n获取方式：邮寄", "确认提交"), {"name": "夏荷"},
            "paper", "post"),
    Person("who complains and applies all the same", TERSE, (f"我要举报楼下饭店油烟扰民，没有人管。{ME}", "仍然申请",
        "网上下载", "提交"), {"name": "王芳"}),
    Person("correction", TERSE, (f"土地证上把我的名字写错了，请更正。{ME}，书面答复就行", "下载", "好的"),
        {"name": "王芳"}),
    Person("by telephone of the neighbour",
        TERSE, ("邻居张三家2020年翻建房的审批表，张三电话13800000121，我要看，网上下载", "填写", "王芳", "没有",
        "13800000000", "好的"),
        {"phone": "13800000000"}),
    Person("researcher", SAYS_ALL, (f"研究需要2017—2019年示例河水质监测数据，excel发kexue@example.com，罗成，{ID}",
        "好的"), {"name": "罗成"}, way="email"),
    Person("English", TERSE, ("Hello, I want a copy of the 2022 noise report. My name is John Baker. Please email"
        " it to jbaker@example.com", "apply", "没有", "yes"),
        {"name": "John Baker", "email": "jbaker@example.com"}, way="email"),
)  # fmt: skip


def test_more_than_twenty_five_kinds_of_people_speak() -> None:
    assert len({one.who for one in PEOPLE}) >= 25


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.who)
async def test_a_person_has_their_receipt_in_few_messages(citizen: Citizen, api: OfficeApi, person: Person) -> None:
    said, receipt = 0, ""
    for text in person.says:
        if "申请已经提交成功" in receipt:
            break
        receipt, said = await citizen.fills_in(text), said + 1
    assert "申请已经提交成功" in receipt
    assert said <= person.within
    case = await filed(api.office, (await numbers(api.office))[0])  # corrections have a series of their own
    assert case["applicant"] | person.applicant == case["applicant"]
    assert case["delivery"] == {"medium": person.medium, "way": person.way}


async def test_everything_that_was_taken_is_seen_in_the_summary(citizen: Citizen) -> None:
    summary = await citizen.says(f"{ME}，要示政发[2021]12号文件，纸质，寄到示例市东城区槐树街45号")
    for shown in ("王芳", ID, "13800000000", "示政发〔2021〕12号", "纸质", "邮寄", "示例市东城区槐树街45号"):
        assert shown in summary.partition("请核对")[2]


async def test_particulars_in_the_description_can_be_taken_out(citizen: Citizen, api: OfficeApi) -> None:
    await citizen.says(f"您好，我叫王芳，身份证{ID}，想要2021年征地的批文，网上下载。电话13800000000，谢谢")
    assert "去掉了" in await citizen.presses("描述里去掉个人信息")
    assert "描述里去掉个人信息" not in await citizen.buttons()
    await citizen.says("好的")
    case = await filed(api.office)
    assert case["description"] == "想要2021年征地的批文"
    assert case["applicant"]["id_number"] == ID


async def test_a_correction_is_filed_as_one(citizen: Citizen, api: OfficeApi) -> None:
    reply = await citizen.says(f"土地证上把我的名字写错了，请更正。{ME}")
    assert "第四十一条" in reply
    await citizen.fills_in("下载", "好的")
    async with api.office.db.read() as session:
        assert await session.scalar(select(Case.kind)) == "correction"


async def test_several_matters_become_applications_of_their_own(citizen: Citizen, api: OfficeApi) -> None:
    opening = f"{ME}，网上下载。有两件事：第一件，要2020年修路的合同；第二件，看镇卫生院的采购价"
    reply = await citizen.says(opening)
    assert "不止一件事" in reply
    assert (await citizen.buttons())[:2] == ["分成 2 份申请", "合成一份申请"]
    await citizen.fills_in("分开", "好的")
    assert "最后一件" in (await citizen.page())[-1]["text"]
    await citizen.says("好的")
    assert await numbers(api.office) == [FIRST, SECOND]
    texts = [(await filed(api.office, number))["description"] for number in (FIRST, SECOND)]
    assert texts == ["要2020年修路的合同", "看镇卫生院的采购价"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("我要举报楼下饭店油烟扰民，没有人管", "12345"),
        ("请问落户怎么办，要带什么材料", "12345"),
        ("我想查一下我名下有几套房子登记", "登记机构"),
        ("请把每月的水质结果在政府网站公布出来，方便大家", "主动公开"),
        ("想要一本2020年的统计年鉴", "图书馆"),
        ("我上个月交的申请怎么还没有消息", "申请编号"),
        ("今天天气真好，讲个笑话吧", "没有看明白"),
        ("How do I get a copy of the noise report?", "You may apply in English"),
    ],
)
async def test_each_kind_hears_of_its_own_way_and_may_apply_all_the_same(
    citizen: Citizen, text: str, told: str
) -> None:
    assert told in await citizen.says(text)
    assert "仍然申请" in await citizen.buttons()
    assert "个人，还是单位" in await citizen.says("仍然申请")


async def test_the_number_of_a_case_in_the_first_message_is_looked_up(citizen: Citizen) -> None:
    assert "查询码" in await citizen.says("SF-2026-00001 办到哪一步了")


async def test_thanks_are_answered_and_make_no_application(citizen: Citizen, api: OfficeApi) -> None:
    assert "不客气" in await citizen.says("谢谢你们，文件收到了，辛苦了")
    await citizen.says("你好")
    assert await numbers(api.office) == []


async def test_what_is_published_already_is_told_before_the_rest_is_asked(citizen: Citizen, api: OfficeApi) -> None:
    plan = {
        "title": "示例小区改造计划",
        "url": "https://www.example.com/a",
        "summary": "",
        "published_on": "2025-03-01",
    }
    await publish(api.office, plan)
    assert "已经公开" in await citizen.says(f"{ME}，我想看示例小区改造计划")


FOUND_PLAN = {
    "title": "示例小区改造计划",
    "url": "https://www.example.com/a",
    "summary": "",
    "published_on": "2025-03-01",
}


@pytest.mark.parametrize("opening", ["我想看示例小区改造计划", f"{ME}，我想看示例小区改造计划"], ids=["bare", "full"])
@pytest.mark.parametrize("said", ["就是这个", "找到了，不用申请了！", "[就是这个]"])
async def test_who_finds_what_is_public_already_needs_no_application(
    citizen: Citizen, api: OfficeApi, opening: str, said: str
) -> None:
    await publish(api.office, FOUND_PLAN)
    await citizen.says(opening)
    assert await citizen.fills_in(said) == texts.FOUND
    assert await numbers(api.office) == []
    [month] = await api.office.deflection.months()
    assert month.counts["chat"]["found"] == 1
    assert "没有正在填写的申请" in await citizen.says("取消"), "nothing is kept"


async def test_where_nothing_was_shown_the_words_lose_nothing_without_a_question(
    citizen: Citizen, api: OfficeApi
) -> None:
    await citizen.says(f"{ME}，我想看示例小区改造计划")
    assert "就是这个，不用申请了" not in await citizen.buttons()
    assert texts.CANCEL_SURE in await citizen.says("不用申请了")
    assert texts.FOUND not in await citizen.says("找到了")
    assert await api.office.deflection.months() == []


async def test_what_cannot_go_together_is_said_and_the_way_is_asked(citizen: Citizen) -> None:
    reply = await citizen.says(f"{ME}，要示例桥的验收报告，要纸质的，发到我邮箱 wang@example.com")
    assert "纸质的不能用“电子邮件”的方式提供" in reply
    assert "电子邮件" not in await citizen.buttons()


@pytest.mark.parametrize("flag", ["needs_processing", "complaint"])
async def test_a_doubt_about_an_application_is_said_in_the_words_of_the_one_vocabulary(flag: str) -> None:
    said = hints_of({"flags": [{"code": flag}, {"code": "repeat"}]})
    assert said == [HINTS[flag]]
