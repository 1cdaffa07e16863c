"""The application (条例 art. 29): every field with its type, its limit and how it is asked. The one declaration.

A field of the applicant is kept sealed in the applicant's row, so that a new one needs no migration.
"""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from intake_api.form.ask import Ask, Header, codes
from intake_api.kit.payload import Blank, Clean, Day, Payload
from intake_api.terms.applicant import APPLICANT_TYPES, ID_TYPES, KINDS, ApplicantType, IdType, Kind
from intake_api.terms.delivery import MEDIA, WAYS, Medium, Way
from intake_api.terms.limits import LONGEST, SHORTEST_TEXT
from intake_api.terms.receipt import BASES, CHANNELS, Basis, Channel

NUMBER: tuple[int, int] = (4, 2)  # characters of a number that tell two people apart, at either end
PHONE: tuple[int, int] = (3, 2)


class AgentIn(Payload):
    """A representative (代理人) with proof of authority."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=100),
        Clean,
        Ask(label="代理人姓名", rule="person", group="agent", half=True, shown=True),
    ]
    phone: Annotated[
        str,
        Field(min_length=1, max_length=40),
        Clean,
        Ask(label="代理人电话", group="agent", half=True, keyboard="tel", rule="phone", ends=PHONE),
    ]
    id_type: Annotated[
        IdType,
        Ask(
            label="代理人证件种类",
            group="agent",
            half=True,
            shown=True,
            words=ID_TYPES,
            offered=lambda proof: bool(proof.natural),
        ),
    ]
    id_number: Annotated[
        str,
        Field(min_length=1, max_length=40),
        Clean,
        Ask(label="代理人证件号码", group="agent", half=True, rule="id_number", ends=NUMBER),
    ]
    authorisation: Annotated[
        str,
        Field(min_length=1, max_length=500),
        Clean,
        Ask(label="授权情况", hint="例如：受张三委托，代为提出申请和领取答复。", group="agent"),
    ]


class ApplicantIn(Payload):
    """条例 art. 29(1): name, proof of identity, contact; `type` is the column of the annual report."""

    type: Annotated[
        ApplicantType,
        Ask(
            label="单位类别",
            hint="只用于年度统计。个人申请不用选。",
            group="applicant",
            only="organisation",
            conditional=True,
            words=APPLICANT_TYPES,
            shown=True,
            question="请选择单位的类别（用于年度统计）。",
            column=Header("申请人类别", ("申请人类型", "类别"), "applicant_type"),
        ),
    ]
    name: Annotated[
        str,
        Field(min_length=1, max_length=200),
        Clean,
        Ask(
            label="姓名或名称",
            rule="person",
            group="applicant",
            autocomplete="name",
            shown=True,
            question="请问您的姓名？（和证件上的一致）",
            column=Header("申请人", ("申请人姓名", "姓名", "姓名或名称", "申请人姓名或名称"), "applicant_name"),
        ),
    ]
    id_type: Annotated[
        IdType | None,
        Ask(
            label="证件种类",
            group="applicant",
            half=True,
            words=ID_TYPES,
            shown=True,
            question="请选择证件种类。身份证明是《政府信息公开条例》第二十九条要求的内容，只用于办理这份申请。",
            column=Header("证件种类", ("证件名称", "证件类型")),
        ),
    ] = None
    id_number: Annotated[
        str | None,
        Field(max_length=40),
        Blank,
        Ask(
            label="证件号码",
            group="applicant",
            half=True,
            below="法律要求申请人提供身份证明。现在不方便可以先空着，之后会请您补上。",
            rule="id_number",
            ends=NUMBER,
            question="请发送证件号码。",
            column=Header("证件号码", ("证件号", "身份证号", "身份证号码")),
        ),
    ] = None
    contact_name: Annotated[
        str | None,
        Field(max_length=100),
        Blank,
        Ask(
            label="联系人",
            rule="person",
            group="applicant",
            half=True,
            only="organisation",
            shown=True,
            question="请问联系人的姓名？",
        ),
    ] = None
    legal_representative: Annotated[
        str | None,
        Field(max_length=100),
        Blank,
        Ask(
            label="法定代表人或负责人",
            rule="person",
            group="applicant",
            half=True,
            only="organisation",
            shown=True,
            question="请问法定代表人或负责人的姓名？",
        ),
    ] = None
    phone: Annotated[
        str | None,
        Field(max_length=40),
        Blank,
        Ask(
            label="电话",
            group="contact",
            half=True,
            reaches=True,
            keyboard="tel",
            rule="phone",
            autocomplete="tel",
            ends=PHONE,
            question="请发送联系电话。",
            column=Header("联系电话", ("电话", "手机")),
        ),
    ] = None
    email: Annotated[
        str | None,
        Field(max_length=200),
        Blank,
        Ask(
            label="电子邮箱",
            group="contact",
            half=True,
            reaches=True,
            keyboard="email",
            rule="email",
            autocomplete="email",
            ends=(2, 0),
            question="请发送电子邮箱。",
            column=Header("电子邮箱", ("邮箱",)),
        ),
    ] = None
    address: Annotated[
        str | None,
        Field(max_length=300),
        Blank,
        Ask(
            label="通信地址",
            group="contact",
            reaches=True,
            autocomplete="street-address",
            ends=(6, 0),
            question="请发送通信地址（写清收件人能收到信的地址）。",
            column=Header("通信地址", ("地址", "联系地址", "通讯地址")),
        ),
    ] = None
    agent: AgentIn | None = None


class DeliveryIn(Payload):
    """条例 art. 29(3): form and way of getting the information."""

    medium: Annotated[
        Medium,
        Ask(
            label="提供形式",
            group="delivery",
            words=MEDIA,
            radios=True,
            shown=True,
            question="您希望以哪种形式得到信息（提供形式）？",
            column=Header("提供形式", ("载体形式", "信息载体"), "delivery_medium"),
        ),
    ]
    way: Annotated[
        Way,
        Ask(
            label="获取方式",
            group="delivery",
            words=WAYS,
            radios=True,
            shown=True,
            question="您希望怎样拿到（获取方式）？",
            column=Header("获取方式", ("获取途径", "获取信息方式"), "delivery_way"),
        ),
    ]


_DOCUMENT = "如果您知道文件的名称或文号，请发给我；不知道就点“跳过”，不影响申请。"
_EXAMPLE: dict[str, Any] = {
    "applicant": {
        "type": "natural",
        "name": "张三",
        "id_type": "resident_id",
        "id_number": "11010519491231002X",
        "phone": "13800000000",
    },
    "description": "申请公开示例区2025年城镇老旧小区改造计划和已完成项目清单。",
    "delivery": {"medium": "electronic", "way": "email"},
}


class Submission(Payload):
    """An application (art. 29), or a request for correction (art. 41)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})
    kind: Annotated[Kind, Ask(label="申请种类", words=KINDS, fixed=True, shown=True, column=Header("申请种类"))] = (
        "disclosure"
    )
    channel: Annotated[
        Channel | None,
        Ask(
            label="来件渠道",
            words=CHANNELS,
            offered=lambda entrance: entrance.by == "citizen",
            fixed=True,
            shown=True,
        ),
    ] = None
    addressee: Annotated[
        str | None,
        Field(max_length=40),
        Blank,
        Ask(
            label="向哪个机关申请",
            group="content",
            conditional=True,
            fixed=True,
            shown=True,
            column=Header("受理机关", ("申请受理机关", "行政机关")),
        ),
    ] = None
    description: Annotated[
        str,
        Field(min_length=SHORTEST_TEXT, max_length=LONGEST["description"]),
        Clean,
        Ask(
            label="您想了解什么",
            hint="请写清楚事情、地方和时间。例如：2025年我市老旧小区改造计划和已完成的项目名单。",
            desk_label="所需信息",
            desk_hint="照申请书原文录入。",
            group="content",
            shown=True,
            question="请重新写一下您想了解的政府信息。",
            column=Header("申请内容", ("内容", "内容描述", "所需信息", "所需信息内容描述")),
        ),
    ]
    title: Annotated[
        str | None,
        Field(max_length=LONGEST["title"]),
        Blank,
        Ask(
            label="信息或文件的名称",
            hint="知道文件叫什么就写上。",
            desk_hint="",
            group="content",
            half=True,
            shown=True,
            question=_DOCUMENT,
            column=Header("信息名称", ("名称", "标题", "申请事项")),
        ),
    ] = None
    document_number: Annotated[
        str | None,
        Field(max_length=100),
        Blank,
        Ask(
            label="文号",
            hint="例如：示政发〔2025〕3号",
            desk_hint="",
            group="content",
            half=True,
            shown=True,
            question=_DOCUMENT,
        ),
    ] = None
    applicant: ApplicantIn
    delivery: DeliveryIn


class StaffSubmission(Submission):
    """An application that came over the counter, by post, fax, e-mail or orally; entered by a clerk."""

    channel: Annotated[
        Channel,
        Ask(
            label="来件渠道",
            group="receipt",
            half=True,
            words=CHANNELS,
            offered=lambda entrance: entrance.by == "staff",
            shown=True,
            column=Header("申请渠道", ("渠道", "来件渠道", "申请方式", "接收渠道")),
        ),
    ]
    received_on: Annotated[
        Day | None,
        Field(description="收到日（第三十一条）；邮件、传真未确认前为空"),
        Ask(
            label="收到日",
            hint="当面、口头：提交之日；挂号、快递：签收之日；平信、传真、电子邮件：与申请人确认之日，"
            "没有确认的先空着（《条例》第三十一条）。",
            group="receipt",
            half=True,
            conditional=True,
            shown=True,
            column=Header("收到日期", ("收到日", "收到时间", "收到申请日期", "受理日期")),
        ),
    ] = None
    receipt_basis: Annotated[
        Basis,
        Ask(
            label="收到日的依据",
            hint="只用于邮寄的",
            group="receipt",
            only="post",
            words=BASES,
            offered=codes(*CHANNELS["post"].bases),
            shown=True,
            column=Header("收到日依据", ("收到日的依据", "收到日期依据")),
        ),
    ]
