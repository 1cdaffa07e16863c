"""A new key takes over while the office works: everything is sealed anew, and nothing is lost."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine, LargeBinary, select, text

from intake_api import installation
from intake_api.kit.db import sync_engine
from intake_api.kit.errors import Failure
from intake_api.notices.models import Notice
from intake_api.notices.service import _place
from intake_api.notify.contacts import Contacts
from intake_api.office import Office
from intake_api.settings import Settings
from intake_api.tables import metadata
from intake_api.upkeep import keyring, sealed
from tests.conftest import SettableClock
from tests.contract.test_attachments import png, send
from tests.contract.test_damaged_rows import two_cases
from tests.contract.test_notices import STAFF, submitted
from tests.samples import APPLICATION

IN_CLEAR = {"published_vector.packed", "case_vector.packed"}  # vectors, of which no words can be read


def test_every_column_of_bytes_is_sealed_or_known_not_to_be() -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    found = {f"{one.table.name}.{one.name}" for one in columns if isinstance(one.type, LargeBinary)}
    assert found == sealed.PLACES.keys() | IN_CLEAR


@pytest.fixture
def engine(office: Office) -> Iterator[Engine]:
    made = sync_engine(office.settings.database)
    yield made
    made.dispose()


@pytest.fixture
async def filled(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    office: Office,
    clock: SettableClock,
) -> str:
    """An office that has a value in every sealed column; the number of one case."""
    number, *_ = await two_cases(client, staff, office)
    await client.post("/api/v1/requests", json=APPLICATION, headers={"Idempotency-Key": "once"})
    case = await submitted(client)
    assert (await send(client, case, png())).status_code == 201
    account = await office.people.one("chengban")
    await office.people.reset_totp("chengban")
    await office.ledger.keep(account, "台账.csv", b"1")
    async with office.db.write() as session:
        draft = (await session.scalars(select(Notice).where(Notice.issued_on.is_(None)))).first()
        assert draft is not None
        draft.sent_words = office.vault.seal(f"{_place(draft)}:sent", {})  # as when a letter is sent for approval
        await Contacts(office.vault, clock).ask(session, 1, number, "email", "zhangsan@example.com")
    return number


def values(engine: Engine) -> Counter[str]:
    with engine.connect() as connection:
        return sealed.by_key(connection)


async def test_everything_is_sealed_anew_while_the_office_works(
    filled: str, engine: Engine, office: Office, staff: httpx2.AsyncClient
) -> None:
    (old,), before = office.vault.key_ids, values(engine)
    with engine.connect() as connection:
        for place in sealed.PLACES:
            table, _, name = place.partition(".")
            query = text(f"SELECT count(*) FROM {table} WHERE {name} IS NOT NULL")
            assert connection.execute(query).scalar_one(), f"{place}: nothing to seal anew"
    assert keyring.rotate(office.settings) == "keys/2.key"
    assert [(one.source, one.active, one.values) for one in keyring.listing(office.settings)] == [
        ("keys/2.key", True, 0),
        ("keys/1.key", False, before[old]),
    ]
    seen = list[tuple[int, int]]()
    done = keyring.reseal(office.settings, lambda *so_far: seen.append(so_far))
    assert (done, seen[-1]) == ((before[old], 0), (before[old], before[old]))
    new, _ = (one.id for one in keyring.listing(office.settings))
    assert values(engine) == {new: before[old]}
    assert keyring.reseal(office.settings, lambda *_: None) == (0, 0)
    assert (await staff.get(f"{STAFF}/{filled}")).json()["description"]  # by an office that began with the older key
    assert office.vault.key_ids == [new, old]
    assert (await office.verified())[1] is None


async def test_what_changed_meanwhile_and_what_is_damaged_stay(filled: str, engine: Engine, office: Office) -> None:
    keyring.rotate(office.settings)
    with engine.begin() as connection:
        row = connection.execute(text("SELECT sealed FROM case_text WHERE case_id = 1")).scalar_one()
        broken = bytes(row[:30]) + bytes([row[30] ^ 1]) + bytes(row[31:])
        connection.execute(text("UPDATE case_text SET sealed = :broken WHERE case_id = 1"), {"broken": broken})
    done = keyring.reseal(office.settings, lambda *_: None)
    assert done.damaged == 1
    assert values(engine)[office.vault.key_ids[0]] == 1
    with engine.connect() as connection:
        assert bytes(connection.execute(text("SELECT sealed FROM case_text WHERE case_id = 1")).scalar_one()) == broken


def test_a_secret_of_the_setting_is_not_passed_over(tmp_path: Path) -> None:
    settings = Settings.load({"data": tmp_path / "data", "secret_key": "three wise men and a 4th"})
    installation.settle(settings, begin=True)
    with pytest.raises(Failure, match="key_of_setting"):
        keyring.rotate(settings)
    assert not list((tmp_path / "data" / "keys").glob("*.key"))
