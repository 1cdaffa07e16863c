"""Years of the information that is wanted (所需信息的年份), out of all the years that a message names."""

import re
from collections.abc import Iterator
from datetime import date

from intake_api.understanding.words import SENTENCE, Passage, clause_start, overlaps, sentence_start

_TO = r" {0,2}(?:到|至|-|—|–|~|～|－|一直到|to)+ {0,2}"
_CN = str.maketrans("零〇一二三四五六七八九", "00123456789")
_TWO_CHINESE = re.compile(
    r"(?<![一二三四五六七八九十〇零百千两])(?:[〇零][一二三四五六七八九]|一[〇零三四五六七八九]|二[〇零一二四五六])(?=年)"
)
_Y = r"(?:19|20)\d{2}"
_ANY = re.compile(_Y)
_RANGE = re.compile(
    rf"(?<![\d.])({_Y}) {{0,2}}(?:年度?)?(?:\d{{1,2}}月份?)?(?:起|开始)?{_TO}({_Y})(?![\d号])(?: {{0,2}}年)?"
)
_SHORT_RANGE = re.compile(rf"(?<![\d.])({_Y}) {{0,2}}年?{_TO}(\d{{2}}) {{0,2}}年(?!来)")
_TWO_RANGE = re.compile(rf"(?<![\d.])([0125-9]\d)年?{_TO}([0125-9]\d)年(?![来多])")
_SINCE = re.compile(
    rf"(?<![\d.])({_Y}) {{0,2}}年?(?:\d{{1,2}}月)?(?:以来|以后|之后|起(?!诉|步|的)|开始(?!建|动|施)|至今|到现在|到今天|"
    rf"到今年|起至今|到目前|开始到现在)(?! ?[到至-]+ ?{_Y})"
)
_LISTED = re.compile(rf"(?<![\d.])({_Y}) {{0,2}}年?(?:[、,和及与/ ]{{1,3}}{_Y} {{0,2}}年?){{1,9}}")
_SHORT_LISTED = re.compile(rf"(?<![\d.])({_Y}) {{0,2}}年?((?:[、,和及与]\d{{2}}(?!\d)年?){{1,6}})(?<=年)")
_YEAR = re.compile(
    rf"(?<![\d.〔A-Za-z-])({_Y})(?: {{0,2}}(?:年(?!来|以上|代|以前|之前)|财年|-\d{{1,2}}(?!\d)|/\d{{1,2}}月?|"
    rf"\.\d{{1,2}}(?!\d))|(?= {{0,2}}(?:全年|度|届|级|版|的(?:预算|决算|批|名单|工作报告))))"
)
_BARE = re.compile(rf"(?:^|(?<=[\u4e00-\u9fff] )|(?<=\d{{4}} ))({_Y})(?= (?!\d)|$| (?:19|20)\d{{2}}(?!\d))")
_ENGLISH = re.compile(rf"(?<![\d./-])({_Y})(?![\d/号室-])")
_TWO = re.compile(
    r"(?<![\d.第了过住干近约有满用整快])([012]\d|[5-9]\d)年(?![来多了期前后间里代没级]|以[上后前]|工龄|产权|的?(?:历史|"
    r"经验|工龄)|\d{1,2}月\d{1,2}[日号]生)"
)
_RELATIVE = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上一年度": -1,
    "上年度": -1,
    "今年": 0,
    "本年度": 0,
    "上一年": -1,
    "last year": -1,
    "this year": 0,
}
_WORD = re.compile(
    "(?:"
    + "|".join(_RELATIVE)
    + r")(?!才|刚|听说|搬|退休|[\u4e00-\u9fff]{0,2}(?:知道|发现)|级|老|迈|龄|事已|(?:已经?|都|刚|快|就|才|"
    r"满)?[一二三四五六七八九十百\d]{1,4}(?:岁|了|，|周岁|。|多))"
)
_LAST = re.compile(
    r"(?:最近|近|过去|前(?!两))(?:的)?([一二两三四五六七八九十\d]{1,2})个?(?:财政)?年(?:度|间|内|里|来)?(?!\()"
)
_NUMBER = {**{word: place for place, word in enumerate("零一二三四五六七八九十")}, "两": 2}
# of the applicant's life, of the law, of a message: no year of the information
_NOT_AFTER = re.compile(
    r" {0,2}(?:\d{1,2}月(?:\d{1,2}[日号])?)?(?: {0,2}(?:出生|生人|生的|生[，。 ]|生$|修订|修正|施行|实施的《|"
    r"颁布|起施行)|"
    r"[\d.]{0,6}(?:前|之前|以前)(?:答复|回复|给我|寄|发|办))"
)
_NOT_BEFORE = re.compile(
    r"(?:出生[^。\n]{0,16}(?:是|为|成)|生日[^。\n]{0,12}|出生于|生于|出生(?:日期|年月)?[:是]?|申请(?:日期|时间)[:是]?|"
    r"(?:贴|挂|登|写|更新|停留?)[^，。]{0,8}(?:还是|停在|停留在|到|的是)|日期[:是]|落款[:是]?|今天是|请(?:在|"
    r"于)|最晚(?:在|于)?) {0,2}$"
)
_MINE = re.compile(
    r"分的[地田房]|年的老?房子?(?=[，。 ]|$)|被?(?:清退|辞退|开除|除名)(?:的|$|回家)|(?:申请|反映|投诉|举报|"
    r"咨询|问|提交|打电话|来信|上访)(?:公开)?(?:过|了)|(?:购入|购得|定居|返乡|移居|"
    r"结婚(?!登记|人)|退休(?!人|职|金|教|"
    r"费)|下岗(?!职工|安置|人员|补)|参军|入伍|退伍(?!军|士)|毕业(?!生)|搬来|搬到|嫁到|买的?房|任民办|任教|教书|代课|插队|务工|"
    r"住进|入住|当兵|参加工作|复员|工伤(?!认|保)|受伤|去世|走的|过世|开店|(?<![违扩新在改重兴修共搭])(?:建|"
    r"盖)的(?!项目)|开的店|注册成立|成立的?(?:$|，|。)|成立的公司|"
    r"生了|[\d年月.日号]{1,9}(?:交|缴|买|付|领|打)(?:的|了)?(?:维修|首付|房款|押金|定金|[\u4e00-\u9fff]{0,6}\d{1,9}\.?\d{0,2}元|有票))"
)
_LETTER = 150
_SIGNED = re.compile("申请人|敬上|谨上|此致|敬礼|签名|署名|落款")
_LETTER_DATE = re.compile(
    rf"{_Y}年(?:[一二三四五六七八九十冬腊正\d]{{1,3}}月[初廿一二三四五六七八九十\d]{{1,3}}[日号]?|"
    rf"(?:[\u4e00-\u9fff]{{1,6}}日|[春夏秋冬]))[ 。]{{0,3}}$"
)
_FULL_DATE = re.compile(rf"{_Y}年\d{{1,2}}月\d{{1,2}}[日号]? {{0,3}}$")
WANTED = re.compile(
    r"公开|获取|提供|查阅|查一?下|查看|想查|要查|想看|看看|看一?下|想要|我要|索取|复印|复制|调取|想知道|想了解|"
    r"了解一?下|申请|给我|"
    r"文件|批文|批复|方案|协议|合同|名单|清单|明细|标准|报告|台账|公告|预算|决算|规划|纪要|决定书|通知|材料|资料|数据|"
    r"want|request|need|see|send|data|provide|records|information|get|copy|copies|report|budget|document"
)


_BACK = re.compile("那次|那回|该(?:项|批|次|工程|项目|年)")  # what is asked for is of the year told before
_THAT_YEAR = re.compile("那一?年(?![级龄])")
_TOLD = re.compile("[我俺咱了被说他她曾]|得|时候|当时")  # a sentence without them is a title, not a story
_STRONG = re.compile(
    r"公开(?!的|了|过|报道)|想要|我要|要的是|就要|申请(?!过|了|人)|给我|提供|复印|查阅|想看|要看|想查|调取|索取|我需要|"
    r"求|需要|(?:^|[，。；：:])要(?!求|是)|(?:内容|描述|事项|信息)[^:：，。]{0,8}[:：]|关于|want|request|could you|"
    r"can i"
)


def years(text: str, taken: list[Passage], today: date) -> tuple[list[int], list[tuple[int, int]]]:
    """The years of the information wanted, in order, and where all years stand.

    Years in what asks for something count; where none stands there, the one year of the story does.
    """
    strong, asked, told, places = set[int](), set[int](), list[list[int]](), list[tuple[int, int]]()
    chinese = re.sub(r"[一二][九〇零][零〇一二三四五六七八九]{2}(?=年)", lambda said: said[0].translate(_CN), text)
    chinese = _TWO_CHINESE.sub(lambda said: said[0].translate(_CN), chinese)
    for start, end, found in sorted(_found(chinese, taken, today)):
        places.append((start, end))
        if _is_life(chinese, start, end):
            continue
        if _STRONG.search(_around(chinese, start)):
            strong.update(found)
        elif WANTED.search(_around(chinese, start)) or not _TOLD.search(_around(chinese, start)):
            asked.update(found)
        else:
            told.append(found)
    if strong or (asked and len(text) > _LETTER):  # a letter tells stories in which many papers are named
        asked = strong or asked
    if not asked and told and (_BACK.search(text) or (len(told) == 1 and _THAT_YEAR.search(text))):
        asked.update(told[-1])
    if not asked and not _STRONG.search(text) and (len(told) == 1 or len(text) <= _LETTER):
        asked.update(*told)
    return sorted(asked), places


def _found(text: str, taken: list[Passage], today: date) -> Iterator[tuple[int, int, list[int]]]:
    done = list(taken)
    english = not re.search("[\u4e00-\u9fff]", text)
    for pattern, read in (*_READERS, *([(_ENGLISH, _single)] if english else [])):
        for match in pattern.finditer(text):
            start, end = match.span()
            if overlaps(start, end, done) or not (found := read(match, today)):
                continue
            done.append(Passage(start, end, "year", ""))
            yield start, end, found


def _between(match: re.Match[str], today: date) -> list[int]:
    first, last = int(match[1]), int(match[2])
    first, last = _century(first), _century(last)
    return list(range(first, last + 1)) if first <= last <= today.year + 5 and last - first <= 60 else []


def _century(year: int) -> int:
    """A year that is said by its last two digits."""
    return year if year >= 100 else year + (2000 if year < 50 else 1900)


def _single(match: re.Match[str], today: date) -> list[int]:
    year = int(match[1])
    year = _century(year)
    return [year] if 1949 <= year <= today.year + 5 else []


def _all(match: re.Match[str], today: date) -> list[int]:
    return [int(year) for year in _ANY.findall(match[0])]


def _all_short(match: re.Match[str], today: date) -> list[int]:
    return [int(match[1]), *(int(match[1][:2] + year) for year in re.findall(r"\d{2}", match[2]))]


def _until_now(match: re.Match[str], today: date) -> list[int]:
    return list(range(int(match[1]), today.year + 1)) if today.year - int(match[1]) <= 60 else []


def _relative(match: re.Match[str], today: date) -> list[int]:
    return [today.year + _RELATIVE[match[0]]]


def _last(match: re.Match[str], today: date) -> list[int]:
    count = int(match[1]) if match[1].isdecimal() else _NUMBER.get(match[1], 0)
    return list(range(today.year - count + 1, today.year + 1)) if 1 < count <= 20 else []


_READERS = (
    (_SINCE, _until_now),
    (_RANGE, _between),
    (_SHORT_RANGE, _between),
    (_TWO_RANGE, _between),
    (_LISTED, _all),
    (_SHORT_LISTED, _all_short),
    (_YEAR, _single),
    (_BARE, _single),
    (_TWO, _single),
    (_WORD, _relative),
    (_LAST, _last),
)


def _is_life(text: str, start: int, end: int) -> bool:
    """Whether a year is of the applicant's life, of a law or of the letter, not of what is asked for."""
    before = text[clause_start(text, start) : start]
    line = text[text.rfind("\n", 0, start) + 1 :]
    if _FULL_DATE.match(text, start) and _SIGNED.search(text[max(0, start - 16) : start]):
        return True
    return bool(
        _NOT_AFTER.match(text, end)
        or _NOT_BEFORE.search(before)
        or _MINE.search(text[start : min(len(text), end + 16)].split("，")[0].split("。")[0])
        or (text[start:].strip() == line.strip() and (_FULL_DATE.match(text, start) or _LETTER_DATE.match(text, start)))
    )


_FAR = 400  # characters around a year in which it is said what is wanted
_END = re.compile(f"[{SENTENCE}]")


def _around(text: str, place: int) -> str:
    """The sentence around a place."""
    start, stop = sentence_start(text, place), _END.search(text, place)
    start, end = max(start, place - _FAR), min(stop.end() if stop else len(text), place + _FAR)
    return ("申请公开" if _POINT.match(text, start) else "") + text[start:end]


# a point of a list is asked for by the words before the list
_POINT = re.compile(
    r"[\s，]{0,4}(?:\d{1,2}[.、．)）]|[(（](?:\d{1,2}|[一二三四五六])[)）]|[①②③④⑤⑥]|[A-Fa-f][.、．)）]|"
    r"[一二三四五六]、|"
    r"第[一二三四五六](?:[件个项，,、是样桩]|$)|其[一二三四][，,、是])"
)
