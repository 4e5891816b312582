"""The thirteen calls of the axis, and what each answers beside the common envelope when it refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.types import ASGIApp

from adapters.http.faces import headers_of
from adapters.vxp import agencies, documents, envelope, mailbox, outbox
from adapters.vxp.call import Call
from bus.catalogue import CATALOGUE
from bus.errors import Rejected

_LIST: Mapping[str, object] = {"data": []}


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: who handles it (None: there is no such call) and how it says no."""

    handle: Callable[[Call], Awaitable[ASGIApp]] | None
    #: Members the SDK reads even from a refusal.
    refused: Mapping[str, object] = field(default_factory=dict)
    #: The body is a document, taken in by the handler.
    takes_document: bool = False
    #: The SDK saves any body of the answer as the document: a refusal has none.
    silent: bool = False

    def refusal(self, rejection: Rejected) -> tuple[int, Mapping[str, str], bytes]:
        """The answer that says no: status, headers, body."""
        if self.silent:
            return CATALOGUE[rejection.code].http, headers_of(rejection), b""
        return envelope.refusal(rejection, self.refused)


#: Answers a path that names no call.
UNKNOWN = Operation(None)

OPERATIONS: Mapping[str, Operation] = {
    "sendEdoc": Operation(documents.send, {"DocId": ""}, takes_document=True),
    "getEdoc": Operation(documents.get, {"data": ""}),
    "downloadEdoc": Operation(documents.download, silent=True),
    "getReceivedEdocList": Operation(mailbox.received, _LIST),
    "updateStatus": Operation(mailbox.update_status),
    "countReceiveEdoc": Operation(mailbox.counting("edoc")),
    "countReceiveStatus": Operation(mailbox.counting("status")),
    "getSentEdocList": Operation(outbox.sent, _LIST),
    "getAgenciesList": Operation(agencies.listed, _LIST),
    "getAgenciesListQD20": Operation(agencies.listed_qd20, _LIST),
    "getSynchronizeUnit": Operation(agencies.synchronised, _LIST),
    "registerAgency": Operation(agencies.register),
    "deleteAgency": Operation(agencies.delete),
}
