"""In which form (提供形式) and by which way (获取方式) information is wanted, and how a letter was served (送达)."""

import re
from dataclasses import dataclass
from typing import Literal

from intake_api.terms.vocabulary import Term, Vocabulary

Medium = Literal["paper", "electronic", "disc"]
Way = Literal["post", "email", "counter", "download", "fax", "view"]
Service = Literal["counter", "post", "electronic"]
# S10 of the Universal Postal Union, which EMS uses, or the thirteen digits of domestic mail.
TRACKING = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier(Term):
    """A form of delivery (载体) and the ways by which it can be had."""

    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit(Term):
    """A way of delivery: which particular of the applicant it needs, if it is online, if the chat offers it."""

    needs: Literal["", "email", "address"] = ""
    online: bool = False
    in_chat: bool = True


MEDIA = Vocabulary(
    Carrier(
        code="electronic",
        label="电子版",
        ways=("email", "download", "counter", "fax"),
        also=("电子", "电子数据", "网上", "电子文件", "PDF"),
    ),
    Carrier(code="paper", label="纸质", ways=("post", "counter", "view", "fax"), also=("纸面", "纸", "复印件")),
    Carrier(code="disc", label="光盘", ways=("post", "counter"), also=("磁盘", "U盘")),
)
WAYS = Vocabulary(
    Exit(
        code="email",
        label="电子邮件",
        needs="email",
        online=True,
        also=("电子邮箱", "邮箱", "发邮件", "发到邮箱", "发到电子邮箱"),
    ),
    Exit(
        code="download",
        label="在本网站下载",
        notice="网上下载",
        online=True,
        also=("网上下载", "下载", "网上"),
    ),
    Exit(code="post", label="邮寄", needs="address", also=("快递", "寄", "寄给我")),
    Exit(code="counter", label="当面领取", also=("自行领取", "自取", "窗口", "到窗口领取")),
    Exit(code="fax", label="传真", in_chat=False),  # no question of the chat takes a fax number
    Exit(
        code="view",
        label="现场查阅、抄录",
        also=("现场查阅", "查阅", "抄录", "到现场查阅、抄录", "去看"),
    ),
)
SERVICES = Vocabulary(
    Term(code="counter", label="当面交付", also=("当面", "当面送达", "直接送达")),
    Term(code="post", label="邮寄", also=("邮寄送达", "特快专递", "EMS")),
    Term(code="electronic", label="电子送达", also=("电子", "电子邮件", "网上")),
)
