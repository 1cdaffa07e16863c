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
from pathlib import Path
from typing import Any

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from intake_api.errors import Failure

log = structlog.get_logger()
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
        """Encrypt a JSON-able value for one place, for example `applicant:<uuid>`."""
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
        """What is stored of a query code; case, blanks and dashes as typed do not matter."""
        plain = "".join(ch for ch in code.upper() if ch.isalnum())
        return self.blind("query-code", f"{number}\0{plain}")


def digest(salt: str, text: str) -> str:
    """Salted digest of an erasable text, kept in the event chain: proves the text while it exists, tells nothing after."""
    return hashlib.sha256(f"{salt}\0{text}".encode()).hexdigest()


def load_vault(secret: str | None, data: Path) -> Vault:
    """The vault of an installation.

    `secret` (GONGKAI_SECRET_KEY) comes first where given; keys in `data/keys/*.key` (newest first) follow, and one is
    made (mode 0600) where there is neither.
    """
    folder = data / "keys"
    files = sorted(folder.glob("*.key"), key=lambda f: (f.stat().st_mtime, f.name), reverse=True)
    masters = [base64.b64decode(f.read_text().strip()) for f in files]
    if secret:
        masters.insert(0, hashlib.sha256(secret.encode()).digest())
    if masters:
        return Vault(masters)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    master = secrets.token_bytes(32)
    path = folder / f"{_key_id(master).hex()}.key"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(master).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    log.warning("key_made", key=path.stem, hint="数据目录 keys/ 中的密钥须另行备份；丢失后无法读取申请人信息")
    return Vault([master])
