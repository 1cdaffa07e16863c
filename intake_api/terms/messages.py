"""Kinds of messages that citizens begin with (contract §2, `gongkai understand`), and which way each has.

`citizen` is what is said to whom a shorter way than an application is open; `where` follows it as far as it is known.
Whoever wants to apply all the same may.
"""

from typing import Literal

from intake_api.terms.vocabulary import Term, Vocabulary

MessageKind = Literal[
    "disclosure",
    "complaint",
    "consultation",
    "register_query",
    "correction",
    "publication",
    "status",
    "several",
    "thanks",
    "nonsense",
    "english",
]
MESSAGES = Vocabulary(
    Term(code="disclosure", label="信息公开申请"),
    Term(
        code="complaint",
        label="投诉举报、信访",
        citizen="听起来您是想反映问题或者投诉举报。信息公开只能提供已有的文件材料，不能处理投诉；"
        "这类事请拨打 12345 热线，或向信访部门、主管部门反映，办得更快。",
    ),
    Term(
        code="consultation",
        label="咨询",
        citizen="听起来您是想问政策或者办事流程。这类问题拨打 12345 热线，或到政务服务窗口咨询，当场就能答复，"
        "不必等二十个工作日。",
    ),
    Term(
        code="register_query",
        label="登记资料查询",
        citizen="不动产登记、企业登记这类资料，法律规定了专门的查询办法，请带身份证件到登记机构的窗口查询，通常当天就能查到。",
    ),
    Term(
        code="correction",
        label="更正申请",
        citizen="您是要更正政府记录里与自己有关的错误，我们按更正申请办理（《条例》第四十一条）。"
        "请写清哪里不对、正确的是什么；证明材料可以在提交以后交来。",
    ),
    Term(
        code="publication",
        label="建议公开、公开出版物",
        citizen="建议机关向社会主动公开的，可以打电话或者写信提出，不用填写申请人信息；公报、年鉴、志书、报刊这类出版物，"
        "请到图书馆、档案馆或政务公开专区查阅。自己需要一份具体文件的，仍然可以申请。",
    ),
    Term(
        code="status",
        label="查询进度",
        citizen="您是想问已经提交的申请办到哪一步了。有申请编号的，直接发编号就行（在回执上）；没有编号的，请联系我们的工作人员。",
    ),
    Term(
        code="several",
        label="几件事",
        citizen="您说的好像不止一件事。一件事一份申请，各由主管的部门办理，答复更快。",
    ),
    Term(code="thanks", label="致谢", citizen="不客气，我一直在。"),
    Term(
        code="nonsense",
        label="没有说要什么",
        citizen="我没有看明白。请用一两句话说说您想了解的政府信息，例如什么时间、什么地方、什么事。",
    ),
    Term(
        code="english",
        label="英文",
        citizen="You may apply in English. This assistant answers in Chinese: it asks for your name, "
        "a proof of identity, how to reach you, and how you want the information. "
        "Our staff can help you by telephone or at the counter.",
    ),
)
# What is said of an application about which the model has a doubt (flags of `terms.handling`), beside those above.
PROCESSING = "信息公开提供的是已经有的文件和数据。如果需要专门汇总、加工，机关可以不提供，建议写明已有的文件名称。"
HINTS = {
    **{code: MESSAGES[code].citizen for code in ("complaint", "consultation", "register_query")},
    "publication": "公报、年鉴、志书、报刊这类出版物，可以直接到图书馆、档案馆或政务公开专区查阅。",
    "correction": "如果您是要更正政府记录里与自己有关的错误，请写清哪里不对、正确的是什么，我们按更正申请办理。",
    "needs_processing": PROCESSING,
    "several_matters": MESSAGES["several"].citizen,
}
