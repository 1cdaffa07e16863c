"""Several matters in one message, taken apart: 「一是…二是…」「1. … 2. …」「另外还想要…」."""

import re

_COUNTED = re.compile(
    r"(?:(?<![\d.〔\[(年月])(?:\d{1,2}[.、．)）]|(?<!\d)(?<!/)\d/(?=[^\d/]{4})|[(（]\d{1,2}[)）])(?!\d(?!\d{3}))|"
    r"[①②③④⑤⑥]|(?<=\n)(?:信息|事项|内容|申请|材料)[一二三四五六\d]:|"
    r"(?<![A-Za-z])[A-Fa-f][.、．)）](?=[\u4e00-\u9fff])|(?:^|(?<=[\n。；;:：，, ]))(?:[一二三四五六七八]、|"
    r"[一二三四五六]是(?!一)|第[一二三四五六](?:件(?:事)?|个|项|，|,|、|是|样|桩)|其[一二三四](?:，|,|是|、)|"
    r"[(（][一二三四五六][)）]|头一[件桩样个](?:事)?|再一[件桩样个](?:事)?|再就是|还有一[件桩样个](?:事)?|一个是|既要|"
    r"又要|还要))"
)
_ANOTHER = re.compile(
    r"(?:另外|此外|还有(?:就是|一个|一件|件事|一事)?|再就是|再有就是|顺便|同时|以及|其次|再者|另)(?:，|"
    r",)?[^。！？\n，]{0,4}(?:还|也|再|我)?(?:想|要|请|申请|希望|麻烦|能不能|查|看|公开|问|一个是|一个事)"
)
_ASKED = re.compile(
    r"公开|查|看|了解|知道|获取|提供|复印|要|批|方案|名单|协议|文件|标准|明细|合同|报告|预算|账|怎么|为什么|投诉|问|名册|许可|环评|全文|记录|图纸|结果|数据|"
    r"举报|什么|多少"
)
_TWO = re.compile(
    r"(?:一个|一件|一样)(?:是|事)?[，,]?([^。\n]{4,80}?)[，,；;](?:还有一|另一|再一|第二)(?:个|件|样)(?:是|"
    r"事)?[，,]?([^。\n]{4,80})"
)
_LISTED = re.compile(
    r"(?:分别是|同时申请|[两三四五几]样(?:东西|材料|文件)?|[两三四五几]件(?:事|"
    r"东西)?)[:：]?((?:[^，、；。\n]{4,40}[，、；]){1,6}[^，、；。\n]{4,40})"
)
# matters told to be several, without a number before each: 这俩都要, 一共三样, 一样都不能少
_ALL_OF_THEM = re.compile(
    r"[这那][俩两仨三几][样个件份项]?|[俩两仨三]样?都要|(?:一共|总共|合计)(?:是)?[两三四五俩仨][样个件份项]?|[一哪]样(?:都|也)不能少|缺一(?:样|个|不可)|"
    r"(?:申请|要|查|公开)(?:这么)?[两三四几][件样份项](?!地|房|产)"
)
_AND = re.compile(r"[，。；、 ]?(?:然后呢?)?(?:还有(?:就是|一个)?|另外(?:那个)?|以及|还要看?|还想[看要]|再就是)")
_FORM = re.compile(r"申请人[:：][^。]{0,80}(?:代码|电话|地址)[:：]")
_SAME = re.compile(
    r"^[^。！？\n]{0,30}(?:电子版|纸质|邮箱|邮寄|寄|电话|联系|身份证|地址|答复|回复|快递|自取|微信|快点|尽快|谢谢)"
)
_SEVERAL = re.compile(
    r"(?:两|二|三|四|五|几)(?:件|个|样|桩)(?:事情?|事项|问题|申请|东西|不相干的?|不同的?)|不相干|不相关|分(?:开|"
    r"别)(?:答复|回复|受理|办理|处理)|[两二三四五](?:项|"
    r"条)(?:内容|信息|申请|材料)|好几[件个样]|几个(?:问题|事)|申请俩|两码事|同时申请(?=[^。、]{0,60}、)|分别(?:申请|"
    r"公开|是)(?!机关)|俩事|[三四五]样都要|分(?:开|三个件|两个件|[两三四]份)(?:回|受理|办|答复)?|东西有点多|一次问清楚|"
    r"好几个"
)


def parts(text: str) -> list[str]:
    """The matters of a message, each in its own words; one where it is one."""
    counted = list(_COUNTED.finditer(text))
    pieces = [_first_sentence(text[one.end() : two]) for one, two in _between(counted, len(text))]
    if (
        len(pieces) >= 2
        and sum(bool(_ENTRY.match(text, one.end())) for one in counted) < 2
        and not _FORM.search(text)
        and (_SEVERAL.search(text) or (not _has_head(text[: counted[0].start()]) and _unlike(pieces)))
    ):
        return pieces
    listed = _LISTED.search(text)
    if listed and _SEVERAL.search(text):
        return [piece for piece in re.split(r"[，、；]", listed[1]) if len(piece) >= 4]
    if _ALL_OF_THEM.search(text):
        pieces = [piece.strip(" ，。；？?：:") for piece in _AND.split(text)]
        pieces = [piece for piece in pieces if len(piece) >= 5]
        if len(pieces) >= 2 and all(_ASKED.search(piece) for piece in pieces) and _unlike(pieces):
            return pieces
    if text.count("还有") >= 2 and _SEVERAL.search(text):
        return [piece.strip(" ，。；？?：:") for piece in text.split("还有") if len(piece) >= 4]
    if (two := _TWO.search(text)) and _SEVERAL.search(text):
        return [two[1].strip(" ，。；"), _first_sentence(two[2])]
    for found in _ANOTHER.finditer(text):
        first, second = text[: found.start()], text[found.start() :]
        if _ASKED.search(first) and _ASKED.search(second[2:]) and not _SAME.match(second) and _unlike([first, second]):
            return [
                first.strip(" ，,。；;\n"),
                re.sub(r"^(?:另外|此外|还有(?:就是)?|再就是|顺便|同时)[，, ]?", "", second).strip(" ，,。；;\n"),
            ]
    return [text]


def listed(text: str) -> bool:
    """Whether a message counts its matters, whatever stands before them."""
    counted = list(_COUNTED.finditer(text))
    pieces = [text[one.end() : end] for one, end in _between(counted, len(text))]
    pieces = [piece for piece in pieces if len(_DOCUMENT.sub("", _first_sentence(piece))) >= 5]
    return len(pieces) >= 2 and sum(bool(_ENTRY.match(piece)) for piece in pieces) < 2


_DOCUMENT = re.compile(r"[\u4e00-\u9fff]{2,12}[〔\[(（【](?:19|20)\d{2}[〕\])）】]第?\d+号?|附[图件表]")
_ENTRY = re.compile(
    r" {0,2}(?:申请人|姓名|手机|电话|联系|身份证|证件|地址|邮箱|形式|方式|途径|载体|用途)[^:：]{0,8}[:：]"
)


def _first_sentence(text: str) -> str:
    """The matter itself: what follows it is of all matters."""
    return re.split(r"[。\n]", text.strip(" ，；。\n"))[0].strip(" ，；")


def _has_head(text: str) -> bool:
    """Whether a common subject stands before the list: its points are of one matter (示例项目：1.批文 2.方案)."""
    text = re.sub(r"[0-9A-Za-z@._+-]{6,}", "", text)
    asked = re.split(r"[。！？\n，]|申请[:：]", text.strip(" ：:，。\n"))[-1]
    return len(_HEAD.sub("", asked)) >= 4


def _between(marks: list[re.Match[str]], end: int) -> list[tuple[re.Match[str], int]]:
    ends = [*(one.start() for one in marks[1:]), end]
    return list(zip(marks, ends[: len(marks)], strict=True))


_HEAD = re.compile(
    r"申请人?|公开|信息|政府|以下|下列|如下|内容|材料|文件|我|本人|想|要|请|查|看|了解|获取|提供|依法|向|贵局|你局|"
    r"你们|的|是|有|事情?|事项|问题|[两二三四五几]|[个件项样]|不相干|分别|都|现|特|[：:，,。 \n]|现|(?:帮|替|"
    r"代)[^，。]{2,10}|东西|多哈?|[（(]|您好|你好|麻烦|领导|同志|和|具体|包括|为"
)
_COMMON = frozenset(
    "的了和是在我要想请申请公开查看一下及与有关相关以信息材料文件政府部门局市县区年度月日份个件事问题提供获取也还另外"
)


_NUMBERS = re.compile(r"[\d〇零一二三四五六七八九]{2,18}|\s")


def _unlike(pieces: list[str]) -> bool:
    """Whether pieces share so few words that they are matters of their own: pairs of characters tell."""
    pieces = [_NUMBERS.sub("", piece) for piece in pieces]  # years and telephones are no subject
    bags = [
        {piece[i : i + 2] for i in range(len(piece) - 1) if not (set(piece[i : i + 2]) & _COMMON)}
        for piece in pieces
        if len(piece.strip()) >= 4
    ]
    if len(bags) < 2:
        return False
    shared = (
        set.intersection(*bags[:2])
        if len(bags) == 2
        else {pair for pair in set.union(*bags) if sum(pair in bag for bag in bags) * 2 > len(bags)}
    )
    return len(shared) <= 1 and all(len(bag) >= 2 for bag in bags[:2])
