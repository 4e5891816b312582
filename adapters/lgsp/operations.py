"""The calls of this door, and how each says no."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp

from adapters.http.faces import Say
from adapters.lgsp import agencies, documents, envelope, mailbox
from adapters.lgsp.call import Call


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: by which method, and who handles it (None: it is no call of a known partner)."""

    method: str
    handle: Callable[[Call], Awaitable[ASGIApp]] | None
    refusal: Say = envelope.refusal
    #: The body is a document, taken in by the handler.
    takes_document: bool = False


OPERATIONS: Mapping[str, Operation] = {
    "v1/sendEdoc": Operation("POST", documents.send, takes_document=True),
    "v1/syncReceivedEdocList": Operation("GET", mailbox.listed),
    "v1/getEdoc": Operation("GET", documents.get),
    "v1/updateStatus": Operation("POST", mailbox.update_status),
    "v1/getAgenciesList": Operation("GET", agencies.listed),
    "token": Operation("POST", None, envelope.token_refusal),
}
#: Answers a path that names no call: no method fits it.
UNKNOWN = Operation("", None)


def operation_of(path: str) -> Operation:
    """The call at a path below ``/lgsp``; slashes too many are none."""
    return OPERATIONS.get("/".join(filter(None, path.split("/"))), UNKNOWN)
