"""What the learning loop reads of cases, what it keeps, who may decide, and how a new model comes into use."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from intake_api.cases.acts import Choice
from intake_api.cases.answered import AnsweredCase
from intake_api.cases.models import Applicant, Case, CaseText
from intake_api.cases.schemas import EventIn
from intake_api.form.application import Submission
from intake_api.jobs.service import Job, enqueue, latest
from intake_api.kit.errors import Failure
from intake_api.learning.models import CaseVector
from intake_api.learning.repository import DoubtfulLabel
from intake_api.learning.service import RETRAIN, WORTH_RETRAINING
from intake_api.office import Office
from intake_api.people.service import Account
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.db.ledgers import GOOD, as_csv, row
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import applicant, application


class FakeModels:
    """A registry with one model that has learned from every case it is asked about."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []
        self.history: list[dict[str, Any]] = []
        self.moved: datetime | None = None

    def listing(self, forgotten: Any) -> dict[str, Any]:
        models = [{"version": "v1", "forgotten": len(forgotten)}]
        return {"active": "v1", "models": models, "history": self.history}

    def card(self, version: str) -> str:
        return "# 模型说明"

    def register(self, version: str) -> str:
        return "# 算法登记表"

    def promote(self, version: str, by: str, forgotten: Any, **_how: Any) -> None:
        if forgotten:
            raise Failure("model_step_refused", reason="")
        self.steps.append(("promote", by))

    def rollback(self, by: str, forgotten: Any) -> str:
        if forgotten:
            raise Failure("model_step_refused", reason="")
        self.steps.append(("rollback", by))
        return "v0"

    def learned(self, digest: str) -> list[str]:
        return ["v1"]

    def tuned(self) -> datetime | None:
        return self.moved

    def hold(self, decided: Sequence[Any], by: str) -> None:
        self.steps.append((f"hold {len(decided)}", by))

    def drift(self, decided: Sequence[Any], today: date) -> dict[str, Any]:
        return {"n": len(decided)}


@pytest.fixture
def models() -> FakeModels:
    return FakeModels()


@pytest.fixture
async def office(db_url: str, tmp_path, clock: SettableClock, models: FakeModels):  # type: ignore[no-untyped-def]
    settings = Settings.load({"data": tmp_path / "data", "database_url": db_url})
    office = build_office(settings, DIRECTORY, KeywordClassifier, clock, lambda: models)
    await office.cases.prepare()
    await office.people.add("guanli", "admin", None, "a-long-password")
    await office.triage.start()
    yield office
    await office.db.dispose()


ADMIN = Account(1, "guanli", "admin", None)
CLERK = Account(1, "shouli", "clerk", None)


async def file(office: Office, body: dict[str, Any], department: str = "natural-resources") -> str:
    """An application, confirmed for a department."""
    receipt = await office.cases.submit(Submission.model_validate(body))
    choice = Choice(department=department, disposition="public")
    await office.cases.confirm(ADMIN, receipt.number, choice)
    return receipt.number


async def answer(office: Office, body: dict[str, Any], department: str = "natural-resources") -> str:
    """An application, confirmed and answered."""
    number = await file(office, body, department)
    step = EventIn.model_validate({"type": "answered", "delivery": "electronic", "outcome": "3.1"}).act()
    await office.cases.record(ADMIN, number, step)
    return number


async def learned_from(office: Office) -> list[AnsweredCase]:
    return [case async for case in office.learning.answered.all()]


async def test_answered_cases_are_learned_from_with_the_decision_in_force_and_the_text_as_filed(office: Office) -> None:
    await file(office, application())
    number = await answer(office, application(title="征地批复"), "education")
    [case] = await learned_from(office)
    assert case.digest == office.learning.answered.digest(number)
    assert number not in case.digest
    assert (case.department, case.disposition, case.subject) == ("education", "public", "征地批复")
    assert case.text == application()["description"]
    assert case.received_on == date(2026, 11, 20)


async def test_a_withdrawn_case_is_no_answer_under_whatever_row_the_office_counts_it(office: Office) -> None:
    number, answered = await file(office, application()), await answer(office, application())
    await office.cases.record(ADMIN, number, EventIn.model_validate({"type": "withdrawn"}).act())
    async with office.db.write() as session:
        await session.execute(update(Case).where(Case.number == number).values(outcome="3.4.1"))
    assert [case.digest for case in await learned_from(office)] == [office.learning.answered.digest(answered)]
    assert await office.learning.answered.count() == 1
    assert len(await office.learning.similar.unindexed("v")) == 1
    case = await office.case_views.view(ADMIN, number)
    withdrawn = next(event for event in case.events if event.type == "withdrawn")
    await office.cases.record(
        ADMIN, number, EventIn.model_validate({"type": "voided", "ref": f"e{withdrawn.seq}"}).act()
    )
    step = EventIn.model_validate({"type": "answered", "delivery": "electronic", "outcome": "3.1"}).act()
    await office.cases.record(ADMIN, number, step)
    assert await office.learning.answered.count() == 2


async def test_a_ledgers_rows_teach_at_once_but_for_those_that_do_not_say_what_was_asked(office: Office) -> None:
    silent, unassigned = row(number="2", description=""), row(number="3", department="")
    preview = await office.ledger.preview("台账.csv", as_csv([row(), silent, unassigned]), by="account:1")
    assert (preview.errors, preview.new, preview.teaching) == ((), 3, 1)
    await office.ledger.bring_in(preview)
    [case] = await learned_from(office)
    assert (case.text, case.department, case.disposition) == (GOOD["description"], "housing", "public")
    # how often a department is asked, the silent row tells too
    assert await office.learning.answered.by_department() == {"housing": 2}
    assert "张三" in case.names


async def test_a_label_in_doubt_is_ticked_off_or_put_right_and_not_asked_again(office: Office) -> None:
    right, wrong = await answer(office, application()), await answer(office, application(title="校车"))
    ids = {case.digest: case.id for case in await learned_from(office)}
    ids = {number: ids[office.learning.answered.digest(number)] for number in (right, wrong)}
    found = [DoubtfulLabel(ids[number], "natural-resources", "education", 0.1, 0.8) for number in (right, wrong)]
    await office.learning.doubts.keep(found)
    await office.learning.check_doubt(right, right=True, account=ADMIN)
    await office.learning.check_doubt(wrong, right=False, account=None)
    for number in (right, wrong, "SF-2026-99999"):
        with pytest.raises(Failure, match="doubt_gone"):
            await office.learning.check_doubt(number, right=True, account=ADMIN)
    await office.learning.doubts.keep(found)
    assert await office.learning.doubts.listing() == []
    learned = {case.id: case.department for case in await learned_from(office)}
    assert learned == {ids[right]: "natural-resources", ids[wrong]: "education"}
    assert (
        await office.case_views.view(ADMIN, wrong)
    ).department == "natural-resources"  # what was done stays on record
    with pytest.raises(Failure, match="not_allowed"):
        await office.learning.check_doubt(right, right=True, account=CLERK)


async def test_everything_the_record_says_of_persons_is_known_to_the_masking(office: Office) -> None:
    agent = {
        "name": "李四",
        "id_type": "other",
        "id_number": "AB-778812",
        "phone": "13900000000",
        "authorisation": "委托书",
    }
    await answer(office, applicant(address="示例市甲区丙丁路77弄3号", agent=agent))
    [case] = await learned_from(office)
    assert set(case.names) == {"张三", "李四"}
    assert {"13800000000", "13900000000", "AB-778812", "示例市甲区丙丁路77弄3号"} <= set(case.particulars)


async def test_cases_of_one_applicant_share_a_key_and_of_two_do_not(office: Office) -> None:
    other = {"name": "王五", "id_type": None, "id_number": None, "phone": "13700000000"}
    for body in (application(), application(description="申请公开教师招聘方案"), applicant(**other)):
        await answer(office, body)
    third, second, first = await learned_from(office)
    assert set(first.keys) & set(second.keys)
    assert not set(first.keys) & set(third.keys)


@pytest.mark.parametrize("table", [CaseText, Applicant])
async def test_a_damaged_row_costs_only_its_own_case(office: Office, table: type[CaseText | Applicant]) -> None:
    for body in (application(), application(description="申请公开教师招聘方案")):
        await answer(office, body)
    async with office.db.write() as session:
        await session.execute(update(table).where(table.case_id == 2).values(sealed=b"damaged"))  # the newest
    assert [case.id for case in await learned_from(office)] == [1]
    indexed = [case_id for case_id, _, _ in await office.learning.similar.unindexed("any")]
    assert indexed == ([1] if table is CaseText else [2, 1])


async def test_a_forgotten_case_is_never_read_again_and_the_chain_still_holds(
    office: Office, models: FakeModels
) -> None:

    number = await answer(office, application())
    await office.learning.similar.index({})
    await office.learning.doubts.keep([DoubtfulLabel(1, "natural-resources", "education", 0.01, 0.9)])
    assert await office.learning.doubts.listing()

    assert await office.learning.forget(number, ADMIN) == ["v1"]
    assert await learned_from(office) == []
    assert await office.learning.doubts.listing() == []
    assert await office.learning.similar.unindexed("any") == []
    assert await office.learning.answered.forgotten() == {office.learning.answered.digest(number)}
    async with office.db.read() as session:
        assert (await session.scalars(select(CaseVector))).all() == []
        jobs = (await session.scalars(select(Job).where(Job.kind == RETRAIN))).all()
    assert [job.payload for job in jobs] == [{"reason": "forgotten", "by": "guanli"}]
    assert await office.verified() == (1, None)
    case = await office.case_views.view(ADMIN, number)
    assert case.events[-1].label == "不再用于训练模型"

    await office.learning.forget(number, ADMIN)
    assert len((await office.case_views.view(ADMIN, number)).events) == len(case.events)


async def test_an_unknown_case_cannot_be_forgotten(office: Office) -> None:
    with pytest.raises(Failure, match="staff_case_not_found"):
        await office.learning.forget("SF-2026-99999", None)


@pytest.mark.parametrize("account", [CLERK, Account(1, "x", "admin", "education")])
async def test_only_administrators_of_the_whole_office_decide_on_models(office: Office, account: Account) -> None:
    for step in (
        office.learning.ask_as(account),
        office.learning.promote(account, "v1"),
        office.learning.rollback(account),
    ):
        with pytest.raises(Failure, match="not_allowed"):
            await step


async def test_a_model_that_learned_from_a_forgotten_case_does_not_go_live(office: Office, models: FakeModels) -> None:
    await office.learning.promote(ADMIN, "v1")
    await office.learning.forget(await answer(office, application()), ADMIN)
    with pytest.raises(Failure, match="model_step_refused"):
        await office.learning.promote(ADMIN, "v1")
    with pytest.raises(Failure, match="model_step_refused"):
        await office.learning.rollback(ADMIN)
    assert models.steps == [("promote", "guanli")]


async def test_who_promoted_and_rolled_back_is_handed_on(office: Office, models: FakeModels) -> None:
    await office.learning.promote(ADMIN, "v1")
    assert await office.learning.rollback(ADMIN) == "v0"
    assert models.steps == [("promote", "guanli"), ("rollback", "guanli")]


async def test_a_page_that_showed_another_model_takes_none_back(office: Office, models: FakeModels) -> None:
    with pytest.raises(Failure, match="model_step_refused"):
        await office.learning.rollback(ADMIN, "v0")
    assert models.steps == []
    assert await office.learning.rollback(ADMIN, "v1") == "v0"


async def test_a_second_retraining_is_refused_while_one_waits(office: Office) -> None:
    await office.learning.ask_as(ADMIN)
    with pytest.raises(Failure, match="retraining_under_way"):
        await office.learning.ask_as(ADMIN)
    run = await office.learning.run()
    assert run is not None
    assert (run.progress, run.finished_at) == (0, None)


async def test_the_weekly_proposal_waits_for_enough_newly_answered_cases(office: Office) -> None:
    for place in range(WORTH_RETRAINING - 1):
        await answer(office, application(title=f"第{place}件"))
    await office.learning.weekly({})
    assert await office.learning.run() is None
    await answer(office, application())
    await office.learning.weekly({})
    await office.learning.weekly({})
    async with office.db.read() as session:
        assert len((await session.scalars(select(Job).where(Job.kind == RETRAIN))).all()) == 1


async def test_cases_count_anew_once_a_model_was_proposed_and_not_when_a_retraining_failed(
    office: Office, clock: SettableClock, models: FakeModels
) -> None:
    for place in range(WORTH_RETRAINING):
        await answer(office, application(title=f"第{place}件"))
    await office.learning.weekly({})
    await _end_of_retraining(office)
    clock.moment += timedelta(days=7)
    await office.learning.weekly({})
    run = await office.learning.run()
    assert run is not None
    assert run.finished_at is None  # asked for again

    await _end_of_retraining(office)
    models.history = [{"at": clock.now().isoformat(), "action": "propose"}]
    clock.moment += timedelta(days=7)
    await office.learning.weekly({})
    run = await office.learning.run()
    assert run is not None
    assert run.finished_at is not None


async def _end_of_retraining(office: Office) -> None:
    async with office.db.write() as session:
        job = await latest(session, RETRAIN)
        assert job is not None
        job.finished_at = office.clock.now()


async def test_with_retraining_off_nothing_is_proposed(db_url: str, tmp_path, clock: SettableClock) -> None:  # type: ignore[no-untyped-def]
    settings = Settings.load({"data": tmp_path / "data", "database_url": db_url, "retrain": "off"})
    office = build_office(settings, DIRECTORY, KeywordClassifier, clock)
    await office.learning.weekly({})
    assert await office.learning.run() is None
    await office.db.dispose()


async def test_the_weekly_job_hands_on_what_was_decided_since_limits_last_moved(
    office: Office, models: FakeModels, clock: SettableClock
) -> None:
    await file(office, application())
    await office.learning.weekly({})
    clock.moment += timedelta(days=7)
    models.moved = clock.moment
    await office.learning.weekly({})
    await file(office, application())
    await office.learning.weekly({})
    assert models.steps == [("hold 1", "automatic"), ("hold 1", "automatic")]


async def test_decisions_are_watched_beside_what_was_suggested(office: Office) -> None:
    await file(office, application())
    await file(office, application(), "education")
    followed, overridden = await office.learning.decided(office.clock.now())
    assert (followed.suggested, followed.department, followed.inside) == ("natural-resources",) * 2 + (True,)
    assert (overridden.department, overridden.inside) == ("education", False)
    assert await office.learning.drift() == {"n": 2}


async def test_similar_answered_cases_stand_in_the_suggestion_for_staff_only(office: Office) -> None:
    number = await answer(office, application(title="甲村征地批复"))
    await office.learning.similar.index({})
    await office.learning.similar.look()
    asked = application(description="申请公开甲村2025年征地批复文件和补偿方案。")
    later = (await office.cases.submit(Submission.model_validate(asked))).number
    case = await office.case_views.view(ADMIN, later)
    assert case.suggestion is not None
    assert [one["number"] for one in case.suggestion["similar"]] == [number]
    [shown] = await office.learning.similar.of(ADMIN, case.suggestion)
    assert (shown.case.number, shown.case.title, shown.case.department, shown.case.outcome) == (
        number,
        "甲村征地批复",
        "natural-resources",
        "3.1",
    )
    assert (await office.triage.public(asked["description"], ""))["similar"] == []
    outsider = Account(1, "x", "officer", "education")
    assert await office.learning.similar.of(outsider, case.suggestion) == []


async def test_a_case_answered_later_is_found_without_a_restart(office: Office) -> None:
    await office.learning.similar.look()
    await answer(office, application())
    await office.learning.similar.index({})
    await office.learning.similar.look()
    suggestion = await office.triage.suggest(application()["description"])
    assert suggestion is not None
    assert suggestion["similar"]


async def test_a_newly_promoted_model_is_served_without_a_restart_and_a_bad_one_keeps_the_old(
    db_url: str,
    tmp_path,  # type: ignore[no-untyped-def]
    clock: SettableClock,
) -> None:
    settings = Settings.load({"data": tmp_path / "data", "database_url": db_url})
    pointer = settings.data / "models" / "active"
    pointer.parent.mkdir(parents=True)

    def load() -> KeywordClassifier:
        named = pointer.read_text() if pointer.exists() else "shipped"
        if named == "bad":
            raise ValueError(named)
        classifier = KeywordClassifier()
        classifier.version = named
        return classifier

    office = build_office(settings, DIRECTORY, load, clock)
    await office.triage.start()
    assert office.triage.model_version == "shipped"
    assert not await office.triage.refresh()
    for named, served in (("second", "second"), ("bad", "second"), ("third", "third")):
        pointer.write_text(named)
        assert await office.triage.refresh()
        assert not await office.triage.refresh()
        assert office.triage.model_version == served
    await office.db.dispose()


async def test_nothing_waits_behind_a_slow_job_and_each_is_told_its_number(
    office: Office, clock: SettableClock
) -> None:
    from intake_api.jobs.service import JobService

    ran: list[str] = []

    def handler(kind: str) -> Any:
        async def run(payload: Any) -> None:
            ran.append(f"{kind} {payload['job'] > 0}")

        return run

    worker = JobService(office.db, clock, {k: handler(k) for k in ("long", "short")}, recurring={}, slow=("long",))
    async with office.db.write() as session:
        enqueue(session, "long", {}, clock.now())
        enqueue(session, "short", {}, clock.now())
    assert await worker.run_next()
    assert not await worker.run_next()
    assert await worker.run_next(lane=True)
    assert ran == ["short True", "long True"]
