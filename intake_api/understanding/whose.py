"""Whose a name or a number is: the applicant's, or somebody else's of whom they tell."""

import re

from intake_api.understanding.words import clause_end, clause_start

RELATIONS = (
    "孩子他爸|孩子他妈|孩子爸爸?|孩子妈妈?|娃他爸|娃他妈|大姐夫|二姐夫|三姐夫|大嫂|二嫂|大爹|大爷爷|大姨|二姨|三姨|小姨|幺姨|姨婆|姑婆|舅公|二叔|三叔|小叔|二伯|三伯|幺叔|二舅|大舅|小舅|大姑|二姑|小姑|媳妇儿?|老丈人|阿公|阿婆|阿爸|阿妈|阿爷|阿嫲|家父|家母|幺爸|孃孃|爷爷|奶奶|外公|外婆|姥姥|姥爷|父亲|母亲|爸爸|妈妈|老爸|"
    "老妈|老爹|老娘|爸妈|父母|爸|妈|爹|娘|公公|婆婆|公婆|岳父|岳母|"
    "丈人|丈母娘|老公|老婆|丈夫|妻子|爱人|老伴|老头|儿子|女儿|闺女|儿媳妇?|女婿|孩子|孙子|孙女|哥哥|弟弟|姐姐|妹妹|"
    "大哥|"
    "二哥|三哥|大姐|二姐|三姐|姐夫|妹夫|嫂子|哥|弟|姐|妹|叔叔|大伯|伯父|伯伯|叔|伯|婶子|婶婶|婶|舅舅|舅妈|舅|姨妈|姨|"
    "姑妈|姑姑|姑|"
    "侄子|侄女|外甥女?|表哥|表弟|表姐|表妹|堂哥|堂弟|亲戚|朋友|同事|同学|邻居"
)
_OTHERS = (
    "邻居|隔壁|对门|楼上|楼下|村长|村支书|支书|书记|村主任|村会计|主任|队长|组长|老板|经理|中介|开发商|物业|包工头|"
    "承包人|"
    "承包商|房东|租客|前夫|前妻|他|她|对方|那个人|那人|这个人|被举报人|举报人(?=说|称|的|被|和|与)|骗子|司机|医生|"
    "大夫|老师|校长|局长|科长|所长|镇长|乡长|"
    "县长|市长|村医|校医|保安|保姆|护工|工头|厂长|店长|班主任|工作人员|办事员|负责人|客服|热线|你们|贵局|贵单位|你局|"
    "派出所|村委会?|居委会|社区|街道办|镇政府(?![路街巷])|"
    r"施工方|施工队|项目部|售楼处|窗口(?![领取拿办])|值班|法官|(?<!联系)(?<!承办)(?<!经办)(?<!代理)(?<!委托)律师(?!事务所|所|证|"
    r"助理)|被告|(?<!联系人)(?<!联系人[: ])[\u4e00-\u9fff](?:会计|出纳|主任|科长|经理|老师|医生|师傅|干部|"
    r"同志)(?=的?(?:电话|手机|号码|微信))|卖家|商家|店家|老乡|亲家|一个姓|群主|landlord|"
    r"(?:(?<![\u4e00-\u9fff])|(?<=[的是给找和跟医]))(?<!我是)[老小](?!家|人|区|板|师)[\u4e00-\u9fff](?=的?(?:电话|"
    r"手机|号码|微信))|(?:the|"
    r"my|his|her|their|our|your) (?:[a-z]+ )?(?:neighbou?r|boss|manager|agent)|Mr\.|his|her|their|有个叫|有个姓|"
    r"名叫|(?<![我俺咱])叫[\u4e00-\u9fff]{2,3}的(?=[人男女])"
)
OTHER = re.compile(f"{_OTHERS}|(?<![替帮代])(?:我|俺|咱)?(?:家|的)?(?:{RELATIONS})")
_OWN = re.compile(
    r"联系(?!人是他)|致电|请打|可以?打(?!了|过|他|她)|打我|拨打我|打这个(?:号|电话)|找我|通知我|回我|给我|本人|申请人|我(?=(?:自己|"
    r"本人)?的?(?:手机|"
    r"电话|号码|名字|姓名|身份证|邮箱|联系))|"
    r"我叫|我是|俺叫|俺是|我姓|(?:俺|咱)(?=的?(?:手机|电话|号码|名字|身份证|邮箱))|律师(?=电话|手机)|I'm|I am|contact|"
    r"call|"
    r"reach|my |mine"
)
_AFTER_OTHER = re.compile(
    r"[ ,，()（）]{0,3}(?:是(?:他|她|村|骗|中介|老板|邻居|物业|开发商)|这个号|这个电话|这个人|打通了|打过去|"
    r"一直|老是|天天|打来|来电|"
    r"发的?短信|"
    r"骚扰|nobody|no one|没人接|打不通|不接|总占线|占线|停机|空号|诈骗)"
)
_BEFORE_OTHER = re.compile(
    r"(?:打|拨)(?:了|过|你们|他们?|她|的是)[^，。]{0,14}$|(?:举报|投诉|服务|咨询|监督|公开|客服|官方|报警|热线|诈骗|"
    r"骚扰)(?:的)?"
    r"(?:电话|热线|号码|邮箱)[^，。]{0,6}$|(?:接到|收到)[^，。]{0,12}$|以前(?:的|用)[^，。]{0,8}$|(?:旧|老|"
    r"原来的?)(?:号|电话|手机)[^，。]{0,6}$"
)
_INTRODUCED = re.compile(
    f"(?:{OTHER.pattern})(?:的?(?:名字)?(?:叫|名叫|是|姓|:))?(?:[\u4e00-\u9fff]{{0,4}}|[A-Za-z .]{{0,12}})$"
)


_INTRODUCED_APART = re.compile(
    f"(?:{OTHER.pattern})(?<!他)(?<!她)(?:的?(?:名字)?(?:叫|名叫|是|姓|:))?[\u4e00-\u9fff]{{0,3}}(?<![领取拿办管])$"
)
_NUMBER_LABEL = re.compile(
    r"[ :]{0,4}(?:的?(?:联系)?(?:电话|手机|号码|身份证|证件|邮箱|电联|机)(?:号码?)?(?:是|为|就是)?[ :]{0,4})?$"
)
_BREATH = re.compile(r"(?<=[\u4e00-\u9fff\d)）]) (?=\S)|(?<=[啊吧呢哈嘛呀哦])(?=的?(?:我的?)?(?:电话|手机|号码|联系))")


def _turn(before: str) -> tuple[str, str]:
    """What is said right before a number, and what before that: blanks and 啊, 吧 are the stops of who types none."""
    said = before[: before.rindex(label[0]) if (label := _NUMBER_LABEL.search(before)) and label[0] else None]
    breaths = [breath.end() for breath in _BREATH.finditer(said + (label[0] if label else ""))]
    last = max((place for place in breaths if place <= len(said)), default=0)
    return before[last:], said[:last].rstrip()


_NUMBER_OF_OTHER = re.compile(f"(?:{OTHER.pattern})[^，。]{{0,6}}(?:电话|手机|号码|微信)[^，。]{{0,4}}$")


_NEAR = 160  # characters before a number in which it is told whose it is


def is_own(text: str, start: int, end: int, client: re.Pattern[str] | None = None) -> bool:
    """Whether what stands at a place is the applicant's (or the client's, whom `client` names): told by its clause."""
    begin = clause_start(text, start)
    before = text[max(begin, start - _NEAR) : start]
    if is_quoted(text, start) or (client is None and _OF_A_PLACE.search(before)):
        return False
    if _AFTER_OTHER.match(text, end) or _BEFORE_OTHER.search(before):
        return False
    told, earlier = _turn(before)
    if (whose := _nearest(told, client)) is not None:
        return whose
    if earlier:
        return bool(client and client.search(earlier)) or not _INTRODUCED_APART.search(earlier)
    begin = begin if text[begin - 1 : begin] in tuple("，,、") else 0
    if begin and _NUMBER_OF_OTHER.search(text[clause_start(text, begin - 1) : begin - 1]):
        return False
    if begin:  # 村长叫张三，电话139…: who was introduced is still spoken of
        previous = text[clause_start(text, begin - 1) : begin - 1]
        if client and client.search(previous):
            return True
        if _INTRODUCED.search(previous) and not re.search("我是|俺是|本人|我叫", previous):
            return False
    return True


_OF_A_PLACE = re.compile(
    r"(?<![我本们司])(?:店|超市|厂|公司|学校|幼儿园|医院|酒店|饭店|驾校|中心|物业|前台|柜台|收费站|office|shop|"
    r"hotel)里?的? ?(?:电话|座机|手机|"
    r"号码|phone|number)(?:号码)?(?:是|:)? ?$|(?:前台|总机|详询|垂询|查询电话|咨询)[: ]?$"
)
_QUOTE = re.compile('[“”「」『』"]')


def is_quoted(text: str, place: int) -> bool:
    """Whether a place is within quotation marks: what others said or wrote."""
    marks = [mark for mark in _QUOTE.findall(text[:place]) if mark in '“”「」『』"']
    opened = sum(mark in "“「『" for mark in marks) - sum(mark in "”」』" for mark in marks)
    return opened > 0 or marks.count('"') % 2 == 1


_I_AM = re.compile(r"(?:我|俺)(?:就?是|系)[^，。 ]{0,4}$")  # 我是孩子妈妈电话139…


def _nearest(before: str, client: re.Pattern[str] | None) -> bool | None:
    own = max((found.end() for found in _OWN.finditer(before)), default=-1)
    if client:
        own = max([own, *(found.end() for found in client.finditer(before))])
    others = (found for found in OTHER.finditer(before) if not _I_AM.search(before[: found.start()]))
    other = max((found.end() for found in others), default=-1)
    return None if own == other == -1 else own >= other


def clause_of(text: str, place: int) -> str:
    """The clause around a place."""
    return text[clause_start(text, place) : clause_end(text, place)]
