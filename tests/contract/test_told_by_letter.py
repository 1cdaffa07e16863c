"""What a mail to an applicant holds, in whose name it goes, and what becomes of one that comes back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from intake_api.cli import app
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.contract.test_followed import ONE_KIND, SITE, Own, filed, followed, results, text_of, wants
from tests.contract.test_followed import gateway as gateway
from tests.contract.test_followed import server as server
from tests.contract.test_notices import issued
from tests.contract.test_workflow import taken
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.fakes.smtp import MailServer

pytestmark = ONE_KIND
CITY, DISTRICT = DIRECTORY.agencies
MAILED = replace(
    DIRECTORY,
    agencies=(
        replace(CITY, email="city@example.invalid"),
        replace(DISTRICT, email="district@example.invalid", phone="0000-7000000"),
    ),
)
UNCLEAR, NEEDED = "没有写明年份", "所需文件的年份\n文件名称"
OTHERWISE = "无正当理由逾期不补正的，视为放弃申请"


@pytest.fixture
def settings() -> dict[str, str]:
    return {}


@pytest.fixture
async def office(
    db_url: str, tmp_path: Path, clock: SettableClock, server: MailServer, settings: dict[str, str]
) -> AsyncIterator[Office]:
    given = {"data": tmp_path / "data", "database_url": db_url, "smtp_url": server.url, "public_url": SITE}
    office = build_office(Settings.load(given | settings), MAILED, KeywordClassifier, clock)
    await office.triage.start()
    yield office
    await office.db.dispose()


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


async def test_the_mail_of_a_clarification_says_what_is_to_be_supplied_and_by_when_in_its_body_alone(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    own = await filed(client)
    await followed(client, office, server, own)
    await issued(staff, own[0], "N2", unclear=UNCLEAR, needed=NEEDED, clarify_by="2026-12-04")
    await office.post.deliver({})
    (mail,) = server.got
    for body in (text_of(mail), html_of(mail)):
        missing = [one for one in (UNCLEAR, *NEEDED.splitlines(), "2026年12月4日", OTHERWISE) if one not in body]
        assert missing == []
    assert mail["Subject"] == f"申请 {own[0]} 有新的进展"
    items = (await staff.get(f"/api/v1/staff/cases/{own[0]}/messages")).json()["items"]
    assert UNCLEAR not in items[0]["sentence"]


async def test_a_clarification_without_a_letter_says_its_day(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    own = await filed(client)
    await followed(client, office, server, own)
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    await office.post.deliver({})
    (mail,) = server.got
    assert "请在2026年12月4日之前（含当日）补充" in text_of(mail)
    assert OTHERWISE in text_of(mail)


async def test_each_agency_writes_in_its_own_name_from_its_own_address(
    client: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    for addressee in ("city", "sample-district"):
        assert (await wants(client, await filed(client, addressee=addressee))).status_code == 200
    await office.post.deliver({})
    senders = [(one["From"].addresses[0], one["Reply-To"].addresses[0].addr_spec) for one in server.got]
    assert [(one.display_name, one.addr_spec, to) for one, to in senders] == [
        ("示例市人民政府", "city@example.invalid", "city@example.invalid"),
        ("示例区人民政府", "district@example.invalid", "district@example.invalid"),
    ]
    assert [phone in text_of(one) for one, phone in zip(server.got, ("0000-1234567", "0000-7000000"), strict=True)]
    assert "示例区人民政府" in text_of(server.got[1])


@pytest.mark.parametrize("settings", [{"mail_from": "post@example.invalid"}])
async def test_where_one_address_sends_for_all_the_name_and_the_replies_are_the_agencys(
    client: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    await wants(client, await filed(client, addressee="sample-district"))
    await office.post.deliver({})
    (mail,) = server.got
    assert mail["From"].addresses[0].addr_spec == "post@example.invalid"
    assert mail["From"].addresses[0].display_name == "示例区人民政府"
    assert mail["Reply-To"].addresses[0].addr_spec == "district@example.invalid"


def came_back(mail: EmailMessage, action: str = "failed", status: str = "5.1.1", *, whole: bool = True) -> bytes:
    """A delivery status notification as Postfix writes it, with the mail or its headers alone."""
    headers = "".join(f"{name}: {value}\n" for name, value in mail.items())
    kind, text = ("message/rfc822", "\n正文") if whole else ("text/rfc822-headers", "")
    returned = f"Content-Type: {kind}\n\n{headers}{text}"
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.invalid (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: city@example.invalid
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.invalid
Arrival-Date: Fri, 20 Nov 2026 09:00:00 +0800 (CST)

Final-Recipient: rfc822; {mail["To"]}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} user unknown

--=_b
Content-Description: Undelivered Message
{returned}

--=_b--
""".encode()


async def news_of(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer, own: Own
) -> EmailMessage:
    """The mail of a step at a confirmed address."""
    await followed(client, office, server, own)
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    await office.post.deliver({})
    return server.got.pop()


async def supplied(client: httpx2.AsyncClient, own: Own) -> None:
    """The next step, by the applicant."""
    path, headers = f"/api/v1/requests/{own[0]}/supplements", {"X-Query-Code": own[1]}
    assert (await client.post(path, json={"text": "2025年的批复"}, headers=headers)).status_code == 200


async def shown(client: httpx2.AsyncClient, own: Own) -> dict[str, object]:
    view = (await client.get(f"/api/v1/requests/{own[0]}", headers={"X-Query-Code": own[1]})).json()
    found: dict[str, object] = view["telling"]["items"][0]
    return found


@pytest.mark.parametrize("whole", [True, False], ids=["the mail", "its headers"])
async def test_what_comes_back_is_seen_by_clerk_and_applicant_and_a_mailbox_that_is_none_gets_no_more(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    office: Office,
    server: MailServer,
    clock: SettableClock,
    whole: bool,
) -> None:
    own = await filed(client)
    mail = await news_of(client, staff, office, server, own)
    assert await office.post.returned(came_back(mail, whole=whole)) is True
    assert await office.post.returned(came_back(mail, whole=whole)) is True, "the same once more"
    assert (await results(staff, own))[0] == ("news", "bounced", True)
    assert await shown(client, own) == {
        "channel": "email",
        "shown": "zh…@example.invalid",
        "confirmed": False,
        "bounced_on": "2026-11-20",
    }
    seen = (await staff.get(f"/api/v1/staff/cases/{own[0]}/messages")).json()["addresses"]
    assert seen == [await shown(client, own)]
    await supplied(client, own)
    await office.post.deliver({})
    assert server.got == []
    clock.moment += timedelta(minutes=11)
    await followed(client, office, server, own)
    assert "bounced_on" not in await shown(client, own), "confirmed anew, at whatever address"


async def test_a_full_mailbox_is_told_and_still_tried(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    own = await filed(client)
    mail = await news_of(client, staff, office, server, own)
    assert await office.post.returned(came_back(mail, "delayed", "4.2.2")) is False
    assert (await results(staff, own))[0] == ("news", None, True)
    assert await office.post.returned(came_back(mail, status="5.2.2")) is True
    assert (await shown(client, own))["confirmed"] is True
    assert (await shown(client, own))["bounced_on"] == "2026-11-20"
    await supplied(client, own)
    await office.post.deliver({})
    assert len(server.got) == 1


async def test_only_who_has_seen_a_mail_can_say_that_it_came_back(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, server: MailServer
) -> None:
    own = await filed(client)
    mail = await news_of(client, staff, office, server, own)
    real = came_back(mail)
    mark = mail["Message-ID"].partition(".")[2].partition("@")[0]
    guessed = f"{mark.partition('.')[0]}.{'0' * 16}"
    forged = [real.replace(mark.encode(), guessed.encode()), mail.as_bytes(), b"", b"\xff"]
    forged += [real.replace(b"told.", b"another."), real.replace(b"Action:", b"X-Action:")]
    for one in forged:
        with pytest.raises(Failure) as refused:
            await office.post.returned(one)
        assert refused.value.code == "bounce_unknown"
    assert (await results(staff, own))[0] == ("news", None, True)
    assert "bounced_on" not in await shown(client, own)


async def test_the_command_takes_it_in_from_a_file_and_from_a_pipe(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    office: Office,
    server: MailServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = await filed(client)
    real = came_back(await news_of(client, staff, office, server, own))
    (tmp_path / "bounce.eml").write_bytes(real)
    for name in ("data", "database_url"):
        monkeypatch.setenv(f"GONGKAI_{name.upper()}", str(office.settings.secret(name) or office.settings.data))
    run = partial(asyncio.to_thread, CliRunner().invoke, app)
    assert "已记为退信。" in (await run(["mail", "bounced", "-"], input=real)).output
    refused = (await run(["mail", "bounced", "-"], input=b"Subject: hello\n\nhello\n")).exception
    assert isinstance(refused, Failure)
    assert refused.code == "bounce_unknown"
    done = await run(["mail", "bounced", str(tmp_path / "bounce.eml")])
    assert done.exit_code == 0
    assert (await results(staff, own))[0] == ("news", "bounced", True)
