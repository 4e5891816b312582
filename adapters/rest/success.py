"""What a partner's answer means: the success rule of the push protocol. Pure.

HTTP 200 is not success. Delivered is 200, 201, 202 or 204 with an empty body, or with a JSON object whose
``status``, if present, is ``accepted`` or ``duplicate``. An answer of that sort that is no such
object (a login page, a proxy's text) says nothing about the document: its outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from adapters.http.words import MAX_WORDS, failure_of, retry_after, shown_id, words
from bus.endpoint import Answer, Delivered
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response

_TAKEN = frozenset({200, 201, 202, 204})
_HAS_IT = ("accepted", "duplicate")
#: The request was not looked at, or not to its end: the same may be sent again.
_LATER = frozenset({FailureClass.SERVER_FAULT, FailureClass.QUOTA})


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
    if failure_of(response.status) in _LATER:
        raise _failure(response, now)
    found = _object(response)
    missing = found is not None and found.get("status") == "not_found"
    if response.status == 200 and found is not None and not missing:
        return Answer.DELIVERED
    if response.status == 404 and missing:
        return Answer.NOT_THERE
    return Answer.UNKNOWN


def _judge_taken(response: Response) -> Delivered:
    found = _object(response)
    if found is None:
        said = f"neither empty nor a JSON object: {words(response)}"[:MAX_WORDS]
        raise OutcomeUnknown(said, code=str(response.status))
    if "status" in found and found["status"] not in _HAS_IT:
        raise Refused(FailureClass.BUSINESS_REJECT, words(response), code=str(response.status))
    return _delivered(found, response)


def _failure(response: Response, now: int) -> CallFailed:
    said, code = words(response), str(response.status)
    if response.status < 300:
        return OutcomeUnknown(said, code=code)  # some success of which the protocol says nothing
    failure = failure_of(response.status)
    if failure in _LATER:
        return Unreachable(failure, said, code=code, retry_after=retry_after(response, now))
    return Refused(failure, said, code=code)


def _delivered(found: Mapping[str, object], response: Response) -> Delivered:
    return Delivered(shown_id(found.get("id")) or None, words(response))


def _object(response: Response) -> Mapping[str, object] | None:
    """The body as a JSON object; an empty body is an empty object; None for anything else."""
    body = response.body.removeprefix(b"\xef\xbb\xbf").strip()
    try:
        found = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
