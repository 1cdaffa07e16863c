"""Personal data out of a text before anything is learned from it (训练前脱敏).

Masks identity numbers, phones, bank and account numbers, e-mail and chat accounts, number plates, house-level
addresses, and personal names where the words before them announce one; of an answered case also whatever the
applicant's own record holds (Known), wherever it stands. Masking too much costs the model nothing: what is masked
never decides a department.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from classifier.text.text import normalise

MASK = "■"
# Characters in a row that a text must share with a known address or number to have it masked.
_RUN = 5
_CALLED = "(?:某{1,2}|先生|女士|小姐|同志|师傅)"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐"
    "易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛"
    "靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟"
    "应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_SURNAME = f"(?:欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|夏侯|[{_SURNAMES}])"
_NAME = _SURNAME + "[㐀-鿿]{1,2}"
_SAID = "我叫|我名叫|我的名字[叫是]|名叫|姓名|签名|签字|此致敬礼"
_ROLES = (
    "本人|申请人|投诉人|举报人|反映人|联系人|来信人|代理人|委托人|受托人|法定代表人|负责人|开户名|户主|业主|村民|居民|"
    "我父亲|我母亲|我爱人|我丈夫|我妻子|我儿子|我女儿|我爷爷|我奶奶|邻居"
)
_NUMBERED = "电话|手机|联系方式|账号|账户|证号|号码"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # e-mail
        r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}",
        # identity number (GB 11643), unified social credit code (GB 32100)
        r"(?<![0-9a-z])\d{6}(?:18|19|20)\d{2}[01]\d[0-3]\d\d{3}[0-9x](?![0-9a-z])",
        r"(?<![0-9a-z])[1-9a-y]\d{7}[0-9a-z]{10}(?![0-9a-z])",
        # chat accounts
        r"(?<=微信)[号:是为 ]{0,3}[a-z0-9_-]{5,20}|(?<=qq)[号:是为 ]{0,3}\d{5,12}",
        # bank cards and other long numbers, mobile, landline, numbers that say what they are
        r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)",
        r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)",
        r"(?<!\d)(?:\(0\d{2,3}\)|0\d{2,3}[ -]?)\d{7,8}(?!\d)",
        rf"({_NUMBERED})[号码:是为 ]{{0,3}}\d[\d -]{{4,24}}\d",
        # number plates
        rf"[{_PROVINCES}][a-z][·. ]?(?=[a-z]{{0,5}}\d)[a-z0-9]{{5,6}}(?![a-z0-9])",
        # house, stair and flat
        r"(?:\d{1,4}(?:号楼|栋|幢|座|弄|组团|单元|号院|楼|号|室|户)[- ]?){1,4}\d{1,4}(?:室|户|号)?",
    )
)
_NAMES = (
    re.compile(rf"((?:{_SAID}|(?:{_ROLES})(?=[:叫]))[:是为叫, ]{{0,2}}){_NAME}"),
    # After a role alone a name must end like one: 村民王某某, 反映 … but not 村民高度关注.
    re.compile(rf"((?:{_ROLES})[ (]?){_NAME}(?=[,。;:、() 0-9]|$|反映|投诉|举报|同志|先生|女士)"),
)


@dataclass(frozen=True)
class Known:
    """What the record of one case says of persons: `names`, and `particulars` such as addresses, numbers, accounts."""

    names: tuple[str, ...] = ()
    particulars: tuple[str, ...] = ()


NOBODY = Known()


def mask(text: str, known: Known = NOBODY) -> str:
    """Normalise a text and replace personal data by ■; what is `known` goes first, by exact match."""
    text = _without_names(_without_runs(normalise(text), known.particulars), known.names)
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    for pattern in _NAMES:
        text = pattern.sub(rf"\1{MASK}", text)
    return text


def _without_names(text: str, names: Iterable[str]) -> str:
    """Whole names, with blanks between their characters too, and the surname with 某, 先生, 女士 after it."""
    spelled = {"".join(normalise(name).split()) for name in names}
    for name in sorted(spelled, key=len, reverse=True):
        if len(name) < 2:
            continue
        text = re.sub(r"\s*".join(map(re.escape, name)), MASK, text)
        if re.fullmatch(_NAME, name) and (surname := re.match(_SURNAME, name)):
            text = re.sub(surname[0] + _CALLED, MASK, text)
    return text


def _without_runs(text: str, particulars: Iterable[str]) -> str:
    """Every run of _RUN characters and more that the text shares with a known particular."""
    shared: set[int] = set()
    for known in map(normalise, particulars):
        runs = {known[start : start + _RUN] for start in range(len(known) - _RUN + 1)}
        for start in range(len(text) - _RUN + 1):
            if text[start : start + _RUN] in runs:
                shared.update(range(start, start + _RUN))
    return "".join(MASK if place in shared else char for place, char in enumerate(text)) if shared else text
