"""A small invented government with three departments and one agency beside it, and what people wrote to it."""

from datetime import date
from pathlib import Path

import pytest

from classifier.data import Row
from classifier.learn import train
from classifier.profile import Profile
from classifier.serve.predict import Predictor
from classifier.store import registry

DIRECTORY = """
[profile]
id = "invented"
version = "1"

[[departments]]
code = "natural-resources"
name = "自然资源和规划局"
aliases = ["自规局"]
former_names = ["国土局"]
duties = ["征收土地预公告和安置补偿方案的公布", "不动产登记和宅基地确权", "建设用地规划许可和国有土地出让"]

[[departments]]
code = "education"
name = "教育局"
duties = ["中小学招生划片和学区调整", "教师招聘和职称评审", "民办幼儿园审批和学校收费"]

[[departments]]
code = "transport"
name = "交通运输局"
duties = ["公交线路的开设和调整", "农村公路的建设和养护", "出租汽车经营许可"]

[[departments]]
code = "statistics"
name = "统计局"
duties = ["人口普查和经济普查数据的发布"]

[[departments]]
code = "tax"
name = "税务局"
external = true
duties = ["增值税和个人所得税的征收", "发票的领用和查验"]
"""

_SAID = {
    "natural-resources": [
        "我们村去年被征了地，想看征收土地预公告和批复文件",
        "请公开河东片区土地征收的安置补偿方案和补偿标准",
        "国土局批的那块出让土地，出让合同能不能给一份",
        "申请获取本村宅基地确权登记的公示材料",
        "地块的建设用地规划许可证和红线图",
        "征地补偿款每亩多少，文件在哪里",
        "想要土地利用总体规划图，看看我家老宅在不在范围里",
        "不动产登记窗口收费依据的文件",
        "耕地占补平衡项目的验收报告",
        "村集体土地出租备案的材料",
        "示例镇工业园用地的审批手续，请公开批文",
        "规划局核发的建设工程规划许可附图",
    ],
    "education": [
        "今年小学招生划片范围是怎么定的，请公开文件",
        "孩子上初中的学区调整方案",
        "公开近两年教师招聘的成绩和录取标准",
        "幼儿园收费标准的批复文件",
        "学校食堂招标的结果和合同",
        "申请公开教师职称评审的通过办法",
        "民办学校办学许可证的审批材料",
        "中考录取分数线和指标到校的名额分配表",
        "义务教育阶段学校课后服务费的收费依据",
        "中学操场改造项目的经费预算",
        "学生资助金发放办法",
        "教育局关于校外培训机构检查的通报",
    ],
    "transport": [
        "12路公交为什么改线，请公开调整的依据",
        "通村公路的建设计划和资金安排",
        "出租车经营许可的数量和发放办法",
        "农村公路养护费用是多少，养护合同公开一下",
        "公交公司的补贴文件",
        "高速出口连接线工程的施工许可",
        "客运班线的审批结果",
        "网约车平台许可的名单",
        "桥梁检测报告，村口那座桥能不能走大车",
        "公交站点设置的方案和征求意见的情况",
        "道路运输企业的处罚决定",
        "县道大修工程的中标公告",
    ],
    "tax": [
        "个人所得税退税的办理依据",
        "某公司增值税的缴纳标准文件",
        "发票领用的管理办法",
        "企业所得税优惠的名单",
        "税务局代征车船税的协议",
        "房产税的征收文件",
        "契税减免的政策文件",
        "出口退税的审核规程",
    ],
    "statistics": ["第七次人口普查的分乡镇数据"],
}
_OUTCOMES = ("public", "public", "partially_public", "not_held", "public", "unclear")


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    path = tmp_path_factory.mktemp("profile") / "departments.toml"
    path.write_text(DIRECTORY, encoding="utf-8")
    return Profile.load(path)


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    return [
        Row(text, code, disposition="not_this_agency" if code == "tax" else _OUTCOMES[place % len(_OUTCOMES)])
        for code, texts in _SAID.items()
        for place, text in enumerate(texts)
    ]


@pytest.fixture(scope="session")
def model_dir(rows: list[Row], profile: Profile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("models") / "model"
    registry.save(train.train(rows, profile), directory, date(2026, 11, 22))
    return directory


@pytest.fixture(scope="session")
def predictor(model_dir: Path) -> Predictor:
    return Predictor.load(model_dir)
