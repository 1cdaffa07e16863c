"""Signs (话头) of a flag: turns of phrase that say more together than their words do.

「另一桩」 is a second matter and 「上次的答复」 an earlier request, whichever words stand around them; a bag of words
sees neither. A sign decides nothing: its weight is learned beside the words (classifier/learn/advice.py). Patterns
read a normalised text, subject and body.
"""

import numpy as np
from numpy.typing import NDArray

from classifier.model.flags import PHRASES
from classifier.text.phrases import Heard

# How loud a sign is beside the words of a text, which have unit length: 0.3, 0.6 and 1 did much the same.
LOUDNESS = 0.5

_WRITTEN = {
    "already_published": {
        "where_to_see": r"(?:在哪|哪里|哪儿|哪个网)[^。;!?]{0,8}(?:看|查|找|公布|公开|公示|下载|挂|买)",
        "on_the_web": r"网址|链接",
        "not_found": r"没有?找到|找不到|没搜到|搜不到|打不开|失效|没查到|搜出来",
        "bound_to_be_public":
            r"(?:应该|应当|总该|总要|按理|一定|每年|都)[^。;!?]{0,10}(?:公布|公开|公示|挂网|挂在|网上)",
        "known_paper": r"工作报告|统计公报|责任?清单|部门(?:预|决)算|三公经费|最低工资标准|应急预案",
        "in_force": r"(?:最新|现行|今年)的?[^。;!?]{0,10}(?:标准|目录|办法|文件|政策|方案|规定)",
    },
    "exception_risk": {
        "minutes": r"会[^。;!?]{0,14}(?:纪要|记录)|纪要",
        "transcript": r"(?:询问|谈话|讯问|检查|勘验|勘查|调查|现场)[^。;!?、]{0,4}(?:笔录|记录|材料)|笔录",
        "case_file": r"案卷|卷宗|副卷|立案(?:审批|决定|通知|登记)|受案回执",
        "internal": r"内部(?:请示|批示|文件|通报|资料|信息|材料|的)",
        "draft":
            r"讨论(?:稿|记录|的?过程)|专家组?(?:意见|讨论|打分|评审)|评审意见|建议稿|送审稿|初稿|草案|批示|流转单",
        "who_told": r"(?:举报|投诉)(?:我的)?(?:人|信)",
        "inquiry": r"调查(?:报告|结论|材料)|核查报告|考察材料|民主测评|原始记录",
        "pending":
            r"案[子件][^。;!?]{0,14}(?:进度|进展|哪一步|怎么样|办到)|立案[没了]|侦[查办]|尚未结束|没有结案|未结案",
    },
    "repeat": {
        "again":
            r"(?:再次|重新|又一?次|二次|第[二三四五六七八九十两]{1,3}[次遍回封])[^。;!?]{0,8}(?:申请|提|来信|写|问|要|递|反映|来函)",
        "time_counted": r"第[三四五六七八九十]{1,3}[次遍回封]",
        "asked_before":
            r"(?:上次|上回|去年|前年|今年|之前|以前|此前|早前|曾|\d[年月])[^。;!?]{0,16}(?:申请|要|问|递|写|提)(?:公开)?(?:过|了一?[次回遍]|[两三]次)",
        "as_before":
            r"(?:上次|前[几两三]次|原来|以前)[^。;!?]{0,6}(?:一样|一致|相同)|同样的(?:内容|申请|话|东西)|一字不|原样",
        "now_again": r"(?:现|今|所以|这是|这次是?)(?:再|又|第[二三四五六]次)[^。;!?]{0,6}(?:申请|提|问|写|要)",
        "earlier_answer":
            r"(?:上次|上回|前次)[^。;!?]{0,10}答|(?:答复|回复|回信|告知)[^。;!?]{0,6}(?:不存在|不掌握|不属于|不予公开|未检索到)",
    },
    "several_matters": {
        "unrelated": r"不相干|不沾边|互不相|不搭界|各归各",
        "no_relation": r"(?:跟|与|和|同)[^。;,!?]{0,10}(?:没有?关系|没得关系|无关)",
        "one_thing": r"第一[件个桩样]|头一[件桩样]|一[件桩样](?:是|,|事)",
        "another": r"(?:第二|再一|另一|另外一|还有一)[件个桩样]|再就是|再有(?:一|就)|还有[件桩样]",
        "some_things": r"[两二三四几][件桩样](?:[事不都请,、。\n]|$)",
        "some_questions": r"[两二三四几]个?(?:问题|麻烦|事(?![业故实])|难处|请求|方面)",
        "listed_subject": r"^[^\n]{0,24}(?:[二三四两]问|[两三四][样件条]|、[^\n]{1,8}[、和与])[^\n]{0,8}\n",
        "by_the_way": r"顺便(?:再|想|也)?(?:说|问|提|反映|打听|请)",
    },
}  # fmt: skip
SIGNS = {code: {name: PHRASES.add(sign) for name, sign in own.items()} for code, own in _WRITTEN.items()}


def signs(code: str, heard: Heard) -> NDArray[np.float64]:
    """Which of a flag's signs the text has, in the order of SIGNS[code]: each LOUDNESS or 0."""
    return np.array([LOUDNESS if heard.has(sign) else 0.0 for sign in SIGNS[code].values()])
