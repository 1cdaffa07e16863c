"""What kind of message it is: an application, or something that has a shorter way of its own."""

import re
from collections.abc import Callable, Collection
from typing import cast

from intake_api.terms.messages import MessageKind
from intake_api.understanding import delivery
from intake_api.understanding.manner import Manner, manner
from intake_api.understanding.numbers import CASE
from intake_api.understanding.parts import listed, parts

_DOC = (
    r"文件|批文|批复|方案|协议|合同|名单|清单|明细|(?:补偿|收费|补助|安置|执行|评分|发放)标准|依据|报告|记录|台账|公告|"
    r"许可证?|规划图?|图纸|预算|决算|数据|材料|资料|档案|"
    r"决定书|决定|纪要|信息|手续|票据|凭证|账目|账本|账|花名册|目录|通知|意见书|意见|鉴定书|审批表|审批|备案|结果|笔录|"
    r"录像|公示|登记表|验收|环评|总结|情况|协议书|招标|中标|批准|去向|使用情况|原文|政策文件|文书|复函|函件|情况说明|表"
)
_VERB = (
    r"公开|获取|提供|复印|复制|查阅|查看|查询|索取|调取|调阅|看看|"
    r"看一?下|看一眼|看到|看|查一?下|查查|查|要一?份|要|拿到|拿|给我们?|"
    r"给俺|给|发我|发给|发一?份|寄|了解|知道|申请"
)
_WISH = r"申请|请求|要求|请|想|要|希望|麻烦|能不能|能否|可否|可不可以|能|可以|给|帮|劳烦|盼|我来|恳请|烦请|求|需要"
ASKS = re.compile(
    rf"(?:{_WISH})[^。！？!?\n]{{0,24}}?(?:{_VERB})[^。！？!?\n]{{0,50}}?(?:{_DOC})|"
    rf"(?:{_DOC})[^。！？!?\n]{{0,16}}?(?:{_VERB})(?:一下|一份|出来|给|我|看看|吗|么|下|吧|$|[，。])"
)
_FORMAL = re.compile(
    r"(?:申请|请求?|要求|依法|予以|能否|能不能|可否|希望|应当|应该)[^。；;!?\n投诉]{0,14}公开|公开(?:一?下|以下|如下|"
    r"下列|相关|有关|此|该)|信息公开申请[表书]|(?:申请|提交|提出)(?:政府)?信息公开(?!申请)|申请(?:获取|查阅|调取|复制|"
    r"提供)|(?:政府)?信息公开条例"
)
_PAPERS = re.compile(
    r"批文|批复|协议|合同|名单|清单|明细|台账|预算|决算|图纸|规划图|决定书|纪要|花名册|账目|账本|凭证|审批表|方案|"
    r"会议记录|公告|报告|环评|验收|原文|文件|复印件|档案|补偿标准"
)
_GIVE = re.compile(
    r"(?:想|要|请|给|申请|能|麻烦|希望|帮|求|需要)[^。!?！？\n]{0,30}(?:看|查|复印|复制|公开|提供|给|拿|要|发|寄|份|"
    r"了解|知道)"
)

_PAPER_ASKED = re.compile(
    r"(?:^|[，。；：:？！\n ]|我|俺|就|只|就是)要(?!是|求|投诉|举报|上访|信访|不|带|办|交|多久|"
    r"多少)[^。！？\n，]{2,50}?(?:批文|批复|协议|合同|名单|清单|明细|台账|"
    r"[预决]算|图纸|规划图|决定书|纪要|花名册|账目|凭证|审批表|核定表|公示表|方案|记录|公告|报告|环评|验收|文件|档案|"
    r"标准|通知书|细则|登记表|地图|目录)|把[^。！？\n]{2,40}(?:文件|批文|合同|协议|方案|名单|名册|预算|决算|报告|"
    r"图纸?|档案|记录|标准|明细|"
    r"账|表|数据|结果|通知|资料|材料)[^。！？\n，]{0,6}(?:给|发|寄|打印)(?:我|俺|到|好)|(?:给|发|寄)(?:我|俺|"
    r"我们)来?一份|(?:查阅|"
    r"抄录)[^。！？\n，]{2,30}(?:册|表|档案|文件|记录)|"
    r"(?:文件|批文|决定|方案|合同|名单|报告|图纸|档案|记录|标准|表|协议)(?:能不能|可不可以|能否|可以|"
    r"可否)[^。！？\n，]{0,8}(?:看|给|发|寄|复印)|"
    r"我(?:就)?(?:想)?要的是|(?:就)?要(?:的)?(?:是)?(?:数据|原始)|(?:想要|我要(?!投诉|举报|求|信访|控告)|"
    r"(?<!怎么)(?<!如何)(?<!怎样)欲(?:查阅|索取|申请)|"
    r"(?<!咋)申请(?!的|时)|求|"
    r"能给我|给我(?:来)?一?份|提供|想看|要看|想瞅|看看|看一?下|想查|想拿|要查|查一?下|复印|调取|能不能(?:把|给)|"
    r"可以申请|"
    r"需要(?!的|准备|什么|哪些|带|办)|我就想要|拿到|帮忙发)[^。！？\n]{0,60}?"
    r"(?:批文|批复|协议|合同|名单|清单|明细|台账|预算|决算|图纸|规划图|施工图|决定书|纪要|花名册|账目|账本|凭证|审批表|"
    r"方案|记录|公告|报告|环评|验收|原文|文件|复印件|档案|标准|公示|许可证|统计|数据|计划|评估|细则|目录|请示|意见|"
    r"通报|账|表(?!示|扬|现|态|达)|通知|资料|材料)"
    r"|(?:文件|批文|合同|协议|方案|名单|报告|图纸|档案|记录|标准)[^。！？\n，]{0,6}(?:能不能|能否|可以|能|请)?(?:复印|"
    r"提供|拷贝|发|寄|给)(?:一份|给|我|俺|出来|下)"
)
_RECORDS = re.compile(
    r"数据|统计|计划|标准|材料|资料|许可|公示|通报|细则|目录|请示|意见|名录|账|登记表|规划|招标|中标|控制价|通知|数量|"
    r"人数|金额|总额|情况|结果|笔录|月报|图"
)
_ACT = re.compile(
    r"(?:^|[。，！？；\n ]|我们?|我要|要|想|特|现|实名|强烈|来|在此|要求|向[^。，\n]{2,14})(?:实名)?(?:投诉(?!处理|"
    r"数量|统计|结果|过|率|热线|渠道|电话)|举报(?!过|信|材料)|控告|检举|信访(?!局|件|办)|消费维权|维权)"
)
_DEMAND = re.compile(
    r"(?:要求|请求?|希望|望|盼|强烈|限你们?|恳请|求|麻烦|赶紧|尽快|你们)[^。！？\n公开]{0,18}(?:查处|严查|彻查|严惩|"
    r"处理(?!结果|情况|决定|意见|费)|核实处|调查处理|整改|整治|取缔|制止|拆除(?!改造|方案)|赔偿|道歉|追究|给?个?说法|"
    r"派人|维修(?!资金|基金)|清理|停工|做主|评评理|管一?管|主持公道|解决(?!方案))|没有?人管|无人管|管不管|给我评评理|"
    r"主持公道"
)
_ABOUT_APPLYING = re.compile(
    r"(?:怎么|如何|咋|怎样)(?:申请|写|提交|填|办理?)(?:政府)?信息公开|信息公开(?:申请)?[^。！？\n]{0,8}(?:可以|能|"
    r"需要|要)[^。！？\n]{0,12}吗|"
    r"信息公开[^。！？\n]{0,8}(?:怎么|如何|要(?:交)?钱|"
    r"收费|要带|盖章|盖公章|流程|什么意思)|申请(?:政府)?信息公开[^。\n]{0,12}(?:吗|还是|什么材料|附什么)|(?:能不能|"
    r"可不可以|可以|"
    r"能否)[^。？\n]{0,14}申请(?:政府)?信息公开(?:[?？吗]|$)|什么意思"
)
_MADE_PUBLIC = re.compile(
    r"(?:放|挂|传|发)(?:上|到)网|补上发布|没更新|主动公开|向(?:社会|公众|全[体村市社])[^。！？\n]{0,6}(?:公布|公开|"
    r"公示)|(?:公布|公示|发布|放|挂|贴)(?:出来|出去)|"
    r"挂(?:在|到)?网|(?:网站|政府网|门户网|官网|网上|公众号|公示栏|公开栏|电子屏|大屏|门口|村口|报纸|小程序|"
    r"平台)上?[^。！？\n，]{0,20}(?:公布|公示|公开|发布|放出|放上|登出|贴出)"
    r"|(?:公布|公示|公开|发布|放|登)(?:在|到)[^。！？\n，]{0,10}(?:网|公众号|公示栏|公开栏|屏|报)|张榜|贴(?:到|"
    r"在)(?:墙|门|村口)|发到[^，。]{0,6}群里?|登报|公开发布|"
    r"开放(?:发布)?给(?:公众|大家|社会)|发布给(?:公众|大家|全体)|(?:每天|每季度?|每月|每年|定期|长期|"
    r"及时)[^。！？\n，]{0,16}(?:公示|公布|公开)"
)
_WISHED = re.compile(r"请|建议|希望|应当|应该|应|要求|能不能|能否|可否|督促|呼吁|盼|补充公布|把|将")
_FOR_ME = re.compile(
    r"(?<!不是)我个人要(?!的)|(?:给|发|寄)我(?:一份|邮箱|家|看看|个)|发(?:到)?邮箱|邮寄|自取|我要(?:一份|看|的是)|"
    r"想要(?!的)|寄到|复印|申请公开|依申请"
)
_RECORD = (
    r"户口本|户口|栏|疫苗本|接种|电脑上|网上|政府网|登记|记录|信息|档案|姓名|名字|出生|身份证|面积|工龄|户口|年限|"
    r"地址|账户|证上|证书|"
    r"房产证|土地证|台账|系统里|系统|公示|名单|数据|年龄|性别|学历|婚姻|表上|表里|册|四至|"
    r"病历|缴费|参保|残疾|低保|失信|信用|平台|联系电话|电话|工龄|学籍|权利人"
)
_NOT_SO = re.compile(r"我?是[\u4e00-\u9fff\d年月日]{1,8}，?不是|(?:应该|应当|实际|其实)(?:上)?是")
_SAID_WRONGLY = re.compile(
    r"(?:写|登|记|印|录|打|填|登记|登载)(?:成|为|的是)[^。！？]{1,16}?(?:实际|其实|应该|应当|本来|正确)(?:上)?(?:是|"
    r"为|的)"
)
_WRONG = (
    r"少记|漏[记登录]|还是旧|系旧|错|有误|不符|不准确|不一致|不对|少算|少记|少了|搞混|弄反|误记|误录|写成|登成|"
    r"记成|录成|打成|登记成|印成|填成|算成"
)
_RIGHT = re.compile(
    r"改返|补(?:一下|上|记|登)|予更正|应更正|改回|请改|改记录|更正|改正|纠正|修正|改过来|改回来|要求改|帮我改|请改|"
    r"改一?下|改成|改为|改对|订正|"
    r"怎么改|能改|给改|修改|改"
)
_IS_WRONG = re.compile(rf"(?:{_RECORD})[^。！？\n]{{0,40}}(?:{_WRONG})|(?:{_WRONG})[^。！？\n]{{0,24}}(?:{_RECORD})")
_NOT_CORRECTION = re.compile(
    r"(?:更正|纠正)(?:后的)?(?:文件|通知|公告|决定|程序|办法)|改正通知书|责令改正|错误的?决定|旧房改|改造|改制|改扩建|"
    r"工程变更"
)

_REGISTER = re.compile(
    r"(?:不动产|房产|房屋|产权|土地|宅基地|抵押)(?:的)?(?:登记|权属|产权)(?:的)?(?:资料|信息|情况|簿|档案|查询|底册|"
    r"存根|记录|证明|人)?"
    r"|(?:查|看|调|打|问|了解)[^。！？\n]{0,18}名下[^。！？\n]{0,10}(?:房|不动产|土地|公司|企业|产权)|名下(?:有|"
    r"的)?(?:几套|没有|有没有)?(?:房|不动产)"
    r"|(?:工商|企业|公司|个体户?|合作社)(?:的)?(?:登记|注册|设立|档案|内档|变更)(?:的)?(?:登记)?(?:资料|信息|档案|材料|"
    r"情况|内档|底档)?|工商内档|工商底档|机读档案|企业档案|工商档案|股东(?:是谁|信息|名册|变更|出资)|注册资本|"
    r"法定代表人是谁|法人是谁"
    r"|(?:房子|房产|房屋|这套房|那套房|商铺|这块地)[^。！？\n]{0,16}(?:有没有|是不是|是否)?[^。！？\n]{0,4}(?:抵押|"
    r"查封|登记在谁|写的?(?:是)?谁的?名|产权人|谁的名字|谁名下)|(?:车辆|车牌|机动车|户籍|户口|社会组织|民办|林权|"
    r"抵押)(?:证)?(?:的)?(?:登记|底档|档案)(?:信息|资料|查询)?|(?:户籍|户口)(?:所在)?(?:地址|住址)|车主(?:是谁|信息|"
    r"姓名|叫)|户籍迁移(?:记录|登记)|登记卡|企业内档|"
    r"内档|有没有(?:营业)?执照|林权证登记|"
    r"婚姻登记(?:档案|记录|信息)|结婚登记(?:档案|记录)|(?:无房|有房|住房)(?:证明|情况证明)|房产证明|产权(?:证明|信息|"
    r"人是谁|归谁|调查)|不动产(?:查询|档案|信息|登记)|查档"
)
_NOT_REGISTER = re.compile(
    r"写错|写成|更正|改过来|改正|登记错|记成|错了|登记(?:办法|流程|规定|收费|中心(?:的)?(?:预算|招标|采购|人员)|率|"
    r"数量|统计|工作|试点|发证)|(?:收费|登记)(?:的)?(?:标准|依据)|确权登记(?:方案|工作)|批文|规划许可|征收|拆迁|补偿|"
    r"预算|采购|年报|数量|多少家|统计"
)
_PUBLICATION = re.compile(
    r"(?:统计|[市县区省])?年鉴(?!定)|(?:政府|人大|政协)公报|[市县区镇村]志(?!愿)|地方志|县志|市志|区志|镇志|村志|"
    r"水利志|教育志|交通志|地名志|军事志|卫生志|志书|(?<![今每\d昨明后节假])日报|晚报(?![一二两三了\d])|期刊|杂志|"
    r"文史资料|"
    r"旧报纸|报纸|画册|统计手册"
)
_NOT_PUBLICATION = re.compile(
    r"编纂|编[市县区镇村]志|勘误|编制|印刷|采购|出版费|经费|编写|刊登|登报|发行(?:量|费|合同)|我是[^，。]{0,10}(?:日报|"
    r"晚报)|(?:日报|晚报|杂志社?)(?:社)?(?:的)?记者|(?:日报|晚报|报纸|报)上?(?:说|登|报道|看到|写|讲)|合同|招标|费用|"
    r"花了多少|记者"
)
_STATUS = re.compile(
    r"办结了?(?:吗|没)|办完了?(?:吗|没)|卡在哪|显示.?待受理|已签收[^。\n]{0,8}(?:是否|有没有)(?:登记|受理)|(?:麻烦|"
    r"请)?重(?:新)?发(?:一?[份下次])?$|(?:办到|"
    r"走到|审到|批到|处理到)(?:了)?(?:哪|什么)|到哪一步|批下来了?没|办得?(?:怎么样|咋样)了|"
    r"受理了(?:没|吗)|出来(?:了)?没有|死哪|^.{0,10}(?:查|问)一?下?(?:我的)?(?:进度|进展)|上次[^。\n]{0,14}(?:申请|"
    r"递交)[^。\n]{0,12}(?:为什么|怎么)只|"
    r"延(?:期|长)?到(?:何时|几号|哪天|哪一天|什么时候|啥时候)|寄的?(?:EMS|快递|挂号信?|申请|"
    r"材料)[^。！？]{0,40}收到了?(?:没|吗)|"
    r"(?:答复|告知|回复)书?(?:什么时候|啥时候|几时|哪天)|"
    r"(?:上回|上次|之前|那天)[^。！？\n]{0,16}(?:事|件|材料|申请)[^。！？\n]{0,10}(?:有信|有没有信|信儿|咋样|怎样)|"
    r"(?:寄|交|递|提)[^。！？\n]{0,14}申请[^。！？\n]{0,16}收到(?:没|了|吗|么)|(?:申请|件)[^。！？\n]{0,12}(?:转到|"
    r"转给)[^。\n]{0,14}(?:谁在办|到哪|哪里)|回音|(?:上回|上次|上礼拜|上周|上个?月|之前|前[几些]天|那天|"
    r"前阵子)[^。！？\n]{0,14}(?:问|递|交|提|寄|申请|办)(?:的|"
    r"了|过)?[^。\n]{0,16}(?:批下来|下来|有信儿?|咋样|怎么?样|到哪|收到)(?:了|没)?|(?:我|本人|俺|我们|前几天|上次|"
    r"上个?月|上周|之前|昨天|前天|"
    r"申请)[^。！？\n]{0,24}(?:申请|提交|递交|交|件|申请表)[^。！？\n]{0,24}(?:怎么样|到哪|哪一步|进度|进展|结果(?:出|"
    r"呢|吗)|有(?:没有)?(?:结果|消息|回复|答复|进展|回音)|没(?:有)?(?:消息|动静|回|人|结果|答复|收到|音|下文)|多久|"
    r"什么时候|啥时候|几时|办好|办完|答复了吗|批了吗|受理了|还要等|还没|收到了?(?:吗|没|么))"
    r"|(?:查|看|问|想知道|查询|了解)(?:一?下)?[^。！？\n]{0,12}(?:申请|件|案子)?的?(?:办理)?(?:进度|进展|办到哪|"
    r"到哪一步|办得怎么样)|办理(?:进度|状态|情况)|(?:进度|进展)(?:查询|怎么样|如何)|(?:我的|那个|这个)?(?:申请|件|"
    r"申请单)(?:现在)?(?:到|走到|办到|批到|办得)(?:哪|什么)|"
    r"(?:答复|回复|回信)(?:什么时候|啥时候|几时|怎么还|还没|呢)|(?:怎么|为什么|咋)还(?:没|不)(?:有)?(?:答复|回复|"
    r"给我答|消息|办好|结果)|查询码|(?:超期|超过\d+个?工作日|二十个工作日|20个工作日|二十天|一个月|"
    r"快一个月)(?:了)?[^。！？\n]{0,12}(?:没|还|答复|过了)"
)
_APPLIED = re.compile(
    r"进度|签收|填的?表|延期|办结|递的?表|回执|告知书|EMS|批下来|递的?件|(?:上回|上次|上礼拜)[^。]{0,6}(?:问|递|交|"
    r"提)|申请(?:信息)?公开(?:过|了|的)|申请|提交|回执|"
    r"编号|补正|答复|公开"
)
_COMPLAINT = re.compile(
    r"投诉|举报|控告|反映(?!的信息)|检举|曝光|没有?人管|无人管|管管|管一管|查处|严查|彻查|严惩|整治|取缔|制止|"
    r"讨个?(?:说法|公道)|主持公道|给个(?:说法|交代)|(?:要求|希望|请|盼|求)[^。！？\n]{0,16}(?:处理|解决|整改|赔偿|退钱|"
    r"退费|管|派人|维修|修一修|清理|执法|处罚|追究|拆除|停工|恢复|检查|疏通|帮我们|做主)|"
    r"扰民|噪音|油烟|臭味|恶臭|乱收费|态度(?:恶劣|极?差|很差|太差|不好|蛮横)|管不管|还管|没人接|推来推去|克扣|少发了?|"
    r"黑心|欠薪|拖欠|不发工资|欠我们|占道|违建|违章|偷排|污水|垃圾(?:成堆|堆|没人)|吃拿卡要|贪污|腐败|受贿|骗子|被骗|"
    r"诈骗|打人|威胁|强拆|强占|霸占|推诿|踢皮球|不作为|乱作为|睡不着|受不了|漏水|停水|停电|坏了|太过分|欺负|霸道|气死|"
    r"臭得|掺水|申诉|收走|暖气[^。]{0,10}\d+度|跑了[^。]{0,6}欠|欠我和|管一下|冒泡|困人|来查|帮讨|讨薪|"
    r"欠[^。，\n]{0,6}(?:万|块|工资|钱)|被[^。，\n]{0,6}打|"
    r"[护保]工打|酸雾|大声|吵|没人理|管不管|过期|骂人|不(?:给|肯)退|宰客|忍无可忍|无法无天|包庇|冤枉|不公平|信访|"
    r"上访|求助|救救|堵死|烂尾|交不了房|跑路"
)
_CONSULT = re.compile(
    r"怎么(?:写|交|收|查|办|申请|弄|交|领|查|缴|备案|注销|转|报|补|算|收费|走|开|提|去|换|联系|才能|参加|登记|报名|"
    r"用|复议|起诉|投诉)|(?:帮我|我要|我想|想)(?:办理?|补办|"
    r"注销|开个?证明)|"
    r"如何(?:办|申请|领|缴|报|计算|查|开|转|提|换|登记|变更|参保|认定|补办)|怎样安排|哪个为准|会不会|需不需要|"
    r"有没有时间限制|还能申请|怎样(?:办|申请|才|查|领)|咋(?:办|弄|申请|"
    r"领|报|交|查|整)|(?:什么|哪些|啥)(?:材料|条件|证件|手续|资料|流程|程序|要求|政策|标准|时候|时间|补贴|部门|单位|"
    r"地方)|带什么|带啥|去哪|在哪|到哪(?:里|儿)?(?:办|领|交|报|问|去)|哪里(?:办|能|可以)|哪个(?:部门|窗口|单位|科室)|"
    r"几点|上班时间|下班|周六|周末|多少钱|要多久|多久|能不能(?!公开|看|给|提供|查|把|发|复印|调|让)|可不可以(?!公开|看|"
    r"给|提供|查|复印)|是否可以|可以(?:办|申请|领|报|用|参加)?[^。！？\n]{0,20}吗|能[^。！？\n公开给看查]{0,16}吗|"
    r"符合条件|够不够|够条件|有没有(?:补贴|补助|优惠|政策)|是不是|(?:需要|要|得)[^。！？\n]{0,16}吗|请问|咨询|想问|"
    r"转人工|[找要]人工|人工(?:客服|服务|$|，|。)|真人|电话(?:里|上)?说|(?:找|联系|和|跟)(?:你们)?(?:的)?工作人员|"
    r"问一?下|打听|请教|多少岁|几岁|政策(?:是|有)|算不算|还(?:能|要)|有什么(?:规定|政策|要求)"
)
_THANKS = re.compile(
    r"谢谢|多谢|感谢|谢了|谢啦|辛苦|麻烦(?:你|您)了|thank|thx|好评|点赞|太好了|收到了?|知道了|明白了?|再见|拜拜|送锦旗|"
    r"帮了大忙|满意|好人一生平安|bye|3q|给力|赞|感激|没事了|不用了|不需要了|解决了|办好了|拿到了|ok|好的|嗯+|哦+|行|👍|"
    r"🙏|❤|💐|😊"
)
_THANKED = re.compile(
    r"感谢|辛苦|谢恁|谢谢|多谢|谢了|谢啦|谢意|辛苦|thank|thx|感激|感谢|好评|点赞|锦旗|👍|🙏|再见|拜拜|"
    r"(?<!没)(?<!没有)收到|明白|知道了|赞|给力",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"(?:鞠躬|有了文件|答复|细心|完整|看到了|收悉|正是我|收到|寄到|拿到|找到|解决|办好|办成|帮我|帮了|帮忙|服务|态度|"
    r"耐心|锦旗|点赞|表扬|热心|负责)"
)
_WORD = re.compile(r"\d{4}年|[?？]|想|要|请|查|看")
_SHORT = 60  # characters: what is said of a fault and nothing else
_LETTER = 300  # characters: a longer text tells of applications, and wants more than to know how they stand
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ENGLISH_WORD = re.compile(r"[A-Za-z]{2,}")
_CHAT = re.compile(
    r"^(?:(?:您|你)好(?:啊|呀|吗)?|hello|hi|hey|在吗|在不在|有人吗|有人在吗|早上好|上午好|下午好|晚上好|早|嗨|哈喽|喂|"
    r"(?:喂|嗯|那个|听得?[见到]吗|在不在|有人吗){1,8}|"
    r"测试|test|试试|试一下|哈+|呵+|嘿+|嘻+|啊+|额+|呃+|嗯+|哦+|[0-9]+|[.。,，!！?？~…]+|随便看看|看看|无聊|在|1+|666+|"
    r"你是谁|您是谁|你是机器人吗|你叫什么(?:名字)?|你几岁|讲个笑话|唱首歌|我爱你|你真笨|傻瓜|滚|今天天气.{0,12}|"
    r"(?:测试)+\d*|test.{0,20}|床前明月光.*|天气.{0,10}|吃了吗.{0,6}|陪我聊天?.{0,6})[。.!！?？~ ]*$",
    re.IGNORECASE,
)
_IDLE = re.compile(
    r"笑话|天气|聊聊?天|唱(?:首|个)?歌|机器人|吃(?:了|饭|什么)|中午吃|晚饭|晚上吃|女朋友|男朋友|彩票|股票|你爱|我爱你|"
    r"游戏|世界杯|足球|电影|作业|作文|写(?:首|一首)诗|翻译|算命|星座|双色球|王者|你多大|你好笨|广告|加微信|贷款|代开|"
    r"发票|兼职|点击|优惠券|刷单|中奖|恭喜您|炒股|打一字|脑筋急转弯|外星人|几加几|等于几|借我.{0,3}钱"
)
_TRADE = re.compile("贷款|发票|广告|股票|彩票|作业|兼职|翻译|电影|游戏|足球")  # one may ask an office about them too
_PUBLIC = re.compile(
    r"政府|部门|局|委|办|公开|申请|文件|政策|材料|纪要|合同|方案|图|批|算|号|档|补偿|征|拆|村|小区|社区|路|学校|医院|"
    r"投诉|举报|登记|证|补贴|规划|钱|费|工程|项目|信息|资料|名单"
)


def message_kind(text: str, flags: Collection[str] = ()) -> MessageKind:
    """The kind of a message: by rules what is said in so many words, by the wording of all of it what is not.

    `flags` of the model (contract §4) decide where the rules have nothing firm to go by.
    """
    return by_wording(text, by_rules(text, flags), manner())


_FIRM: tuple[MessageKind, ...] = ("several", "correction", "register_query", "publication", "status", "english")
_TRUST = 0.4  # what a firm rule weighs: about half of the distance between two kinds
_FEW = 12  # characters: too few for a manner


def by_wording(text: str, ruled: MessageKind, learned: Manner) -> MessageKind:
    """The kind by the wording of a message, with what the rules say of it."""
    if len(text.strip()) < _FEW:
        return ruled
    scores = learned.scores(text)
    if ruled in _FIRM:
        scores[ruled] += _TRUST
    elif len(parts(text)) < 2:
        del scores["several"]  # points of one subject are one matter
    return cast("MessageKind", max(scores, key=scores.__getitem__))


def by_rules(text: str, flags: Collection[str] = ()) -> MessageKind:
    """The kind as rules that a person can read tell it; who asks for a record applies."""
    for kind, is_so in _FIRST:
        if is_so(text):
            return kind
    if _ABOUT_APPLYING.search(text) and not _PAPERS.search(text):
        return "consultation"
    record, act = _wants_record(text), bool(_ACT.search(text) or _DEMAND.search(text))
    if "several_matters" in flags and not act and (not record or listed(text)):
        return "several"
    if record and not (act and not _PAPER_ASKED.search(text)):
        return "disclosure"
    if flagged := next((kind for kind in _FLAGGED if kind in flags), None):
        return flagged
    if act or (_COMPLAINT.search(text) and not record):
        return "consultation" if _only_asks(text) else "complaint"
    if _CONSULT.search(text):
        return "consultation"
    return "disclosure" if _says_something(text) else "nonsense"


_FLAGGED: tuple[MessageKind, ...] = ("correction", "complaint", "register_query", "publication", "consultation")


def _wants_record(text: str) -> bool:
    """Whether a record is asked for: in so many words, or by the form in which it is wanted."""
    if _ABOUT_APPLYING.search(text) and not _PAPERS.search(text):
        return False
    if _FORMAL.search(text) or _PAPER_ASKED.search(text):
        return True
    named = bool(_PAPERS.search(text) or _RECORDS.search(text))
    if named and not _CONSULT.search(text) and ASKS.search(text):
        return True
    return named and bool(delivery.medium(text) or delivery.way(text))


def _is_english(text: str) -> bool:
    return (
        len(_ENGLISH_WORD.findall(text)) >= 2
        and len(_HAN.findall(text)) * 4 <= sum(map(len, _ENGLISH_WORD.findall(text)))
        and not CASE.fullmatch(text.strip())
    )


def _is_nonsense(text: str) -> bool:
    bare = re.sub(r"\s", "", text)
    if _CHAT.match(bare):
        return True
    words = _HAN.findall(bare)
    if CASE.search(text.upper()):
        return False
    if len(words) < 2:
        return not CASE.search(text) and not _THANKED.search(text)
    if len(set(words)) * 3 <= len(words) and len(words) >= 4 and not _PUBLIC.search(text):
        return True
    return (
        bool(_IDLE.search(text))
        and not _FORMAL.search(text)
        and not _PAPER_ASKED.search(text)
        and not (_TRADE.search(text) and (_CONSULT.search(text) or _PAPERS.search(text)))
        and not (_PUBLIC.search(text) and (_COMPLAINT.search(text) or ASKS.search(text)))
    )


def _says_something(text: str) -> bool:
    """Whether there is anything in it that an office could look for."""
    return any(words.search(text) for words in (_PUBLIC, _RECORDS, _PAPERS, ASKS, _GIVE, _WORD))


def _is_thanks(text: str) -> bool:
    if len(text) > 120 or not _THANKED.search(text):
        return False
    left = _THANKS.sub("", re.sub(r"[，,。!！~、.;；\s]+", "", text))
    if (_PAPERS.search(left) or _RECORDS.search(left)) and not _DONE.search(text):
        return False
    asks = (
        ASKS.search(text)
        or _FORMAL.search(text)
        or _CONSULT.search(text)
        or re.search(r"[?？]|想|查询|申请公开|进度|投诉(?!.{0,6}解决)|举报", text)
    )
    if re.search(_DONE, text) and not re.search(r"[?？]|想要|请|求|发我|还要|还想|希望", text.replace("申请", "")):
        return True
    if re.search(r"[?？]|想|要(?!的)|请|求|查|公开|所需|方式|发我|邮箱", left):
        return False
    return len(left) <= 6 or (len(text) <= 60 and not asks and not _COMPLAINT.search(left))


def _is_status(text: str) -> bool:
    if len(text) > _LETTER:
        return False
    if _COMPLAINT.search(text) and not re.search("申请|答复|受理|查询码|办理|回执|进度|进展|材料", text):
        return False
    if (
        CASE.search(text.upper())
        or re.search(r"(?:条子|编号|受理号|回执|单号|申请号)[^。\n]{0,12}(?:19|20)\d{2}-\d{3,6}", text)
    ) and not re.search(r"根据|依据|不服|复议|起诉", text):
        return True
    return bool(re.search(r"查询码|办理进度|补正材料", text)) or (
        bool(_STATUS.search(text)) and bool(_APPLIED.search(text)) and not _new_request(text)
    )


def _new_request(text: str) -> bool:
    """Whether a record is asked for in so many words beside what was said of an earlier application."""
    return bool(
        re.search(
            r"(?:现|再次|重新|还想|还要|另外|特此?)[^。！？\n]{0,8}(?:申请|要求|请求)[^。！？\n]{0,6}(?:公开|获取|"
            r"提供)|申请公开(?!的|了|过|件)[^。！？\n]{4,}",
            text,
        )
    )


def _is_correction(text: str) -> bool:
    if _RIGHT.search(text) and _SAID_WRONGLY.search(text):
        return True
    if len(text) <= _SHORT and _NOT_SO.search(text) and _IS_WRONG.search(text) and not _wants_record(text):
        return True
    return bool(_RIGHT.search(text) and _IS_WRONG.search(text) and not _NOT_CORRECTION.search(text)) or bool(
        re.search(r"(?:申请|请求|要求|请|想|需要)(?:帮我|给我|贵局|你们|依法)?(?:更正|改正|纠正)(?!通知|后)", text)
    )


def _is_register(text: str) -> bool:
    return (
        bool(_REGISTER.search(text))
        and not _NOT_REGISTER.search(text)
        and not re.search(r"投诉|举报|几点|关门|上班|怎么(?:写|交|收|查|办|补)|流程|需要(?:什么|哪些)材料|收费", text)
    )


def _is_publication(text: str) -> bool:
    if (
        _MADE_PUBLIC.search(text)
        and _WISHED.search(text)
        and not _FOR_ME.search(text)
        and not (
            _ACT.search(text)
            or re.search(
                r"已经?(?:公布|公示|公开)|公布(?:的|了)|公示(?:的|了)(?!就)|打不开|怎么(?!只|还|没|不|才)|哪里|哪儿|"
                r"在哪",
                text,
            )
        )
    ):
        return True
    return bool(_PUBLICATION.search(text)) and not _NOT_PUBLICATION.search(text)


def _is_several(text: str) -> bool:
    return len(parts(text)) > 1


def _only_asks(text: str) -> bool:
    return bool(
        re.search(
            r"(?:怎么|如何|去哪|到哪|哪里|哪个部门|找谁|向谁)[^。！？\n]{0,10}(?:投诉|举报|反映|维权|申诉)|请问|咨询|"
            r"想问",
            text,
        )
    ) and not re.search(r"我要(?:投诉|举报)|没有?人管|扰民|请(?:你们|尽快)|希望", text)


_FIRST: tuple[tuple[MessageKind, Callable[[str], bool]], ...] = (
    ("english", _is_english),
    ("thanks", _is_thanks),
    ("nonsense", _is_nonsense),
    ("status", _is_status),
    ("correction", _is_correction),
    ("publication", _is_publication),
    ("several", _is_several),
    ("register_query", _is_register),
)
