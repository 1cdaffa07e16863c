"""kill -9 in the middle of issuing a letter: after opening again nothing of it is there, and it can be done again."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import event

from intake_api.cases.acts import Choice
from intake_api.form.application import Submission
from intake_api.kit.clock import Clock
from intake_api.notices.service import DraftChange
from intake_api.office import Office
from intake_api.people.service import Account
from intake_api.settings import Settings
from tests.conftest import NOW
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import APPLICATION

OFFICER = Account(1, "chengban", "officer", None)
WRITING = ("INSERT", "UPDATE", "DELETE")


def opened(data: Path) -> Office:
    url = f"sqlite+aiosqlite:///{data / 'test.db'}"
    settings = Settings.load({"data": data, "database_url": url})
    return build_office(settings, DIRECTORY, KeywordClassifier, Clock(lambda: NOW))


async def drafted(office: Office) -> tuple[str, int]:
    """A confirmed case and the complete draft of its answer."""
    await office.triage.start()
    await office.cases.prepare()
    await office.people.add("chengban", "officer", None, "a long password")
    number = (await office.cases.submit(Submission.model_validate(APPLICATION))).number
    await office.cases.confirm(OFFICER, number, Choice("housing", "public"))
    change = DraftChange({"place": "网站"})
    return number, await office.notices.begin(OFFICER, number, "N10", change)


def die_at(office: Office, at: int) -> None:
    """End this process as a power cut would, before its writing statement number `at`."""
    seen = 0

    def cut(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal seen
        seen += statement.lstrip().upper().startswith(WRITING)
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(office.db._engines[0].sync_engine, "before_cursor_execute", cut)


async def issue(data: Path, number: str, notice: int, at: int) -> None:
    """What a process of its own does, and does not come to the end of."""
    office = opened(data)
    die_at(office, at)
    await office.notices.issue(OFFICER, number, notice)
    await office.db.dispose()


async def test_killed_at_any_writing_statement_nothing_is_half_done(migrated_sqlite: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "test.db").write_bytes(migrated_sqlite.read_bytes())
    office = opened(data)
    number, notice = await drafted(office)
    before = (await office.case_views.view(OFFICER, number)).model_dump()
    await office.db.dispose()
    for at in (2, 5):
        command = [sys.executable, "-m", __name__, str(data), number, str(notice), str(at)]
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        died = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, check=False)
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()
        office = opened(data)
        assert (await office.case_views.view(OFFICER, number)).model_dump() == before, at
        listed = await office.notices.of_case(OFFICER, number)
        assert [(row.number, row.serial) for row in listed.rows] == [(None, None)]
        assert await office.verified() == (1, None)
        await office.db.dispose()
    office = opened(data)
    await office.notices.issue(OFFICER, number, notice)
    assert (await office.case_views.view(OFFICER, number)).status == "answered"
    assert await office.verified() == (1, None)
    await office.db.dispose()


if __name__ == "__main__":
    asyncio.run(issue(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
