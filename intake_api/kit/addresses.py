"""Network addresses: which of them are our own proxies, and what they say of whom they stand in front of."""

import ipaddress
from collections.abc import Sequence

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


LOCAL = "local"
"""Who comes through a Unix socket: whoever may open it is our own proxy."""


def networks(text: str) -> Networks:
    """Addresses and networks (`10.0.0.1, 192.168.0.0/16, fd00::/8`) of a setting; ValueError for anything else."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def unmapped(address: str) -> str:
    """An IPv4 address as itself where a dual-stack socket shows it as IPv6 (`::ffff:192.0.2.1`)."""
    return address.removeprefix("::ffff:") if address.startswith("::ffff:") and "." in address else address


def within(address: str, known: Networks) -> bool:
    """Whether an address, as text, belongs to one of the networks, or came through our own Unix socket."""
    if address == LOCAL:
        return True
    try:
        parsed = ipaddress.ip_address(unmapped(address))
    except ValueError:
        return False
    return any(parsed in network for network in known)


def caller(peer: str, forwarded: Sequence[str], proxies: Networks) -> str:
    """Who called: the peer, or whom the last trusted proxy names (`forwarded`: the lines of X-Forwarded-For)."""
    chain = [part.strip() for part in ",".join(forwarded).split(",") if part.strip()]  # a proxy may add its own line
    address = unmapped(peer)
    while within(address, proxies) and chain:
        address = unmapped(chain.pop())
    return address


def behind(peer: str, forwarded: Sequence[str], proxies: Networks) -> str:
    """The household of who called: an IPv6 address stands for its /64, which one home or office often holds whole.

    What is no address is cut.
    """
    address = caller(peer, forwarded, proxies)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
