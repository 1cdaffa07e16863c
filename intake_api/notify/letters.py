"""A message as mail, and as a line for telephones: neither says who asked, nor for what, before the link is opened."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from html import escape

from intake_api.terms.telling import TELLINGS

_LINKS = {"confirm": "确认接收", "code": "取得新的查询码"}
_PLAIN = "查看进度"
_AGAIN, _REPEATED = "（再次发送）", "（可能重复）"
_ABOUT = "编号 {number}。查看进度要用编号和查询码；查询码在回执上，我们不会在邮件中发送，也不会向您索要。"
_STOP = "不想再收到这些邮件，或者要换一个邮箱"
_AUTO = "本邮件由系统自动发送，请勿回复。"


@dataclass(frozen=True)
class Sending:
    """A message that is ready to go: where it leads (`link`), where such are stopped (`stop`, none before it began)."""

    id: int
    kind: str
    number: str
    sentence: str
    link: str
    stop: str
    office: str
    written_at: datetime
    repeated: bool = False
    again: bool = False

    @property
    def heading(self) -> str:
        """What a subject line or a lock screen shows."""
        marks = _REPEATED * self.repeated + _AGAIN * self.again
        return marks + TELLINGS[self.kind].citizen.format(number=self.number)


def as_mail(letter: Sending, sender: str, to: str) -> EmailMessage:
    """The same in text and simple HTML; one that may have gone before has the same Message-ID."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, letter.heading
    message["Date"] = letter.written_at
    message["Message-ID"] = f"<told.{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.stop:
        message["List-Unsubscribe"] = f"<{letter.stop}>"
    message.set_content(_text(letter))
    message.add_alternative(_html(letter), subtype="html")
    return message


def _paragraphs(letter: Sending) -> list[str]:
    return [letter.sentence, *([] if letter.kind in _LINKS else [_ABOUT.format(number=letter.number)])]


def _text(letter: Sending) -> str:
    lines = [*_paragraphs(letter), f"{_LINKS.get(letter.kind, _PLAIN)}：{letter.link}", f"{letter.office}\n{_AUTO}"]
    if letter.stop:
        lines.append(f"{_STOP}：{letter.stop}")
    return "\n\n".join(lines) + "\n"


def _html(letter: Sending) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in _paragraphs(letter))
    link = f'<p><a href="{escape(letter.link)}">{_LINKS.get(letter.kind, _PLAIN)}</a></p>'
    stop = f'<p><a href="{escape(letter.stop)}">{_STOP}</a></p>' if letter.stop else ""
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(letter.heading)}</title></head>'
        f'<body style="font-size:16px;line-height:1.6">{said}{link}<p>{escape(letter.office)}<br>{_AUTO}</p>{stop}'
        "</body></html>\n"
    )


def as_line(letter: Sending) -> str:
    """The same for a telephone, whose lock screen shows all of it."""
    return f"【{letter.office}】{letter.heading}，{_LINKS.get(letter.kind, _PLAIN)}：{letter.link}"
