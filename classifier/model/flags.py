"""What people should look at before answering (提示), as rules a lawyer can read: article, reason, words.

Precision comes first: a rule speaks only where the words themselves say it. What a text says in so many words (`plain`,
and `about` has the words of which it needs one) is raised whatever the model has learned; where the model has learned
a flag (learn/advice.py) it confirms what is said less plainly (`when`) or speaks for what the rule's words miss.
`unless` shows another reading and silences all. What needs the office's own records (earlier applications, the
published index, particulars of the form) is flagged by the API, not here. A refusal is never suggested: a flag says
what to check.
Articles are those of 《政府信息公开条例》(2019修订).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ASK = "公开|获取|提供|查询|查阅|查看|复印|复制|调取|索取|申请|查|要|看|给我"
_DEMAND = "希望|恳请|请求|要求|强烈要求|请|望|盼"
_DOCUMENT = (
    "文件|规定|标准|记录|报告|决定|批文|批复|合同|名单|方案|依据|材料|协议|明细|凭证|档案|图纸|清单|台账|通知|公告|许可|"
    "手续|结果|录像"
)
# What an office has on paper: a result is what a complaint wants too, 材料 and 手续 what a question asks about.
_PAPER = "文件|报告|批文|批复|合同|名单|协议|明细|凭证|档案|图纸|清单|台账|公告|记录|录像"
# After 投诉 or 举报: what it was, or who handles it, not that it is made.
_NO_COMPLAINT = "[过信人件的后]|电话|平台|处理|渠道|中心|材料|记录|热线|奖励|指南|办法|数量|较多|受理|多次|无门|问"
_SHORT = 160  # characters
_COUNTED = (
    r"一是(?!一)[^。]{2,60}[,;、]二是(?!二)|(?<![\d.])1(?:[.、)](?!\d)|(?=[一-鿿]{3})).{1,80}?(?<![\d.])2(?:[.、)](?!\d)|(?=[一-鿿]{3}))"
    r"|\(1\).{1,80}?\(2\)|(?:^|[:;。,\n ])(?:一、.{1,80}?[;。,]二、|a[.、].{1,60}?[;。,]b[.、])"
    r"|第一,.{2,80}?第二,|其一,?.{2,80}?其二|首先.{2,80}?其次"
)
_MINE = "我|本人|孩子|父亲|母亲|老伴|爱人"
_WRONG = "错|有误|不符|不准确|不一致|少算|少了|搞混"
_PUT_RIGHT = "更正|改正|纠正|修正|改过来|要改"
_PAPERS = "资料|信息|档案|材料|簿|底册|存根"
_OTHERS = (
    "(?:补偿|低保|宅基地|房产|房屋|征收|拆迁|安置|建房|工资|养老金|病历|户口)[^。;!?]{0,8}"
    "(?:协议|合同|明细|名单|金额|档案|资料|材料|花名册|审批)"
)
_RECORD = "登记|记录|信息|档案|姓名|名字|出生|身份证|面积|工龄|户口|年限|地址|账户|证上"


@dataclass(frozen=True)
class Flag:
    """One thing to check: stable code, article of the regulation ("" where practice, not an article, says so), why."""

    code: str
    article: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        """Give the contract's shape."""
        return {"code": self.code, "article": self.article, "reason": self.reason}


@dataclass(frozen=True)
class Rule:
    """When to raise a flag: see above."""

    flag: Flag
    when: re.Pattern[str]
    plain: re.Pattern[str] | None
    about: re.Pattern[str]
    unless: re.Pattern[str] | None

    def is_plain(self, text: str) -> bool:
        """Whether the text says it in so many words; the words it must be `about` are looked for first, cheaply."""
        return bool(self.plain and self.about.search(text) and self.plain.search(text))


def _rule(
    code: str,
    article: str,
    reason: str,
    when: tuple[str, ...],
    plain: tuple[str, ...] = (),
    about: str = "",
    unless: str = "",
) -> Rule:
    said, barred = (re.compile(pattern) if pattern else None for pattern in ("|".join(plain), unless))
    words = re.compile(about.replace(" ", "|"))
    return Rule(Flag(code, article, reason), re.compile("|".join(when)), said, words, barred)


RULES = (
    _rule(
        "already_published",
        "36(1)",
        "文中提到该信息已经对外公布，请核对是否已主动公开，可告知获取的方式和途径。",
        (r"(?:网上|官网|网站|公示栏|公众号|报纸)上?[^。;!?没未不]{0,12}(?:公开|公示|公布|发布|登)过",),
        plain=(
            r"(?:官网|网站|网上|公报|报纸|公众号)上?[^。;!?没未不]{0,6}(?:已经?|早就?)(?:公布|公开|公示|发布|登载)过",
        ),
        about="布过 开过 示过 载过",
        unless=r"如果?[^。;!?]{0,14}(?:公布|公开|公示|发布|登载)过",
    ),
    _rule(
        "complaint",
        "39(1)",
        "内容像是投诉、举报或信访诉求，请判断是否应告知不作为政府信息公开申请处理。",
        (
            rf"(?:{_DEMAND})[^。;!?]{{0,18}}(?:查处|严查|彻查|严惩|严肃处理|取缔|制止|整治|主持公道|还[^。]{{0,8}}公道)",
            rf"(?:{_DEMAND})[^。;!?]{{0,12}}追究[^。;!?]{{0,12}}责任",
            r"(?:我要|我们要|特此|特向[^。;!?]{2,12}|现向[^。;!?]{2,12}|在此)(?:实名)?(?:投诉|举报|信访|控告)",
            r"投诉无门|没有?人管|无人监管|求[^。;!?]{0,6}(?:做主|救救)",
        ),
        plain=(
            r"(?:我|我们|我要|我们要|我想|特此|实名|在此|[现特]向[^。;!?]{2,12}|^|[。;!?\n])(?:实名)?(?:投诉|举报|控告)"
            rf"(?!{_NO_COMPLAINT})[^。;!?]{{2}}",
            r"(?:欠薪|拖欠|欠)[^。;!?]{0,12}(?:没人管|不给|不接|不发|做主|帮帮|工资,)",
            rf"(?:{_DEMAND})[^。;!?]{{0,14}}(?:查处(?!.{{0,8}}数据)|严查|彻查|严惩|取缔|制止|追究[^。;!?]{{0,12}}责任|处罚(?:他|她|它|商家|老板|该))",
            rf"(?:{_DEMAND})[^。;!?]{{0,8}}管一?管|(?:没有?人|无人)(?:管|处理|清理)(?!理|员)",
        ),
        about="投诉 举报 控告 欠 查处 严查 彻查 严惩 取缔 制止 追究 处罚 没人 没有人 无人 管管 管一管",
        # Who asks for a record applies, however long the grievance before it; a result is what a complaint wants too.
        unless=r"(?:请|要求|依法|申请|予以|能否|能不能|可否)[^。;!?]{0,10}公开(?!:)|公开(?:一下|相关|有关|此|该)"
        rf"|(?:给|提供|复印|复制|看|查(?!处)|调|拿|要(?!求)|发|公布|公示)[^。;!?]{{0,14}}(?:{_PAPER})"
        rf"|(?:{_PAPER})[^。;!?]{{0,8}}(?:给|发|寄|拿|公布|公示|看|复印)",
    ),
    _rule(
        "consultation",
        "",
        "内容像是业务咨询，可以直接解答或告知咨询渠道。",
        (
            r"请问[^。;!]{0,40}(?:怎么|如何|怎样|能不能|可不可以|是否可以|能否|什么条件|哪些材料|什么材料|什么时候|在哪|哪里|吗)",
            r"(?:想|请)?咨询(?:一下|下)?[^。;!]{0,30}(?:怎么|如何|能不能|条件|流程|材料|政策|标准|手续)",
            r"(?:我想问|想问一?下|问一?下)[^。;!]{0,40}(?:怎么|如何|能不能|可以|哪|什么|多少|吗)",
        ),
        plain=(
            r"(?:请问|请教|咨询|麻烦问|(?:想|要)(?:问|了解))(?:一下|下|问)?[^。;!?]{0,30}"
            r"(?:怎么(?:办|缴|备案|领|申请|查|注销|转)|怎样办|如何办|什么(?:材料|条件|证件|手续)|条件是什么|哪些(?:材料|手续|审批|税)"
            r"|[在去]哪里?(?:办|申请|换|领|交|报)|去哪个窗口|多久到账|标准是多少|需要预约|(?:能不能|可不可以)(?:补|办|报|领|转|提取)"
            r"|的流程|流程是什么|带什么证)",
        ),
        about="请问 请教 咨询 麻烦问 想问 要问 想了解 要了解",
        unless=r"申请(?:政府)?(?:信息)?公开|(?:申请|请|请求|要求|依法)(?:予以|依法)?(?:公开|提供|获取)|投诉|举报"
        rf"|(?:给|提供|发|要)[^。;!?]{{0,14}}(?:{_PAPER}|一份|电子版)",
    ),
    _rule(
        "publication",
        "39(2)",
        "申请的像是公报、年鉴、志书、报刊等公开出版物，可以告知获取途径。",
        (rf"(?:{_ASK})[^。;!?]{{0,20}}(?:年鉴|政府公报|市志|县志|区志|地方志|日报|晚报|期刊)",),
        unless=r"(?:编纂|编制|印刷|采购|出版|经费|编写|刊登|登报|发行)",
    ),
    _rule(
        "register_query",
        "36(7)",
        "申请的像是工商或不动产登记资料，有关法律、行政法规对查询有特别规定的，告知依规定办理。",
        (
            r"(?:不动产|房产|房屋|产权|土地)(?:登记|权属)[^。;!?]{0,4}(?:资料|信息|档案|簿|查询|底册|存根)",
            r"(?:工商|企业|公司|个体户?)(?:登记|注册)[^。;!?]{0,6}(?:资料|信息|档案|材料)|工商内档|工商档案|企业档案|机读档案",
            r"查[^。;!?]{0,10}名下[^。;!?]{0,8}(?:房|不动产|公司|土地)",
        ),
        plain=(
            rf"(?:{_ASK})[^。;!?]{{0,25}}(?:不动产|房产|房屋|产权|土地|抵押)[^。;!?]{{0,8}}(?:登记|权属)[^。;!?]{{0,6}}(?:{_PAPERS})",
            r"(?:不动产|房产|房屋|土地)(?:权属)?登记的?(?:资料|簿|底册|存根|原始材料)",
            rf"(?:{_ASK})[^。;!?]{{0,25}}(?:工商|企业|公司|合作社|个体户|设立|注册)[^。;!?]{{0,6}}登记[^。;!?]{{0,4}}(?:{_PAPERS})",
            rf"(?:{_ASK})[^。;!?]{{0,25}}(?:工商(?:内档|档案)|机读档案|合作社的?登记资料)",
            r"查[^。;!?]{0,12}名下[^。;!?]{0,8}(?:房|不动产|土地|公司)",
        ),
        about="登记 权属 工商内档 工商档案 机读档案 名下",
        # A wrong record is put right under art. 41, not looked up.
        unless=r"登记(?:办法|流程|规定|收费|中心)[^。;!?]{0,10}(?:文件|依据|标准)|更正|纠正|改正|改过来|写错|录错|登记错",
    ),
    _rule(
        "needs_processing",
        "38",
        "可能需要对现有信息加工、分析后才能提供，请核对有没有现成的信息。",
        (
            r"(?:请|帮|希望|要求|给我|麻烦)[^。;!?]{0,12}(?:统计一|统计出|统计(?=[^局年公数报法部])|汇总|整理成|梳理|测算|对比|排名|计算)",
            r"(?:按|分|逐)(?:年度?|月|季度|区县?|县区|街道|乡镇|部门|年份|年龄|行业|类别?|学校|小区)[^。;!?]{0,10}(?:统计|汇总|列出|列表|排序|整理|对比)",
            r"(?:制作|做|整理)成?[^。;!?]{0,4}(?:表格|统计表|汇总表|对照表|分析报告)",
        ),
    ),
    _rule(
        "third_party",
        "32",
        "涉及他人的个人信息或企业的经营信息，公开前可能要书面征求第三方意见。",
        (
            r"(?:邻居|隔壁|别人|他人|对方|前夫|前妻|同村|其他(?:村民|住户|业主|人家|农户|户))[^。;!?]{0,14}"
            r"(?:补偿|补助|低保|房产|房屋|宅基地|工资|档案|户口|收入|许可|安置|协议|合同|建房|审批|病历)",
            r"(?:每户|各户|每家|全村|所有(?:村民|住户|农户|人员|被征收人)|全部(?:被征收|拆迁)户)[^。;!?]{0,16}(?:补偿|补助|安置|低保|名单|明细|金额|面积|协议)",
            r"(?:公司|企业|工厂|厂|中标人|投标人|投标单位|开发商)[^。;!?]{0,14}(?:投标文件|报价|财务|成本|工艺|配方|审计报告|纳税|合同价|商业秘密)",
        ),
        plain=(
            rf"(?:{_ASK})[^。;!?]{{0,12}}(?:邻居|隔壁|他人|别人|前夫|前妻|对门|同村(?:村民)?)[^。;!?]{{0,10}}(?:{_OTHERS})",
            rf"(?:{_ASK})[^。;!?]{{0,12}}(?:每户|各户|每家|全村|所有(?:村民|住户|农户|被征收人|拆迁户))[^。;!?]{{0,6}}的?(?:{_OTHERS})",
            rf"(?:{_ASK})[^。;!?]{{0,14}}(?:中标|投标)(?:单位|人|企业|公司)[^。;!?]{{0,8}}(?:投标文件|报价)",
        ),
        about="邻居 隔壁 他人 别人 前夫 前妻 对门 同村 每户 各户 每家 全村 所有村民 所有住户 所有农户 所有被征收人 "
        "所有拆迁户 中标单位 中标人 中标企业 中标公司 投标单位 投标人 投标企业 投标公司",
    ),
    _rule(
        "exception_risk",
        "14–16",
        "可能涉及国家秘密、公共安全、内部事务、过程性信息或执法案卷，请先作保密和公开审查。",
        (
            r"国家秘密|机密|绝密|涉密|秘密级",
            rf"(?:{_ASK})[^。;!?]{{0,40}}(?:会议纪要|会议记录|内部(?:文件|资料|通报|流程|请示)|请示|批示|讨论稿|过程稿|磋商|讨论记录)",
            rf"(?:{_ASK})[^。;!?]{{0,30}}(?:执法案卷|案卷|询问笔录|调查笔录|卷宗|人事档案|考核等次|干部考察|监控(?:录像|视频))",
        ),
        plain=(
            r"(?:公开|获取|查阅|提供|复制|复印)[^。;!?]{0,30}(?:会议纪要|会议记录|内部(?:请示|批示|文件)|领导批示|讨论稿)",
            r"(?:公开|获取|查阅|提供|复制|复印)[^。;!?]{0,30}(?:执法案卷|询问笔录|调查笔录)",
            r"(?<!不涉及)(?<!不属于)国家秘密|绝密|机密(?:文件|级)",
        ),
        about="会议纪要 会议记录 内部请示 内部批示 内部文件 领导批示 讨论稿 执法案卷 询问笔录 调查笔录 "
        "国家秘密 绝密 机密文件 机密级",
    ),
    _rule(
        "repeat",
        "36(6)",
        "申请人提到曾经申请过，请核对是否为同一申请人就相同内容重复申请。",
        (
            r"(?:再次|重新|又一次|第[二三四五两]次|多次|再一次)(?:向[^。;!?]{2,12})?(?:提出|提交|递交)?(?:申请(?:政府)?(?:信息)?公开|(?:政府)?信息公开申请|申请公开)",
            r"(?:之前|上次|去年|此前|以前|早前|今年\d{0,2}月?)[^。;!?]{0,14}申请(?:公开)?过",
            r"(?:上次|上回|前次)[^。;!?]{0,8}(?:答复|回复|告知书)[^。;!?]{0,16}(?:不满|不服|没说清|不清楚|不认可)",
        ),
    ),
    _rule(
        "excessive",
        "35",
        "申请的数量或跨度可能明显超过合理范围，可以要求申请人说明理由。",
        (
            r"(?:全部|所有|一切|历年)[^。;!?]{0,20}近?(?:十|二十|三十|五十|[1-5]\d)(?:多|几|余)?年(?!\d|[^。]{0,2}月)",
            r"近(?:十|二十|三十|五十|[1-5]\d)(?:多|几|余)?年[^。;!?]{0,12}(?:全部|所有|一切|每一份)",
            r"(?:\d{2}|几十|上百|数百|一百多)(?:份|件|条)[^。;!?]{0,4}(?:信息公开申请|申请)",
        ),
    ),
    _rule(
        "correction",
        "41",
        "内容像是要求更正与本人有关的记录，应按更正申请另行办理。",
        (
            rf"(?:我|本人|俺|孩子|父亲|母亲)[^。;!?]{{0,20}}(?:{_RECORD})[^。;!?]{{0,16}}(?:错|有误|不符|不准确|不一致|搞混)[^;!?]{{0,50}}(?:更正|改|纠正|修正)",
            rf"(?:更正|纠正|改正|修正)[^。;!?]{{0,10}}(?:我|本人)[^。;!?]{{0,12}}(?:{_RECORD})",
        ),
        plain=(
            # my record, wrong, to be put right: in one sentence, in any order
            rf"(?:^|(?<=[。;!?\n]))(?=[^。;!?]{{0,120}}(?:{_MINE}))(?=[^。;!?]{{0,120}}(?:{_RECORD}|四至|等级|番号|住址))"
            rf"(?=[^。;!?]{{0,120}}(?:{_WRONG}))(?=[^。;!?]{{0,120}}(?:{_PUT_RIGHT}))",
            r"(?:申请|请求|要求|请)(?:帮我|给我)?(?:更正|改正|纠正)[^。;!?]{0,6}(?:我|本人)",
        ),
        about="更正 改正 纠正 修正 改过来 要改",
    ),
    _rule(
        "several_matters",
        "",
        "一份申请里好像有几件事，可以请申请人分开提出（一事一申请），或者拆分办理。",
        (
            r"(?:两|二|三|四|五|几|多)(?:件|个)(?:事情?|事项|问题)",
            r"(?:另外|顺便|此外|还有一件|再就是|还有就是)[^。;!?]{0,8}(?:申请|请|想|要|麻烦)[^。;!?]{0,6}(?:公开|查|获取|了解|提供|看|知道|问)",
        ),
        plain=(
            rf"(?:{_ASK})[^。;!?]{{0,8}}(?:以下|下列|如下)?[两二三四五六几][个件项](?:事项|方面|事情|事(?![故业实]))",
            # What is counted, in a short message: a long letter counts the papers of one matter.
            rf"^(?=[\s\S]{{0,{_SHORT}}}$)[\s\S]*?(?:{_COUNTED})",
            r"[两二三四五六几](?:个|件|项)(?:不相干的)?(?:事(?![故业实])|事项|问题想|信息|内容)|这[两三四几](?:样|项|件)",
            r"(?:另外|顺便)还?要?申请(?:公开)?",
        ),
        about="[两二三四五六几][个件项样] 一是 1 一、 第一, 其一 首先 a[.、] 另外 顺便",
    ),
    _rule(
        "missing_particulars",
        "29",
        "申请人表示不留姓名、身份证明或联系方式，请核对申请要素，必要时一次性告知补正。",
        (
            r"匿名(?:申请|提出|提交)|(?:我|本人|请求?)[^。;!?]{0,4}匿名",
            r"不(?:具名|署真?名|留名)(?=[了,。;!]|$)|恕不(?:奉告|自报)|不亮身份",
            r"不(?:想|愿意?|便|方便|敢)[^。;!?]{0,2}(?:写|报|留|填|透露|提供|说)(?:我的?|本人)?(?:真|大|姓)?(?:名|电话|身份|联系方式|号码)",
            r"(?:申请人|姓名|证件|电话|联系方式)一?栏?[:是]?(?:保密|不填|空着|留空)",
        ),
    ),
)


CODES = tuple(rule.flag.code for rule in RULES)
_ABOUT_ANY = re.compile("|".join(rule.about.pattern for rule in RULES if rule.plain))


def ruled(text: str) -> dict[str, bool | None]:
    """For each code whether its rule speaks on a normalised text (subject and body), None where `unless` bars it."""
    return {rule.flag.code: None if _barred(rule, text) else bool(rule.when.search(text)) for rule in RULES}


def flags(text: str, sure: Sequence[bool], likely: Sequence[bool]) -> list[Flag]:
    """Flags of a normalised text, in the order of CODES; `sure` and `likely` have one for each of them.

    A flag is raised where the text says it plainly, where the model is sure of it, or where it finds it likely and its
    rule speaks too. What `unless` bars is never raised.
    """
    about_any = _ABOUT_ANY.search(text)  # none in most messages
    return [
        rule.flag
        for rule, alone, confirmed in zip(RULES, sure, likely, strict=True)
        if (alone or (confirmed and rule.when.search(text)) or (about_any and rule.is_plain(text)))
        and not _barred(rule, text)
    ]


def _barred(rule: Rule, text: str) -> bool:
    return bool(rule.unless and rule.unless.search(text))
