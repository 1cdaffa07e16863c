"""The applicant's organisation and postal address, where they say them."""

import re
from collections.abc import Iterator

from intake_api.understanding import delivery
from intake_api.understanding.whose import is_own
from intake_api.understanding.words import Passage

_KIND = (
    r"有限责任公司|个体工商户|工程队|联合会|民宿|旅馆|宾馆|养殖场|果园|便利店|诊所|药房|联合会|股份有限公司|有限公司|"
    r"集团公司|公司|律师事务所|会计师事务所|事务所|专业合作社|合作社|研究院|研究所|"
    r"研究会|研究中心|"
    r"大学|学院|医院|协会|基金会|服务中心|发展中心|中心|商会|学会|促进会|杂志社|报社|电视台|日报|晚报|都市报|"
    r"村民委员会|居民委员会|业主委员会|业委会|经营部|商行|超市|工厂|"
    r"[\u4e00-\u9fff]{2}厂(?![里区房长矿家子商址门])|(?:制造|加工|机械|水泥|砖瓦?|食品|服装|家具|造纸|化工|纺织)厂|"
    r"农场|幼儿园|学校|中学|小学|服务社|工作室|"
    r"志愿者?服务队|小吃店|理发店|药店|店铺|早报|时报|周报|导报|卫视|都市报|书店|饭店|餐馆|门市部"
)
_ORGANISATION = re.compile(
    rf"[\u4e00-\u9fffA-Za-z（）()·]{{2,28}}?(?:{_KIND})(?:(?:股份)?有限(?:责任)?公司)?(?:[\u4e00-\u9fff]{{2,6}}分公司)?(?![\u4e00-\u9fff]{{0,4}}(?:小"
    rf"区|项目|工地|路口|附近|宿舍))"
)
_OF_OURS = re.compile(
    r"(?:^|(?<=[，。\n ]))(?:公司|单位)(?!名)(?=[\u4e00-\u9fff（）()]{4,24}(?:公司|合作社|事务所)(?:[，。\n ]|$))|"
    r"我们(?=[\u4e00-\u9fff（）()]{4,24}(?:公司|合作社|事务所|协会|商会|研究院)(?:想|要|需|申请|现|拟))|"
    r"我们是(?:一?[个家])?[^，。（(\n]{0,10}(?:公司|厂|店|企业|合作社|协会)[(（]|(?:我的店|我们厂的?名字|我们店|"
    r"我们厂|我店|我厂)(?:是|叫|，)?|(?:申请人|申请单位)(?:[（(](?:法人|单位|"
    r"其他组织)[^）)]{0,8}[）)])?[:：][ ]?|我们(?=是|叫)|(?:我方|本单位|我单位|我司|我公司|本公司|我社|我队|我院|"
    r"我所|我会|"
    r"本报|我报|"
    r"我台|我们公司|我们单位|我们合作社|我们协会|我们是一家)"
    r"(?:的)?(?:全称|名称|名字)?(?:是|叫|为|，|[:(（])?[ ]?"
    r"|工作单位[: ]{1,2}|全称[:：][ ]?"
    r"|(?:单位|公司|企业|机构|组织)(?:的)?(?:名称|全称|名字)(?:是|为|叫|[:：])[ ]?|(?:申请单位|申请人|申请机构|申请方|"
    r"单位|名称)[:：][ ]?"
    r"|代表(?=[\u4e00-\u9fffA-Za-z（）()]{2,28}(?:公司|合作社|研究院|研究所|事务所|协会|基金会|大学|学院|商会|"
    r"学会|中心))"
)
_AT_START = re.compile(
    r"^[ \n]*(?:(?:您|你)(?:们)?好|尊敬的[^，,:：\n]{1,10}|领导好?|老师好?)?[，,!！。:： \n]{0,3}(?:这里是|此为|我们是|"
    r"我们是一家)?"
)
_COMPANY_ASKS = re.compile(
    r"(?:\([^()]{1,60}\)|（[^（）]{1,60}）)?[ ，,]{0,2}(?:经营者|负责人|座机|联系|经办|电话|邮箱|询问|"
    r"[\u4e00-\u9fff]{2,3} (?=[01]\d)|"
    r"\((?:统一社会)?信用代码|（|现?(?:特)?(?:依法|向|申请|请求|拟|因|就|为|想|需|要|希望|，统一|,统一|"
    r"[,，]?(?:统一社会)?信用代码))"
)
_I_AM_FROM = re.compile(r"(?:我是|我在|我们是|本人是|本人系|我系)(?=[\u4e00-\u9fffA-Za-z（）()·]{2,28})")
_COMPANY_SPEAKS = re.compile(
    r"我们?公司|我司|本公司|我单位|本单位|我们单位|公司(?:想|要|需要|现|拟|希望|申请)|单位(?:想|要|需要|现|拟)|"
    r"代表公司|代表单位|我社|我院|我所|我会|本报|我报|我们报|我们社|我台|营业执照|我们(?:合作社|协会|基金会|研究|"
    r"事务所)"
)
_SPEAKS_FOR = re.compile(
    r"的?(?:[\u4e00-\u9fff]{0,4}(?:会长|理事长|秘书长|经理|行政|人事|财务|法务|负责人|记者|编辑|主任|辅导员|工作人员|"
    r"厂长|社长))|"
    r"的(?=[\u4e00-\u9fff]{2,3}[，。 ])"
)
_EMPLOYED = re.compile(
    r"股东|居民|住户|旁边?的|附近|创办人|供应商|大[一二三四]|学生|研究生|退休|员工|职工|工人|下岗|业主|客户|用户|"
    r"会员|患者|家长|教师|老师|教授|农民|村民"
)
_LEADING = re.compile(
    r"^(?:现(?=[^代])|我们是|我是|我们|一家|这里是|来自|代表|受|是|叫|在|为|系|就是|名称|全称|单位|公司叫|当地|本地|"
    r"的)+"
)
_NO_NAME = re.compile(
    r"[的了在把被向给跟找想我你他她查看问几那这让是某]|通过|参[加与]|考[上到取]|担任|拟|联系|个(?!体)|去(?!年)|"
    r"^(?:业主|村民|居民)委员会$|^业委会$|^到|"
    r"^(?!示例)[\u4e00-\u9fff]{0,2}(?:公司|事务所|"
    r"学校|大学|医院|药店|幼儿园|小学|中学|中心|合作社)$|小区幼儿园|所(?:小学|中学|学校)|哪|什么|一家|一名|一所|一个|"
    r"^(?:原|评|考|就|关于|按照|从|举报|投诉|反映|对|据|因|由|小|"
    r"[二三]级)|开发商|今年|去年|孩子|"
    r"儿子|女儿|申请|公开"
)
_ENGLISH_NAME = re.compile(
    r"(?:^\s*|(?:concern|Sirs?|Madam|Team|Office)[:，] {0,2}|ehalf of (?:our company )?|ur company |"
    r"e are )((?:[A-Z][A-Za-z&.'-]*|\([A-Z][a-z]+\)|of|"
    r"and)(?: (?:[A-Z][A-Za-z&.'-]*|\([A-Z][a-z]+\)|of|and)){0,6}?[ ，]{1,2}"
    r"(?:Co\.?，? ?Ltd\.?|Ltd\.?|Inc\.?|LLC|GmbH|Limited|Corporation|University|Association|Foundation))(?![A-Za-z])"
)
_REQUESTS = re.compile(r" (?:hereby )?(?:requests?|applies|asks|would|wishes|seeks)\b")
_PAPER = re.compile(
    r"(?:^(?!我|本人)(?=[\u4e00-\u9fff]{2,8}记者)|记者[\u4e00-\u9fff]{2,4}[，（(]{1,2}《?|"
    r"我是《?(?=[^，。]{2,12}记者))([\u4e00-\u9fff]{2,8}(?:日报|晚报|都市报|"
    r"早报|时报|周报|报社|电视台|杂志社|[日周月]刊|新闻网))"
    r"|(?<=我是《)([^《》]{2,12})(?=》的?[\u4e00-\u9fff]{0,4}记者)"
    r"|(?<=《)([^《》]{2,10}(?:报|刊))(?=》 ?(?:记者)? ?[\u4e00-\u9fff]{2,3} ?[，(]?[01]\d)"
)
_CODE_AFTER = re.compile(r"[，,。;； (（]{0,2}(?:的)?(?:统一社会信用代码|社会信用代码|信用代码|代码|税号)")

# --- addresses

_BARE = re.compile(
    r"(?:^|(?<=[，。；：:\n ]))(?=[\u4e00-\u9fff]{2,12}(?:市|县|区|镇|乡|村|街道))[\u4e00-\u9fffA-Za-z0-9#-]{6,50}"
)
_WHERE = re.compile(
    r"(?:(?:通信|通讯|联系|邮寄|收件|家庭|收货|居住|寄送|邮递|单位|办公|公司|寄件)(?:的)?(?:地址|"
    r"住址)(?:就是[^，。]{0,8}，)?|家庭住址|现住址|"
    r"住址|住所地?|地址|住处|ADD|收件)(?:是|为|在|[:：]|就是|还是| |，)?[ :]{0,2}"
    r"|(?:寄|邮|快递|邮寄|送|递|挂号信?)(?:一份)?(?:纸质的?)?(?:到|往|至|去|来|给我(?:，|，?地址|到)|"
    r"过来[，,])(?:我家|他家|她家|家里|家来|家|"
    r"我屋企|(?:我|他|她)?(?:们)?单位|我们?公司|我这|我们这)?[，,(（:： ]{0,2}(?:地址)?(?:是|在|[:：])?[ ]?"
    r"|(?:寄|邮|递)(?=[\u4e00-\u9fff]{2,8}(?:省|市|县|区|镇|乡|村))"
    r"|寄[:：]|寄(?:到|给)?我?(?:儿子|女儿|孩子|闺女|老家|父母)(?:家|那里?|这里?)[:：，]|"
    r"[，。 ]?住(?:我)?(?:儿子|女儿|孩子|儿|闺女|老大|老二|小儿|大儿|父母)家[里]?(?:在|是)?[:： ]{0,2}"
    r"|(?:家|人|我|俺|现|户|都|一直|我们|本人|目前|老两口|，)?(?:居?住)(?!址)(?:在|于)?(?!了|得|着|不|过|的|进|院|房|"
    r"宅|户|建|在(?:这|那|楼|隔壁))|家(?:就)?在(?!这|那)|住(?:在)(?!这|那)|户籍地?(?:地址)?[:：在是]"
    r"|(?i:address(?: is)?|live at|(?:post|mail|send)(?:ed)?(?: it| them)? to) ?:? ?"
)
_ADDRESS = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9（）()#·-]{4,60}(?: ?[0-9A-Za-z#-]{1,8}(?:号|室|栋|楼|"
    r"单元)[0-9A-Za-z号室栋楼单元层-]{0,12})?"
)
_ENGLISH_ADDRESS = re.compile(
    r"(?=[A-Z0-9])(?=[^\n]{0,60}(?:Road|Rd|Street|St\b|Avenue|Lane|Building|District|"
    r"Room))(?:No\. ?|[0-9A-Za-z#，' -]){10,120}?(?=\.(?:\s|$)|[\n;；]|$)"
)
_BEFORE = re.compile(
    r"^(?:.{0,6}(?:寄到|寄去|寄往|寄至|邮到|邮寄到|快递到|送到|地址)|寄|邮寄|快递|我家|家里|在|是|到|我们|"
    r"委托人处?[:：]?|而家|住|本人|我|现|材料寄|母亲|父亲|她|他|去)+(?=[\u4e00-\u9fff]{2})"
)
_END = re.compile(
    r"(?:(?:这边|这里|那边)?(?:邮编|邮政编码|联系|电话|手机|收件人?|收$|身份证|姓名|我叫|我的|我想|我要|想要|想看|想查|"
    r"要申请|申请公开|今年|就得|就行|即可|就可以|谢谢|吧$|也行|的村民|的业主|的居民|的农民|人$|村民|居民|业主|的房子|"
    r"的$|，|就收|转(?:我|交)).{0,60}|(?:\(|（)[^()（）]{0,20}收(?:\)|）)?.{0,60})$"
)
_NAMED_PLACE = re.compile(r"[^\d]{2}|.*[A-Za-z]{3}")
_WITH_KIN = re.compile("(?:住|寄).{1,5}[家那这]")
_TOKEN = re.compile(
    r"省|市|区|县|旗|州|盟|镇|乡|街道|村|社区|屯|组|队|路|大道|大街|街|巷|弄|胡同|里(?=\d)|小区|花园|家园|公寓|新村|苑|"
    r"号|栋|幢|座|单元|楼|室|户|湾|沟|庄|集|寨|湖|[营店坪坝塘桥铺岭寺](?=[一二三四五六七八九十\d]{1,3}[组社队])"
)
_NUMBERED = re.compile(r"[\d一二三四五六七八九十](?:号|栋|幢|座|单元|室|组|队|户|弄|楼|-\d)")
_NOT_THERE = re.compile(
    r"(?:的|问|改造|规划|征|拆|工程|项目|审批|手续|公示|文件|想|要|请|能不能|怎么|什么|多年|年了|十年|附近|旁边|对面|"
    r"隔壁|楼下|楼上|设立|设一个|收取|代办|安装|登记在|监管)"
)


# 「有家黑作坊，地址…」: the place that is told of, not where the applicant lives
_OF_A_PLACE = re.compile(
    r"(?:公司|店|厂|学校|机构|作坊|商家|传销[^。]{0,8}|登记信息|工地|小区|"
    r"楼盘)[^我本申姓\n]{0,6}[，,。:(（ ]{0,2}地址(?:是|在|为|:)?[: ]?$"
)


def organisation(text: str, spans: list[Passage]) -> Passage | None:
    """The organisation that applies."""
    for match in _OF_OURS.finditer(text):
        found = organisation_at(text, match.end())
        if found and not _EMPLOYED.search(text[found.end : found.end + 12]):
            return found
    credit = next((one for one in spans if one.kind == "uscc"), None)
    for one in _candidates(text):
        if _applies(text, one, credit):
            return one
    if (english := _ENGLISH_NAME.search(text)) and (
        not text[: english.start()].strip()
        or _REQUESTS.match(text, english.end())
        or "ehalf of" in text
        or "ur company" in text
    ):
        return Passage(*english.span(1), "organisation", english[1].replace("，", ","))
    paper = _PAPER.search(text)
    return Passage(*paper.span(paper.lastindex or 0), "organisation", paper[paper.lastindex or 0]) if paper else None


def _applies(text: str, one: Passage, credit: Passage | None) -> bool:
    """Whether an organisation that a message names is the one that writes."""
    before, after = text[: one.start], text[one.end :]
    speaks = bool(_COMPANY_SPEAKS.search(text))
    if credit and credit.end <= one.start <= credit.end + 2:
        return True
    if credit and (_CODE_AFTER.match(after) or one.end + 2 >= credit.start >= one.end):
        return True
    if after.startswith((":", "、", "和")):  # to whom it is written
        return False
    if _AT_START.fullmatch(before) and (_COMPANY_ASKS.match(after) or speaks):
        return True
    if _I_AM_FROM.search(before[-4:] + one.value) and (speaks or _SPEAKS_FOR.match(after)):
        return not _EMPLOYED.search(after[:12])
    if before.endswith("\n") and re.match(r"\n|$", after):  # a line of its own in a signature
        return True
    if len(before) <= _OPENING and speaks and re.search(r"[，。\n]$", before) and re.match(r"[，。\n]|$", after):
        return True
    signed = bool(_ENDED.search(before)) and bool(_SIGNED.match(after))
    return signed or (bool(_WE_ARE.search(before)) and not _EMPLOYED.search(after[:12]))


_OPENING = 24  # characters in which who writes is said: 我司是做环保的，某某公司，申请…
_WE_ARE = re.compile(r"(?:我们是(?:一家)?|代表)$")
_ENDED = re.compile(r"[。\n] {0,20}$")
_SIGNED = re.compile(
    r"[ \n]{0,20}(?:\d{4}年\d{1,2}月\d{1,2}日)?[。 \n]{0,9}$|[ ，]{1,2}[\u4e00-\u9fff]{2,3}[ ，]{1,2}(?:电话)?[01]\d"
)


def _candidates(text: str) -> Iterator[Passage]:
    for match in _ORGANISATION.finditer(text):
        lead = _LEADING.match(match[0])
        start = match.start() + (lead.end() if lead else 0)
        value = text[start : match.end()]
        if len(value) >= 4 and not _NO_NAME.search(value):
            yield Passage(start, match.end(), "organisation", value)


def organisation_at(text: str, place: int) -> Passage | None:
    """The organisation whose name begins at a place."""
    found = _ORGANISATION.match(text, place)
    if found is None:
        return None
    lead = _LEADING.match(found[0])
    start = place + (lead.end() if lead else 0)
    value = text[start : found.end()]
    return (
        Passage(start, found.end(), "organisation", value) if len(value) >= 4 and not _NO_NAME.search(value) else None
    )


def address(text: str, spans: list[Passage], client: re.Pattern[str] | None = None) -> Passage | None:
    """The postal address of the applicant; with a `client` theirs, or where the answer is to go."""
    found = list(_addresses(text, spans, client))
    return max(found, key=lambda one: (one[0], -one[1].start))[1] if found else None


def _among_numbers(text: str, bare: re.Match[str], spans: list[Passage]) -> bool:
    """Whether an address stands as a clause of its own beside the applicant's own number: 张三，139…，某市某路1号."""
    numbers = [one for one in spans if one.own and one.kind in ("phone", "id_number", "email")]
    before, after = text[: bare.start()].rstrip(" ，。；\n"), len(text) - len(text[bare.end() :].lstrip(" ，。；\n"))
    beside = any(one.end == len(before) or one.start == after for one in numbers)
    return beside and bool(re.match(r"[ ，。；\n]|$", text[bare.end() :]))


def _addresses(text: str, spans: list[Passage], client: re.Pattern[str] | None) -> Iterator[tuple[int, Passage]]:
    cues = [(cue.end(), cue[0]) for cue in _WHERE.finditer(text)]
    post = delivery.way(text) == "post"
    cues += [(one.start(), "寄") for one in _BARE.finditer(text) if post and _NUMBERED.search(one[0])]
    cues += [
        (one.start(), "")
        for one in _BARE.finditer(text)
        if not (post and _NUMBERED.search(one[0])) and _among_numbers(text, one, spans)
    ]
    for place, cue in cues:
        if english := _ENGLISH_ADDRESS.match(text, place):
            if is_own(text, english.start(), english.end(), client):
                yield 3, Passage(*english.span(), "address", english[0].replace("，", ","))
            continue
        match = _ADDRESS.match(text, place)
        if (
            match is None
            or _OF_A_PLACE.search(text[max(0, place - 40) : place])
            or not (_WITH_KIN.search(cue) or is_own(text, match.start(), match.end(), client))
        ):
            continue
        value = _END.sub(
            "",
            text[
                match.start() : min(
                    [match.end(), *(one.start for one in spans if match.start() < one.start < match.end())]
                )
            ],
        ).rstrip(" (（-")
        value = _BEFORE.sub("", value)
        start = text.index(value, match.start()) if value else match.start()
        tokens = len(_TOKEN.findall(value))
        label = any(word in cue for word in "址寄递邮")
        exact = bool(_NUMBERED.search(value))
        if not _NAMED_PLACE.match(value):  # 18号3楼: of which street?
            continue
        if len(value) < 5 or tokens < 2 or _NOT_THERE.search(value) or not (exact or label or tokens >= 3):
            continue
        yield 2 * label + exact, Passage(start, start + len(value), "address", value)
