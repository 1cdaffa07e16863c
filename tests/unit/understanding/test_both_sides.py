"""Ways of saying a particular, each with what looks like it and is none (learned of the fifth and sixth set)."""

from datetime import date

import pytest

from intake_api.understanding.reading import understand

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        # a name and a number that stand bare, in a text whose stops are blanks
        ("我有两个事 一个是街道发的补贴名单 都要 窗口领 方振宇 13500009946", "name", "方振宇"),
        ("老板跑了没人管 劳动局管不管 我要求马上查处 18500006274", "phone", "18500006274"),
        ("我想要许可证然后呢还有我孩子他们学校的收费备案这俩都要啊电话是15100000236", "phone", "15100000236"),
        ("我是这里的业主方振宇 手机13500009946，要验收报告", "name", "方振宇"),
        ("要看考核结果。方振宇，云岭市安平区红旗路162号7-2-601，快递寄家里就行", "name", "方振宇"),
        ("求改一下记录 方振宇 个体 手机 13300005592", "name", "方振宇"),
        ("恳请赐阅会议纪要。\n退休教师 方振宇 敬上\n乙巳年二月十二", "name", "方振宇"),
        ("我叫岑光才 13500009946 要名单", "name", "岑光才"),
        ("我姓名是金玲玲金子的金，要检查记录", "name", "金玲玲"),
        ("系统里我名字是 祁红英 我身份证上是 祁红瑛 请给我改过来", "name", "祁红瑛"),
        # labels in odd dress
        ("【申请者】柳青 【Tel】13900005527 要环卫合同", "name", "柳青"),
        ("姓名/方振宇 手机/13900005527 途径/邮箱fang@example.com", "name", "方振宇"),
        ("申请人【方振宇】 电话【13900005527】 方式【邮寄】 要发放表", "name", "方振宇"),
        ("个人信息：\n  名：石磊\n  机：13900002640\n要移交协议", "name", "石磊"),
        ("▲全称：示例通达物流有限公司\n▲电联：022-6000 4418\n要审批依据", "organisation", "示例通达物流有限公司"),
        ("要名单 电话传真都是0797-5006638", "phone", "07975006638"),
        # for whom
        ("帮外公申请更正，外公名 陈木水 地址 示例市船步镇云霄村", "name", "陈木水"),
        ("我婆婆是移民，婆婆叫陶金凤，今年八十二，耳朵背，要签领册", "agent_for", "婆婆"),
        ("替我大爹查当兵的档案，他叫李顺昌", "name", "李顺昌"),
        ("我爱人单位家属院要拆 他叫段海军 他让我帮着申请补偿方案", "agent_for", "爱人"),
        ("受我父亲魏长河委托申请公开改制文件", "name", "魏长河"),
        # document numbers with a word before
        ("想咨询皖人社规〔2022〕8号还有没有效", "document_number", ["皖人社规〔2022〕8号"]),
        ("要清退的文件，即新政办发(1998)27号全文", "document_number", ["新政办发〔1998〕27号"]),
        ("申请公开示例区人民政府莲政征〔2021〕7号", "document_number", ["莲政征〔2021〕7号"]),
        # organisations whole
        ("我们是示例市金盛达针织厂有限公司，要检查记录", "organisation", "示例市金盛达针织厂有限公司"),
        ("我们是个小物业公司（示例市安邻物业服务有限公司），要核定文件", "organisation", "示例市安邻物业服务有限公司"),
        ("我是《江南商报》的记者周岩，想要空气质量数据", "organisation", "江南商报"),
        # years
        ("要2021、22年的花名册", "years", [2021, 2022]),
        ("我2019年养猪遇到瘟病，全埋了，我想要那年扑杀补助的发放表", "years", [2019]),
        # form and way
        ("要规划图，我过去看一眼就行", "way", "view"),
        ("给个链接我自己下载，要招生计划", "way", "download"),
        ("要缴费明细，我去柜台拿", "way", "counter"),
        ("要批复，请打印出来寄起来，谢谢", "way", "post"),
        ("要分配表，要纸呢，我不会看电脑", "medium", "paper"),
        ("住儿子家：示例县平山街道华侨城6栋701，可以寄过来吗", "address", "示例县平山街道华侨城6栋701"),
    ],
)
def test_what_is_said_is_taken(text: str, name: str, value: object) -> None:
    assert understand(text, TODAY).fields.get(name) == value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("村长 马得胜 电话 13900007777 不公开账目", "phone"),
        ("我要村里账目，刘会计电话13900001234", "phone"),
        ("想找一个叫田大壮的人，电话13900001111，户籍在哪", "phone"),
        ("找一下吕会计，材料请发 a@example.com", "name"),
        ("办好了我来窗口，别寄", "name"),
        ("李振宇", "name"),  # an answer to whatever was asked
        ("可以帮我查户籍吗，欠我钱的，叫普文祥，电话13900000012", "name"),
        ("被征地的有三户：张大山、李二牛、王三喜，想看发放表", "name"),
        ("我媳妇是越南籍，2019年结婚，要我提供住房证明", "agent_for"),
        ("我儿子叫田野，今年六岁，要学区划分文件", "agent_for"),
        ("我父亲过世了，他叫郭守义，身份证110101194802031518，我是儿子郭凯歌，查他名下房产", "agent_for"),
        ("请公开（2019）第12号公告", "document_number"),
        ("依照青建发〔2018〕7号应该补我钱，我要补偿明细", "document_number"),
        ("想要录取分数的表，娃明年上一年级", "years"),
        ("今年老体衰，想看清退的文件", "years"),
        ("此致 敬礼 申请人 白雪 2026年11月1日", "years"),
        ("2016年3月交维修基金11862元，要使用批准书", "years"),
        ("公积金还有没有我的钱，以前在示例电子干过", "medium"),
        ("谢谢！我妈那份东西今天快递到了", "way"),
        ("挂号信，邮局说你们门卫签收了，一个多月没音信", "way"),
        ("楼下麻将馆天天吵，我住18号3楼", "address"),
    ],
)
def test_what_only_looks_like_it_is_left(text: str, name: str) -> None:
    assert name not in understand(text, TODAY).fields


@pytest.mark.parametrize(
    "text",
    [
        "【信息一】东宝区2019年环卫外包合同【信息二】泉口路小学教师编制数【申请者】柳青",
        "要这么几样 示政发〔2018〕12号全文 还有廉租房轮候名册 另外那个高教园的环评 一共三样 缺一样我还来",
        "申请两件：老房子那片的拆迁许可证，以及街道办发放慰问金的名单",
        "我要看2022年低保发放表，还要看2023年水塘清淤的工程合同，一样都不能少",
    ],
)
def test_several_matters_are_told_without_a_number_before_each(text: str) -> None:
    read = understand(text, TODAY)
    assert (read.kind, len(read.parts) > 1) == ("several", True)


def test_a_yearly_series_of_one_matter_is_one() -> None:
    assert understand("要2021年的低保名单，还要2022年的低保名单", TODAY).parts == ()
