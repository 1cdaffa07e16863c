"""Whether the links of published items still lead somewhere: asked of public addresses only, and of few at a time.

A link is typed by people, and this machine stands inside an office's network: so a name is resolved first, every
address it has must be public, and the connection goes to that very address; each redirect is looked at in the same way.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.parse import urljoin, urlsplit

import httpx2

PATIENCE = 10.0  # seconds for one answer
AT_ONCE = 4
MOST_HOPS = 4
_GONE = (404, 410)
_NO_HEAD = (403, 405, 501)  # answers of servers that know GET only
_FAULTY = 400
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # NAT64 (RFC 6052): any IPv4 address, those of the office too
_AGENT = {"User-Agent": "gongkai-links", "Accept": "*/*"}
May = Callable[[str], bool]


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet: neither this machine nor a network of the office."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return bool(mapped.is_global and not mapped.is_multicast and mapped not in _TRANSLATED)


async def look_at(urls: Sequence[str], may: May = is_public) -> list[str]:
    """What each address answers (terms.catalogue.LINKS), in the same order; only what `may` allows is asked."""
    gate = asyncio.Semaphore(AT_ONCE)
    # no proxy from the environment: it would resolve the name itself
    async with httpx2.AsyncClient(timeout=PATIENCE, trust_env=False, headers=_AGENT) as client:

        async def one(url: str) -> str:
            async with gate:
                try:
                    async with asyncio.timeout(PATIENCE * 2):
                        return await _look(client, url, may)
                except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError, ValueError):
                    return "unreachable"

        return list(await asyncio.gather(*map(one, urls)))


async def _look(client: httpx2.AsyncClient, url: str, may: May) -> str:
    for _ in range(MOST_HOPS):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return "failed"
        address = await _address_of(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        if not may(address):
            return "private"
        status, onward = await _ask(client, url, address)
        if not onward:
            return "gone" if status in _GONE else "failed" if status >= _FAULTY else "ok"
        url = urljoin(url, onward)
    return "failed"


async def _address_of(host: str, port: int) -> str:
    """The address to connect to; the least public one of a name that has several."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in found]
    return next((one for one in addresses if not is_public(one)), addresses[0])


async def _ask(client: httpx2.AsyncClient, url: str, address: str) -> tuple[int, str]:
    """Status and, of a redirect, where it leads; nothing of the page itself is read."""
    asked = httpx2.URL(url)
    name = asked.raw_host.decode("ascii")
    status, onward = 0, ""
    for method in ("HEAD", "GET"):
        request = client.build_request(
            method,
            asked.copy_with(host=address),
            headers={"Host": asked.netloc.decode("ascii")},
            extensions={"sni_hostname": name},  # the certificate must be that of the name
        )
        answer = await client.send(request, stream=True, follow_redirects=False)
        await answer.aclose()
        status, onward = answer.status_code, answer.headers.get("location", "") if answer.is_redirect else ""
        if status not in _NO_HEAD:
            break
    return status, onward
