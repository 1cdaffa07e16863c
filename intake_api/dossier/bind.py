"""Binding a dossier (卷宗) into one PDF, in a process of its own: strangers' files are among what it reads.

Typst sets cover, contents, texts, photos and page numbers and leaves a page free for every page of another PDF; PDFium
lays those pages in, as they are, with their text. A file that cannot be taken over stands as a page that says so.
"""

import base64
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pypdfium2 as pdfium
import typst
from docx.table import Table

from intake_api.dossier import package, texts
from intake_api.notices import fonts

Json = dict[str, Any]
_SOURCE = (Path(__file__).parent / "templates" / "dossier.typ").read_bytes()
# Typst reads photos from files: from open ones, which have no name and are gone with the process.
_FROM: Json = {"root": "/dev/fd", "ignore_system_fonts": True}
_MM = 72 / 25.4  # points
# Where a page of another PDF lies: mm from the left, from below, width, height. It is what `foreign` leaves free.
_LEFT, _BELOW, _WIDTH, _HEIGHT = 14, 14, 188, 267
_PIECE = 3 * 1024 * 1024  # bytes; a multiple of three, so that the pieces of base64 join
MOST_PAGES = 1000  # of one file


def bind(raw: bytes) -> Iterator[str]:
    """Give the number of its pages, then the dossier as base64, in pieces; `raw` is what `package.closed` makes."""
    plan, files = package.opened(raw)
    with ExitStack() as photos:
        pages, bound = _Binding(plan, files, photos).bound()
    yield str(pages)
    for start in range(0, len(bound), _PIECE):
        yield base64.b64encode(bound[start : start + _PIECE]).decode()


class _Binding:
    """One dossier: its plan, in which every part becomes what the template knows, and the pages that are laid in."""

    def __init__(self, plan: Json, files: Sequence[bytes], photos: ExitStack) -> None:
        self._plan, self._files, self._photos = plan, files, photos
        self._pages: list[tuple[pdfium.PdfDocument, int]] = []  # by slot
        for document in plan["documents"]:
            document["parts"] = [taken for part in document["parts"] for taken in self._taken(part)]

    def bound(self) -> tuple[int, bytes]:
        """Give the number of pages, and the PDF."""
        faces = fonts.faces(Path(self._plan["fonts"]))
        said = self._plan | {"serif": faces.serif, "sans": faces.sans}
        given = _FROM | {"font_paths": faces.fonts, "sys_inputs": {"dossier": json.dumps(said, ensure_ascii=False)}}
        places = json.loads(typst.query(_SOURCE, "<slot>", field="value", **given))
        plain: Any = typst.compile(_SOURCE, format="pdf", timestamp=self._plan["at"], **given)
        whole = pdfium.PdfDocument(plain)
        for place in places:
            self._lay_in(whole, place["at"] - 1, *self._pages[place["slot"]])
        out = BytesIO()
        whole.save(out)
        return len(whole), out.getvalue()

    def _lay_in(self, whole: pdfium.PdfDocument, at: int, source: pdfium.PdfDocument, number: int) -> None:
        width, height = source[number].get_size()
        scale = min(_WIDTH * _MM / width, _HEIGHT * _MM / height)
        left = _LEFT * _MM + (_WIDTH * _MM - width * scale) / 2
        below = _BELOW * _MM + (_HEIGHT * _MM - height * scale) / 2
        laid = source.page_as_xobject(number, whole).as_pageobject()
        laid.set_matrix(pdfium.PdfMatrix().scale(scale, scale).translate(left, below))
        page = whole[at]
        page.insert_obj(laid)
        page.gen_content()

    # --- taking parts over

    def _taken(self, part: Json) -> list[Json]:
        if part["kind"] not in ("pdf", "photo", "docx"):
            return [part]
        try:
            return list(getattr(self, f"_{part['kind']}")(part))
        except Exception:  # a damaged file fails in any of the layers below; the page says which file it is
            return [{"kind": "note", "said": texts.DAMAGED.format(**part)}]

    def _pdf(self, part: Json) -> list[Json]:
        read = pdfium.PdfDocument(self._files[part["file"]])
        pages = len(read)
        if not 0 < pages <= MOST_PAGES:
            return [{"kind": "note", "said": texts.TOO_MANY_PAGES.format(**part, pages=pages)}]
        for number in range(pages):
            page = read[number]
            pdfium.raw.FPDFPage_Flatten(
                page, pdfium.raw.FLAT_NORMALDISPLAY
            )  # stamps and filled-in fields lie on the page itself
            page.close()
        plain = pdfium.PdfDocument.new()
        plain.import_pages(read)  # without scripts, links and files in it
        first = len(self._pages)
        self._pages += [(plain, number) for number in range(pages)]
        return [{"kind": "pdf", "slots": list(range(first, first + pages))}]

    def _photo(self, part: Json) -> list[Json]:
        photo = self._photos.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - by the stack
        photo.write(self._files[part["file"]])
        photo.seek(0)
        name = f"/{photo.fileno()}"
        typst.compile(f'#image("{name}")'.encode(), format="pdf", **_FROM)
        return [{"kind": "photo", "file": name}]

    def _docx(self, part: Json) -> list[Json]:
        word = docx.Document(BytesIO(self._files[part["file"]]))
        said = []
        for block in word.iter_inner_content():
            if isinstance(block, Table):
                said += ["　".join(cell.text for cell in row.cells) for row in block.rows]
            else:
                said.append(block.text)
        return [{"kind": "note", "said": texts.CONVERTED.format(**part)}, {"kind": "text", "said": "\n".join(said)}]
