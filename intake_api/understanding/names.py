"""The applicant's name, where they say it: 「我叫…」「申请人：…」, a signature, or a name beside their own number."""

import re
from collections.abc import Iterator

from intake_api.people import identity
from intake_api.understanding.whose import OTHER, RELATIONS, is_quoted
from intake_api.understanding.words import Passage, clause_start, sentence_start

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
    "覃武戴莫孔汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪"
    "简项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂佟臧闵苟邬边卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝车向应全和常乐水云花扎才丹索尼玛奚昌凤酆廉皮元平湛禹狄贝计伏谈茅强危支昝经裘"
    "干宣贲郁杭洪诸钮嵇滑荀羊於惠家封芮羿储汲邴糜松井富乌巴弓牧隗山宓蓬郗班仰秋伊暴厉戎祖束幸韶郜蓟薄印宿怀邰从鄂咸籍赖蔺屠阴胥能苍双闻莘贡劳逄扶堵宰郦雍璩濮寿通扈燕冀郏浦别充慕茹习宦鱼容慎戈庾终暨"
    "居衡步都满弘匡国广禄阙东殴殳沃利蔚越夔隆厍晁勾融訾阚那空乜养鞠须丰巢蒯相后荆红竺权逯盖益桓公盘鄢楚帅仉海邸冼揭原练矫代哈闫亓郄逄逯佴笪厉仝仉普帖撒漆初沐鱼虎揭丘妥冶锁"
)
_COMPOUND = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|夏侯|端木|令狐|宇文|长孙|申屠|"
    "濮阳|鲜于|闾丘|太史|公冶|宗政|淳于|单于|钟离|仲孙|轩辕|赫连|拓跋|南宫|西门|独孤|呼延"
)
# a character that no given name has: it belongs to the verb of the sentence
_NO_GIVEN = "了着过的们他她它谁啥什么吗呢吧不没都也就才还很个次回把被给让这那哪怎几遍声您你我是要啊呀哈嘛"
_HAN = "\u4e00-\u9fff㐀-䶿·"
_NO_NAMES = ("孙女", "孙子", "盖章", "时至", "明白", "原谅", "相识", "费神", "常客", "花生糖", "公安")
_WORDLY = "别和那都能利东和时全应从经公充满双权农班后单代柏石房高包程"
_DOUBLE = re.compile(_COMPOUND)
_NAME = re.compile(rf"(?:(?:{_COMPOUND})[{_HAN}]{{1,2}}|[{_SURNAMES}][{_HAN}]{{1,3}})")
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,8}(?:[·•・][\u4e00-\u9fff]{1,10}){1,3}")
_LATIN = re.compile(r"[A-Z][a-z]+(?:[ -][A-Z]\.?[a-z]*){1,3}")
# what may follow a name
_AFTER = re.compile(
    r"([\u4e00-\u9fff])[\u4e00-\u9fff]{1,2}的\1|[，,。.!！?？;；:\n\s()（）、/|]|$|[0-9+]|身份证|电话|手机|联系|号码|邮箱|住|家住|家在|今年|男|女|系|现|来自|想|"
    r"要|申请|请|是|年|"
    r"反映|投诉|举报|和|在(?!林)|因|就|为|向|代|替|委托|本人|我|希望|性别|出生|证件|地址|咨询|问|问一下|来|特|于|查|"
    r"看|了解|户|以下|"
    r"受理号|回执|的(?:信息公开|申请)|公民|律师|同志|敬上|字|上$|谨|，|同时|这里|收(?:[ ，。(（)）]|$|\d)"
)
_END_OF_NAME = re.compile(
    r"([\u4e00-\u9fff])[\u4e00-\u9fff]{1,2}的\1|[，。！？；、:\s()（）/]|$|[0-9+]|电话|手机|身份证|"
    r"收(?:[ ，。)）]|$)|[\U0001F000-\U0001FAFF]"
)
_TITLED = re.compile(
    "(?:会计|出纳|经理|老师|医生|大夫|律师|记者|助理|教授|护士|警官|干事|工程师|老板|大[爷妈姐哥叔])$|书记$|主任$|[局科处厅所校院厂队镇乡村县市区站]长$|(?:女士|先生|小姐|师傅|同志)$|某"
)
_STRONG = re.compile(
    r"(?:姓名|名字|全名|我名叫|(?<![小取起改化别笔])名叫|名为|(?:^|(?<=[，。\n :])|(?<=本)|(?<=申请)|(?<=来信)|"
    r"(?<=联系))人叫)[ :]{0,4}(?=[\u4e00-\u9fff]{2,4}(?:[ ，。（(\n]|$|\d|"
    r"电话|手机|身份))|"
    r"(?:(?<!法定)(?<!法人)代表人|建议人|反映人|户主|投诉人|举报人|经办人?|联系代表|承办人|来信人|报告人|会长|乘客|原告|"
    r"申诉人)[:： ]{0,2}(?=[\u4e00-\u9fff]{2,4}(?:[ ，。（(\n]|$|\d))|(?:申请人|本人)?(?:姓名|名字)(?:/名称|或名称|"
    r"\(名称\))?(?:是|叫|为|[:：])[ :]{0,3}|(?:联系人|收件人|申请人|家长|监护人|当事人|具名人|申请者|签名|落款|"
    r"署名)(?=[\u4e00-\u9fff]{2,4}(?:[ ，。:(]|$|\d|现?申请|因|系|现|向))|(?:申请(?:公开)?[人者]|署名|签名|签字|"
    r"联系人|建议人|"
    r"收件人|落款|"
    r"委托人|被代理人|具名)"
    r"(?:姓名|签名|签字|\(签名\)|\(签字\))?(?:是|[:：])[ :]{0,3}(?:记者|律师)?|(?:申请人|"
    r"本人)[ ，,]?(?=[\u4e00-\u9fff]{2,4}(?:[，,(（ 。\n]|$))"
)
_CALLED = re.compile(
    r"(?<=\d{11}) ?(?:我|俺)?叫|(?:^|(?<=[\n，□] ))名[:：] ?|(?<=\n)\s{0,8}名[:：] ?|(?:我|俺|咱|本人|鄙人|在下|"
    r"小女子|学生)(?:的?(?:名字|姓名|大名|全名))?(?:就?叫(?:做|作)?|名叫|是|姓名|"
    r"名为)[ :]{0,2}|(?:^|[，,。\n ])(?:我|俺)，?(?![叫是姓名的家们村市公单司方])(?=[\u4e00-\u9fff]{2,3}(?:[，。 ]|$|"
    r"\d))|"
    r"(?:我|本人|申请人)[(（](?=[\u4e00-\u9fff]{2,4}[，,)） ])|我姓[\u4e00-\u9fff]{1,2}[， ]?(?:名字)?叫|(?:我|俺|"
    r"咱)(?:是|住|家|"
    r"在)[^，。\n]{1,20}，(?:名字)?叫"
)
_OF_ONESELF = re.compile(
    r"((?:我|俺|本人)(?:是|系|就是)|(?:^|(?<=[。\n ]))(?=记者|家长|律师))"
    r"[^，。！？；：:\n 、0-9（(]{3,30}(?=[，。 （(\n]|$|\d)"
)
_ROLE = re.compile(
    rf"(?:的|员|长|人|师|生|者|民|主|属|客|工|董事|代表|经理|会计|出纳|主任|书记|包工头|店主|司机|骑手|行政|人事|"
    rf"财务|法务|采购|助理|专员|主管|总监|文员|{RELATIONS})$"
)
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
    r"籍|人|会|局|厅|委|办|站|所|院|队|校|厂|店|号|表|处|级|证|信息|名单|明细|什么)$"
)
_NO_BEGIN = re.compile(
    r"查[下一查到询看进]|都[可行要能]|全[部要]|普[通查及遍惠]|麻烦|劳烦|劳驾|连同|谢谢|金融|文化|文件|单位|方案|高铁|高速|路灯|路段|水费|水管|房产|房屋|商品|项目|关于|时间|"
    r"应当|"
    r"应该|全市|全村|和谐|常务|管道|安全|石油|任务|许可|施工|计划|包含|解除|查询|查看|简单|成立|成绩|明确|公开|申请|"
    r"费用|车辆|车位|车库|党委|华侨|古树|沙场|荣誉|牛奶|米面|麦田|农业|农村|农民|司法|师生|平台|安置|温室|金额|江边|"
    r"山林|连续|曲线|时常|后(?:[拨来于又经在])|于(?:今|是|本|此)|曾[去经在于]|时至|明[年天日]|马上|公司|孙子|游客|"
    r"管理|路面|边界|党员|单元"
)
_ROLE_BEFORE = re.compile(
    rf"(?:{RELATIONS}|村长|书记|支书|主任|队长|局长|老板|经理|律师|记者|法官|法人代表?|代表人|负责人|处理人|姓)(?:叫|"
    rf"是|名叫|:)?$"
)


_WRITTEN = re.compile(r" {0,2}([\u4e00-\u9fff]{2,3})(?= *(?:[，。；\n]|$| [\u4e00-\u9fff]{2,6}[:：]))")
_NO_ENTRY = re.compile(r"[无同见略]|保密|匿名|不详|附件|电话|手机|身份|某|先生|女士|本人|[一二三四]")
_NUMBER_NEXT = re.compile(
    r"[，, ]{0,2}(?:收)?[，, (（]{0,2}(?:联系)?(?:电话|手机)?号?[: ]{0,2}(?:1[3-9]\d|0\d{2,3}[- ]?\d{5})"
)
_GOES_ON = re.compile(
    r"(?:(?:^|[，。！？\n ])(?:我|俺|本人)(?:是|系|住|在|家)[^，。\n]{1,24}|\d{15}[0-9X](?:（[^）]{1,20}）)?)"
    r"，(?:名字)?(?:叫|名)(?=[\u4e00-\u9fff·]{2,8}(?:[，。！？（ \n]|$|\d))"
)
_CALLED_IN_FLOW = re.compile(
    r"(?:我|俺)(?:名)?叫|(?P<is>(?:我|俺)是)(?=[\u4e00-\u9fff]{5})|(?:我|俺)的?(?:名字|姓名)(?:是|叫)|"
    r"我姓[\u4e00-\u9fff]{1,2}名?叫"
)
_UNSTOPPED = re.compile(r"[^，。！？；\n ]{36}|[^，。！？；\n ]{20,}$")
_RECEIVES = re.compile(r"(?:^|[，。 (（\n])(?=[\u4e00-\u9fff]{2,4} ?收(?:[，。 )）\n\d]|$|件))")
_PART = re.compile(
    r"(?:^|(?<=[，。；\n 、(（]))(?:联系)?(?:户主|经办人?|承办人|业主|(负责人|理事长|秘书长|会长|厂长|社长)|"
    r"我是[^，。]{0,12}(?:主任|会长|理事长|代表)|[\u4e00-\u9fff]{0,8}记者)[:： ]{0,2}"
    r"(?=[\u4e00-\u9fff·]{2,9}(?:[，,。（( \n]|$|\d|电话|手机))"
)
_WE = re.compile(
    r"我司|我公司|本公司|我们公司|我单位|我们?(?:厂|店|社|会|院|所)|我们是|本会|本社|"
    r"我们[\u4e00-\u9fff]{2,16}(?:协会|合作社|公司|商会)"
)
_FIRST_WORD = re.compile(
    r"^\s*(?:【[^】]{2,8}】)?(?:(?:您|你)好[，,。！ ]{0,2})?|(?<=[。！？\n])(?=[\u4e00-\u9fff]{2,4}，(?:现|家)?住)"
)
_AFTER_FIRST = re.compile(
    r"(?:同时|想)?(?:想?要|想[看查]|申请|需要)(?!人)|[，, ](?:(?:现|家)?住|地址|[男女][，, ]|电话|手机|联系|身份证|"
    r"下|我|想|要|申请|请)|[/(（]|"
    r"，[\u4e00-\u9fff]{1,4}族|来要"
)
_SENTENCE_OF_ITS_OWN = re.compile(
    r"(?:(?<=[。！？\n])|(?<=[\u4e00-\u9fff] )(?=[\u4e00-\u9fff·]{3,4}[。\n ]{0,3}$)) ?(?:热心市民|市民|村民|业主|"
    r"居民|家长|学生)?"
    r"(?=[\u4e00-\u9fff]{2})"
)
_ENDS_THERE = re.compile(
    r"(?:敬上|谨上|谨启|敬启|叩上|上)?[。\n ]{0,3}$|，(?:真名|别看|现?住|家住|[男女]|\d{2}岁|[\u4e00-\u9fff]{2,6}"
    r"(?:村|镇|社区|小区|组|乡)的[。\n ]{0,3}$)|。(?:另|再|谢谢)"
)


def own_name(text: str, spans: list[Passage], client: re.Pattern[str] | None = None) -> Passage | None:
    """The applicant's name; with a `client` (the person acted for) theirs, and never the agent's own."""
    if client is not None:
        return next(_of_client(text, client), None)
    readers = (
        _on_the_card(text),
        _labelled(text),
        _said(text),
        _in_english(text),
        _of_a_part(text),
        _beside_numbers(text, spans),
    )
    rest = (_at_the_start(text), _by_itself(text), _of_any_people(text), _before_numbers(text, spans), _bare(text))
    for readings in (*readers, *rest):
        if found := next((one for one in readings if not is_quoted(text, one.start)), None):
            return found
    return None


def _of_client(text: str, client: re.Pattern[str]) -> Iterator[Passage]:
    for match in client.finditer(text):
        after = re.match(
            r"(?:她|他)?(?:的名字)?(?:(?:名字)?(?:就?叫|名叫|是)|[ :，(（])?(?:姓名|大名|名字|名(?!字|下|额|"
            r"声))?(?:是|叫)?[: ]{0,2}",
            text[match.end() : match.end() + 12],
        )
        named = bool(after and re.search("[叫是名:]", after[0]))
        place = match.end() + (after.end() if after else 0)
        yield from _name_after(text, place, strong=match[0].isascii(), said=named or not (after and after[0]))
    for match in re.finditer(
        r"(?:她|他)(?:的?名字)?(?:是|叫|名叫)|(?:申请人|委托人|被代理人|老人家?|老头子?|老太太?)(?:姓名|名字|"
        r"大名)?(?:是|叫|[:：])[ ]?|"
        r"的名字?[:：][ ]?|(?:老人家?|老头子?|老太太?)(?:姓名|大名)|申请人[: ]?(?=[\u4e00-\u9fff]{2,4}[，( （])",
        text,
    ):
        yield from name_at(text, match.end())


def _labelled(text: str) -> Iterator[Passage]:
    for match in _STRONG.finditer(text):
        if not _of_another(text, match.start(), match[0]):
            written = _WRITTEN.match(text, match.end()) if match[0].rstrip().endswith((":", "：")) else None
            if written and not _NO_ENTRY.search(written[1]):  # in a form any name: 联系人姓名：初晓彬
                yield Passage(*written.span(1), "name", written[1])
            said = match[0].rstrip().endswith((":", "：", "是", "叫", "为"))
            yield from _name_after(text, match.end(), strong=True, said=said)


def _name_after(text: str, place: int, *, strong: bool, said: bool) -> Iterator[Passage]:
    """A name at a place; where it is not `said` to be one it is no word of the dictionary, or a number follows it."""
    for one in name_at(text, place, strong=strong):
        if said or is_no_word(one.value) or _NUMBER_NEXT.match(text, one.end):
            yield one


_NEAR = 120  # characters before a label in which it is told whose it is


def _of_another(text: str, place: int, label: str) -> bool:
    """Whether a bare 名字 or 姓名 is of somebody of whom the sentence tells before it."""
    before = text[max(sentence_start(text, place), place - _NEAR) : place]
    told = max((found.end() for found in OTHER.finditer(before)), default=0)
    return label.startswith(("名字", "姓名", "名叫", "我名叫", "名为")) and told > before.rfind("我") + 1


def _said(text: str) -> Iterator[Passage]:
    for match in _CALLED.finditer(text):
        strong = "叫" in match[0] or "名" in match[0]
        yield from _name_after(text, match.end(), strong=strong, said=strong)
    for match in _GOES_ON.finditer(text):  # 我是他妈妈，叫何雪莲
        yield from name_at(text, match.end(), strong=True)
    yield from _without_stops(text)
    for match in _OF_ONESELF.finditer(text):  # 我是柳湾村的村民王根生: the name ends the clause
        for length in (4, 3, 2):
            start = match.end() - length
            name = next(name_at(text, start), None) if start > match.end(1) else None
            if name and name.end == match.end() and _ROLE.search(text[match.end(1) : start]) and is_no_word(name.value):
                yield name
                break


def _of_any_people(text: str) -> Iterator[Passage]:
    """A name that begins with no Chinese surname (我叫吉克阿木，…; 扎西顿珠，189…): it has no word in it."""
    import rjieba  # its dictionary takes a moment

    for match in (*_ANY_CALLED.finditer(text), *_ANY_BESIDE.finditer(text)):
        name = match[match.lastindex or 1]
        tagged = rjieba.tag(name)
        known = ("nr", "x", "nz", "ns") if len(tagged) > 1 else ("nr", "x", "nz")
        common = any(len(word) > 1 and not kind.startswith(known) for word, kind in tagged)
        barred = any(char in _NO_GIVEN + "某" for char in name) or _NO_PERSON.search(name) or _TITLED.search(name)
        if not common and not barred and len(tagged) <= 4:
            yield Passage(*match.span(match.lastindex or 1), "name", name)


_ANY_CALLED = re.compile(r"(?:我|俺)叫([\u4e00-\u9fff]{3,6})(?=[，。\n])")
_ANY_BESIDE = re.compile(
    r"(?:^|(?<=[。\n]))\s{0,8}([\u4e00-\u9fff]{3,5})[ ，]{1,2}(?:电话|手机|联系)?[: ]?(?=1[3-9]\d)|(?<=\.(?:com|net|"
    r"org) )([\u4e00-\u9fff]{3,5})(?= )"
)


def _without_stops(text: str) -> Iterator[Passage]:
    """A name in a text that was dictated, without a stop by which it would end: the dictionary tells where it does."""
    import rjieba  # its dictionary takes a moment

    for match in _CALLED_IN_FLOW.finditer(text):
        (first, kind), *rest = rjieba.tag(text[match.end() : match.end() + 12]) or [("", "")]
        if rest and rest[0][1] == kind == "nr" and len(first + rest[0][0]) == 3:
            first += rest[0][0]
        if match["is"] and (len(first) < 3 or not _UNSTOPPED.match(text, match.end()) or _NO_PERSON.search(first)):
            continue
        if (
            kind == "nr"
            and "某" not in first
            and first not in _NO_NAMES
            and _NAME.fullmatch(first)
            and len(first) > 1
            and first[0] not in _WORDLY
        ):
            yield Passage(match.end(), match.end() + len(first), "name", first)


def _of_a_part(text: str) -> Iterator[Passage]:
    """A name behind what somebody is in the matter: 户主靳东, 负责人 时来运 139…, 记者甘棠（示例都市报）."""
    for match in _RECEIVES.finditer(text):  # 邢路遥收
        yield from (
            one for one in name_at(text, match.end()) if text[one.end :].lstrip()[:1] == "收" and is_no_word(one.value)
        )
    for match in _PART.finditer(text):
        for one in name_at(text, match.end()):
            ours = match[1] is None or _WE.search(text) or text[match.start() - 1 : match.start()] in "(（"
            if ours and (is_no_word(one.value) or _NUMBER_NEXT.match(text, one.end)):
                yield one


def _at_the_start(text: str) -> Iterator[Passage]:
    """A name that the message begins with: 贾占奎要…, 徐长河，地址…, 乔峰，住…."""
    for match in _FIRST_WORD.finditer(text):
        name = next(name_at(text, match.end()), None)
        if name and is_no_word(name.value) and _AFTER_FIRST.match(text, name.end):
            yield name


def _by_itself(text: str) -> Iterator[Passage]:
    """A name that is a sentence of its own, the last of the message or followed by where one lives."""
    for match in _SENTENCE_OF_ITS_OWN.finditer(text):
        name = next(name_at(text, match.end()), None)
        if name and _ENDS_THERE.match(text, name.end) and (is_no_word(name.value) or _DOUBLE.match(name.value)):
            yield name


_ON_THE_CARD = re.compile(r"身份证上?(?:的|写的)?(?:姓名|名字)?(?:就?是|叫|写的是)[ :“「]{0,2}")


def _on_the_card(text: str) -> Iterator[Passage]:
    """The name on the identity card, where a record has another."""
    for match in _ON_THE_CARD.finditer(text):
        yield from name_at(text, match.end(), strong=True)


def _before_numbers(text: str, spans: list[Passage]) -> Iterator[Passage]:
    """A name right before the applicant's own number that nothing divides from what was said: 我是业主某某 手机139…."""
    import rjieba  # its dictionary takes a moment

    for one in (one for one in spans if one.own and one.kind in ("phone", "id_number")):
        gap = _LABELLED_NUMBER.search(text[: one.start])
        end = gap.start() if gap else one.start
        said = text[max(end - 12, clause_start(text, end)) : end].split(" ")[-1]
        (*before, (name, kind)) = rjieba.tag(said) or [("", "")]
        known = kind == "nr" and len(name) == 3 and _NAME.fullmatch(name) and is_no_word(name)
        if (
            known
            and before
            and before[-1][0] not in ("叫", "名叫", "姓")
            and not _ROLE_BEFORE.search("".join(word for word, _ in before))
        ):
            yield from (one for one in name_at(text, end - 3) if one.end == end)


_LABELLED_NUMBER = re.compile(r"[ ，(（]{0,2}(?:联系|手机|电话|身份证|致电)?(?:电话|号码|方式)?号?[: 是]{0,2}$")
_STANDS_BARE = re.compile(
    r"(?:^|(?<=[。！？；，\n :—~]))(?:退休(?:教师|工人|职工|干部)|老党员|村民|市民|居民|业主|家长)? ?"
    r"(?=[\u4e00-\u9fff]{2,4}(?:[，。 \n(（]|$))"
)
_LIVES_OR_ASKS = re.compile(
    r"[，,](?:[\u4e00-\u9fff]{2,6}人[，。]|(?:而家|现|家)?住(?!房|宅|院|户)|[^，。\n]{2,14}(?:打[渔工]|种[田地]|养[^，。]{1,4}|务农|开[^，。]{1,4}店)的[，。]|"
    r"(?:[\u4e00-\u9fff]{2,6}[省市县区镇乡])[^，。\n]{2,30}(?:\d|[一二三四五六七八九十]组)[^，。\n]{0,8}[，。]|"
    r"(?:要纸|纸质|电子版|身份证号|证件号|受理号|回执号?|申请编?号))|[ ](?:受理号|回执号?|申请编?号|查询码|身份证)"
)
_LAST = re.compile(
    r"[ ，]{0,2}(?:敬上|谨上|谨启|敬启|拜上|上)?[。！ ]{0,2}(?:$|\n[ ]{0,20}(?:[\d年月.-]{6,12}日?|"
    r"[\u4e00-\u9fff\d]{2,5}年[^，。\n]{2,8}) ?$)"
)


def _bare(text: str) -> Iterator[Passage]:
    """A name between stops, the last word of the message or followed by where one lives or what one wants to add."""
    import rjieba  # its dictionary takes a moment

    for match in _STANDS_BARE.finditer(text):
        name = next(name_at(text, match.end()), None)
        if (
            name is None
            or not is_no_word(name.value)
            or _ROLE_BEFORE.search(text[max(0, match.start() - 8) : match.start()].rstrip())
        ):
            continue
        if (len(name.value) > 2 or rjieba.tag(name.value) == [(name.value, "nr")]) and (
            _LIVES_OR_ASKS.match(text, name.end) or (text[: name.start].strip() and _LAST.match(text, name.end))
        ):
            yield name


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
        known = (
            known or kind == "t" or (first in "于曾" and its_kind == "t") or (first in "后时曾" and len(second) == 2)
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
    r"[ ，,、/|\n:：;；(（]{0,3}(?:(?:男|女|个体户?|农民|退休|务农|教师|村民|业主|居民|市民|学生|工人|"
    r"职工)[，, ]{1,2})?(?:(?:本人)?(?:联系|致电|身份证(?:号码?)?|手机号?码?|"
    r"电话(?:号码)?|联系电话|联系方式|tel|号码|"
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
    if _SPLIT.match(text, max(0, place - 1)) or not found or _NO_BEGIN.match(text, place):
        return
    shortest = 3 if _DOUBLE.match(found[0]) else 2
    lengths = range(shortest, min(len(found[0]), shortest + 1) + 1)
    for length in sorted(lengths, key=lambda one: (not _END_OF_NAME.match(text, place + one), one)):
        name, rest = found[0][:length], place + length
        if _DOUBLE.fullmatch(name):
            continue
        if (
            _TITLED.search(name)
            or any(char in _NO_GIVEN for char in (name[1:-1] if _may_end(text, name, rest, strong) else name[1:]))
            or (_NO_PERSON.search(name) and not strong)
        ):
            continue
        if _AFTER.match(text, rest) and not (not strong and _is_half(text, name, rest)):
            yield Passage(place, rest, "name", name)
            return


_SPLIT = re.compile("[主责担现前离历继]任|会计|[教老律医厨技药讲导]师")  # 主任某某: 任 is no surname there


def _may_end(text: str, name: str, rest: int, strong: bool) -> bool:
    """Whether the last character may be a name's though it is a verb's mostly: 我叫李有才 139…."""
    return strong and len(name) == 3 and name[-1] in "才声" and bool(_END_OF_NAME.match(text, rest))


def _is_half(text: str, name: str, rest: int) -> bool:
    """Whether a name would cut a word: 我是王家 | 村的, 我叫车 | 来了."""
    longer = name + text[rest : rest + 1]
    return bool(_NO_PERSON.search(longer)) or bool(re.match(r"(?:车|应|向|和|全|常)[等来去了到都没]", name))
