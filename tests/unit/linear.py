"""Whether a regular expression takes linear time on any text: told from its parts, for a clock proves nothing.

A pattern whose repeats all have an end looks at a window of fixed size from each start. With an endless repeat over a
set of characters C it stays linear where
- an attempt cannot begin inside a run of C and walk its rest again (searching), and
- of two such repeats one after the other it is clear at each character which of them takes it.
Both are proved from sets of characters; what cannot be proved so counts as quadratic (OWASP, Regular expression Denial
of Service; Davis et al., ESEC/FSE 2018).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]  # the parser's own
from re import _parser  # type: ignore[attr-defined]
from typing import Any

SAMPLE = frozenset(
    "\t\n\r !\"'()*+,-./09:;<=>?@AZ[]_`az{}~\u3000·〔〕【】（）、。，；：？！|｜中文年月日号第转0０９Ａｚ"
)
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
Path = tuple["Part", ...]


@dataclass(frozen=True)
class Part:
    """A piece of a path through a pattern: what it can take, whether it must, whether without an end.

    `before`: it takes nothing, but what stands before an attempt must be one of these.
    """

    takes: frozenset[str]
    must: bool = True
    endless: bool = False
    before: bool = False


def quadratic(pattern: re.Pattern[str], *, searched: bool) -> bool:
    """Whether some text may cost the square of its length; `searched`: an attempt is made at every place."""
    tree = _parser.parse(pattern.pattern, pattern.flags)
    letters = frozenset(SAMPLE | set(re.sub(r"\\.", "", pattern.pattern)))
    return any(_walks_again(path, searched) or _unclear(path) for path in _paths(list(tree), letters))


def _walks_again(path: Path, searched: bool) -> bool:
    if not searched:
        return False
    for place, part in enumerate(path):
        before = [p.takes for p in path[:place] if p.must and not p.endless]
        never_fails = place == len(path) - 1
        if part.endless and not never_fails and not any(takes.isdisjoint(part.takes) for takes in before):
            return True
    return False


def _unclear(path: Path) -> bool:
    ends = [place for place, part in enumerate(path) if part.endless]
    return any(
        not any(p.must and not p.before and p.takes.isdisjoint(path[one].takes) for p in path[one + 1 : other])
        and not all(p.takes.isdisjoint(path[one].takes) for p in path[one + 1 : other + 1])
        for place, one in enumerate(ends)
        for other in ends[place + 1 :]
    )


def _paths(nodes: list[Any], letters: frozenset[str]) -> Iterator[Path]:
    """The ways through a sequence, as far as they differ in repeats without an end."""
    if not nodes:
        yield ()
        return
    if nodes[0] == (op.AT, op.AT_BEGINNING) or nodes[0] == (op.AT, op.AT_BEGINNING_STRING):
        yield (Part(frozenset()),)  # nothing begins inside a run
        return
    for head in _ways(nodes[0], letters):
        for tail in _paths(nodes[1:], letters):
            yield (*head, *tail)


def _ways(node: tuple[Any, Any], letters: frozenset[str]) -> Iterable[Path]:
    kind, value = node
    if not _endless_inside(node):
        if kind is op.ASSERT_NOT and value[0] < 0:
            barred = frozenset(char for inner in value[1] for char in _taken(inner, letters))
            return [(Part(letters - barred, before=True),)]
        return [(Part(_taken(node, letters), must=_least(node) > 0),)]
    if kind in REPEATS:
        least, most, body = value
        if most is op.MAXREPEAT and not any(map(_endless_inside, body)):
            one = Part(_taken(node, letters), must=least > 0, endless=True)
            return [(one,)]
        inner = list(_paths(list(body), letters))
        twice = [(*one, *other) for one in inner for other in inner] if most > 1 else inner
        return [*twice, *([()] if least == 0 else [])]
    if kind is op.BRANCH:
        return [path for branch in value[1] for path in _paths(list(branch), letters)]
    body = value[-1] if kind in (op.SUBPATTERN, *_LOOKS) else value
    return list(_paths(list(body), letters))


_LOOKS = (op.ASSERT, op.ASSERT_NOT)


def _bodies(node: tuple[Any, Any]) -> list[Any]:
    kind, value = node
    if kind in REPEATS or kind is op.SUBPATTERN or kind in _LOOKS:
        return [value[-1]]
    if kind is op.BRANCH:
        return list(value[1])
    return [value] if kind is op.ATOMIC_GROUP else []


def _endless_inside(node: tuple[Any, Any]) -> bool:
    kind, value = node
    own = kind in REPEATS and value[1] is op.MAXREPEAT
    return own or any(_endless_inside(inner) for body in _bodies(node) for inner in body)


def _least(node: tuple[Any, Any]) -> int:
    kind, value = node
    if kind in _LOOKS or kind is op.AT:
        return 0
    if kind in REPEATS:
        return int(value[0]) * sum(map(_least, value[2]))
    bodies = _bodies(node)
    return min(sum(map(_least, body)) for body in bodies) if bodies else 1


def _taken(node: tuple[Any, Any], letters: frozenset[str]) -> frozenset[str]:
    """The characters that a node can take, of a sample that holds all that the pattern names."""
    kind, value = node
    if kind in _LOOKS or kind is op.AT:
        return frozenset()
    if bodies := _bodies(node):
        return frozenset(char for body in bodies for inner in body for char in _taken(inner, letters))
    return frozenset(char for char in letters if _matches(kind, value, char))


def _matches(kind: Any, value: Any, char: str) -> bool:
    if kind is op.LITERAL or kind is op.NOT_LITERAL:
        return (ord(char) == value) is (kind is op.LITERAL)
    if kind is op.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    if kind is op.CATEGORY:
        return bool(re.match(_CATEGORIES[value], char))
    if kind is op.IN:
        negated = value[0][0] is op.NEGATE
        return any(_matches(*item, char) for item in value[negated:]) is not negated
    return kind is op.ANY and char != "\n"


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
