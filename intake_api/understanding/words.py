"""A message as it is read: half width, character for character, so that a place in it is a place in the original."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from intake_api.kit.text import legible, tidy

# a clause ends here; a sentence at the stronger marks
CLAUSE = "，,。！!？?；;\n"
SENTENCE = "。！!？?\n；;"
_BREAK = re.compile(f"[{CLAUSE}]")
_STOP = re.compile(f"[{SENTENCE}]")
_TRADITIONAL = re.compile(
    "[請聯號電話個這們為後會來說時對發開關無應東車書見貝長門馬魚鳥龍國園處間從學業與證據條樓縣區鎮鄉廳屬寫麗決於爾圖團點種產廠風飛當實歷經給結統級續總達過運還進遠適選郵鐵錢銀鋼閱陽陳隊際階離難雙雲電頁順須預頭題顯額類養馬驗體鮮麥黃齊謝辦資訊補償遷費術藝讓買賣錄頒擬劃計議誰處執罰環評測礦備報導專戶稅險勞傷殘護]"
)
_SPOKEN = re.compile(r"[零〇一二三四五六七八九幺两]{11,20}")
_COMMA = re.compile(r",(?!\d{3}(?!\d))")
# tables, headings and emoji
_FRAME = str.maketrans(dict.fromkeys([*map(ord, "|★◆▲"), *range(0x1F300, 0x1FB00)], " "))
_JSON = str.maketrans('{}",', "   ，")
_HEADED = re.compile(
    r"【((?!(?:19|20)\d{2}】)[^【】\n]{1,20})】"
)  # a heading of a form; 【2023】 is of a document number
_LABEL = (
    "申请人|申请者|姓名|名字|证件(?:号码?)?|证号|身份证号?|手机号?|电话|联系方式|邮箱|地址|住址|介质|载体|形式|方式|途径|"
    "申请内容|内容|信息|用途"
)
_BOXED = re.compile(rf"({_LABEL})【([^【】\n]{{1,60}})】")  # 申请人【某某】: a form whose values stand in boxes
_SLASHED = re.compile(rf"(?:(?<=[\s，；])|^)({_LABEL})/(?=\S)")  # 姓名/某某 手机/139…
_INLINE = re.compile(
    r"(?<=[0-9A-Za-z\u4e00-\u9fff])[二三四五六七八九](?=、(?:姓名|身份证|证件|电话|手机|地址|邮箱|住|联系|信息|内容|"
    r"方式|载体|形式|要))"
)
_EQUALS = re.compile(r"(?<=[\u4e00-\u9fff]) ?=(?=\S)")
_POINT = re.compile(r"(?<![\d.])(\d{1,2})\.(?=(?:19|20)\d{2}年)")  # 1.2018年: the second point of a list, no number
_DASH = re.compile(r"(?<=\d)[—–‐－](?=\d)")
_MARKS = str.maketrans("!?;\u3000", "！？； ")
_SOUTHERN = str.maketrans("嘅喺係唔冇哋咗佢睇攞畀嚟啲㗎", "的在是不没们了他看拿给来些吗")  # Cantonese, as it is typed
_DIGIT = str.maketrans("零〇一二三四五六七八九幺两", "0012345678912")


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in a message and what stands there in its normal form; `own`: it is the applicant's."""

    start: int
    end: int
    kind: str
    value: str
    own: bool = True


def seen(text: str) -> str:
    """The message without what cannot be seen."""
    return legible(tidy(text))


def as_read(text: str) -> str:
    """What is seen, half width but for the marks of a sentence, which are Chinese; spoken digits as digits."""
    text = _simplified("".join(map(_half, text))).translate(_SOUTHERN)
    text = text.replace("点解", "为何").replace("点样", "怎样").replace("资讯公开", "信息公开")
    text = _SLASHED.sub("\\1:", _BOXED.sub("\\1:\\2\n", text.translate(_FRAME)))
    text = _HEADED.sub("\n\\1:", _INLINE.sub("\n", text))
    if text.lstrip().startswith("{"):  # JSON
        text = text.translate(_JSON)
    text = _POINT.sub(r"\1、", _EQUALS.sub(":", text))
    text = _DASH.sub("-", _COMMA.sub("，", text).translate(_MARKS))
    return _SPOKEN.sub(lambda said: said[0].translate(_DIGIT), text)


def _simplified(text: str) -> str:
    """Traditional characters as simplified ones, one for one; a text where they are not stays as it is."""
    if not _TRADITIONAL.search(text):
        return text
    simple = _converter().convert(text)
    return simple if len(simple) == len(text) else text


@cache
def _converter() -> Any:
    from opencc import OpenCC  # its dictionaries take a tenth of a second: most messages have no traditional character

    return OpenCC("t2s")


def _half(char: str) -> str:
    if char in "，！？；":
        return char
    return unicodedata.normalize("NFKC", char) if "\uff00" < char < "\uffef" else char


def clause_start(text: str, place: int) -> int:
    """Where the clause begins in which a place is."""
    return max((text.rfind(mark, 0, place) for mark in CLAUSE), default=-1) + 1


def clause_end(text: str, place: int) -> int:
    """Where the clause ends in which a place is."""
    found = _BREAK.search(text, place)
    return found.start() if found else len(text)


def sentence_start(text: str, place: int) -> int:
    """Where the sentence begins in which a place is."""
    return max((text.rfind(mark, 0, place) for mark in SENTENCE), default=-1) + 1


def clauses(text: str) -> list[tuple[int, int]]:
    """The clauses of a message, each with the mark that ends it."""
    return _pieces(text, _BREAK)


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of a message, each with the mark that ends it."""
    return _pieces(text, _STOP)


def _pieces(text: str, mark: re.Pattern[str]) -> list[tuple[int, int]]:
    ends = [found.end() for found in mark.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return list(zip([0, *ends[:-1]], ends, strict=True))


def overlaps(start: int, end: int, spans: list[Passage]) -> bool:
    """Whether a place is within what was already read."""
    return any(start < one.end and one.start < end for one in spans)
