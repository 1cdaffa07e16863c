"""What cases need of the addresses of their applicants, and the sending to them."""

from intake_api.notify.bounces import LARGEST
from intake_api.notify.contacts import CODE_LIFE, Contacts, Followed, valid
from intake_api.notify.post import PostOffice
from intake_api.notify.repository import confirmed
from intake_api.settings import Settings

__all__ = ["CODE_LIFE", "LARGEST", "Contacts", "Followed", "PostOffice", "confirmed", "posts_offered", "valid"]


def posts_offered(settings: Settings, sender: str) -> tuple[str, ...]:
    """The channels of this installation: none without an address of the pages, to which every message leads."""
    if not settings.public_url:
        return ()
    mail = settings.smtp_url and (settings.mail_from or sender)
    return ("email",) * bool(mail) + ("sms",) * bool(settings.messages_url and settings.messages_secret)
