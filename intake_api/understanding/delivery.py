"""In which form and by which way the citizen says to want it: 「电子版发邮箱」「寄到我家」「我自己来拿」."""

import re

_MEDIA = {
    "electronic": re.compile(
        r"(?<!开发)电子(?!干|上班|打工|光[盘碟]|版?[^，。]{0,6}(?:上传|挂|放到)|邮|信箱|监|警|厂|商|显|屏|围栏|政务|眼|产品|公司|"
        r"科技|有限|信息|证照|地图|公告|竞价|招|税|发票|"
        r"病历|巡)|(?i:pdf|word|excel|csv|xlsx?)(?![a-z])|扫描(?:件|版|发|一份|给|就|成|，|。|$)|electronic|digital|"
        r"spreadsheet|"
        r"soft cop"
    ),
    "paper": re.compile(
        r"(?:打|印)成纸|[要用]纸(?:呢|[，。]|$)|(?:介质|载体|形式)[:： ]{1,2}纸(?=[\s，。]|$)|纸头|纸质|纸面|"
        r"纸版|纸的|纸件|纸本|印出[来嚟]|打印(?:出来|件|好|版|盖章)|复印件|原样复印|复印(?:盖章|加盖)|"
        r"(?i:paper|hard cop|printed)"
    ),
    "disc": re.compile(r"光[盘碟]|U盘|刻盘|u盘|刻盘|优盘"),
}
_WAYS = {
    "email": re.compile(
        r"(?:发|寄|传|转|送|回)(?:送|复|给|到|至|我|在|一份|个|一下|过来|去|往|进){0,4}(?:我|俺|上面|这个|以下|上述|"
        r"前述|"
        r"下面|该|公司|本人|单位){0,3}的?(?:电子)?(?:邮箱|邮件|信箱|e-?mail|E-?mail|QQ邮箱|qq邮箱)"
        r"|(?:通过|用|以|走|采用)(?:电子)?(?:邮件|邮箱|e-?mail|Email)|电邮(?! ?[:：]? ?[0-9A-Za-z])|以电邮|(?:邮件|"
        r"邮箱|e-?mail)(?:形式|"
        r"方式)?(?:发送|"
        r"发我|发给|发来|发就|接收|获取|就行|就可以|即可|收)"
        r"|(?:邮件|邮箱)[ :]?[0-9A-Za-z._%+@-]{5,80} ?(?:接收|收取|收即可|收就)|(?:发|寄)(?:送|给|到|至|"
        r"我)*[ :]?[0-9A-Za-z._%+-]{1,64}@|(?i:repl(?:y|ies) to [a-z0-9._+-]{1,40}@|by e-?mail|via e-?mail|"
        r"please e-?mail [a-z0-9._+-]{1,40}@|"
        r"e-?mail (?:it|them|me|is fine)|send (?:it|"
        r"them) to [a-z0-9._+-]{1,40}@)"
        r"|(?:发|寄|传|送|回复)[^，。\n@]{0,12}?[ :：]?[0-9A-Za-z._%+-]{1,64}@|(?:发|回复|回|寄|传|送|给)(?:送|到|给|"
        r"至|我){0,3}(?:该|上述|这个)?(?:电子)?[ :：]{0,2}[0-9A-Za-z._%+-]{1,64}@|"
        r"@[0-9A-Za-z.-]{3,60} ?(?:请?发[:：]|发这个邮箱|"
        r"这个邮箱|收)|邮件(?:给|发|寄|回|就)(?:我|就|即|可)?|发.件给我|(?:获取|提供|接收|送达|"
        r"领取)方式[: ]{0,2}[☑✓√■]?(?:电子邮件|邮箱|邮件|电子邮箱)"
    ),
    "post": re.compile(
        r"或者?寄|寄都|寄起(?:走|过?来|[，。]|$)|寄[:：]|(?:^|[ ，。])(?:邮)?寄(?=$|[ ，。])|(?:邮|寄|递)(?:家来|(?:一|"
        r"个)?份(?:看|来|吧|，|。|$)|[去返](?:我|家|"
        r"香港|呢)|"
        r"去(?=[\u4e00-\u9fff]{2,8}[市县区镇乡])|到(?!了|邮箱|电子|信箱|[0-9A-Za-z])|过来|来(?!的|"
        r"了)|给(?!我邮箱)|纸|委托人|送达|(?<=请)寄(?!邮箱|存)|给我|给俺|我家|我这|往|至|过来|回来|到我|给本人|送到|"
        r"到家)|(?<!已经)(?<!收到)(?<!我)(?<!已)(?<!了)邮寄(?!了|的(?:信息|申请|材料|件)|的通知|单|送达的)|"
        r"(?<!了)(?:寄|发|用|走|以|通过|[：:])挂号信|(?:用|发|走|通过|"
        r"以)(?:快递|EMS|ems|顺丰|邮政)|"
        r"快递(?:到(?!了|的)|给|寄|过来|就行|即可)|(?i:by (?:post|mail|courier)|\bpost (?:it|them)|"
        r"\bmail(?:ed)? (?:it |"
        r"them )?to|"
        r"\bposted to)|"
        r"(?<!收到)寄(?=[\u4e00-\u9fff]{2,8}(?:省|市|县|区|镇|乡|村))"
    ),
    "counter": re.compile(
        r"自取|自领|自行(?:领取|取|拿)|派人到窗口|现场拷贝|取件|办完我去拿|(?:去|来|到)[^，。]{0,8}(?:窗口|柜台|"
        r"大厅)[^，。]{0,4}(?:取|"
        r"拿|领)|[我俺](?:自己)?(?:来|去|过去|过来)(?:取|拿|领)|派人(?:到|去|来)?[^，。]{0,6}(?:领|取|拿)|"
        r"at the counter|自己(?:来|去|上门|过来|过去|到[^，。]{1,8})?(?:拿|取|领)|(?:来|去|到)(?:你们|贵)?(?:局|单位|"
        r"那边?|那里|窗口|大厅|办公室|政务大厅|政务中心|服务大厅|政务服务中心){0,3}(?:里|上|那)?(?:来|去)?(?:自取|拿|"
        r"取|"
        r"领)|"
        r"当面(?:领|取|拿|给|交)|(?:窗口|现场|上门)(?:领取|自取|领|取|拿)|我(?:来|去|过来|过去)(?:拿|取|领)|"
        r"(?i:pick (?:it|them) up|in person|collect (?:it|them))"
    ),
    "download": re.compile(
        r"(?:网上|网站上?|在线|自己|本网站|系统里?)(?:能|可以)?下载|自己下载|直接下载|下载链接|下载(?:就行|即可|就可以|也行|就好)|(?i:download)"
    ),
    "fax": re.compile(r"传真(?:给|到|过来|发|一份|就行|即可|:|至)|发(?:个|一份)?传真|用传真|by fax"),
    "view": re.compile(
        r"[我俺](?:自己)?(?:过去|过来|去|来)看(?:一眼|一?下|看|就|[，。\n]|$)|(?:去|来|到)[^，。]{0,4}查阅|只看不拿|(?:到|去)(?:你们)?大厅去?看|(?:现场|当场|当面|到场|上门)(?:查阅|查看|"
        r"看|阅览|抄|翻)|查阅、?抄录|抄录|(?:来|"
        r"去|到)(?:你们|贵)(?:局|单位|那边?|那里|办公室|档案室)?(?:现场)?(?:看|查看|查阅|翻)|"
        r"(?:去|到)(?:现场|窗口|大厅|档案室|办公室)(?:看|查看|查阅|翻)|(?i:inspect|view (?:it|them) in person)"
    ),
}
_NOT = re.compile(
    r"(?:不要|别|不用|不必|不需要|不想|(?<!能)不能|无法|不会|没法|不方便|不收|不是|除了)[^，。就\s]{0,6}$|(?<!要)不$"
)
_NO_MEDIUM = re.compile(
    r"(?:身份证|户口本|户口簿|营业执照|授权委托书|委托书|证件|证明|介绍信|房产证|土地证|律师证)(?:的|"
    r"正反面)?[^，。]{0,4}$"
)


def medium(text: str) -> str | None:
    """The code of the form that is wanted; None where none is named, or more than one."""
    text, ticked = _ticks(text)
    found = [code for code, words in _MEDIA.items() if _meant(words, ticked, None)]
    found = found or [code for code, words in _MEDIA.items() if _meant(words, text, _NO_MEDIUM)]
    return found[0] if len(found) == 1 else None


def way(text: str) -> str | None:
    """The code of the way that is wanted; None where none is named, or more than one."""
    text, ticked = _ticks(text)
    found = [code for code, words in _LABELS.items() if words.search(ticked)]
    found = found or [code for code, words in _WAYS.items() if _meant(words, text, None)]
    if set(found) == {"email", "post"} and not re.search("邮寄|快递|寄(?:给我纸|到我?家)|挂号|地址", text):
        found = ["email"]
    if set(found) == {"counter", "view"}:
        found = ["view"] if "抄" in text or "查阅" in text else ["counter"]
    return found[0] if len(found) == 1 else None


_LABELS = {
    "email": re.compile("(?i)邮件|邮箱|e-?mail"),
    "post": re.compile("邮寄|快递|挂号"),
    "counter": re.compile("自取|自行领取|当面领取|窗口|现场领取"),
    "fax": re.compile("传真"),
    "download": re.compile("下载"),
    "view": re.compile("查阅|抄录"),
}
_TICKED = re.compile(
    r"[☑☒✓✔√■●☆★] ?([^☐□○◯☑☒✓✔√■●\s，。；]{1,12})|([^☐□○◯☑☒✓✔√■●\s，。；:]{1,8})[（(\[] ?[√✓✔] ?[)）\]]"
)
_UNTICKED = re.compile(r"[☐□○◯] ?[^☐□○◯☑☒✓✔√■●\s，。；]{1,12}")
_NAMED = re.compile(r"(?:方式|形式|途径|要求)[^:：\n，。]{0,8}[:： 】]{1,3}([^\n，。；☐□☑]{2,16})")


def _ticks(text: str) -> tuple[str, str]:
    """A form without the choices that are not ticked, and the choices that are (☑, √, or the words of a line)."""
    rest = _UNTICKED.sub(" ", text)
    ticked = "，".join(next(filter(None, one.groups())) for one in _TICKED.finditer(rest))
    return rest, ticked or "，".join(one[1] for one in _NAMED.finditer(rest))


def is_wish(clause: str) -> bool:
    """Whether a clause tells of the delivery."""
    return any(words.search(clause) for words in (*_MEDIA.values(), *_WAYS.values()))


def _meant(words: re.Pattern[str], text: str, barred: re.Pattern[str] | None) -> bool:
    return any(
        not _NOT.search(text[max(0, found.start() - 12) : found.start()])
        and not (barred and barred.search(text[max(0, found.start() - 12) : found.start()]))
        for found in words.finditer(text)
    )
