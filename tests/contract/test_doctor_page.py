"""系统体检: the page shows what the command line says, each line with what to do."""

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
