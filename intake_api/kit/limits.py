"""Rate limits by client address (or by chat, for the bot): moving windows, in memory or in Redis.

In memory each process counts for itself: several processes share their counts only through GONGKAI_REDIS_URL.
"""

import hmac
import math
import time
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from intake_api.kit.addresses import LOCAL, Networks, behind, caller, within
from intake_api.kit.causes import named
from intake_api.kit.errors import Failure

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool  # an extra: imported where it is used

log = structlog.get_logger()


class RateLimits:
    """`await hit(kind, client)` counts one call; Failure `rate_limited` with Retry-After beyond the limit."""

    def __init__(self, redis_url: str | None, submissions_per_minute: int) -> None:
        self._pool: ConnectionPool | None = None
        storage: Storage = MemoryStorage()
        if redis_url:
            from redis import asyncio as redis

            self._pool = redis.ConnectionPool.from_url(redis_url)
            options: dict[str, Any] = {"implementation": "redispy", "connection_pool": self._pool}
            storage = RedisStorage(f"async+{redis_url}", **options)
        self._limiter = MovingWindowRateLimiter(storage)
        self._items = {
            "submit": RateLimitItemPerMinute(submissions_per_minute),
            "status": RateLimitItemPerMinute(60),
            "sign_in": RateLimitItemPerMinute(30),
            "recover": RateLimitItemPerMinute(10),
            "suggest": RateLimitItemPerMinute(600),
            "chat": RateLimitItemPerMinute(600),  # sessions and messages of one address, perhaps a whole office
        }

    async def close(self) -> None:
        """Close the connections to Redis, where there are any."""
        if self._pool:
            await self._pool.aclose()

    async def hit(self, kind: str, client: str) -> None:
        """Count one call of this kind by this client."""
        item = self._items[kind]
        try:
            within = await self._limiter.hit(item, kind, client)
        except Exception as error:
            # without the store of the counts intake goes on uncounted rather than not at all
            log.error("rate_limits_unavailable", error=named(error))
            return
        if not within:
            window = await self._limiter.get_window_stats(item, kind, client)
            seconds = max(1, math.ceil(window.reset_time - time.time()))
            raise Failure("rate_limited", seconds=seconds, headers={"Retry-After": str(seconds)})


def is_service(request: Request, service_key: str) -> bool:
    """Whether the call comes from our own bot; compared as bytes in constant time."""
    given = request.headers.get("X-Service-Key", "")
    return hmac.compare_digest(given.encode(), service_key.encode())


def client_of(request: Request, proxies: Networks, service_key: str) -> str:
    """Who to count: the chat behind our bot, or the network address as seen by the last proxy that is trusted."""
    if is_service(request, service_key):
        return "chat:" + request.headers.get("X-Client", "")[:80]
    return behind(*_way(request), proxies)


def address_of(request: Request, proxies: Networks) -> str:
    """The network address of who calls, as seen by the last proxy that is trusted."""
    return caller(*_way(request), proxies)


def _way(request: Request) -> tuple[str, list[str]]:
    return request.client.host if request.client else LOCAL, request.headers.getlist("X-Forwarded-For")


def came_by_tls(request: Request, proxies: Networks) -> bool:
    """Whether the page itself came over TLS, as seen here or by a trusted proxy (X-Forwarded-Proto)."""
    if within(request.client.host if request.client else LOCAL, proxies):
        said = request.headers.getlist("X-Forwarded-Proto")
        if said:
            return said[-1].rpartition(",")[2].strip().lower() == "https"
    return request.url.scheme == "https"
