"""What a setting must be to be safe and to work: each rule returns the value or says in one sentence what is wrong.

A sentence never repeats the value: it may hold a password.
"""

import re
from importlib.util import find_spec
from urllib.parse import SplitResult, urlsplit

from intake_api.kit.addresses import networks
from intake_api.terms.assessment import PARTS, weights_of
from intake_api.terms.handling import ROLES, roles_of

SHORTEST_SECRET = 16
DISTINCT = 8
_NO_NETWORKS = "应为 IP 地址或网段，用逗号分隔，例如 127.0.0.1, 10.0.0.0/8"
_EXTRAS = {"postgresql": ("psycopg", "postgres"), "redis": ("redis", "redis")}  # kind: module, extra of pyproject.toml


def secret_key(value: str) -> str:
    """A master key that nobody guesses."""
    if len(value) < SHORTEST_SECRET or len(set(value)) < DISTINCT:
        raise ValueError(
            f"太容易被猜到，至少要 {SHORTEST_SECRET} 个字符、{DISTINCT} 种不同的，可用 openssl rand -base64 32 生成"
            "（已有数据的见 docs/deployment.md）"
        )
    return value


def trusted_proxies(value: str) -> str:
    """Addresses and networks, none of which is the whole internet: then anybody could name any address as theirs."""
    try:
        named = networks(value)
    except ValueError:
        raise ValueError(_NO_NETWORKS) from None
    if any(network.prefixlen == 0 for network in named):
        raise ValueError("不能信任所有地址，那样任何人都可以冒充别的地址；请只写反向代理的地址")
    return value


def metrics_from(value: str) -> str:
    """Addresses and networks."""
    try:
        networks(value)
    except ValueError:
        raise ValueError(_NO_NETWORKS) from None
    return value


def web_address(value: str) -> str:
    """`http(s)://host[:port][/path]`, without the slash at the end."""
    parts = _split(value, ("https", "http"), "https://gk.example.gov.cn")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("应为网站的地址，不能带用户名、“?”或“#”，例如 https://gk.example.gov.cn")
    return value.rstrip("/")


def smtp_url(value: str) -> str:
    """`smtp://` or `smtps://` with a host."""
    _split(value, ("smtp", "smtps"), "smtp://用户:口令@mail.example.gov.cn:587")
    return value


def redis_url(value: str) -> str:
    """`redis://` or `rediss://` with a host, or `unix://` with a path; the library is installed."""
    if urlsplit(value).scheme == "unix" and urlsplit(value).path:
        return _installed("redis", value)
    _split(value, ("redis", "rediss", "unix"), "redis://127.0.0.1:6379")
    return _installed("redis", value)


def database_url(value: str) -> str:
    """`postgresql://`, whose library is installed, or `sqlite:///` with a file."""
    kind = value.partition(":")[0].partition("+")[0]
    if kind == "sqlite" and value.partition(":///")[2]:
        return value
    if kind not in ("postgresql", "postgres"):
        raise ValueError("应为 postgresql://… 或 SQLite 文件，例如 sqlite:////srv/gongkai.db")
    _split(
        value.replace("+psycopg", "", 1), ("postgresql", "postgres"), "postgresql://用户:口令@主机/数据库", host=False
    )
    return _installed("postgresql", value)


def assessment(value: str) -> str:
    """Weights by part, one of them above 0."""
    try:
        weights_of(value)
    except ValueError:
        raise ValueError(
            f"应为各项的权重，0–999 的整数，用逗号分隔，至少一项大于 0，各项为 {'、'.join(PARTS)}，"
            "例如 on_time=40,not_returned=20,not_corrected=30,satisfaction=10"
        ) from None
    return value


def second_factor(value: str) -> str:
    """`optional`, `required`, or roles."""
    try:
        roles_of(value)
    except ValueError:
        raise ValueError(f"应为 optional、required，或者用逗号分隔的岗位（{'、'.join(ROLES)}）") from None
    return value


def mail_from(value: str) -> str:
    """One address of mail."""
    if not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", value):
        raise ValueError("应为一个电子邮箱地址，例如 gk@example.gov.cn")
    return value


def telegram_token(value: str) -> str:
    """A bot's token as Telegram gives it."""
    if not re.fullmatch(r"\d+:[\w-]+", value, re.ASCII):
        raise ValueError("应为 Telegram 给出的机器人口令，形如 123456:ABC…")
    return value


def webhook_secret(value: str) -> str:
    """What Telegram allows as its secret_token."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value):
        raise ValueError("应为 16–256 个字母、数字、下划线或短横")
    return value


def messages_secret(value: str) -> str:
    """A key of signatures; what does for Telegram does here."""
    return webhook_secret(value)


def _split(value: str, schemes: tuple[str, ...], example: str, *, host: bool = True) -> SplitResult:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in schemes and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or (host and not parts.hostname) or re.search(r"\s", value):
        raise ValueError(f"应为 {' 或 '.join(scheme + '://' for scheme in schemes)} 开头的地址，例如 {example}")
    return parts


def _installed(kind: str, value: str) -> str:
    module, extra = _EXTRAS[kind]
    if find_spec(module) is None:
        raise ValueError(f"需要先安装对应的程序库：pip install 'gongkai[{extra}]'")
    return value
