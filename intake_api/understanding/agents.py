"""On whose behalf a message is written: 「替我妈」「受某某公司委托」「我是张三的代理律师」."""

import re
from dataclasses import dataclass

from intake_api.understanding.names import name_at
from intake_api.understanding.places import organisation_at
from intake_api.understanding.whose import RELATIONS

_WHO = (
    r"(?:我们|我|俺们?|咱们?)?(?:家)?的?(?:(?:隔壁|邻居|楼下|楼上|同村|对门)(?:的)?[\u4e00-\u9fff]?"
    r"(?:大爷|大妈|大娘|大叔|阿姨|奶奶|爷爷|师傅|叔|婶|老人家?|老太太|大姐|大哥)"
    rf"|(?:隔壁|楼下|楼上|同村)?(?:的)?(?:{RELATIONS}))"
    r"(?![的]?(?:们的|圈|公司|单位|委|会|学校|妹|弟|镇|村|和睦|关系))"
)
_FOR = re.compile(
    rf"(?:替|代替|帮着|(?<![那这一几都是])帮(?!.{{0,8}}(?:班上|代收))|代表|代)(?P<who>{_WHO})"
    r"|(?:替|代)(?P<who3>[父母])(?:亲)?(?=申请|提出|办|查|问|写|，|:)"
    rf"|(?:给|(?<!作)为)(?P<who2>{_WHO})(?=[\u4e00-\u9fff]{{0,2}}(?:申请公开|代为|代办|问问|问的|办的|弄的|写的|"
    rf"查一?下|来问))"
)
_TOLD_TO = re.compile(
    rf"(?P<who>{_WHO})(?:[^。，\n]{{0,10}}，?[^。，\n]{{0,8}}?(?:让|叫|托|请|委托|授权)(?:我|俺)(?:来|帮|替|代|给|写|"
    rf"发|在|提|交|递|办|"
    rf"申请|问|查)"
    r"|(?:[（(][^（）()]{0,50}[)）])?[^。\n]{0,24}?(?:我[^。，\n]{0,4}?(?:来)?(?:替|帮|代)(?:她|他|老人|其)(?:写|问|"
    r"申请|查|提|填|办|弄|来|去|"
    r"领|拿)|我代(?:为)?(?:申请|提|"
    r"写|问)"
    r"|(?:她|他)(?:已经?)?(?:委托|授权)(?:了)?我))"
)
_ENTRUSTED = re.compile(
    r"(?:受|接受|经)(?:我(?:的)?)?(?:当事人|委托人|客户|申请人)?[ ，]?(?P<client>[^，。,\n]{2,30}?)(?:\([^()]{0,30}\)|"
    r"（[^（）]{0,30}）)?(?:女士|先生|同志)?(?:的|之|特别)?(?:委托|授权)"
)
_AGENT_OF = re.compile(
    r"(?:我是|本人是|本人系|系|我们是|本律师是|作为|我为)[ ]?(?P<client>[^，。,\n]{2,30}?)(?:女士|先生)?(?:一案|"
    r"案)?的?(?:委托|诉讼|全权)?(?:代理人|代理律师|委托律师|代理|法律顾问|监护人|律师，受)"
    r"|(?:代理|代表)(?:我的|的)?(?:当事人|委托人|客户)(?:叫|是)?[ :：，]?(?P<other>[^，。,\n的]{2,30})|"
    r"(?:作为|我是)(?P<sixth>[\u4e00-\u9fff]{2,4}?)的(?:女儿|儿子|妻子|丈夫|父亲|母亲|家属|监护人)[，, ]?(?:替|代|帮)|"
    r"我代理(?P<fifth>[\u4e00-\u9fff]{2,4}?)(?:女士|先生)?的案|"
    r"本?律师(?:依法)?代理(?P<fourth>[\u4e00-\u9fff]{2,4}?)(?:申请|提出|办理|"
    r"，)|(?:委托人|被代理人|当事人)(?:姓名|"
    r"名称)?(?:是|为|叫|[:：]| ) ?(?P<third>[^，。,;；\n]{2,30})"
)
_NEAR_KIN = rf"(?!邻居|朋友|同事|同学|亲戚|孩子|儿子|女儿|闺女|儿媳|女婿|孙|侄|外甥)(?:{RELATIONS})"
# 婆婆叫某某，今年八十二; 我妈的养老金…她叫某某，身份证…: an elder whose particulars are given, and none of who writes
_SPOKEN_OF = (
    re.compile(
        rf"(?P<who>{_NEAR_KIN})(?:的?(?:大名|名字|姓名)(?:是|叫)?|叫|名叫)(?P<name>[\u4e00-\u9fff]{{2,4}}?)"
        rf"[，,( （]{{0,2}}(?:今年|现年|(?:19|20)?\d\d年(?:的人|生)|身份证|\d{{15}}|[\d一二三四五六七八九十]{{2,3}}岁)"
    ),
    re.compile(
        rf"(?:我|俺)(?:家)?(?P<who>{_NEAR_KIN})(?P<name>[\u4e00-\u9fff]{{2,4}}?)[(（，,](?:今年|现年)?"
        rf"[\d一二三四五六七八九十]{{2,3}}岁"
    ),
    re.compile(
        rf"(?:我|俺)(?:家)?(?P<who>{_NEAR_KIN})[^\0]{{2,80}}?[，。 ](?:她|"
        rf"他)(?:的名字)?叫(?P<name>[\u4e00-\u9fff]{{2,4}}?)"
        rf"[，, ]{{1,2}}(?:身份证[^，。\n]{{0,4}}|证件[^，。\n]{{0,4}})?\d{{15}}"
    ),
)
_HERS = re.compile(
    rf"(?:我|"
    rf"俺)(?:家)?(?P<who>{_NEAR_KIN})(?:名字)?叫(?P<name>[\u4e00-\u9fff]{{2,4}}?)[，, ][^\0]{{0,60}}?(?:她|"
    rf"他)的?身份证"
)
_SELF = re.compile(rf"(?:我|俺)(?:名)?叫|本人|申请人|(?:我|俺)是(?:他|她|其)?的?(?:{RELATIONS})|[过去]世|病故")
_ASKED_ME = re.compile(
    rf"(?:我|俺)(?:家)?(?P<who>{_NEAR_KIN})[^\0]{{2,90}}?[，。 ](?:她|他)(?:老人家)?(?:让|托|叫|请)(?:我|"
    rf"俺)(?:来|去)?(?:帮|替|代)"
)
_SPOUSE = re.compile(
    r"我是申请人的(?:丈夫|妻子|老公|老婆|爱人|儿子|女儿|父亲|母亲)[^\0]{0,10}?(?P<who>妻子|丈夫|老公|老婆|爱人|父亲|"
    r"母亲|儿子|女儿)"
)
_CASE_OF = re.compile(
    r"律师[^。，\n]{0,4}就(?P<client>[\u4e00-\u9fff]{2,4}?)(?:[（(][^（）()]{0,40}[)）])?[^。，\n]{0,14}?(?:一案|"
    r"案件|纠纷)"
)
_REPRESENTED = re.compile(
    r"申请人(?:姓名)?[:：] ?([\u4e00-\u9fff·]{2,8})(?=[，,。；\n (（])[^\0]{0,200}?"
    r"(?<!被)(?:委托)?代理人(?:姓名)?[:：] ?"
    r"(?!无|没有|\s|同)[\u4e00-\u9fff]{2,4}"
)
_ENGLISH = re.compile(
    r"(?:(?i:on behalf of|for) |(?<![A-Za-z])(?=[Mm]y [a-z]+ (?:[A-Z][a-z]+ ){2,3}(?:applied|filed|asked|wants|"
    r"requested)\b))"
    r"(?P<who>(?i:my) (?:mother|father|wife|husband|son|daughter|parents|client|grandmother|"
    r"grandfather|mom|dad))"
)
_KIN = re.compile(rf"(?:我|俺)?(?:{RELATIONS})")
_KIN_BY_NAME = re.compile(rf"(?:我|俺)?(?:{RELATIONS})(?=[\u4e00-\u9fff]{{2,4}}$)")  # 受我父亲某某委托
_OURS = re.compile(r"^(?:我们|我|俺们?|咱们?)?(?:家(?![父母]))?的?")
_SAME = (
    ("妈", "母亲", "娘"),
    ("爸", "父亲", "爹"),
    ("奶奶",),
    ("爷爷",),
    ("儿子", "孩子"),
    ("女儿", "孩子", "闺女"),
    ("老公", "丈夫", "爱人"),
    ("老婆", "妻子", "爱人", "老伴"),
)


@dataclass(frozen=True, slots=True)
class Agency:
    """Whom a message is written for, as it is said; `client` finds them in the text.

    `name` and `organisation` as far as they are said.
    """

    whom: str
    client: re.Pattern[str]
    start: int
    end: int
    name: str = ""
    organisation: str = ""


def agency(text: str) -> Agency | None:
    """Whom the message is written for; None where it is the applicant's own."""
    for pattern in (_ENTRUSTED, _AGENT_OF, _CASE_OF):
        for match in pattern.finditer(text):
            if found := _client(match):
                return found
    if (applicant := _REPRESENTED.search(text)) and (
        name := next(name_at(text, applicant.start(1), strong=True), None)
    ):
        return Agency(
            name.value, re.compile(re.escape(name.value) + "|申请人|委托人"), *applicant.span(1), name=name.value
        )
    for pattern in (_FOR, _TOLD_TO, _ASKED_ME, _SPOUSE):
        for match in pattern.finditer(text):
            given = match.groupdict()
            whom = _OURS.sub("", given.get("who") or given.get("who2") or given.get("who3") or "")
            return Agency(whom, _mentions(whom), *match.span())
    if found := _spoken_of(text):
        return found
    if english := _ENGLISH.search(text):
        return Agency(english["who"][3:], re.compile(re.escape(english["who"])), *english.span())
    return None


def _spoken_of(text: str) -> Agency | None:
    """The elder whose name and age or number are given in a message that gives no name of its writer."""
    if _SELF.search(text):
        return None
    for match in (match for pattern in (*_SPOKEN_OF, _HERS) for match in pattern.finditer(text)):
        name = next(name_at(text, match.start("name"), strong=True), None)
        if name and name.end == match.end("name"):
            return Agency(match["who"], _mentions(match["who"]), *match.span("who"), name=name.value)
    return None


def _client(match: re.Match[str]) -> Agency | None:
    given = next((value for value in match.groupdict().values() if value), "")
    given = re.sub(r"^(?:我的|我|本人|当事人|委托人|客户|申请人)+(?=[\u4e00-\u9fff]{2})", "", given).strip(" ：:，")
    given = re.sub(r"[（(][^（）()]*[)）]$", "", re.sub(r"(?:女士|先生|同志)$", "", given))
    start = match.start()
    if _KIN.fullmatch(given):
        return Agency(_OURS.sub("", given), _mentions(_OURS.sub("", given)), *match.span())
    if kin := _KIN_BY_NAME.match(given):
        whom, name = _OURS.sub("", kin[0]), next(name_at(given, kin.end(), strong=True), None)
        return Agency(whom, _mentions(whom), *match.span(), name=name.value) if name else None
    if (found := organisation_at(given, 0)) and found.end == len(given) and not re.match(r"我代表|我们", match[0]):
        return Agency(
            given,
            re.compile(re.escape(given) + "|该公司|委托人|公司|律师|代理人|本所|我所"),
            start,
            match.end(),
            organisation=given,
        )
    name = next(name_at(given, 0, strong=True), None)
    if name and name.end == len(given):
        return Agency(
            given,
            re.compile(re.escape(given) + "|委托人|当事人|律师|代理人|他|她|其"),
            start,
            match.end(),
            name=name.value,
        )
    return None


def _mentions(kin: str) -> re.Pattern[str]:
    same = next((group for group in _SAME if any(word in kin for word in group)), ())
    words = sorted({kin, *same}, key=len, reverse=True)
    return re.compile(
        rf"(?:我|俺|咱)?(?:家|"
        rf"的)?(?:{'|'.join(map(re.escape, words))})[{''.join(sorted({word[-1] for word in words}))}]?|她|他(?!们)|"
        rf"老人家?"
    )
