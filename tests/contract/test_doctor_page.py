"""系统体检: the page shows what the command line says, each line with what to do."""

import re
import shutil
from pathlib import Path

import httpx2
import pytest

from intake_api.office import Office
from intake_api.upkeep.texts import LABELS


@pytest.fixture
def db_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The page does not depend on the database: one kind is enough."""
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


async def test_an_administrator_sees_every_finding(client: httpx2.AsyncClient, office: Office) -> None:
    await office.people.add("guanli", "admin", None, "a long password")
    session = await office.people.sign_in("guanli", "a long password")
    page = (await client.get("/staff/doctor", headers={"Cookie": f"gongkai_staff={session.token}"})).text
    findings = office.doctor.findings()
    assert len(findings) > 10
    for line in findings:
        if line.code != "clock":  # a minute may have passed
            assert line.said in page
        assert line.todo in page
        assert LABELS[line.code] in page


async def test_a_backup_is_asked_for_where_there_is_a_folder(
    client: httpx2.AsyncClient, office: Office, tmp_path: Path
) -> None:
    await office.people.add("guanli", "admin", None, "a long password")
    session = await office.people.sign_in("guanli", "a long password")
    signed_in = {"Cookie": f"gongkai_staff={session.token}"}
    assert "现在备份" not in (await client.get("/staff/doctor", headers=signed_in)).text
    office.settings.backups = tmp_path / "backups"
    page = (await client.get("/staff/doctor", headers=signed_in)).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    assert "现在备份" in page
    sent = await client.post(
        "/staff/doctor/backup", data={"csrf": csrf[1]}, headers=signed_in | {"Origin": str(client.base_url)}
    )
    assert sent.status_code == 303
    state = await office.backups.state()
    assert state
    assert state.finished_at is None
    assert "正在等后台作业" in (await client.get("/staff/doctor", headers=signed_in)).text
