"""How an application comes (渠道) and what its day of receipt rests on (收到日的依据)."""

from dataclasses import dataclass
from typing import Literal

from intake_api.terms.vocabulary import Term, Vocabulary

Channel = Literal["web", "chat", "telegram", "wechat", "counter", "post", "fax", "email", "oral", "other"]
Basis = Literal["counter", "mail_signed", "mail_unsigned", "internet", "fax", "oral"]

BASES = Vocabulary(
    Term(code="counter", label="当面提交之日", also=("当面提交", "提交之日")),
    Term(code="mail_signed", label="挂号、特快专递：签收之日", ledger="签收之日", also=("挂号", "邮寄签收")),
    Term(code="mail_unsigned", label="平常信函：与申请人确认之日", ledger="平信确认之日", also=("平信",)),
    Term(code="fax", label="传真：双方确认之日", ledger="传真双方确认之日", also=("传真",)),
    Term(
        code="internet", label="互联网渠道：双方确认之日", ledger="互联网渠道双方确认之日", also=("互联网", "网上确认")
    ),
    Term(code="oral", label="口头申请：代填确认之日", ledger="口头代填之日", also=("口头",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance(Term):
    """A channel.

    `bases`: what its receipt can rest on, the first assumed for what citizens file. `at_once`: received by being there,
    or by the receipt shown; the others wait for a clerk's confirmation. `by`: who files through it: `citizen` from
    outside, `staff` at the desk, `ledger` alone. `chat`: it is a conversation, which can be answered. `group`: the
    line of the statistics before 2019 that counts it.
    """

    bases: tuple[Basis, ...]
    by: Literal["citizen", "staff", "ledger"]
    at_once: bool = False
    chat: bool = False
    group: str


_NET: tuple[Basis, ...] = ("internet",)
CHANNELS = Vocabulary(
    Entrance(
        code="counter",
        label="当面",
        bases=("counter",),
        by="staff",
        at_once=True,
        group="counter",
        also=("当面提交", "窗口"),
    ),
    Entrance(
        code="post",
        label="邮寄",
        bases=("mail_unsigned", "mail_signed"),
        by="staff",
        group="post",
        also=("邮政寄送", "信函", "特快专递", "EMS"),
    ),
    Entrance(code="fax", label="传真", bases=("fax",), by="staff", group="fax"),
    Entrance(code="email", label="电子邮件", bases=_NET, by="staff", group="email", also=("电子邮箱", "邮箱")),
    Entrance(code="oral", label="口头", bases=("oral",), by="staff", at_once=True, group="counter"),
    Entrance(
        code="web",
        label="网上申请表",
        notice="网上申请",
        bases=_NET,
        by="citizen",
        at_once=True,
        group="web",
        also=("网上", "网站", "在线", "在线申请", "互联网"),
    ),
    Entrance(code="chat", label="在线对话", bases=_NET, by="citizen", at_once=True, chat=True, group="web"),
    Entrance(code="telegram", label="Telegram", bases=_NET, by="citizen", at_once=True, chat=True, group="web"),
    Entrance(code="wechat", label="微信", bases=_NET, by="citizen", at_once=True, chat=True, group="web"),
    Entrance(
        code="other",
        label="其他渠道",
        bases=("internet", "counter", "mail_signed", "mail_unsigned", "fax", "oral"),
        by="ledger",
        group="other",
        also=("其他",),
    ),
)
DESK_CHANNELS = {code: one.label for code, one in CHANNELS.items() if one.by == "staff"}
"""How what the office writes down has come."""
# The lines of the statistics before 2019 (当面、信函、传真、电子邮件、网络).
CHANNEL_GROUPS = Vocabulary(
    Term(code="web", label="网络"),
    Term(code="counter", label="当面"),
    Term(code="post", label="信函"),
    Term(code="email", label="电子邮件"),
    Term(code="fax", label="传真"),
    Term(code="other", label="其他渠道"),
)
