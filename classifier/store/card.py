"""The model card (模型说明) and the register sheet (算法登记表), generated from the manifest, never written by hand."""

from collections.abc import Mapping
from typing import Any


def card(manifest: Mapping[str, Any]) -> str:
    """Markdown in Chinese for the people who answer for the model."""
    measured, segmenter = manifest["metrics"], manifest["segmenter"]
    profile = manifest["profile"]
    directory = f"{profile['id']}，第 {profile['version']} 版" if profile else "未使用部门目录（自由标签）"
    rows = "\n".join(
        f"| {_cell(code)} | {score['n']} | {score['precision']:.2f} | {score['recall']:.2f} | {score['f1']:.2f} |"
        for code, score in measured["per_class"].items()
    )
    return f"""# 模型说明 {manifest["version"]}

用途：对政府信息公开申请给出承办部门和初步处理意见的建议，由工作人员确认或更正。不自动作出任何对外决定，从不建议“不予公开”。

方法：{segmenter["name"]} {segmenter["version"]} 分词，词、单字和双字按区分部门的能力加权（标题另计），线性支持向量机，
概率经校准，部门集合（最多六个）按部门分别保证覆盖率（保形预测）；处理意见和提示由同样的词和规则得出。
承诺：部门集合有 95% 含有正确部门，标明有把握的首选十次对九次。启用以后每周与工作人员的决定核对，界限随之调整并有记录。
部门目录：{directory}。训练数据：{_sources(manifest)}，训练前已遮盖个人信息；随机种子 {manifest["seed"]}。

## 在未见过的数据上（{manifest["recipe"]["folds"]} 折交叉验证，同组不拆）

| 首选正确率 | 宏平均 F1 | 前三位含正确部门 | 校准误差 | 集合覆盖率 | 集合平均大小 |
|---|---|---|---|---|---|
| {measured["accuracy"]:.3f} | {measured["macro_f1"]:.3f} | {measured["top3"]:.3f} | {measured["ece"]:.3f} | {
        measured["set_coverage"]:.3f} | {measured["mean_set_size"]:.2f} |

| 部门 | 条数 | 精确率 | 召回率 | F1 |
|---|---|---|---|---|
{rows}

## 不能依靠它的时候

文字太少、多是不认识的词，或首选概率低于 {
        manifest["limits"]["confident"]:.2f}（启用以后按决定调整）时，建议会标明“把握不足”，由人来判断。
训练数据里没有出现过的部门只凭目录中的职责判断。
"""


def register(manifest: Mapping[str, Any], agency: str, contact: str) -> str:
    """Sheet for an algorithm register (算法备案、登记) in Chinese: the items that registers ask for.

    Items as in 《互联网信息服务算法推荐管理规定》 arts. 16, 24 and the Dutch algorithm register; `agency` answers for
    it, `contact` is where people complain.
    """
    measured = manifest["metrics"]
    items = {
        "名称与版本": f"依申请公开辅助分办模型 {manifest['version']}",
        "使用单位": agency,
        "用途": "为政府信息公开申请建议承办部门、初步处理意见和需要留意的情形，供工作人员参考。",
        "对当事人的影响": "不作出决定。受理、分办、答复均由工作人员确认；系统从不建议“不予公开”；"
        "没有建议或建议错误不影响申请的收到日期和答复期限。",
        "算法类型": "有监督的文本分类（线性支持向量机，概率经校准，保形预测集合）；不生成内容，不作个人画像。",
        "数据来源": f"训练数据 {_sources(manifest)}。申请人信息只用来把同一人的申请归在一起检验，不参与计算。",
        "个人信息处理": "训练前遮盖姓名、证件号码、电话、账号、地址；模型中有词和权重、每条训练数据的概率（不含文字），"
        "以及所学申请的加密摘要；一件申请可以按要求从以后的训练中除去。",
        "效果": f"在未见过的数据上首选正确率 {measured['accuracy']:.1%}，前三位含正确部门 {measured['top3']:.1%}，"
        f"校准误差 {measured['ece']:.1%}。",
        "已知局限": "文字过少或用语生疏时准确率下降，系统会标明“把握不足”；没有答复先例的部门只凭职责条目判断。",
        "人工监督": "每件申请由工作人员确认或更正，二者并存备查；新模型须在双方都未见过的案件上优于现用模型，"
        "或者替换学过已不许使用的申请的模型，经管理员启用（设为自动启用的除外），可一键退回；按周监测更正率和偏移，"
        "核对承诺（集合 95%，有把握的九成）并调整界限，逐次记录（设为不训练的除外）。",
        "可解释性": "每项建议列出起作用的词语、对应的职责条目、与相近部门的界限和相似的往例。",
        "申诉渠道": contact,
        "训练日期与校验": f"{manifest['version'][:10].replace('.', '-')}，训练数据摘要 {manifest['rows_sha256'][:16]}，"
        f"部门目录 {(manifest['profile'] or {'sha256': '无'})['sha256'][:16]}",
    }
    return "# 算法登记表\n\n| 项目 | 内容 |\n|---|---|\n" + "".join(
        f"| {name} | {_cell(told)} |\n" for name, told in items.items()
    )


def _cell(text: str) -> str:
    """A table's cell holds one line, and no bar of its own."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", r"\|")


def _sources(manifest: Mapping[str, Any]) -> str:
    answered: dict[str, Any] = manifest.get("answered", {"rows": 0})
    shares = answered.get("shares") or {"used": False}
    own = f"其中本单位已答复的申请 {answered['rows']} 件" if answered["rows"] else ""
    counted = f"；概率按本单位 {shares['cases']} 件申请在各部门的份额校正" if shares["used"] else ""
    return f"{manifest['rows']} 条" + (f"（{own}{counted}）" if own else "")
