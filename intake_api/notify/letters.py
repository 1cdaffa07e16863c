"""A message as mail, and as a line for telephones: neither says who asked, nor for what, before the link is opened.

What a 补正 wants made clear stands in the body of a mail, which its reader has opened; no heading says it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape
from typing import Any

from intake_api.statute.sentences import chinese_day
from intake_api.terms.telling import TELLINGS

_LINKS = {"confirm": "确认接收", "code": "取得新的查询码"}
_PLAIN = "查看进度"
_AGAIN, _REPEATED = "（再次发送）", "（可能重复）"
_ABOUT = "编号 {number}。查看进度要用编号和查询码；查询码在回执上，我们不会在邮件中发送，也不会向您索要。"
MARKED = "told."
"""What the Message-ID of every mail to an applicant begins with."""
_STOP = "不想再收到这些邮件，或者要换一个邮箱"
_AUTO = "本邮件由系统自动发送。有疑问请直接回复，或者打电话{phone}，请说明申请编号。"
_LISTS = {"unclear": "不明确之处：", "needed": "需要补正的事项："}
_BY = "请在{day}之前（含当日）补充，可以打开下面的链接直接写。"
Block = tuple[str, tuple[str, ...]]
"""A paragraph and the list below it."""


@dataclass(frozen=True)
class Sending:
    """A message that is ready to go: where it leads (`link`), where such are stopped (`stop`, none before it began).

    `mark` names it wherever it comes back from; `asks`: what is to be made clear (cases/telling.py). `office` signs.
    """

    id: int
    mark: str
    kind: str
    number: str
    sentence: str
    link: str
    stop: str
    office: str
    phone: str
    written_at: datetime
    repeated: bool = False
    again: bool = False
    asks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """What a subject line or a lock screen shows."""
        marks = _REPEATED * self.repeated + _AGAIN * self.again
        return marks + TELLINGS[self.kind].citizen.format(number=self.number)


def as_mail(letter: Sending, sender: str, reply_to: str, to: str) -> EmailMessage:
    """The same in text and simple HTML; one that may have gone before has the same Message-ID."""
    message = EmailMessage()
    message["From"], message["Reply-To"] = (Address(letter.office, addr_spec=one) for one in (sender, reply_to))
    message["To"], message["Subject"] = to, letter.heading
    message["Date"] = letter.written_at
    message["Message-ID"] = f"<{MARKED}{letter.mark}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.stop:
        message["List-Unsubscribe"] = f"<{letter.stop}>"
    message.set_content(_text(letter))
    message.add_alternative(_html(letter), subtype="html")
    return message


def _blocks(letter: Sending) -> list[Block]:
    about = [] if letter.kind in _LINKS else [_ABOUT.format(number=letter.number)]
    return [(letter.sentence, ()), *_asked(letter.asks), *((line, ()) for line in about)]


def _asked(asks: Mapping[str, Any]) -> list[Block]:
    lists = [(title, tuple(map(str, lines))) for name, title in _LISTS.items() if (lines := asks.get(name))]
    by = _BY.format(day=chinese_day(date.fromisoformat(asks["by"]))) if asks.get("by") else ""
    return [*lists, (by + asks["otherwise"], ())] if asks else []


def _signed(letter: Sending) -> tuple[str, str]:
    return letter.office, _AUTO.format(phone=f"：{letter.phone}" if letter.phone else "")


def _text(letter: Sending) -> str:
    lines = ["\n".join((said, *(f"· {one}" for one in listed))) for said, listed in _blocks(letter)]
    lines += [f"{_LINKS.get(letter.kind, _PLAIN)}：{letter.link}", "\n".join(_signed(letter))]
    if letter.stop:
        lines.append(f"{_STOP}：{letter.stop}")
    return "\n\n".join(lines) + "\n"


def _html(letter: Sending) -> str:
    said = ""
    for line, listed in _blocks(letter):
        items = "".join(f"<li>{escape(one)}</li>" for one in listed)
        said += f"<p>{escape(line)}</p>" + (f"<ul>{items}</ul>" if items else "")
    signed = "<br>".join(map(escape, _signed(letter)))
    link = f'<p><a href="{escape(letter.link)}">{_LINKS.get(letter.kind, _PLAIN)}</a></p>'
    stop = f'<p><a href="{escape(letter.stop)}">{_STOP}</a></p>' if letter.stop else ""
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(letter.heading)}</title></head>'
        f'<body style="font-size:16px;line-height:1.6">{said}{link}<p>{signed}</p>{stop}'
        "</body></html>\n"
    )


def as_line(letter: Sending) -> str:
    """The same for a telephone, whose lock screen shows all of it."""
    return f"【{letter.office}】{letter.heading}，{_LINKS.get(letter.kind, _PLAIN)}：{letter.link}"
