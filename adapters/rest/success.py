"""What a partner's answer means: the success rule of the push protocol. Pure.

HTTP 200 is not success. Delivered is 200, 201, 202 or 204 with an empty body, or with a JSON object whose
``status``, if present, is ``accepted`` or ``duplicate``. An answer of that sort that is no such
object (a login page, a proxy's text) says nothing about the document: its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

import orjson

from bus.clock import MICROS
from bus.endpoint import Answer, Delivered
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response

#: Letters of a partner's own words that are kept.
MAX_WORDS = 500
_MAX_ID = 200

_TAKEN = frozenset({200, 201, 202, 204})
_HAS_IT = ("accepted", "duplicate")

_LATER = {
    408: FailureClass.SERVER_FAULT,
    425: FailureClass.SERVER_FAULT,
    429: FailureClass.QUOTA,
}
_NEVER = {
    401: FailureClass.AUTH,
    403: FailureClass.AUTH,
    409: FailureClass.BUSINESS_REJECT,
    415: FailureClass.SCHEMA,
    422: FailureClass.SCHEMA,
}


def judge(response: Response, now: int) -> Delivered:
    """The success, or the failure raised. ``now`` (journal microseconds) is for a ``Retry-After`` date."""
    if response.status in _TAKEN:
        return _judge_taken(response)
    if response.status == 409 and (found := _object(response)) and found.get("status") == "duplicate":
        return _delivered(found, response)
    raise _failure(response, now)


def judge_ask(response: Response, now: int) -> Answer:
    """The answer to "do you have it?". What cannot be understood is ``unknown``, never ``not_there``.

    Raises Unreachable where the partner could not answer at all: then it is asked again, not an operator.
    """
    if response.status in _LATER or response.status >= 500:
        raise _failure(response, now)
    found = _object(response)
    missing = found is not None and found.get("status") == "not_found"
    if response.status == 200 and found is not None and not missing:
        return Answer.DELIVERED
    if response.status == 404 and missing:
        return Answer.NOT_THERE
    return Answer.UNKNOWN


def words(response: Response) -> str:
    """The status and what the partner wrote: bounded, on one line, without control characters."""
    text = response.body[: MAX_WORDS * 8].decode("utf-8", "replace")
    return f"HTTP {response.status} {_printable(text)}"[:MAX_WORDS].rstrip()


def _judge_taken(response: Response) -> Delivered:
    found = _object(response)
    if found is None:
        said = f"neither empty nor a JSON object: {words(response)}"[:MAX_WORDS]
        raise OutcomeUnknown(said, code=str(response.status))
    if "status" in found and found["status"] not in _HAS_IT:
        raise Refused(FailureClass.BUSINESS_REJECT, words(response), code=str(response.status))
    return _delivered(found, response)


def _failure(response: Response, now: int) -> CallFailed:
    status, said, code = response.status, words(response), str(response.status)
    if status in _LATER or status >= 500:
        failure = _LATER.get(status, FailureClass.SERVER_FAULT)
        return Unreachable(failure, said, code=code, retry_after=_retry_after(response, now))
    if status < 300:
        return OutcomeUnknown(said, code=code)  # some success of which the protocol says nothing
    return Refused(_NEVER.get(status, FailureClass.CLIENT_FAULT), said, code=code)


def _delivered(found: Mapping[str, object], response: Response) -> Delivered:
    given = found.get("id")
    known = isinstance(given, (str, int)) and not isinstance(given, bool)
    remote_id = _printable(str(given))[:_MAX_ID] if known else ""
    return Delivered(remote_id or None, words(response))


def _object(response: Response) -> Mapping[str, object] | None:
    """The body as a JSON object; an empty body is an empty object; None for anything else."""
    body = response.body.removeprefix(b"\xef\xbb\xbf").strip()
    try:
        found = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _printable(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _retry_after(response: Response, now: int) -> float | None:
    value = response.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
        return max(0.0, date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now / MICROS)
    except (ValueError, OverflowError):
        return None
