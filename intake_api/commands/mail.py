"""`gongkai mail test ADDRESS`: one message, to see whether mail arrives; `mail bounced FILE`: one that came back."""

from typing import Annotated

import typer

from intake_api.wiring.offices import load_directory, load_settings, with_office

mail = typer.Typer(no_args_is_help=True, help="邮件")


@mail.command()
def test(address: Annotated[str, typer.Argument(help="收件人")]) -> None:
    """Send one message with the settings of the reminders; exit code 1 with the reason where it does not go."""
    from email.message import EmailMessage

    from intake_api.kit import mail as post
    from intake_api.kit.clock import Clock
    from intake_api.kit.errors import Failure
    from intake_api.setting_rules import mail_from

    settings = load_settings()
    url, sender = settings.secret("smtp_url"), settings.mail_from or load_directory(settings).default_agency.email
    if not url or not sender:
        raise Failure("settings_invalid", reason="请先设置 GONGKAI_SMTP_URL 和 GONGKAI_MAIL_FROM。")
    try:
        message = EmailMessage()
        message["From"], message["To"], message["Date"] = sender, mail_from(address), Clock().now()
    except ValueError as error:
        raise Failure("settings_invalid", reason=f"收件人{error}。") from None
    message["Subject"] = "依申请公开系统的测试邮件"
    message.set_content("收到这封邮件，说明催办邮件可以送达。")
    try:
        post.send(url, message)
    except post.MailFailed as failed:
        raise Failure("mail_not_sent", reason=f"{type(failed).__name__} {failed}") from None
    typer.echo("已经交给发信服务器。")


@mail.command()
def bounced(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="退信原文（RFC 5322）；- 为标准输入")],
) -> None:
    """Take in a delivery status notification (RFC 3464): the clerk sees 退信 on the case, and so does the applicant."""
    from intake_api.notify.service import LARGEST

    raw = file.read(LARGEST)
    found = with_office(lambda office: office.post.returned(raw))
    typer.echo("已记为退信。" if found else "不是退信（只是延迟，或者已经送达），没有记录。")
