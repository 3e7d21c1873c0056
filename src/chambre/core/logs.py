"""Structured logs: JSON lines in production, readable on a laptop. No personal data, no amounts.

Tracebacks come without the values of variables: those may hold names, amounts and secrets.
"""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.conf import settings

SECRET = re.compile(
    r"(chb_[0-9a-f]{12}_)[\w-]+|((?:password|secret|token|code|key)=)[^&\s\"']+", re.IGNORECASE
)


def without_secrets(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take keys and passwords out of a line, wherever they came from."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = SECRET.sub(r"\1\2…", value)
    return line


def configure(config: dict[str, Any]) -> None:
    """Called once by Django (``LOGGING_CONFIG``)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # The readable form lays the traceback out by itself; one JSON object a line holds it as text.
    ahead = [structlog.processors.format_exc_info] if settings.CHAMBRE_LOG_JSON else []
    last: Any = (
        structlog.processors.JSONRenderer()
        if settings.CHAMBRE_LOG_JSON
        else structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_secrets,
                *ahead,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.CHAMBRE_LOG_LEVEL)
    # Django's own line for each 4xx repeats ours, with less in it.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    logging.getLogger("django_tasks").setLevel(logging.WARNING)
    logging.captureWarnings(True)
