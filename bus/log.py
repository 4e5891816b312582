"""Logs are events with stable names: one JSON object a line, context bound, no body and no secret ever.

A line that cannot be written is lost, and nobody but its readers feels it: the disk of the log may be the one that is full.

Event names are ``noun.past_participle``. Bind ``message``, ``endpoint`` and ``route`` with
:func:`structlog.contextvars.bound_contextvars`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, BinaryIO, cast

import orjson
import structlog

#: Keys whose values never reach a log, whoever hands them in.
WITHHELD = frozenset({"body", "content", "secret", "secrets", "key", "password", "token", "authorization", "subject"})

Event = MutableMapping[str, Any]


class _Lossy:
    """A stream that takes what it can."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, line: bytes) -> None:
        with suppress(OSError):
            self._stream.write(line)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def withhold(_logger: object, _method: str, event: Event) -> Event:
    """Replace what must not be logged by a mark that it was there."""
    for name in WITHHELD & event.keys():
        event[name] = "[withheld]"
    return event


def configure(stream: BinaryIO | None = None, level: str = "info") -> None:
    """Set up JSON logging to ``stream`` (standard error by default). Called once, by an entry point."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            withhold,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.BytesLoggerFactory(cast("BinaryIO", _Lossy(stream or sys.stderr.buffer))),
        cache_logger_on_first_use=True,
    )


def _dumps(event: Event, **_: object) -> bytes:
    return orjson.dumps(event, default=str)


def get(**context: object) -> structlog.typing.FilteringBoundLogger:
    """A logger with ``context`` bound."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(**context)
    return logger
