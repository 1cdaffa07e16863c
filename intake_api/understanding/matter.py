"""The part of a message that is asked for: without greeting, particulars, delivery and thanks."""

import re

from intake_api.understanding.delivery import is_wish
from intake_api.understanding.words import Passage, clauses

_GREETING = re.compile(
    r"(?:(?:尊敬的|敬爱的)?(?:各位)?(?:领导|同志|老师|工作人员|政府|办公室|市长|县长|局长|书记|主任|贵局|贵机关|"
    r"朋友){0,4}(?:们|同志){0,2}(?:您|你)?(?:们|们都)?好(?:啊|呀)?|打扰(?:一?下|了)?|在吗|请问|(?i:hello|hi|"
    r"dear sirs?(?: or madam)?))[，,。!！:： ]{0,6}"
)
_IDLE = re.compile(
    r"(?:我|俺|本人|我们|这是|这里是|我的|俺的|她|他|其|的|是|叫|姓名|名字|号码|号|电话|手机|手机号|联系|联系方式|"
    r"联系电话|身份证|身份证号|身份证号码|证件|证件号码|邮箱|电子邮箱|邮件|地址|通信地址|通讯地址|家|住|住在|在|家住|"
    r"可以|能|打|打我|这个|和|与|一样|同|微信|有事|有|事|"
    r"请|麻烦|谢谢|谢谢您|谢谢你们?|多谢|感谢|非常感谢|辛苦了?|您|你们?|就行|即可|就好|都行|吧|啊|了|呢|哈|哦|好|此致|"
    r"敬礼|盼复|望|回复|答复|为盼|特此申请|特此|申请人|统一社会信用代码|信用代码|代码|公司|单位|名称|联系人|方便|收|"
    r"随时|来|现|系|今年|岁|男|女|汉族|"
    r"村民|居民|农民|退休|职工|工人|一个|普通|老百姓|市民|公民|不会|上网|年纪|大|不识字|眼睛|不好|替|帮|代|受|委托|"
    r"让我|我来|\d{1,3}|[，,。！!？?；;：:、\n /()（）\-])+"
)


def matter(text: str, shown: str, spans: list[Passage]) -> str:
    """The clauses that ask, joined as they stand in `shown`; the whole of it where nothing would be left."""
    greeting = _GREETING.match(text)
    begin = greeting.end() if greeting else 0
    places = [
        place for start, end in clauses(text) if end > begin for place in _kept(text, max(start, begin), end, spans)
    ]
    joined = "".join(shown[start:end] for start, end in places).strip(" ，,。；;：:、）)\n")
    return joined or shown.strip()


def _kept(text: str, start: int, end: int, spans: list[Passage]) -> list[tuple[int, int]]:
    """Where a clause stands without the applicant's particulars; nowhere if nothing but idle words is left of it."""
    pieces, place = list[tuple[int, int]](), start
    for one in sorted((one for one in spans if start <= one.start < end), key=lambda one: one.start):
        if one.kind != "document_number" and (one.own or one.kind == "agent"):
            pieces.append((place, max(place, _cue(text, place, one.start))))
            place = max(place, min(one.end, end))
    changed = bool(pieces)
    pieces.append((place, end))
    left = "".join(text[first:last] for first, last in pieces)
    asks = bool(_ASKED.search(left))
    if len(_IDLE.sub("", left) if changed else "" if _IDLE.fullmatch(left) else left) < 2 or (
        is_wish(left) and len(left) <= 26 and not asks
    ):
        return []
    return [
        (first, last)
        for first, last in pieces
        if last > first and not (changed and _IDLE.fullmatch(text[first:last]) and last < end)
    ]


def _cue(text: str, start: int, end: int) -> int:
    """Where what leads to a particular begins: 「电话是」138…."""
    cue = _CUE.search(text, start, end)
    return cue.start() if cue else end


_CUE = re.compile(
    r"(?:我|俺|本人|我的|俺的)?(?:叫|名叫|是|姓名|名字|电话|手机|手机号|号码|联系电话|联系方式|联系人|申请人|身份证|"
    r"身份证号|身份证号码|邮箱|电子邮箱|地址|家住|住在|住|家在|寄到|发到|统一社会信用代码|信用代码)(?:是|为|:| ){0,3}$"
)
_ASKED = re.compile(
    r"批文|批复|方案|协议|合同|名单|清单|明细|标准|报告|台账|公告|预算|决算|规划|纪要|决定|通知|材料|资料|数据|年|征|"
    r"拆|补偿|项目"
)
