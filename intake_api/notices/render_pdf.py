"""A notice as PDF: set by Typst with the fonts of pylopdf-fonts-zh-cn, tagged (PDF/UA-1), no font of the machine."""

import dataclasses
import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn as shipped
import typst

from intake_api.errors import Failure
from intake_api.notices.document import Document, printable

_SOURCE = (Path(__file__).parent / "templates" / "notice.typ").read_bytes()
_NO_GLYPH = re.compile(r"the text `\"(.+?)\"` could not be displayed")


@cache
def _fonts(office: Path) -> typst.Fonts:
    """Noto Serif SC and Noto Sans SC, and those in the office's own folder (for characters that both lack)."""
    folders = [shipped.serif_path().parent, *([office] if office.is_dir() else [])]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def render(document: Document, at: datetime, identifier: str, fonts: Path) -> bytes:
    """Set the notice; the same document, instant and identifier give the same bytes.

    Failure `glyph_missing` with the characters that no font has; a warning of the typesetter is a programming error.
    """
    given = dataclasses.asdict(printable(document)) | {"identifier": identifier}
    try:
        pdf, warnings = typst.compile_with_warnings(
            _SOURCE,
            font_paths=_fonts(fonts),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"notice": json.dumps(given, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        unknown = "".join(dict.fromkeys("".join(_NO_GLYPH.findall(str(error)))))
        if unknown:
            raise Failure("glyph_missing", characters=unknown) from None
        raise
    assert not warnings, [warning.message for warning in warnings]
    assert isinstance(pdf, bytes)
    return pdf
