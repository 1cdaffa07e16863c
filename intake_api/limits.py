"""Rate limits by client address (or by chat, for the bot): moving windows, in memory or in Redis."""

import hmac
import ipaddress
import math
import time

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from intake_api.errors import Failure
from intake_api.settings import Settings


class RateLimits:
    """`await hit(kind, client)` counts one call; Failure `rate_limited` with Retry-After beyond the limit."""

    def __init__(self, settings: Settings) -> None:
        url = settings.secret("redis_url")
        storage: Storage = RedisStorage(f"async+{url}") if url else MemoryStorage()
        self._limiter = MovingWindowRateLimiter(storage)
        self._items = {
            "submit": RateLimitItemPerMinute(settings.submissions_per_minute),
            "status": RateLimitItemPerMinute(60),
            "sign_in": RateLimitItemPerMinute(30),
            "suggest": RateLimitItemPerMinute(600),
        }

    async def hit(self, kind: str, client: str) -> None:
        """Count one call of this kind by this client."""
        item = self._items[kind]
        if not await self._limiter.hit(item, kind, client):
            window = await self._limiter.get_window_stats(item, kind, client)
            seconds = max(1, math.ceil(window.reset_time - time.time()))
            raise Failure("rate_limited", seconds=seconds, headers={"Retry-After": str(seconds)})


def is_service(request: Request, service_key: str) -> bool:
    """Whether the call comes from our own bot; compared as bytes in constant time."""
    given = request.headers.get("X-Service-Key", "")
    return hmac.compare_digest(given.encode(), service_key.encode())


def client_of(request: Request, settings: Settings, service_key: str) -> str:
    """Who to count: the chat behind our bot, or the network address as seen by the last proxy that is trusted."""
    if is_service(request, service_key):
        return "chat:" + request.headers.get("X-Client", "")[:80]
    address = request.client.host if request.client else "local"
    trusted = {part.strip() for part in settings.trusted_proxies.split(",") if part.strip()}
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    while address in trusted and chain:
        address = chain.pop()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    # one home or office often holds a whole IPv6 /64
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
