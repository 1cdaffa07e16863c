"""kill -9 while messages go out: none is lost, none comes twice without saying so (a thousand: tests/bench)."""

from pathlib import Path

from tests.bench.measure_kills import EACH, measure


def test_no_message_is_lost_and_none_is_doubled_unmarked(tmp_path: Path) -> None:
    found = measure(5, 60, tmp_path)
    assert found.written == found.kills * EACH > 0
    assert (found.lost, found.unmarked) == (0, 0)
