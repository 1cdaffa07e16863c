"""The matter of a message (申请事项): what it is about, without the words of forms, letters and delivery around it.

The official application form (政府信息公开申请表) pasted as text, greetings, closings, signatures, and how and where an
answer is wanted say nothing of which department is responsible. They are recognised by two things alone: a label with
a value of its kind (邮政编码 000000), and a clause made of nothing but such words (请以邮寄方式书面答复我). What is set
aside is blanked in place, so that positions in the text stay what they were.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

BLANK = "。"  # ends a sentence, so that what stood before and what comes after are no neighbours

# --- labels of the official form, by the kind of their value

_NAMES = (
    "姓名", "名称", "申请人", "申请人姓名", "申请人名称", "单位名称", "组织名称", "机构名称", "工作单位", "法人代表",
    "法定代表人", "法人代表姓名", "法定代表人姓名", "负责人", "联系人", "联系人姓名", "代理人", "代理人姓名",
    "委托代理人", "收件人", "经办人", "申请人签名", "申请人签名或者盖章", "申请人签名或盖章", "签名", "签名或者盖章",
)  # fmt: skip
_NUMBERS = (
    "证件号码", "证件号", "身份证号", "身份证号码", "有效证件号码", "居民身份证号码", "联系电话", "联系方式", "电话",
    "手机", "手机号", "手机号码", "电话号码", "移动电话", "固定电话", "联系人电话", "联系人联系电话", "传真",
    "传真号码", "邮政编码", "邮编", "统一社会信用代码", "组织机构代码", "营业执照号码", "营业执照", "营业执照信息",
    "申请编号", "流水号",
)  # fmt: skip
_MAILS = (
    "电子邮箱", "电子邮件", "电子邮箱地址", "电子邮件地址", "邮箱", "邮箱地址", "e-mail", "email", "E-mail", "Email",
    "E-MAIL",
)  # fmt: skip
_ADDRESSES = (
    "通信地址", "通讯地址", "联系地址", "邮寄地址", "收件地址", "家庭住址", "家庭地址", "住址", "住所", "联系人地址",
    "单位地址", "通信地址及邮编",
)  # fmt: skip
_CHOSEN = (
    "证件名称", "证件类型", "有效身份证件名称", "有效证件名称", "申请人类型", "申请人类别", "申请人信息",
    "申请人情况", "组织类别", "信息的指定提供方式", "指定提供方式", "提供方式", "提供形式", "信息提供形式",
    "所需信息的指定提供方式", "获取信息的方式", "获取信息方式", "获取方式", "信息获取方式", "获取信息的途径",
    "获取途径", "载体形式", "信息载体形式", "介质", "送达方式", "答复方式", "答复形式", "领取方式", "交付方式",
    "公开形式", "公开方式", "是否申请减免费用", "是否减免费用", "是否申请减免", "申请减免费用理由", "接受其他方式",
    "是否接受其他方式", "性别", "国籍", "受理方式", "申请方式", "是否加急",
)  # fmt: skip
_DATES = (
    "申请时间", "申请日期", "填表时间", "填表日期", "日期", "时间", "收到时间",
)  # fmt: skip
_FREE = (
    "所需信息的用途", "所需信息用途", "信息用途", "申请用途", "用途", "使用目的", "受理机关", "受理机关名称",
    "受理单位", "申请机关", "被申请机关", "政府信息公开义务机关名称", "受文机关", "办理情况", "备注",
)  # fmt: skip
# Their values are the matter: only the label goes.
_MATTERS = (
    "所需信息的名称", "所需信息名称", "信息名称", "所需政府信息的名称", "文件名称", "所需信息的内容描述",
    "所需信息内容描述", "所需信息的内容", "所需信息内容", "所需政府信息的内容描述", "信息内容描述", "内容描述",
    "申请内容", "申请公开的内容", "申请事项", "申请公开内容", "所需信息的文号", "所需信息文号", "信息文号", "文号",
    "信息索引号", "索引号", "其他特征描述", "特征描述", "特征性描述", "其他特征性描述", "所需信息情况", "所需信息",
    "所需政府信息", "信息内容", "标题", "主题", "正文", "事项", "诉求", "反映内容", "来信内容", "具体内容",
    "申请描述", "详细描述",
)  # fmt: skip
_TITLES = (
    "政府信息公开申请表", "政府信息公开申请书", "信息公开申请表", "信息公开申请书", "政府信息依申请公开申请表",
    "依申请公开申请表",
)  # fmt: skip

# --- words that make up clauses of a form or a letter, and nothing else

_OPTIONS = (
    "纸质", "纸面", "纸质版", "纸质件", "纸质材料", "纸质文件", "纸质复印件", "纸张", "电子", "电子版", "电子件",
    "电子数据", "电子文档", "电子文件", "电子档", "PDF", "pdf", "word", "Word", "光盘", "磁盘", "U盘", "复印件",
    "原件", "扫描件", "加盖公章", "盖章", "公章", "邮寄", "快递", "挂号信", "挂号", "平邮", "特快专递", "EMS", "ems",
    "顺丰", "到付", "电子邮件", "电子邮箱", "邮箱", "邮件", "传真", "自行领取", "自取", "自领", "当面领取", "当面",
    "现场领取", "现场", "到场", "窗口领取", "窗口", "现场查阅", "当场阅读", "当场查阅", "阅读", "抄录", "查阅",
    "摘抄", "网上下载", "下载", "网上", "网站", "短信", "微信", "电话", "口头", "书面", "其他", "其他方式", "均可",
    "都可以", "都行", "皆可", "居民身份证", "身份证", "护照", "军官证", "港澳居民来往内地通行证",
    "台湾居民来往大陆通行证", "通行证", "户口簿", "户口本", "营业执照", "是", "否", "不", "有", "无", "男", "女",
    "公民", "自然人", "法人", "或者其他组织", "或其他组织", "其他组织", "商业企业", "科研机构", "社会公益组织",
    "法律服务机构", "企业", "申请", "减免", "费用", "不申请", "提供", "相关证明", "单选", "多选", "可多选",
    "可以多选", "选填", "必填", "请勾选", "勾选", "申请人信息", "基本信息", "所需信息情况", "所需信息", "同上",
    "签名", "签字", "中国",
)  # fmt: skip
_GLUE = (
    "请", "请求", "请以", "请用", "请按", "请将", "请把", "恳请", "敬请", "烦请", "盼复", "附", "附件", "一份",
    "随信", "希望", "望", "盼", "盼望", "务必", "麻烦", "贵局", "贵机关", "贵单位", "贵办", "贵委", "贵中心", "贵府",
    "你局", "你们", "你单位", "您", "您们", "你", "我", "我们", "本人", "申请人", "领导", "各位", "有关", "部门",
    "相关", "单位", "政府", "工作人员", "以", "用", "通过", "采用", "采取", "按照", "按", "依法", "依照", "根据",
    "并", "和", "及", "与", "或", "或者", "且", "的", "了", "给", "给予", "予以", "为", "为盼", "到",
    "至", "往", "在", "将", "把", "对", "向", "也", "都", "一下", "一并", "尽快", "尽早", "早日", "及时", "按时",
    "按期", "限期内", "规定期限内", "法定期限内", "在法定期限内", "方式", "形式", "途径", "答复", "回复", "回信",
    "复函", "告知", "通知", "反馈", "寄", "寄给", "寄到", "寄送", "发", "发给", "发送", "发到", "发至", "送达",
    "领取", "获取", "接收", "接受", "可接受", "信息", "所需信息", "政府信息", "材料", "文件", "资料", "答复书",
    "书面答复", "若", "如", "如果", "本机关", "无法", "不能", "指定", "地址", "上述", "以上", "以下", "如下", "下列",
    "家里", "家中", "我家", "谢谢", "感谢", "多谢", "非常感谢", "万分感谢", "辛苦", "辛苦了", "拜托", "您好", "你好",
    "你们好", "大家好", "尊敬的", "敬爱的", "此致", "敬礼", "特此", "特此申请", "专此", "祝", "工作顺利", "身体健康",
    "顺祝", "商祺", "打扰了", "打扰", "不胜感激", "理解", "配合", "百忙之中", "抽空", "市长", "书记", "县长", "区长",
    "局长", "主任", "处长", "同志", "先生", "女士", "好", "年", "月", "日",
)  # fmt: skip


_WISHES = (
    "请", "敬请", "烦请", "恳请", "麻烦", "望", "盼", "谢谢", "感谢", "多谢", "并请", "用EMS", "加盖公章",
)  # fmt: skip

# --- how they are found

_ENDS = "。！？!?；;：:\n，,（()）"
_MARKS = "□☐☑☒✓✔√■●○◉◯*＊[]【】、/／.．|｜ \t\u3000"
_GAP = "[ \t\u3000]{1,8}"


def _tree(words: Iterable[str]) -> str:
    """A pattern for one of the words, the longest that fits; a blank in a word is a gap.

    Sorted by first characters, because `re` tries branches in turn and leaps to where one of them can begin.
    """
    branches: dict[str, set[str]] = {}
    for word in words:
        branches.setdefault(word[:1], set()).add(word[1:])
    ends = branches.pop("", None)
    inner = "|".join(
        (_GAP if first == " " else re.escape(first)) + _tree(rest) for first, rest in sorted(branches.items())
    )
    return (f"(?:{inner})?" if ends else f"(?:{inner})") if inner else ""


def _spaced(labels: Iterable[str]) -> set[str]:
    """The labels, and those of two characters with a gap between them (姓　　名)."""
    return {spelled for label in labels for spelled in (label, " ".join(label) if len(label) == 2 else label)}


_NOTE = "(?:[（(][^（()）\n]{0,30}[)）])?[*＊]?"
# Between a label and its value; it may be empty where the value's form alone tells what it is.
_LOOSE = rf"[ \t\u3000]{{0,8}}{_NOTE}[:：|｜\s】\]]{{0,12}}"
_FIRM = rf"[ \t\u3000]{{0,8}}{_NOTE}[:：|｜\s】\]]{{1,12}}"
_CHOICES = f"(?>(?:[{re.escape(_MARKS)}]*{_tree(_OPTIONS)})+)(?![\u4e00-\u9fff])"
_DAY = (
    r"(?:\d{2,4} {0,4}[年\-/.] {0,4}\d{1,2} {0,4}[月\-/.] {0,4}\d{1,2} {0,4}日?|年[ \u3000]{0,12}月[ \u3000]{0,12}日)"
)
# What may follow a label of each kind, and how much of it goes with the label.
_VALUES: dict[tuple[str, ...], str] = {
    _NUMBERS: rf"{_LOOSE}(?:[0-9０-９A-Za-z+＋*×][0-9０-９A-Za-z+＋()（）\-—－*×·转 ]{{2,39}}|[无／/](?=\s|$))",
    _MAILS: rf"{_LOOSE}[A-Za-z0-9０-９Ａ-Ｚａ-ｚ][^\s，,。；;|｜\u4e00-\u9fff]{{2,64}}",
    _ADDRESSES: rf"{_FIRM}[^\s。；;，,|｜]{{2,80}}",
    _CHOSEN: rf"{_FIRM}{_CHOICES}",
    _DATES: rf"{_FIRM}{_DAY}",
    _FREE: rf"{_FIRM}[^\n。；;|｜]{{0,200}}",
    _NAMES: rf"{_FIRM}(?:{_CHOICES}|[^\s，,。；;|｜：:]{{1,40}}(?=[\s，,。；;、|｜]|$))",
    _MATTERS: _FIRM,
}
_LABEL = re.compile(_tree(_spaced(label for labels in _VALUES for label in labels)))
_VALUE_OF = {label: re.compile(value) for labels, value in _VALUES.items() for label in labels}
_TITLE = re.compile(_tree(_TITLES))
_LINE = re.compile(r"[\u4e00-\u9fff（(《]{0,24}$")  # what stands before a title: the agency's name
_COLONS = ("：", ":")
_MAIL = r"[\w.+-]{1,64}@[\w.-]{1,64}"
_ADDRESS = re.compile(_MAIL, re.ASCII)
_REACHED = rf"{_MAIL}|\+?\d[\d -]{{5,18}}\d"
_IDLE_WORDS = rf"(?>(?:{_tree(_OPTIONS + _GLUE)}|{_DAY}|{_REACHED}|[{re.escape(_MARKS)}]){{1,60}}+)(?=[{_ENDS}]|$)"
# A clause made of such words alone, or the end of one from a wish on: …的批复请书面答复我. Where either can begin is
# looked for first, by single characters: of all that is done to a message these words took longest.
_IDLE = re.compile(_IDLE_WORDS)
_CLAUSE = re.compile(rf"[^{_ENDS}\u4e00-\u9fff]*[\u4e00-\u9fff]")
_WISH = re.compile(rf"{_tree(_WISHES)}[^{_ENDS}]")
_BEGINS = re.compile(f"[{_ENDS}{''.join(sorted({wish[0] for wish in _WISHES}))}]")


def matter(text: str) -> str:
    """The text with all that is not its matter blanked in place: as long as it was, in time linear in that length."""
    text = _blanked(text, [*_labelled(text), *_titles(text)])
    if "@" in text:
        text = _blanked(text, [found.span() for found in _ADDRESS.finditer(text)])
    return _blanked(text, _idle(text))


def _idle(text: str) -> Iterator[tuple[int, int]]:
    """Where clauses of idle words stand, none inside another."""
    done = 0
    marks = ((mark.end(), True) if mark[0] in _ENDS else (mark.start(), False) for mark in _BEGINS.finditer(text))
    for place, is_clause in chain([(0, True)], marks):
        if place >= done and (found := _IDLE.match(text, place)):
            if not (_CLAUSE.match(text, place) if is_clause else _WISH.match(text, place)):
                continue
            done = found.end()
            yield place, done


def _titles(text: str) -> Iterator[tuple[int, int]]:
    """Where the form's title stands, the agency's name before it."""
    for title in _TITLE.finditer(text):
        before = _LINE.search(text, max(0, title.start() - 24), title.start())
        yield before.start() if before else title.start(), title.end()


def _labelled(text: str) -> Iterator[tuple[int, int]]:
    """Where labels stand with a value of their kind; a label inside another word is none (打不通的电话 138…)."""
    place = done = 0
    while label := _LABEL.search(text, place):
        place = label.end()
        inside = label.start() != done and "\u4e00" <= text[label.start() - 1 : label.start()] <= "\u9fff"
        inside = inside and not (len(label[0]) > 3 and text.startswith(_COLONS, label.end()))
        value = None if inside else _VALUE_OF["".join(label[0].split())].match(text, place)
        if value:
            place = done = value.end()
            yield label.start(), done


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with each span replaced by a full stop and spaces; spans may come in any order and overlap."""
    pieces, done = [], 0
    for first, last in sorted(spans):
        first = max(first, done)
        if last > first:
            pieces += [text[done:first], BLANK, " " * (last - first - 1)]
            done = last
    return "".join((*pieces, text[done:])) if pieces else text
