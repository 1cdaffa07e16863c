"""The second factor: codes of an authenticator (RFC 6238), their secret, and its QR. The one place of the libraries."""

import base64
import secrets
from dataclasses import dataclass
from typing import Any

import pyotp
import segno

from intake_api.kit.clock import Clock
from intake_api.kit.vault import Vault
from intake_api.people.models import Account

ISSUER = "Gongkai"
OFFER_SECONDS = 3600  # how long a secret that was shown may be confirmed


@dataclass(frozen=True)
class Offer:
    """A new secret to be put into an authenticator: to type, to scan (a `data:` image), and sealed for the form."""

    secret: str
    picture: str
    sealed: str


class Factor:
    """Makes secrets and checks codes; the rows are the caller's."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    def spend(self, account: Account, code: str | None) -> bool:
        """Whether the code is right and was not used before (RFC 6238 §5.2: a code is good once)."""
        if account.totp_sealed is None:
            return True
        secret = self._vault.read(f"totp:{account.username}", account.totp_sealed)
        if secret is None:  # damaged: an administrator gives a new one (`gongkai user reset-totp`)
            return False
        step = self._step(secret, code, account.totp_step or 0)
        if step is None:
            return False
        account.totp_step = step
        return True

    def _step(self, secret: str, code: str | None, spent: int) -> int | None:
        """The step of time that a code is of, later than the last one spent."""
        totp = pyotp.TOTP(secret)
        now = totp.timecode(self._clock.now())
        if spent > now + 1:
            spent = 0  # by a clock far ahead, which has been put right: that code is none of now
        for step in range(max(now - 1, spent + 1), now + 2):
            if secrets.compare_digest(totp.generate_otp(step).encode(), (code or "").strip().encode()):
                return step
        return None

    def renew(self, account: Account) -> str:
        """Give an account a new secret; its otpauth:// address."""
        secret = pyotp.random_base32()
        self._keep(account, secret, None)
        return _address(account.username, secret)

    def offer(self, username: str, sealed: str = "") -> Offer:
        """A new secret, or the one that was offered before and is still good."""
        secret = self._offered(username, sealed) or pyotp.random_base32()
        kept = {"secret": secret, "until": self._now() + OFFER_SECONDS}
        picture = segno.make(_address(username, secret), error="m").svg_data_uri(scale=5, border=2)
        again = base64.urlsafe_b64encode(self._vault.seal(_place(username), kept)).decode()
        return Offer(secret, picture, again)

    def accept(self, account: Account, sealed: str, code: str) -> bool:
        """Keep an offered secret where the code shows that an authenticator has it."""
        secret = self._offered(account.username, sealed)
        step = self._step(secret, code, 0) if secret else None
        if secret is None or step is None:
            return False
        self._keep(account, secret, step)
        return True

    def _keep(self, account: Account, secret: str, step: int | None) -> None:
        account.totp_sealed, account.totp_step = self._vault.seal(f"totp:{account.username}", secret), step

    def _offered(self, username: str, sealed: str) -> str | None:
        try:
            offered: Any = self._vault.read(_place(username), base64.urlsafe_b64decode(sealed)) if sealed else None
        except ValueError:
            return None
        return offered["secret"] if offered and offered["until"] >= self._now() else None

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _place(username: str) -> str:
    return f"totp-offer:{username}"


def _address(username: str, secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
