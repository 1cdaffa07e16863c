"""The applicant's name, where they say it: 「我叫…」「申请人：…」, a signature, or a name beside their own number."""

import re
from collections.abc import Iterator

from intake_api.people import identity
from intake_api.understanding.whose import OTHER, RELATIONS
from intake_api.understanding.words import Passage, clause_start, sentence_start

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
    "覃武戴莫孔汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪"
    "简项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂佟臧闵苟邬边卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝车向应全和常乐水云花扎才丹索尼玛奚昌凤酆廉皮元平湛禹狄贝计伏谈茅强危支昝经裘"
    "干宣贲郁杭洪诸钮嵇滑荀羊於惠家封芮羿储汲邴糜松井富乌巴弓牧隗山宓蓬郗班仰秋伊暴厉戎祖束幸韶郜蓟薄印宿怀邰从鄂咸籍赖蔺屠阴胥能苍双闻莘贡劳逄扶堵宰郦雍璩濮寿通扈燕冀郏浦别充慕茹习宦鱼容慎戈庾终暨"
    "居衡步都满弘匡国广禄阙东殴殳沃利蔚越夔隆厍晁勾融訾阚那空乜养鞠须丰巢蒯相后荆红竺权逯盖益桓公盘鄢楚帅仉海邸冼揭原练矫代"
)
_COMPOUND = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|夏侯|端木|令狐|宇文|长孙|申屠|"
    "濮阳|鲜于|闾丘|太史|公冶|宗政|淳于|单于|钟离|仲孙|轩辕|赫连|拓跋|南宫|西门|独孤|呼延"
)
# a character that no given name has: it belongs to the verb of the sentence
_NO_GIVEN = "了着过的们他她它谁啥什么吗呢吧不没都也就才还很个次回把被给让这那哪怎几遍声您你我是"
_HAN = "\u4e00-\u9fff㐀-䶿·"
_NO_NAMES = ("孙女", "孙子", "盖章")
_WORDLY = "和那都能利东和时全应从经公充满双权农班后单代柏石房高包程"
_DOUBLE = re.compile(_COMPOUND)
_NAME = re.compile(rf"(?:(?:{_COMPOUND})[{_HAN}]{{1,2}}|[{_SURNAMES}][{_HAN}]{{1,3}})")
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,8}(?:[·•・][\u4e00-\u9fff]{1,10}){1,3}")
_LATIN = re.compile(r"[A-Z][a-z]+(?:[ -][A-Z]\.?[a-z]*){1,3}")
# what may follow a name
_AFTER = re.compile(
    r"[，,。.!！?？;；:\n\s()（）、/|]|$|[0-9+]|身份证|电话|手机|联系|号码|邮箱|住|家住|家在|今年|男|女|系|现|来自|想|"
    r"要|申请|请|是|年|"
    r"和|在(?!林)|因|就|为|向|代|替|委托|本人|我|希望|性别|出生|证件|地址|咨询|问|问一下|来|特|于|查|看|了解|户|以下|"
    r"公民|律师|同志|敬上|字|上$|谨|，|这里"
)
_END_OF_NAME = re.compile(r"[，。！？；、:\s()（）/]|$|[0-9+]|电话|手机|身份证|[\U0001F000-\U0001FAFF]")
_TITLED = re.compile("(?:女士|先生|小姐|师傅|同志)$|某")
_STRONG = re.compile(
    r"(?:姓名|名字|我名叫|(?<![小取起改化别笔])名叫|名为|人叫)[ :]{0,4}(?=[\u4e00-\u9fff]{2,4}(?:[ ，。（(\n]|$|\d|"
    r"电话|手机|身份))|"
    r"(?:反映人|投诉人|举报人|经办人?|联系代表|承办人|来信人|报告人|会长|乘客|原告|"
    r"申诉人)[:： ]{0,2}(?=[\u4e00-\u9fff]{2,4}(?:[ ，。（(\n]|$|\d))|(?:申请人|本人)?(?:姓名|名字)(?:/名称|或名称|"
    r"\(名称\))?(?:是|叫|为|[:：])[ :]{0,3}|(?:联系人|收件人|申请人|家长|监护人|当事人|具名人|申请者|签名|落款|"
    r"署名)(?=[\u4e00-\u9fff]{2,4}(?:[ ，。:(]|$|\d|现?申请|因|系|现|向))|(?:申请人|署名|签名|签字|联系人|收件人|落款|"
    r"委托人|被代理人|具名)"
    r"(?:姓名|签名|签字|\(签名\)|\(签字\))?(?:是|[:：])[ :]{0,3}|(?:申请人|"
    r"本人)[ ，,]?(?=[\u4e00-\u9fff]{2,4}[，,(（ 。\n])"
)
_CALLED = re.compile(
    r"(?:我|俺|咱|本人|鄙人|在下|小女子|学生)(?:的?(?:名字|姓名|大名|全名))?(?:就?叫(?:做|作)?|名叫|是|姓名|"
    r"名为)[ :]{0,2}|(?:^|[，,。\n ])(?:我|俺)，?(?![叫是姓名的家们村市公单司方])(?=[\u4e00-\u9fff]{2,3}(?:[，。 ]|$|"
    r"\d))|"
    r"我姓[\u4e00-\u9fff]{1,2}，?(?:名字)?叫|(?:我|俺|咱)(?:是|住|家|"
    r"在)[^，。\n]{1,20}，(?:名字)?叫"
)
_OF_ONESELF = re.compile(
    r"((?:我|俺|本人)(?:是|系|就是)|(?:^|(?<=[。\n ]))(?=记者|家长|律师))"
    r"[^，。！？；：:\n 、0-9（(]{3,30}(?=[，。 （(\n]|$|\d)"
)
_ROLE = re.compile(rf"(?:的|员|长|人|师|生|者|民|主|属|客|工|董事|代表|经理|会计|出纳|主任|书记|{RELATIONS})$")
_ENGLISH = re.compile(
    r"(?i:my (?:full )?name is|name ?:|i am|i'm|this is|signed,?|regards[，,]?|sincerely[，,]?|yours[，,]?|thanks[，,]|"
    r"best[，,]) {0,2}\n? ?"
)
_SIGNED = re.compile(
    r"(?:[.！？\n]|[0-9a-z]，|(?:Thanks|Regards|Best|"
    r"Sincerely)，?) ?([A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20}){1,2})\.?(?:\s{0,9}$|"
    r"，? ?(?:(?:my )?(?:passport|phone|mobile|tel|e-?mail)|[a-z._0-9]{1,40}@|\+?\d))"
)
_NO_PERSON = re.compile(
    r"(?:农民|农村|高中|初中|小学|大学|学生|老师|教师|工人|司机|律师|记者|业主|村民|居民|市民|党员|军人|医生|护士|经理|"
    r"老板|老人|退休|"
    r"单亲|单身|残疾|孤儿|江苏|江西|江南|云南|云贵|安徽|陕西|石家庄|马鞍山|连云港|万能|全体|全家|全村|全国|全市|向来|"
    r"应该|应届|成都|和平|常年|常住|明白|"
    r"花了|路过|路边|时候|时间|单位|项目|方便|关于|关心|关注|相关|广大|高兴|高层|马上|白天|金额|文件|文化|文号|申请|"
    r"公司|公民|成员|包括|管理|管委|费用|"
    r"任何|何时|许多|于是|安置|安排|房东|房屋|房子|方案|商户|商家|钱款|温馨|康复|严重|盛大|古镇|明天|解决|边上|党支部|"
    r"政府|国家|水务|水利|水电|路人|车主|车间|乐意|全部|"
    r"解释|时光|方法|商铺|陈述|陈情|王某|李某|张某|某|先生|女士|小姐|师傅|大爷|大妈|阿姨|同志|家的|家庄|家村|家集|家沟|"
    r"家湾|家镇|家屯|庄|村|镇|县|市|区|街|路|组|集|屯|湾|沟|社区|小区|"
    r"局|厅|委|办|站|所|院|队|校|厂|店|号|表|处|级|证|信息|名单|明细|什么)$"
)
_NO_BEGIN = re.compile(
    r"查[下一查到询看]|谢谢|金融|文化|文件|单位|方案|高铁|高速|路灯|路段|水费|水管|房产|房屋|商品|项目|关于|时间|应当|"
    r"应该|全市|全村|和谐|常务|管道|安全|石油|任务|许可|施工|计划|包含|解除|查询|查看|简单|成立|成绩|明确|公开|申请|"
    r"费用|车辆|车位|车库|党委|华侨|古树|沙场|荣誉|牛奶|米面|麦田|农业|农村|农民|司法|师生|平台|安置|温室|金额|江边|"
    r"山林|连续|曲线|时常|游客|管理|路面|边界|党员|单元"
)
_ROLE_BEFORE = re.compile(
    rf"(?:{RELATIONS}|村长|书记|支书|主任|队长|局长|老板|经理|律师|记者|法官|法人代表?|代表人|负责人|处理人|姓)(?:叫|"
    rf"是|名叫|:)?$"
)


def own_name(text: str, spans: list[Passage], client: re.Pattern[str] | None = None) -> Passage | None:
    """The applicant's name; with a `client` (the person acted for) theirs, and never the agent's own."""
    if client is not None:
        return next(_of_client(text, client), None)
    for readings in (_labelled(text), _said(text), _in_english(text), _beside_numbers(text, spans)):
        if found := next(readings, None):
            return found
    return None


def _of_client(text: str, client: re.Pattern[str]) -> Iterator[Passage]:
    for match in client.finditer(text):
        after = re.match(
            r"(?:她|他)?(?:的名字)?(?:(?:名字)?(?:就?叫|名叫|是)|[ :，(（])?(?:姓名)?[: ]{0,2}",
            text[match.end() : match.end() + 12],
        )
        yield from name_at(text, match.end() + (after.end() if after else 0))
    for match in re.finditer(
        r"(?:她|他)(?:的?名字)?(?:是|叫|名叫)|(?:申请人|委托人|被代理人|老人家?)(?:姓名|名字)?(?:是|叫|[:：])[ ]?", text
    ):
        yield from name_at(text, match.end())


def _labelled(text: str) -> Iterator[Passage]:
    for match in _STRONG.finditer(text):
        if not _of_another(text, match.start(), match[0]):
            said = match[0].rstrip().endswith((":", "：", "是", "叫", "为"))
            yield from (one for one in name_at(text, match.end(), strong=True) if said or is_no_word(one.value))


def _of_another(text: str, place: int, label: str) -> bool:
    """Whether a bare 名字 or 姓名 is of somebody of whom the sentence tells before it."""
    before = text[sentence_start(text, place) : place]
    told = max((found.end() for found in OTHER.finditer(before)), default=0)
    return label.startswith(("名字", "姓名")) and told > before.rfind("我") + 1


def _said(text: str) -> Iterator[Passage]:
    for match in _CALLED.finditer(text):
        strong = "叫" in match[0] or "名" in match[0]
        yield from (one for one in name_at(text, match.end(), strong=strong) if strong or is_no_word(one.value))
    for match in _OF_ONESELF.finditer(text):  # 我是柳湾村的村民王根生: the name ends the clause
        for length in (4, 3, 2):
            start = match.end() - length
            name = next(name_at(text, start), None) if start > match.end(1) else None
            if name and name.end == match.end() and _ROLE.search(text[match.end(1) : start]) and is_no_word(name.value):
                yield name
                break


def is_no_word(name: str) -> bool:
    """Whether a name is none of the dictionary's words: 农户, 班车 and 孙女 begin with a surname too."""
    import rjieba  # its dictionary takes a moment

    (first, kind), *rest = rjieba.tag(name)
    if not rest:
        known = not kind.startswith(("nr", "x", "m"))
    else:
        second, its_kind = rest[0]
        known = (len(first) == 2 and kind.startswith("n") and its_kind[0] in "pvudc") or (
            len(second) == 2 and its_kind == "v"
        )
    return not known and name[0] not in _WORDLY and name not in _NO_NAMES


def _in_english(text: str) -> Iterator[Passage]:
    for match in _ENGLISH.finditer(text):
        if found := _LATIN.match(text, match.end()):
            yield Passage(match.end(), found.end(), "name", found[0])
    if signed := _SIGNED.search(text):
        yield Passage(*signed.span(1), "name", signed[1])


_ALONE = re.compile(
    r"(?:^|(?<=[，,。;；:：!！?？\n 、/|]))[\u4e00-\u9fff·]{2,8}(?=[，,。;；\n 、/|:：(（]|$|\d|电话|手机|身份证|"
    r"的电话)"
)
_GAP = re.compile(
    r"[ ，,、/|\n:：;；(（]{0,3}(?:(?:本人)?(?:身份证(?:号码?)?|手机号?码?|电话(?:号码)?|联系电话|联系方式|tel|号码|"
    r"证件号码?|邮箱)"
    r"[:：是 ]{0,3})?"
)
_DATED = re.compile(r"[ \n，。]{0,3}(?:$|\d{4}年\d{1,2}月|\d{4}[-./])")
_CLOSED = re.compile(
    r"(?:[。！？\n\u2600-\u27bf]|谢谢[^\s]{0,3}|敬礼[^\s]?|此致[^\s]?) {0,40}\n?$|@[0-9A-Za-z.-]{3,60}，$"
)


def _beside_numbers(text: str, spans: list[Passage]) -> Iterator[Passage]:
    """A name that stands by itself next to the applicant's own number, or at the very end as a signature."""
    own = [one for one in spans if one.kind == "number" or (one.own and one.kind in ("id_number", "phone", "email"))]
    starts, ends = {one.start for one in own}, {one.end for one in own}
    for match in _ALONE.finditer(text):
        name = next(name_at(text, match.start()), None)
        if name is None or name.end != match.end() or not _is_alone(text, name):
            continue
        gap = _GAP.match(text, name.end)
        reach = gap.end() if gap else name.end
        is_beside = bool({reach, reach + 1} & starts) or len(text[: name.start].rstrip(" ，,、/|\n。;；")) in ends
        if is_beside or (_DATED.match(text, name.end) and _CLOSED.search(text[max(0, name.start - 60) : name.start])):
            yield name


def _is_alone(text: str, name: Passage) -> bool:
    before = text[clause_start(text, name.start) : name.start]
    return not _ROLE_BEFORE.search(before) and (not before.strip() or before[-1] in " 、/|:：")


def name_at(text: str, place: int, *, strong: bool = False) -> Iterator[Passage]:
    """The name that begins at a place, if one does."""
    if dotted := _DOTTED.match(text, place):
        yield Passage(place, dotted.end(), "name", identity.person(dotted[0]))
        return
    if strong and (latin := _LATIN.match(text, place)):
        yield Passage(place, latin.end(), "name", latin[0])
        return
    found = _NAME.match(text, place)
    if not found or _NO_BEGIN.match(text, place):
        return
    shortest = 3 if _DOUBLE.match(found[0]) else 2
    lengths = range(shortest, min(len(found[0]), shortest + 1) + 1)
    for length in sorted(lengths, key=lambda one: (not _END_OF_NAME.match(text, place + one), one)):
        name, rest = found[0][:length], place + length
        if _DOUBLE.fullmatch(name):
            continue
        if (
            _TITLED.search(name)
            or any(char in _NO_GIVEN for char in name[1:])
            or (_NO_PERSON.search(name) and not strong)
        ):
            continue
        if _AFTER.match(text, rest) and not (not strong and _is_half(text, name, rest)):
            yield Passage(place, rest, "name", name)
            return


def _is_half(text: str, name: str, rest: int) -> bool:
    """Whether a name would cut a word: 我是王家 | 村的, 我叫车 | 来了."""
    longer = name + text[rest : rest + 1]
    return bool(_NO_PERSON.search(longer)) or bool(re.match(r"(?:车|应|向|和|全|常)[等来去了到都没]", name))
