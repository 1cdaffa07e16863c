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
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from intake_api.errors import Failure
from intake_api.text import folded

log = structlog.get_logger()
_KEY_BYTES = 32
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read aloud and typed by hand


def _derive(master: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"gongkai/" + use.encode()).derive(master)


def _key_id(master: bytes) -> bytes:
    return hashlib.sha256(b"gongkai/key-id" + master).digest()[:4]


class Vault:
    """Seals and opens values; the first master key is the active one, the others only open older values.

    The blind index uses the last (oldest) key, so that adding a key in front does not orphan the indexes.
    """

    def __init__(self, masters: list[bytes]) -> None:
        self._sealing = {_key_id(m): AESGCM(_derive(m, "seal")) for m in masters}
        self._active = _key_id(masters[0])
        self._index_key = _derive(masters[-1], "blind-index")
        self._code_key = _derive(masters[-1], "query-code")
        self.service_key = _derive(masters[-1], "service").hex()
        self.bot_storage_key = _derive(masters[-1], "bot-storage").hex()

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
        """Decrypt; Failure `key_missing` where its key is not at hand, ValueError where it was tampered with."""
        key = self._sealing.get(sealed[:4])
        if key is None:
            raise Failure("key_missing", key_id=sealed[:4].hex())
        try:
            return json.loads(key.decrypt(sealed[4:16], sealed[16:], place.encode()))
        except InvalidTag:
            raise ValueError(f"sealed value does not belong to {place}") from None

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


def load_vault(secret: str | None, data: Path) -> Vault:
    """The vault of an installation.

    `secret` (GONGKAI_SECRET_KEY) comes first where given; the keys `data/keys/N.key` follow, the highest number first;
    key 1 is made (mode 0600) where there is neither. Failure `key_invalid` for a file that holds no key.
    """
    folder = data / "keys"
    if not secret and not list(folder.glob("*.key")):
        _make_first_key(folder)
    numbered = sorted(folder.glob("*.key"), key=lambda file: int(file.stem) if file.stem.isdigit() else 0, reverse=True)
    masters = [_read_key(file) for file in numbered]
    return Vault([hashlib.sha256(secret.encode()).digest(), *masters] if secret else masters)


def _read_key(file: Path) -> bytes:
    try:
        master = base64.b64decode(file.read_text("ascii").strip(), validate=True)
    except ValueError:
        master = b""
    if len(master) != _KEY_BYTES:
        raise Failure("key_invalid", file=file.name)
    return master


def _make_first_key(folder: Path) -> None:
    """Make key 1, whole or not at all; of two first starts at once both use the one that came first."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".key-") as draft:  # mode 0600 from the start
        draft.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, folder / "1.key")
            log.warning("key_made", hint="数据目录 keys/ 中的密钥须另行备份；丢失后无法读取申请人信息")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
