"""What waits is done in one round: who comes while a round is under way is taken along by the next one.

For work that costs nearly the same for one as for many: a transaction (group commit), a model asked about a text. There
is no timer and nothing waits for others to come: alone, one is done at once; the busier it gets, the larger the rounds.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from intake_api.kit.errors import Failure

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST = 64  # in a round: what comes behind it waits for all of it
FOR_ALL = "storage_unavailable"  # what fails for this reason would fail alone too, and might take long to do so


class Together(Generic[Item, Result]):
    """`await one(item)` gives what `work` gives for it, which does a list at once and answers in its order.

    `work` answers with an exception for an item that has to fail alone. Where it raises, every item is tried again by
    itself, so that one that cannot be done never fails those beside it; hence a round that raises has left nothing.
    Two items that `apart` gives the same name never share a round.
    """

    def __init__(
        self,
        work: Callable[[list[Item]], Awaitable[Sequence[Result | Exception]]],
        *,
        apart: Callable[[Item], Hashable] = lambda _: None,
        most: int = MOST,
    ) -> None:
        self._work = work
        self._apart = apart
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._rounds: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """Have an item done. Who is cancelled before its round began is left out of it."""
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._rounds is None:
            self._rounds = asyncio.ensure_future(self._run())  # what goes wrong in it reaches those who wait
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                taken = self._take()
                try:
                    await self._round(taken)
                finally:
                    for _, answer in taken:
                        answer.cancel()  # nothing where it has been given
        finally:
            self._rounds = None

    def _take(self) -> list[tuple[Item, "asyncio.Future[Result]"]]:
        taken: list[tuple[Item, asyncio.Future[Result]]] = []
        names, left = set[Hashable](), []
        while self._waiting and len(taken) < self._most:
            one = self._waiting.popleft()
            name = self._apart(one[0])
            if name is not None and name in names:
                left.append(one)
            elif not one[1].done():
                names.add(name)
                taken.append(one)
        self._waiting.extendleft(reversed(left))
        return taken

    async def _round(self, taken: list[tuple[Item, "asyncio.Future[Result]"]]) -> None:
        try:
            results: Sequence[Result | Exception] = await self._work([item for item, _ in taken]) if taken else []
        except Exception as error:
            if len(taken) > 1 and not (isinstance(error, Failure) and error.code == FOR_ALL):
                for one in taken:
                    await self._round([one])
                return
            results = [error] * len(taken)
        for (_, answer), result in zip(taken, results, strict=True):
            if answer.done():
                continue
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)
