"""The file of a backup: a gzipped tar whose last member lists every other with its SHA-256."""

import gzip
import hashlib
import io
import json
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from intake_api.kit.errors import Failure

MANIFEST = "manifest.json"
_MANY = 1 << 20


class Writer:
    """Puts members into the file and remembers their digests."""

    def __init__(self, stream: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6)  # noqa: SIM115 - closed by `close`
        self._digests: dict[str, str] = {}

    def put(self, name: str, content: Iterable[bytes]) -> int:
        """A member of any size, given in pieces; how many there were.

        A tar wants to know the size beforehand, so the content passes through a temporary file.
        """
        pieces = 0
        with tempfile.TemporaryFile() as draft:
            digest = hashlib.sha256()
            for piece in content:
                draft.write(piece)
                digest.update(piece)
                pieces += 1
            member = tarfile.TarInfo(name)
            member.size, member.mode = draft.tell(), 0o600
            draft.seek(0)
            self._tar.addfile(member, draft)
        self._digests[name] = digest.hexdigest()
        return pieces

    def put_file(self, name: str, path: Path) -> None:
        """A file as it is now; a file that is written to meanwhile must be copied by its owner's means first."""
        with path.open("rb") as stream:
            self.put(name, iter(lambda: stream.read(_MANY), b""))

    def close(self) -> None:
        """Write the list of members; without it a backup is not whole."""
        listed = json.dumps(self._digests, ensure_ascii=False, indent=0).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(listed), 0o600
        self._tar.addfile(member, io.BytesIO(listed))
        self._tar.close()


@contextmanager
def opened(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members of a backup in their order, each to be read before the next. Failure `backup_damaged`."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            yield _members(tar)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Failure("backup_damaged", reason="文件不完整，或者不是 gongkai backup 写的") from error


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        content = tar.extractfile(member) if member.isfile() else None
        if content is None or member.name.startswith("/") or ".." in Path(member.name).parts:
            raise Failure("backup_damaged", reason=f"其中的 {member.name} 不是备份写的")
        yield member.name, content


def verify(path: Path) -> dict[str, Any]:
    """Compare every member with its digest; the head of the backup (`backup.json`). Failure `backup_damaged`."""
    digests: dict[str, str] = {}
    listed: dict[str, str] | None = None
    head: dict[str, Any] = {}
    with opened(path) as members:
        for name, content in members:
            if name == MANIFEST:
                listed = json.loads(content.read())
            elif name == "backup.json":
                raw = content.read()
                head, digests[name] = json.loads(raw), hashlib.sha256(raw).hexdigest()
            else:
                digests[name] = _digest(content)
    if listed is None or not head:
        raise Failure("backup_damaged", reason="文件没有写完")
    wrong = sorted(name for name in listed.keys() | digests.keys() if listed.get(name) != digests.get(name))
    if wrong:
        raise Failure("backup_damaged", reason=f"其中的 {wrong[0]} 与备份时不同")
    return head


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(_MANY):
        digest.update(piece)
    return digest.hexdigest()
