"""Logging: JSON lines on stderr, for programs that read them; results of the command line stay alone on stdout."""

import logging
import sys

import structlog


def configure_logging(level: str) -> None:
    """Set up structlog for this process; nothing is configured at import."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        # stderr as it is when something is logged: a command run inside another program has its own for a while
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
