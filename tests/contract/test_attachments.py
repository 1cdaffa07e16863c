"""Applicants send photos, PDFs and .docx to their case: told by content, sealed, on record, never opened in a page."""

import hashlib
import io
import struct
import zipfile
import zlib

import httpx2
import pytest
from docx import Document
from sqlalchemy import select, text

from intake_api.files.models import Attachment
from intake_api.office import Office
from intake_api.terms.limits import FILE_MB, FILES
from tests.samples import application


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 14)) + chunk(b"IEND", b"")


def docx(extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    document = Document()
    document.add_paragraph("授权委托书（示例）")
    document.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
async def case(client: httpx2.AsyncClient) -> dict[str, str]:
    answer = await client.post("/api/v1/requests", json=application())
    receipt: dict[str, str] = answer.json()
    return receipt


async def send(
    client: httpx2.AsyncClient, case: dict[str, str], content: bytes, name: str = "身份证.jpg"
) -> httpx2.Response:
    return await client.post(
        f"/api/v1/requests/{case['number']}/attachments",
        headers={"X-Query-Code": case["query_code"]},
        files={"file": (name, content, "text/html")},
    )


@pytest.mark.parametrize(
    ("content", "kind"), [(png(), "png"), (PDF, "pdf"), (docx(), "docx")], ids=["png", "pdf", "docx"]
)
async def test_a_file_is_kept_sealed_and_on_record(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    office: Office,
    case: dict[str, str],
    content: bytes,
    kind: str,
) -> None:
    sent = await send(client, case, content, "我的 身份证.html")
    assert sent.status_code == 201, sent.text
    filed = sent.json()
    assert (filed["name"], filed["kind"], filed["size"]) == (f"我的 身份证.{kind}", kind, len(content))
    assert (await send(client, case, content, "again.pdf")).json() == filed
    own = await client.get(
        f"/api/v1/requests/{case['number']}/attachments", headers={"X-Query-Code": case["query_code"]}
    )
    assert own.json() == {"items": [filed]}
    listed = await staff.get(f"/api/v1/staff/cases/{case['number']}/attachments")
    assert listed.json() == {"items": [filed]}
    got = await staff.get(f"/api/v1/staff/cases/{case['number']}/attachments/{filed['id']}")
    assert got.content == content
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    events = (await staff.get(f"/api/v1/staff/cases/{case['number']}")).json()["events"]
    assert [event["type"] for event in events[-2:]] == ["attached", "particulars_viewed"]
    async with office.db.read() as session:
        sealed, sha256 = (await session.execute(select(Attachment.sealed, Attachment.sha256))).one()
    assert content[:16] not in sealed
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert await office.verified() == (1, None)


NO_FILES = {
    "empty": (b"", "只收照片"),
    "page": (b"<html><script>alert(1)</script>", "只收照片"),
    "gif": (b"GIF89a" + b"\0" * 40, "只收照片"),
    "damaged photo": (b"\xff\xd8\xff\xe0 no photo", "只收照片"),
    "cut pdf": (b"%PDF-1.7 cut off", "不完整"),
    "pixels": (png(40_000, 40_000), "像素太多"),
    "cut zip": (b"PK\x03\x04 no zip", "不完整"),
    "macro": (docx({"word/vbaProject.bin": b"x"}), "带有宏"),
    "bomb": (docx({"word/media/zeros": b"\0" * (210 * 1024 * 1024)}), "展开后太大"),
}


async def test_what_a_file_is_not_is_said_and_nothing_is_kept(
    client: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    for what, (content, words) in NO_FILES.items():
        refused = await send(client, case, content)
        assert (refused.status_code, refused.json()["error"]["code"]) == (415, "file_refused"), what
        assert words in refused.json()["error"]["message"], what
    async with office.db.read() as session:
        assert (await session.scalars(select(Attachment))).all() == []


async def test_a_stranger_sends_nothing(client: httpx2.AsyncClient, case: dict[str, str]) -> None:
    refused = await send(client, case | {"query_code": "WRONG"}, PDF)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "case_not_found")


async def test_a_file_may_be_ten_megabytes_and_other_bodies_two(
    client: httpx2.AsyncClient, case: dict[str, str]
) -> None:
    most = PDF.replace(b"trailer", b"%" * (FILE_MB * 1024 * 1024 - len(PDF)) + b"trailer")
    assert (await send(client, case, most)).status_code == 201
    refused = await send(client, case, most + b"\n")
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "file_too_large")
    refused = await send(client, case, most + b"\n" * 100_000)
    assert refused.status_code == 413
    refused = await client.post("/api/v1/requests", content=b"x" * (3 * 1024 * 1024))
    assert refused.status_code == 413


async def test_a_case_takes_ten_files_and_none_once_it_is_over(
    client: httpx2.AsyncClient, case: dict[str, str]
) -> None:
    for number in range(FILES):
        assert (await send(client, case, PDF + b"\n" * number)).status_code == 201
    refused = await send(client, case, PDF + b"\n" * FILES)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "too_many_files")
    await client.post(f"/api/v1/requests/{case['number']}/withdrawal", headers={"X-Query-Code": case["query_code"]})
    refused = await send(client, case, png())
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "step_not_allowed")


async def test_a_file_that_was_exchanged_is_found(
    client: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    await send(client, case, PDF)
    async with office.db.write() as session:
        await session.execute(text("UPDATE attachment SET sha256 = :other"), {"other": "0" * 64})
    fault = (await office.verified())[1]
    assert fault is not None
    assert "附件" in fault
