"""Encryption at rest: sealed values, blind indexes, query codes; all keys come from one key ring.

A sealed value is `key id (4 bytes) | nonce (12) | AES-256-GCM ciphertext`, bound to its place by associated data, so
that a value moved to another row does not open. Sub-keys are derived by HKDF-SHA256 (RFC 5869), one for each use.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from intake_api.kit.errors import Failure
from intake_api.kit.text import folded

log = structlog.get_logger()
_KEY_BYTES = 32
SECRET = "GONGKAI_SECRET_KEY"  # noqa: S105 - the name of the setting
PENDING = "keys/.first"
"""A first key that the database may not know yet: it becomes keys/1.key once it does."""
FIRST = "keys/1.key"
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read aloud and typed by hand


def _derive(master: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"gongkai/" + use.encode()).derive(master)


def _key_id(master: bytes) -> bytes:
    return hashlib.sha256(b"gongkai/key-id" + master).digest()[:4]


class Key(NamedTuple):
    """A master key and where it was found: the setting, or a file of the data directory."""

    source: str
    master: bytes

    @property
    def id(self) -> bytes:
        """The 4 bytes by which sealed values name it."""
        return _key_id(self.master)

    @property
    def check(self) -> str:
        """What a database keeps of it: equal for the same key, says nothing about it (32 hex digits)."""
        return _derive(self.master, "check").hex()[:32]

    @property
    def name(self) -> str:
        """What people know it by."""
        return FIRST if self.source == PENDING else self.source


class Vault:
    """Seals and opens values; the first master key is the active one, the others only open older values.

    The blind index uses the last (oldest) key, so that adding a key in front does not orphan the indexes.
    """

    def __init__(self, masters: list[bytes], look_again: Callable[[], list[bytes]] | None = None) -> None:
        """Hold the keys; `look_again` finds those at hand now, for a value that a later key has sealed."""
        self._look_again = look_again
        self._hold(masters)
        self._index_key = _derive(masters[-1], "blind-index")
        self._code_key = _derive(masters[-1], "query-code")
        self.service_key = _derive(masters[-1], "service").hex()
        self.bot_storage_key = _derive(masters[-1], "bot-storage").hex()

    def _hold(self, masters: list[bytes]) -> None:
        self._sealing = {_key_id(m): AESGCM(_derive(m, "seal")) for m in masters}
        self._active = _key_id(masters[0])

    @property
    def key_ids(self) -> list[str]:
        """Identifiers of the keys at hand, active first (hex)."""
        return [k.hex() for k in self._sealing]

    def seal(self, place: str, value: Any) -> bytes:
        """Encrypt a JSON-able value for one place, for example `applicant:SF-2026-00001`."""
        nonce = os.urandom(12)
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return self._active + nonce + self._sealing[self._active].encrypt(nonce, plain, place.encode())

    def open(self, place: str, sealed: bytes) -> Any:
        """Decrypt. Failure `sealed_damaged` for a value that was changed or moved, or whose key is not at hand.

        Keys are compared when the office is opened (intake_api.installation): a key that nobody knows is damage too.
        """
        key = self._sealing.get(sealed[:4]) or self._later(sealed[:4])
        try:
            if key is not None:
                return json.loads(key.decrypt(sealed[4:16], sealed[16:], place.encode()))
        except (InvalidTag, ValueError):
            pass
        log.error("sealed_damaged", place=place)
        raise Failure("sealed_damaged")

    def _later(self, key_id: bytes) -> AESGCM | None:
        """A key that was added since this process began (`gongkai keys rotate`); from now on the newest seals."""
        with suppress(Failure, OSError):
            masters = self._look_again() if self._look_again else []
            if key_id in map(_key_id, masters):
                self._hold(masters)
        return self._sealing.get(key_id)

    def read(self, place: str, sealed: bytes) -> Any:
        """The same for what is shown beside others: None where it is damaged, and the rest goes on."""
        try:
            return self.open(place, sealed)
        except Failure:
            return None

    def blind(self, kind: str, value: str) -> str:
        """Keyed digest for equality search over an encrypted field; `kind` keeps equal values of two fields apart."""
        return hmac.new(self._index_key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]

    def query_code(self, number: str, nonce: str) -> str:
        """The citizen's 12-character code (58 bits) for a case number and its secret nonce: `XXXX-XXXX-XXXX`."""
        value = int.from_bytes(hmac.new(self._code_key, f"{number}\0{nonce}".encode(), hashlib.sha256).digest())
        letters = ""
        for _ in range(12):
            value, rest = divmod(value, len(_CODE_ALPHABET))
            letters += _CODE_ALPHABET[rest]
        return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"

    def code_hash(self, number: str, code: str) -> str:
        """What is stored of a query code; case, width, blanks and dashes as typed do not matter."""
        plain = "".join(ch for ch in folded(code) if ch.isalnum())
        return self.blind("query-code", f"{number}\0{plain}")


def digest(salt: str, text: str) -> str:
    """Salted digest of an erasable text: proves it while it exists, tells nothing once the salt is erased."""
    return hashlib.sha256(f"{salt}\0{text}".encode()).hexdigest()


def at_hand(secret: str | None, data: Path) -> list[Key]:
    """The keys of an installation, the one that seals first, the one that codes and indexes come from last.

    `secret` (GONGKAI_SECRET_KEY) comes first where given; the files `data/keys/N.key` follow, the highest number first;
    a pending one stands in where there is no other file. Makes nothing. Failure `key_invalid` for a file that holds no
    key.
    """
    files = list((data / "keys").glob("*.key")) or [file for file in [data / PENDING] if not secret and file.exists()]
    numbered = sorted(files, key=lambda file: int(file.stem) if file.stem.isdigit() else 0, reverse=True)
    own = [Key(SECRET, hashlib.sha256(secret.encode()).digest())] if secret else []
    return own + [Key(f"keys/{file.name}", _read_key(file)) for file in numbered]


def _read_key(file: Path) -> bytes:
    try:
        master = base64.b64decode(file.read_text("ascii").strip(), validate=True)
    except ValueError:
        master = b""
    if len(master) != _KEY_BYTES:
        raise Failure("key_invalid", file=file.name)
    return master


def draft_key(data: Path) -> Key:
    """Make a first key (mode 0600) that is not in use before `keep_draft`: a start may end in between."""
    (data / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Key(PENDING, secrets.token_bytes(_KEY_BYTES))
    _drafted(data / "keys", key).replace(data / PENDING)
    _sync(data / "keys")
    return key


def keep_draft(data: Path) -> None:
    """Make the pending key the first one, now that the database knows it; another process may have done so."""
    with suppress(FileNotFoundError):
        (data / PENDING).rename(data / FIRST)
        log.warning("key_made", hint="数据目录 keys/ 中的密钥须另行备份；丢失后无法读取申请人信息")
    _sync(data / "keys")


def add_key(data: Path) -> Key:
    """Make the next key file, whole or not at all; what is sealed from now on is sealed by it.

    Failure `key_copy_occupied` where somebody else makes one at this moment.
    """
    folder = data / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = folder / f"{max((int(f.stem) for f in folder.glob('*.key') if f.stem.isdigit()), default=0) + 1}.key"
    key = Key(f"keys/{place.name}", secrets.token_bytes(_KEY_BYTES))
    draft = _drafted(folder, key)
    try:
        place.hardlink_to(draft)
    except FileExistsError:
        raise Failure("key_copy_occupied", path=place) from None
    finally:
        draft.unlink()
    _sync(folder)
    return key


def _drafted(folder: Path, key: Key) -> Path:
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".key-", delete=False) as draft:  # 0600 from the start
        draft.write(base64.b64encode(key.master) + b"\n")
        draft.flush()
        os.fsync(draft.fileno())
    return Path(draft.name)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
