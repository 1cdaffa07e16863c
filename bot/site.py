"""Where the office is found, as a channel can say it: a link where links work there, else words."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Site:
    """`url` goes before every path: "" on the office's own page, None where no web address is known.

    `agency`, `phone`, `address` and `hours` are those of the profile; empty where it has none.
    """

    url: str | None = ""
    agency: str = ""
    phone: str = ""
    address: str = ""
    hours: str = ""

    def link(self, path: str, label: str) -> str:
        """The page as HTML; its name alone where there is no web address."""
        return label if self.url is None else f'<a href="{escape(self.url + path)}">{label}</a>'

    @property
    def contact(self) -> str:
        """Telephone, address and hours in words, as far as they are known; empty otherwise."""
        known = ((self.phone, "电话"), (self.address, "地址"), (self.hours, "时间："))
        return "，".join(label + escape(value, quote=False) for value, label in known if value)


@dataclass(frozen=True)
class Sites:
    """The office as the web chat says it (`page`, links within the site) and as messengers do (`outside`)."""

    page: Site = Site()
    outside: Site = Site(None)

    @classmethod
    def known(cls, url: str | None, **words: str) -> "Sites":
        """`url` is the public address, None where none is set; `words` as in Site."""
        return cls(Site("", **words), Site(url.rstrip("/") if url else None, **words))


UNKNOWN = Sites()
"""Nothing is known but the office's own page."""
