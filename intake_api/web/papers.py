"""A paper in Markdown (model card, register sheet) as part of a page: headings and tables; HTML in it stays text."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_READER = MarkdownIt("zero").enable(["heading", "table", "escape", "newline"])


def as_html(paper: str, named: Callable[[str], str]) -> Markup:
    """HTML of a paper, its headings one level down (the page has the first); `named` gives a table's cell its words."""
    tokens = list(_placed(_READER.parse(paper), named))
    return Markup(_READER.renderer.render(tokens, _READER.options, {}))  # noqa: S704 - the library escapes all text


def _placed(tokens: list[Token], named: Callable[[str], str]) -> Iterator[Token]:
    for place, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1]) + 1}"
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "inline":
            _written(token, named if tokens[place - 1].type == "td_open" else str)
        if token.type == "table_open":
            label = "、".join(_heads(tokens[place:]))
            region: dict[str, str | int | float] = {
                "class": "scroll",
                "tabindex": "0",
                "role": "region",
                "aria-label": label,
            }
            yield Token("scroll_open", "div", 1, attrs=region, block=True)
        yield token
        if token.type == "table_close":
            yield Token("scroll_close", "div", -1, block=True)


def _heads(table: list[Token]) -> Iterator[str]:
    for before, token in pairwise(table):
        if token.type == "thead_close":
            return
        if before.type == "th_open":
            yield token.content


def _written(inline: Token, named: Callable[[str], str]) -> None:
    for child in inline.children or []:
        # a broken line of Chinese goes on without a blank
        child.type, child.content = "text", "" if child.type == "softbreak" else named(child.content)
