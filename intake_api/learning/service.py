"""The learning loop (持续学习): retraining as a job in a process of its own, promotion by people, watching, forgetting.

The classifier itself is reached through a ModelRoom, which the composition root fills in.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from intake_api.jobs.service import Job, enqueue, enqueue_one, latest, one, report
from intake_api.kit.causes import named
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault
from intake_api.learning import repository
from intake_api.learning.answered import AnsweredCases
from intake_api.learning.doubts import Doubts
from intake_api.learning.errors import StepRefused
from intake_api.learning.repository import DecidedCase
from intake_api.learning.room import ModelRoom, Retrained, Say
from intake_api.learning.similar import SimilarCases
from intake_api.people import rights
from intake_api.people.service import Account
from intake_api.settings import PREFIX, Settings
from intake_api.triage.service import TriageService

log = structlog.get_logger()
RETRAIN, WEEKLY, INDEX = "retrain", "retrain_weekly", "index_answered"
# Fewer newly answered cases than this teach nothing that could be told from luck.
WORTH_RETRAINING = 20
# Weeks of decisions that the console looks back on.
LOOK_BACK = timedelta(weeks=26)
# A training that was killed (no memory left, the machine stopped) is begun again, but not for ever.
_TRIES = 3
_PACE = 5.0  # seconds between looks at the active model and the index


class Killed(Exception):
    """The training process was killed: a failure of its surroundings, so that it is worth another try."""


@dataclass(frozen=True)
class Run:
    """The latest retraining: how far it is, a sentence, whether it is over; None times where it has not been."""

    progress: int
    said: str
    finished_at: datetime | None


class LearningService:
    """Use cases of the learning loop."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        vault: Vault,
        clock: Clock,
        triage: TriageService,
        models: Callable[[], ModelRoom] | None,
    ) -> None:
        self._settings = settings
        self._db = db
        self._clock = clock
        self._triage = triage
        self.answered = AnsweredCases(db, vault, clock)
        self.doubts = Doubts(db, clock)
        self.similar = SimilarCases(db, vault, triage)
        self._models = models

    @property
    def models(self) -> ModelRoom:
        """The registered models; Failure `model_step_refused` where the composition root gave none."""
        if self._models is None:
            raise StepRefused("no_models", "这里没有模型登记处。")
        return self._models()

    # --- retraining

    async def ask(self, reason: str, by: str) -> None:
        """Enqueue a retraining; Failure `retraining_under_way` where one waits or runs."""
        async with self._db.write() as session:
            if not await enqueue_one(session, RETRAIN, {"reason": reason, "by": by}, self._clock.now()):
                raise Failure("retraining_under_way")

    async def run(self) -> Run | None:
        """The latest retraining, None where there was none."""
        async with self._db.read() as session:
            job = await latest(session, RETRAIN)
        return Run(job.progress, job.said or "正在等待开始。", job.finished_at) if job else None

    async def say(self, job: int, progress: int, said: str) -> None:
        """Say how far a retraining is."""
        async with self._db.write() as session:
            await report(session, job, progress, said)

    async def job(self, job: int) -> Job | None:
        """A retraining job; its payload has `reason` (console, forgotten, weekly, command) and `by`."""
        async with self._db.read() as session:
            return await one(session, job)

    async def retrain(self, payload: Mapping[str, Any]) -> None:
        """Job: `gongkai models retrain --job N` as a process of its own, so that no request ever waits for it.

        Raises Killed where the process was, for the worker to try again; one that failed by itself would fail again.
        """
        command = [sys.executable, "-m", "intake_api", "models", "retrain", "--job", str(payload["job"])]
        child = await asyncio.create_subprocess_exec(
            *command, env=self._environment(), stdout=asyncio.subprocess.DEVNULL
        )
        try:
            status = await child.wait()
        finally:
            if child.returncode is None:
                child.terminate()
                await child.wait()
        if status:
            log.error("retraining_failed", job=payload["job"], status=status)
            job = await self.job(payload["job"])
            if status < 0 and job and job.attempts < _TRIES:
                await self.say(payload["job"], 0, "训练被中断，稍后会重新开始；现用的模型不变。")
                raise Killed
            await self.say(payload["job"], 100, "训练没有完成，现用的模型不变；原因见系统日志。")

    async def train(self, by: str, job: int | None, shown: Say) -> Retrained:
        """Retrain now, in this process, and keep which labels look wrong; `job` is the one it reports to, if any.

        The model is fitted in a thread, so that its progress can be stored meanwhile. A weekly retraining also promotes
        where the office has set it so (RETRAIN=promote). Failure `model_step_refused`.
        """
        asked = await self.job(job) if job is not None else None
        by, weekly = (asked.payload["by"], asked.payload["reason"] == "weekly") if asked else (by, False)
        cases, forgotten = [case async for case in self.answered.all()], await self.answered.forgotten()
        say = self._said_from_a_thread(job, shown)
        answered = await self.answered.by_department()
        done = await asyncio.to_thread(self.models.retrain, cases, answered, by, say, forgotten)
        await self.doubts.keep(done.doubts)
        if not done.verdict["accepted"]:
            outcome = "已训练好，没有通过比较，现用的模型不变。"
        elif weekly and self._settings.retrain == "promote":
            await self.bring_into_use(done.version, "automatic")
            outcome = "比较通过，已自动启用。"
        else:
            outcome = "已训练好，比较通过，等待管理员启用。"
        if job is not None:
            await self.say(job, 100, f"新模型 {done.version} {outcome}")
        return done

    def _said_from_a_thread(self, job: int | None, shown: Say) -> Say:
        """Tell the terminal and, where there is a job, whoever looks at it; ends the program if the worker is gone."""
        loop, worker = asyncio.get_running_loop(), os.getppid()

        def say(percent: int, sentence: str) -> None:
            shown(percent, sentence)
            if job is None:
                return
            if os.getppid() != worker:
                raise SystemExit(1)  # the worker that takes the job up will train by itself
            asyncio.run_coroutine_threadsafe(self.say(job, percent, sentence), loop).result()

        return say

    def _environment(self) -> dict[str, str]:
        """Ours, with settings that came by the command line; one thread, so that requests keep the other cores."""
        settings = self._settings
        chosen = {"DATA": str(settings.data.absolute())}
        if url := settings.secret("database_url"):
            chosen["DATABASE_URL"] = url
        if settings.profile:
            chosen["PROFILE"] = str(settings.profile.absolute())
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        return os.environ | {PREFIX + name: value for name, value in chosen.items()} | single

    async def weekly(self, _payload: Mapping[str, Any]) -> None:
        """Job: hold the live model to its promises, and propose a new one once enough cases have been answered since.

        With RETRAIN off neither.

        A retraining that failed proposed nothing: its cases still count.
        """
        if self._settings.retrain == "off":
            return
        await self.hold_promises()
        async with self._db.read() as session:
            earlier = await latest(session, RETRAIN)
        if earlier and earlier.finished_at is None:
            return
        history = (await asyncio.to_thread(self.models.listing, ()))["history"]
        proposed = (datetime.fromisoformat(each["at"]) for each in history if each["action"] == "propose")
        proposed = (at for at in proposed if at <= self._clock.now())  # a clock far ahead dates none
        if await self.answered.count(next(proposed, None)) >= WORTH_RETRAINING:
            await self.ask("weekly", "automatic")

    async def hold_promises(self) -> None:
        """Move the live model's limits by what was decided since they last moved; every move is on record."""
        since = await asyncio.to_thread(self.models.tuned)
        decided = await self.decided(since or self._clock.now() - LOOK_BACK)
        if decided:
            await asyncio.to_thread(self.models.hold, decided, "automatic")

    # --- into use and back

    async def bring_into_use(
        self, version: str, by: str, *, force: bool = False, holdout: Path | None = None
    ) -> dict[str, Any] | None:
        """Promote a model, whoever asks; returns the verdict (ModelRoom.promote). Failure `model_step_refused`."""
        forgotten, models = await self.answered.forgotten(), self.models
        promote = partial(models.promote, version, by, forgotten, force=force, holdout=holdout)
        return await asyncio.to_thread(promote)

    async def promote(self, account: Account, version: str) -> None:
        """Promote a model; Failure `not_allowed`, `model_step_refused`, also for one that knows a forgotten case."""
        rights.for_the_office(account, rights.IN_CHARGE)
        await self.bring_into_use(version, account.username)
        await self._triage.refresh()

    async def rollback(self, account: Account, leaving: str | None = None) -> str:
        """Take the model back that was live before; Failure `not_allowed`, `model_step_refused`.

        `leaving`: the live model as the page showed it; where another is live by now, nothing is taken back.
        """
        rights.for_the_office(account, rights.IN_CHARGE)
        if leaving is not None and leaving != (await asyncio.to_thread(self.models.listing, ()))["active"]:
            raise StepRefused("replaced_meanwhile", "在用的模型刚才已经换过，没有退回。请看过现在的情况之后再操作。")
        forgotten = await self.answered.forgotten()
        version = await asyncio.to_thread(self.models.rollback, account.username, forgotten)
        await self._triage.refresh()
        return version

    async def ask_as(self, account: Account) -> None:
        """Ask for a retraining; Failure `not_allowed`, `retraining_under_way`."""
        rights.for_the_office(account, rights.IN_CHARGE)
        await self.ask("console", account.username)

    async def forget(self, number: str, account: Account | None) -> list[str]:
        """Take a case out of all learning; returns the versions that learned from it, and retrains where there are any.

        Failure `not_allowed`, `staff_case_not_found`. `account` None: the command line.
        """
        if account:
            rights.for_the_office(account, rights.ANSWERABLE)
        digest = await self.answered.forget(number, account)
        versions = await asyncio.to_thread(self.models.learned, digest)
        if versions:
            async with self._db.write() as session:
                earlier = await latest(session, RETRAIN)
                # one that waits will not see the case, one that runs may have seen it
                if earlier is None or earlier.finished_at or earlier.attempts:
                    by = account.username if account else "command line"
                    enqueue(session, RETRAIN, {"reason": "forgotten", "by": by}, self._clock.now())
        return versions

    async def check_doubt(self, number: str, *, right: bool, account: Account | None) -> None:
        """Say whether a doubtful label is right; Failure `not_allowed`, `doubt_gone`. `account` None: command line."""
        if account:
            rights.for_the_office(account, rights.ANSWERABLE)
        await self.doubts.check(number, right=right, account=account)

    async def papers(self, version: str) -> tuple[str, str]:
        """Model card and register sheet of a version, Markdown; Failure `model_step_refused`."""
        card = await asyncio.to_thread(self.models.card, version)
        return card, await asyncio.to_thread(self.models.register, version)

    # --- watching

    async def overview(self) -> dict[str, Any]:
        """What the console's page shows: `models.listing`, `run`, `drift`."""
        listing = await asyncio.to_thread(self.models.listing, await self.answered.forgotten())
        return {"listing": listing, "run": await self.run(), "drift": await self.drift()}

    async def decided(self, since: datetime) -> list[DecidedCase]:
        """Decisions in force taken since then, beside their suggestions: what people made of what was shown."""
        async with self._db.read() as session:
            return await repository.decided(session, since)

    async def drift(self) -> dict[str, Any]:
        """Overrides, doubt and drift of the last half year (JSON)."""
        decided = await self.decided(self._clock.now() - LOOK_BACK)
        return await asyncio.to_thread(self.models.drift, decided, self._clock.today())

    async def watch(self) -> None:
        """Look for changes for as long as the process serves; a database or a disk that is away is waited for."""
        while True:
            try:
                await self.similar.look()
            except Exception as error:
                log.error("learning_not_watched", error=named(error))
            await asyncio.sleep(_PACE)
