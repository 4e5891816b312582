"""The answer every call gives: ``status``, ``ErrorCode`` and ``ErrorDesc``, always there and never null.

The SDK reads some answers as US-ASCII and loses a whole list to one null, so JSON here is pure ASCII
and values are text, numbers and booleans only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response

from bus.catalogue import CATALOGUE
from bus.errors import Rejected

#: The stable code once more, for answers that may have no body.
CODE_HEADER = "X-Bus-Code"
_RETRY_AFTER = {"auth.throttled": 60, "bus.busy": 5, "bus.stopping": 60}
_OK = {"status": "OK", "ErrorCode": "0", "ErrorDesc": ""}


def encode(members: Mapping[str, object]) -> bytes:
    """``members`` as compact ASCII JSON."""
    return json.dumps(members, separators=(",", ":")).encode("ascii")


def success(members: Mapping[str, object]) -> bytes:
    """The body of an answer that says yes, with the call's own members."""
    return encode({**_OK, **members})


def ok(**members: object) -> Response:
    """An answer that says yes."""
    return Response(success(members), media_type="application/json")


def refusal(rejection: Rejected, extra: Mapping[str, object]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer that says no; ``extra`` is what the SDK wants beside the code."""
    members = {"status": "FAIL", "ErrorCode": rejection.code, "ErrorDesc": describe(rejection)}
    headers = {**silent_headers(rejection), "content-type": "application/json"}
    return CATALOGUE[rejection.code].http, headers, encode({**members, **extra})


def silent_headers(rejection: Rejected) -> dict[str, str]:
    """The headers of a refusal, with or without a body."""
    wait = rejection.details.get("retry_after") or _RETRY_AFTER.get(rejection.code)
    return {CODE_HEADER: rejection.code, **({"retry-after": str(wait)} if wait else {})}


def describe(rejection: Rejected) -> str:
    """What happened, what to do, and what exactly was wrong, in Vietnamese as the callers' software shows it."""
    entry = CATALOGUE[rejection.code]
    text = f"{entry.what_vi}; {entry.todo_vi}"
    return f"{text} ({rejection.detail})" if rejection.detail else text
