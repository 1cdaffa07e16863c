"""The model card (模型说明), generated from the manifest and never written by hand."""

from collections.abc import Mapping
from typing import Any


def card(manifest: Mapping[str, Any]) -> str:
    """Markdown in Chinese for the people who answer for the model."""
    measured, segmenter = manifest["metrics"], manifest["segmenter"]
    profile = manifest["profile"]
    directory = f"{profile['id']}，第 {profile['version']} 版" if profile else "未使用部门目录（自由标签）"
    rows = "\n".join(
        f"| {code} | {score['n']} | {score['precision']:.2f} | {score['recall']:.2f} | {score['f1']:.2f} |"
        for code, score in measured["per_class"].items()
    )
    return f"""# 模型说明 {manifest["version"]}

用途：对政府信息公开申请给出承办部门和初步处理意见的建议，由工作人员确认或更正。不自动作出任何对外决定，从不建议“不予公开”。

方法：{segmenter["name"]} {segmenter["version"]} 分词，词、单字和双字按区分部门的能力加权（标题另计），线性支持向量机，
概率经校准，部门集合按部门分别保证覆盖率（保形预测）；处理意见和提示由同样的词和规则得出。
部门目录：{directory}。训练数据：{manifest["rows"]} 条，训练前已遮盖个人信息；随机种子 {manifest["seed"]}。

## 在未见过的数据上（{manifest["recipe"]["folds"]} 折交叉验证，同组不拆）

| 首选正确率 | 宏平均 F1 | 前三位含正确部门 | 校准误差 | 集合覆盖率 | 集合平均大小 |
|---|---|---|---|---|---|
| {measured["accuracy"]:.3f} | {measured["macro_f1"]:.3f} | {measured["top3"]:.3f} | {measured["ece"]:.3f} | {
        measured["set_coverage"]:.3f} | {measured["mean_set_size"]:.2f} |

| 部门 | 条数 | 精确率 | 召回率 | F1 |
|---|---|---|---|---|
{rows}

## 不能依靠它的时候

文字太少、多是不认识的词，或首选概率低于 {manifest["limits"]["confident"]:.2f} 时，建议会标明“把握不足”，由人来判断。
训练数据里没有出现过的部门只凭目录中的职责判断。
"""
