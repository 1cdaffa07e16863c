"""What a file is, by its content: a photo (JPEG, PNG), a PDF, a .docx; anything else is refused with a sentence.

Read in a child process (`intake_api.kit.apart`): strangers made it.
"""

import io
import zipfile
from collections.abc import Iterator

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image

from intake_api.kit.apart import Refused

PIXELS = 60_000_000  # a photo of a telephone has 12 to 50 million
UNPACKED = 200 * 1024 * 1024  # bytes in a .docx
MEMBERS = 2000
_PHOTOS = {"image/jpeg": "jpg", "image/png": "png"}
OTHER = "只收照片（JPG、PNG）、PDF 和 Word（.docx）文件。苹果手机的 HEIC 照片请先存成 JPG，或者截屏后再传。"


def examine(raw: bytes) -> Iterator[str]:
    """The kind of a file: `jpg`, `png`, `pdf`, `docx`; Refused with a sentence for anything else."""
    if raw.startswith(b"%PDF-"):
        yield _pdf(raw)
    elif raw.startswith(b"PK\x03\x04"):
        yield _docx(raw)
    else:
        yield _photo(raw)


def _pdf(raw: bytes) -> str:
    if b"%%EOF" not in raw[-2048:]:
        raise Refused("这个 PDF 文件不完整，请重新保存或者扫描后再传。")
    return "pdf"


def _docx(raw: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile:
        raise Refused("这个文件不完整，请重新保存后再传。") from None
    names = {member.filename for member in members}
    if "word/document.xml" not in names:
        raise Refused(OTHER)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Refused("这个 Word 文件带有宏，请另存为普通的 .docx 或者 PDF 后再传。")
    if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
        raise Refused("这个 Word 文件展开后太大，请另存为 PDF 后再传。")
    return "docx"


def _photo(raw: bytes) -> str:
    try:
        image = Image.from_blob(raw)
    except (UnrecognizedImageError, InvalidImageStreamError, UnexpectedEndOfFileError):
        raise Refused(OTHER) from None
    kind = _PHOTOS.get(image.content_type)
    if kind is None:
        raise Refused(OTHER)
    if image.px_width * image.px_height > PIXELS:
        raise Refused("这张图片的像素太多，请缩小后再传。")
    return kind
