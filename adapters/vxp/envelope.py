"""The answer every call gives: ``status``, ``ErrorCode`` and ``ErrorDesc``, always there and never null.

The SDK reads some answers as US-ASCII and loses a whole list to one null, so JSON here is pure ASCII
and values are text, numbers and booleans only.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from adapters.http.faces import describe, headers_of
from adapters.http.outflow import encode
from bus.catalogue import CATALOGUE
from bus.errors import Rejected

OK: Mapping[str, object] = {"status": "OK", "ErrorCode": "0", "ErrorDesc": ""}


def success(members: Mapping[str, object]) -> bytes:
    """The body of an answer that says yes, with the call's own members."""
    return encode({**OK, **members})


def ok(**members: object) -> Response:
    """An answer that says yes."""
    return Response(success(members), media_type="application/json")


def refusal(rejection: Rejected, extra: Mapping[str, object]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer that says no; ``extra`` is what the SDK wants beside the code."""
    members = {"status": "FAIL", "ErrorCode": rejection.code, "ErrorDesc": describe(rejection)}
    headers = {**headers_of(rejection), "content-type": "application/json"}
    return CATALOGUE[rejection.code].http, headers, encode({**members, **extra})
