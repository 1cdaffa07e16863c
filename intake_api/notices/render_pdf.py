"""A notice as PDF: set by Typst, tagged (PDF/UA-1), with the fonts that ship (`fonts.py`).

No character stops a notice: one that no font has stands as □, and who issues the notice is told which.
"""

import dataclasses
import json
import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import regex
import typst

from intake_api.kit.errors import Failure
from intake_api.kit.text import legible, writable
from intake_api.notices import fonts as available
from intake_api.notices.document import Document, with_texts

_SOURCE = (Path(__file__).parent / "templates" / "notice.typ").read_bytes()
BOX = "□"
# What the shipped fonts surely have: most notices have nothing else, and need not be set to know it.
_SURE = re.compile("[\n -~\u3001-\u3011\u4e00-\u9fa5\uff01-\uff5e“”‘’…—·□〔〕]*")
_NO_GLYPH = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_MARKED_BOX = regex.compile(rf"{BOX}\p{{M}}+")


@cache
def _lacking(_office: Path) -> dict[str, None]:
    """What these fonts were found to lack so far; the typesetter names one at a time."""
    return {}


def render(document: Document, at: datetime, identifier: str, fonts: Path) -> bytes:
    """Set the notice; the same document, instant and identifier give the same bytes.

    `fonts` is the office's own folder. Failure `fonts_missing`; a warning of the typesetter is a programming error.
    """
    return _set(document, at, identifier, fonts)[0]


def boxed(document: Document, at: datetime, fonts: Path) -> tuple[str, ...]:
    """Return the characters that stand as □ in the PDF of a notice; none where there is no font to set one with."""
    try:
        if available.faces(fonts).shipped and _SURE.fullmatch("\n".join(_texts(document))):
            return ()
        return _set(document, at, "", fonts)[1]
    except Failure:
        return ()


def _set(document: Document, at: datetime, identifier: str, fonts: Path) -> tuple[bytes, tuple[str, ...]]:
    plain, lacking = with_texts(document, _plain), _lacking(fonts)
    whole = "\n".join(_texts(plain))
    while True:
        found = tuple(one for one in list(lacking) if one in whole)
        try:
            return _compiled(with_texts(plain, partial(_without, lacking=found)), at, identifier, fonts), found
        except typst.TypstError as error:
            named = {_ESCAPED.sub(lambda code: chr(int(code[1], 16)), one) for one in _NO_GLYPH.findall(str(error))}
            if not named - lacking.keys():
                raise
            lacking.update(dict.fromkeys(sorted(named)))


def _plain(text: str) -> str:
    return legible(writable(text)).replace("\t", " ")


def _without(text: str, *, lacking: Iterable[str]) -> str:
    for one in lacking:
        text = text.replace(one, BOX)
    return str(_MARKED_BOX.sub(BOX, text))  # a mark belongs to the character that is not there


def _texts(document: Document) -> list[str]:
    texts: list[str] = []

    def collect(text: str) -> str:
        texts.append(text)
        return text

    with_texts(document, collect)
    return texts


def _compiled(document: Document, at: datetime, identifier: str, fonts: Path) -> bytes:
    faces = available.faces(fonts)
    given = dataclasses.asdict(document) | {"identifier": identifier, "serif": faces.serif, "sans": faces.sans}
    given |= {"titles": faces.titles, "text": faces.text, "title_lines": document.title_lines or (document.title,)}
    pdf, warnings = typst.compile_with_warnings(
        _SOURCE,
        font_paths=faces.fonts,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"notice": json.dumps(given, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(at.timestamp()),
    )
    assert not warnings, [warning.message for warning in warnings]
    assert isinstance(pdf, bytes)
    return pdf
