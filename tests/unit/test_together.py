"""What waits is done in one round; one that cannot be done fails alone."""

import asyncio
from collections.abc import Sequence

import pytest

from intake_api.kit.errors import Failure
from intake_api.kit.together import FOR_ALL, Together


class Work:
    """Doubles numbers, a round at a time; a 13 cannot be done in company nor alone, a 7 is refused by itself."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.error: Exception = ZeroDivisionError()

    async def __call__(self, numbers: list[int]) -> Sequence[int | Exception]:
        self.rounds.append(numbers)
        await asyncio.sleep(0.01)
        if 13 in numbers:
            raise self.error
        return [ValueError("seven") if number == 7 else 2 * number for number in numbers]


async def test_who_comes_during_a_round_is_taken_along_by_the_next_in_order() -> None:
    work = Work()
    double = Together(work)
    assert await asyncio.gather(*map(double, range(5))) == [0, 2, 4, 6, 8]
    late = asyncio.gather(*map(double, (1, 2)))
    await asyncio.sleep(0.005)
    assert await asyncio.gather(double(3), double(4)) == [6, 8]
    assert await late == [2, 4]
    assert work.rounds == [[0, 1, 2, 3, 4], [1, 2], [3, 4]]


async def test_a_round_has_a_size() -> None:
    work = Work()
    double = Together(work, most=2)
    assert await asyncio.gather(*map(double, range(5))) == [0, 2, 4, 6, 8]
    assert work.rounds == [[0, 1], [2, 3], [4]]


async def test_what_fails_a_round_is_found_by_trying_each_alone() -> None:
    work = Work()
    double = Together(work)
    done = await asyncio.gather(*map(double, (1, 13, 7, 2)), return_exceptions=True)
    assert [type(one) for one in done] == [int, ZeroDivisionError, ValueError, int]
    assert work.rounds == [[1, 13, 7, 2], [1], [13], [7], [2]]


async def test_a_database_that_cannot_be_used_is_tried_once_for_all() -> None:
    work = Work()
    work.error = Failure(FOR_ALL)
    double = Together(work)
    done = await asyncio.gather(*map(double, (1, 13, 2)), return_exceptions=True)
    assert done == [work.error] * 3
    assert work.rounds == [[1, 13, 2]]


async def test_two_of_one_name_never_share_a_round() -> None:
    work = Work()
    double = Together(work, apart=lambda number: number % 10 or None)
    assert await asyncio.gather(*map(double, (1, 11, 2, 10, 20, 21, 3))) == [2, 22, 4, 20, 40, 42, 6]
    assert work.rounds == [[1, 2, 10, 20, 3], [11], [21]]


async def test_who_gives_up_before_its_round_is_left_out() -> None:
    work = Work()
    double = Together(work)
    first = asyncio.ensure_future(double(1))
    await asyncio.sleep(0)
    waiting = [asyncio.ensure_future(double(number)) for number in (2, 3)]
    await asyncio.sleep(0.005)
    waiting[0].cancel()
    assert await asyncio.gather(first, waiting[1]) == [2, 6]
    assert work.rounds == [[1], [3]]


def test_an_event_loop_that_ended_in_a_round_holds_up_no_later_one() -> None:
    double = Together(Work())

    async def impatient() -> None:
        await asyncio.wait_for(double(1), 0.001)

    with pytest.raises(TimeoutError):
        asyncio.run(impatient())
    assert asyncio.run(double(2)) == 4  # type: ignore[arg-type]  # a coroutine function in all but name
