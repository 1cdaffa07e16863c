"""What lies in a dossier lies there as it is: turned and cut pages, stamps, photos; what is damaged is named."""

import base64
import io
import struct
import zlib
from typing import Any

import pypdfium2 as pdfium
import pytest
import typst

from intake_api.dossier import bind, package, texts

A4 = (595, 842)


def photo(width: int = 60, height: int = 40) -> bytes:
    """A red PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\xff\0\0" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def bound(*files: tuple[str, bytes]) -> pdfium.PdfDocument:
    """A dossier of these files, by kind, each a document of its own."""
    documents = [
        {
            "title": f"文件{place}",
            "author": "示例市人民政府",
            "on": "2026-11-20",
            "number": "",
            "parts": [{"kind": kind, "file": place, "name": f"第{place}份", "sha256": "ab" * 32}],
        }
        for place, (kind, _) in enumerate(files)
    ]
    plan: dict[str, Any] = {"title": "卷宗", "agency": "示例市人民政府", "words": texts.WORDS, "fonts": "none", "at": 0}
    plan |= {"cover": [["编号", "SF-2026-00001"]], "documents": documents, "reference": []}
    pages, *pieces = bind.bind(package.closed(plan, [content for _, content in files]))
    document = pdfium.PdfDocument(b"".join(base64.b64decode(piece) for piece in pieces))
    assert int(pages) == len(document)
    return document


def page(turned: int = 0, cut: tuple[int, int, int, int] | None = None) -> bytes:
    """A page with a word at its upper left."""
    document = pdfium.PdfDocument(typst.compile(b"UPPER LEFT", format="pdf"))
    document[0].set_rotation(turned)
    if cut:
        document[0].set_cropbox(*cut)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def place_of(document: pdfium.PdfDocument, number: int, word: str) -> tuple[float, float]:
    """Where a word begins on a page, as shares of its width and height from the lower left."""
    text = document[number].get_textpage()
    found = text.search(word).get_next()
    assert found is not None
    left, below, right, above = text.get_charbox(found[0])
    return (left + right) / 2 / A4[0], (below + above) / 2 / A4[1]


@pytest.mark.parametrize(
    ("turned", "where"), [(0, "upper left"), (90, "upper right"), (180, "lower right"), (270, "lower left")]
)
def test_a_turned_page_lies_as_its_reader_sees_it(turned: int, where: str) -> None:
    x, y = place_of(bound(("pdf", page(turned))), 2, "UPPER")
    assert f"{'upper' if y > 0.5 else 'lower'} {'left' if x < 0.5 else 'right'}" == where


def test_a_cut_page_fills_its_place() -> None:
    x, y = place_of(bound(("pdf", page(cut=(60, 500, 360, 800)))), 2, "UPPER")
    assert x < 0.2, "what is cut off leaves no room"
    assert 0 < y < 1


def test_a_photo_lies_on_a_page() -> None:
    document = bound(("photo", photo()))
    [image] = list(document[2].get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE]))
    left, below, right, above = image.get_bounds()
    assert right - left > 500
    assert below > 0
    assert above < A4[1]


def test_what_is_damaged_is_named_and_the_rest_is_there() -> None:
    cut_off = page()[:900] + b"\n%%EOF\n"
    document = bound(
        ("pdf", cut_off), ("photo", photo()[:60]), ("docx", b"PK\x03\x04 no zip"), ("pdf", page()), ("photo", photo())
    )
    said = [one.get_textpage().get_text_range().replace("\r\n", "") for one in document]
    named = [place for place in range(5) if any(f"第{place}份" in "".join(text.split()) for text in said)]
    assert named == [0, 1, 2]
    assert any("UPPER LEFT" in text for text in said)
    assert len(document) == 2 + 5 + 1


def test_a_bookmark_leads_to_each() -> None:
    two = typst.compile(b"one #pagebreak() two", format="pdf")
    marks = [(m.get_title(), m.get_dest().get_index()) for m in bound(("pdf", two), ("photo", photo())).get_toc()]
    assert marks == [("卷内目录", 1), ("1\u3000文件0", 2), ("2\u3000文件1", 4), ("卷内备考表", 5)]


def test_links_and_scripts_of_others_stay_out() -> None:
    linked = typst.compile(b'#link("https://example.com")[UPPER]', format="pdf")
    document = bound(("pdf", linked))
    out = io.BytesIO()
    document.save(out)
    assert b"example.com" not in out.getvalue()
