"""What an answer of the axis means: 2xx, JSON that can be read and ErrorCode "0" are success, nothing else. Pure.

An answer without an envelope (an HTML page, a bare word, nothing at all) says nothing. To a question that is the
partner's fault; to sendEdoc it is an unknown outcome, unless the status says that nothing was looked at.
No official list of error codes exists: the few that are known come from systems behind the axis.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response

Members = Mapping[str, object]

#: Letters of the partner's own words that are kept.
MAX_WORDS = 500

_CODES = {
    "10": FailureClass.SCHEMA,
    "15": FailureClass.AUTH,
    "20": FailureClass.SERVER_FAULT,
    "21": FailureClass.SCHEMA,
    "22": FailureClass.SCHEMA,
}
_STATUSES = {
    401: FailureClass.AUTH,
    403: FailureClass.AUTH,
    408: FailureClass.SERVER_FAULT,
    413: FailureClass.CLIENT_FAULT,
    414: FailureClass.CLIENT_FAULT,
    415: FailureClass.SCHEMA,
    422: FailureClass.SCHEMA,
    425: FailureClass.SERVER_FAULT,
    429: FailureClass.QUOTA,
    431: FailureClass.CLIENT_FAULT,
}
#: What passes by itself, or when an operator has seen to it. A security server knows nobody while it restarts, and
#: no document is at fault for a secret that is being changed.
_PASSING = frozenset({FailureClass.QUOTA, FailureClass.SERVER_FAULT, FailureClass.AUTH})
_FORBIDDEN = 403


def judge(response: Response, *, sending: bool = False) -> Members:
    """The envelope of a success, or the failure raised. ``sending``: the call changes something at the axis."""
    members = _object(response.body)
    code = text(members.get("ErrorCode")) if members else ""
    if members is None or not code:
        raise _unsaid(response, sending=sending)
    if code != "0":
        raise _said_no(response, code, members)
    if response.status // 100 != 2 or text(members.get("status")).upper() == "FAIL":
        raise _unsaid(response, sending=sending)  # yes and no at once
    return members


def text(value: object) -> str:
    """A value as text, whatever type it was given; empty for null, and for the word ``null`` that some write."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    found = value.strip() if isinstance(value, str) else ""
    return "" if found == "null" else found


def words(response: Response) -> str:
    """The status and what the axis wrote: bounded, on one line, without control characters."""
    return _shown(f"HTTP {response.status} {response.body[: MAX_WORDS * 8].decode('utf-8', 'replace')}")


def _unsaid(response: Response, *, sending: bool) -> CallFailed:
    """An answer that no application gave: whether anything was done is known only from the status."""
    failure, said, code = _STATUSES.get(response.status), words(response), f"http-{response.status}"
    if failure and not _passes(failure, response):
        return Refused(failure, said, code=code)
    if sending and not failure and response.status // 100 != 4:
        return OutcomeUnknown(said, code=code)
    return _passing(failure or FailureClass.SERVER_FAULT, response, said, code)


def _said_no(response: Response, code: str, members: Members) -> CallFailed:
    said = _shown(f"HTTP {response.status} {code} {text(members.get('ErrorDesc'))}")
    failure = _STATUSES.get(response.status) or _CODES.get(code) or FailureClass.BUSINESS_REJECT
    if response.status >= 500:
        failure = FailureClass.SERVER_FAULT
    if _passes(failure, response):
        return _passing(failure, response, said, code)
    return Refused(failure, said, code=code)


def _passes(failure: FailureClass, response: Response) -> bool:
    return failure in _PASSING and response.status != _FORBIDDEN


def _passing(failure: FailureClass, response: Response, said: str, code: str) -> Unreachable:
    after = response.headers.get("retry-after", "")
    seconds = float(after[:9]) if after.isascii() and after.isdigit() else None
    return Unreachable(failure, said, code=code, retry_after=seconds)


def _object(body: bytes) -> Members | None:
    try:
        found = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _shown(said: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in said)
    return " ".join(printable.split())[:MAX_WORDS].rstrip()
