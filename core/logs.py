"""Structured logs. They hold event names, counts and row numbers, never addresses, answers or links."""

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict

from core.settings import Settings


def configure_logs(settings: Settings) -> None:
    level = getattr(logging, settings.log_level.upper())
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            place_of_error,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def place_of_error(_: Any, __: str, entry: EventDict) -> EventDict:
    """Write the kind and the place of an error, not its words: a database error may quote an address or an answer."""
    given = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        entry["error"] = type(error).__name__
        entry["exception"] = "".join(traceback.format_tb(error.__traceback__))
    return entry
