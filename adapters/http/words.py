"""What a partner wrote, fit to be kept and shown; and what its status alone says. Pure."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from bus.clock import MICROS
from bus.errors import FailureClass
from bus.transport import Response

#: Letters of a partner's own words that are kept, and of an id or a code.
MAX_WORDS = 500
MAX_ID = 200

_OF_STATUS = {
    401: FailureClass.AUTH,
    403: FailureClass.AUTH,
    408: FailureClass.SERVER_FAULT,
    409: FailureClass.BUSINESS_REJECT,
    415: FailureClass.SCHEMA,
    422: FailureClass.SCHEMA,
    425: FailureClass.SERVER_FAULT,
    429: FailureClass.QUOTA,
}


def failure_of(status: int) -> FailureClass:
    """What a status that is no success says, where nothing else does."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FailureClass.SERVER_FAULT
    return _OF_STATUS.get(status, FailureClass.CLIENT_FAULT)


def words(response: Response) -> str:
    """The status and what the partner wrote: bounded, on one line, without control characters."""
    return said(response.status, beginning(response))


def beginning(response: Response) -> str:
    """More of what the partner wrote than is kept."""
    return response.body[: MAX_WORDS * 8].decode("utf-8", "replace")


def said(status: int, text: str) -> str:
    """A status and a text in the same way."""
    return f"HTTP {status} {printable(text)}"[:MAX_WORDS].rstrip()


def printable(text: str) -> str:
    """On one line, without control characters."""
    shown = text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())


def shown_id(value: object) -> str:
    """An id or code as a partner gave it, bounded; '' for what can be none."""
    known = isinstance(value, str | int) and not isinstance(value, bool)
    return printable(str(value))[:MAX_ID] if known else ""


def retry_after(response: Response, now: int) -> float | None:
    """Seconds the partner asked us to wait. ``now`` (journal microseconds) is for a date."""
    value = response.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
        return max(0.0, date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now / MICROS)
    except (ValueError, OverflowError):
        return None
