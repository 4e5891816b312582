"""What each call may answer when it refuses: for OpenAPI, by status, with an example of every code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapters.api.problems import MEDIA_TYPE, problem, refusal
from bus.catalogue import CATALOGUE
from bus.errors import Rejected

Responses = dict[int | str, dict[str, Any]]

#: What any call with a key may answer.
_ALWAYS = (
    "auth.unknown_partner",
    "auth.throttled",
    "request.invalid",
    "request.header_too_large",
    "bus.busy",
    "bus.stopping",
    "bus.fault",
)
#: What a message may be refused for.
SENDING = (
    "agency.not_yours",
    "call.key_reused",
    "body.empty",
    "body.too_large",
    "body.truncated",
    *(code for code in CATALOGUE if code.startswith(("xml.", "edxml."))),
    "document.conflict",
    "not_your_document",
    "recipient.unknown",
    "recipient.closed",
    "recipient.none",
    "route.none",
    "secrecy.marked",
    "expired",
)
_DETAILS: Mapping[str, str] = {
    "request.invalid": "query.limit: Input should be less than or equal to 1000",
    "agency.not_yours": "From/OrganId: 000.00.09.H62",
    "body.too_large": "219152384 bytes announced; 209715200 are taken",
    "body.truncated": "1048576 of 2097152 bytes came",
    "xml.malformed": "mismatched tag (line 14, column 7)",
    "edxml.missing": "MessageHeader/DocumentId",
    "recipient.unknown": "000.00.99.H62",
    "recipient.closed": "000.00.12.H62 (recipient.closed, now 000.00.13.H62)",
    "upload.offset": "it stands at 8388608",
    "upload.incomplete": "8388608 of 73400320 bytes are here",
    "request.media_type": "expected application/offset+octet-stream",
    "upload.version": "spoken here: 1.0.0",
    "range.unsatisfiable": "the file has 73211 bytes",
}


def described(*codes: str, always: Iterable[str] = _ALWAYS) -> Responses:
    """The refusals of a call that may answer these codes besides the usual ones, by status."""
    found: dict[int | str, list[str]] = {}
    for code in (*always, *codes):
        found.setdefault(CATALOGUE[code].http, []).append(code)
    return {status: _response(found[status]) for status in sorted(found, key=int)}


def _response(codes: list[str]) -> dict[str, Any]:
    examples = {code: {"summary": CATALOGUE[code].what, "value": _example(code)} for code in codes}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    told = {"description": "; ".join(f"`{code}`: {CATALOGUE[code].what}" for code in codes), "content": content}
    waits = [headers["retry-after"] for code in codes if "retry-after" in (headers := refusal(Rejected(code))[1])]
    shown = {"Retry-After": {"schema": {"type": "integer"}, "example": int(waits[0])}} if waits else {}
    return {**told, **({"headers": shown} if shown else {})}


def _example(code: str) -> dict[str, Any]:
    return problem(Rejected(code, _DETAILS.get(code, ""))).model_dump()
