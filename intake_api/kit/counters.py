"""What a process counts of itself for Prometheus: errors by their code.

Codes are ours: no value of anybody is a label.

With several processes each writes its counts to a file of its own (`PROMETHEUS_MULTIPROC_DIR`, set before this is
imported), and whichever answers a scrape adds all of them up.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter
from prometheus_client.multiprocess import MultiProcessCollector

ERRORS = Counter("gongkai_errors", "Answers that were an error, by code (docs/errors.md)", ["code"])


def counted() -> CollectorRegistry:
    """The counts of all processes that serve; of one alone also its memory, files and processor time."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
