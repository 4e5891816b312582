"""One fake agency on the receiving side of the push protocol: what it keeps, and how it misbehaves on order.

No sockets here. Of a body only its hash and size are kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from adapters.http.stage import Play, Reply


class Mode(StrEnum):
    """How deliveries are met. ``ask_unknown`` is about questions, all others about deliveries."""

    OK = "ok"
    #: The answer comes after ``seconds``.
    SLOW = "slow"
    #: ``status`` (422), nothing kept.
    REFUSE = "refuse"
    #: ``status`` (503) with ``Retry-After: seconds``, nothing kept.
    BUSY = "busy"
    #: The connection ends without an answer; the document is kept.
    DROP_AFTER_READING = "drop_after_reading"
    #: The connection ends after the headers; nothing is kept.
    DROP_BEFORE_READING = "drop_before_reading"
    #: 200 with a refusal in its body, nothing kept.
    ERROR_IN_BODY = "error_in_body"
    #: Kept, but the answer comes only with the next order.
    HANG = "hang"
    #: "accepted", and nothing kept.
    LIE_ACCEPTS = "lie_accepts"
    #: Kept, and 500 answered.
    LIE_LOSES = "lie_loses"
    #: Questions get an answer that says nothing: a 404 that is not ``not_found``.
    ASK_UNKNOWN = "ask_unknown"


class Order(BaseModel):
    """What a partner is told to do, for so many calls or until told otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode = Mode.OK
    seconds: Annotated[float, Field(ge=0, le=86_400)] = 1.0
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    times: Annotated[int, Field(ge=1)] | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One delivery as it arrived."""

    doc_id: str
    message_id: str
    attempt: str
    recipient: str
    #: ``Content-Digest`` as sent, and the hash (hex) of what came.
    intact: bool
    sha256: str
    size: int


@dataclass(slots=True)
class Document:
    """What is kept of a document, and how often it came."""

    sha256: str
    size: int
    recipient: str
    message_id: str
    times: int = 0
    attempts: list[str] = field(default_factory=list)


class Partner:
    """One agency."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._order = Order()
        self._left: int | None = None
        self._calls = self._asks = self._duplicates = 0

    def obey(self, order: Order) -> None:
        """From now on, do this."""
        self._order, self._left = order, order.times

    def order_for(self, *, asking: bool) -> Order:
        """The order for a call that begins now; counts it where the order is about such calls."""
        self._calls += not asking
        self._asks += asking
        order = self._order
        if asking != (order.mode is Mode.ASK_UNKNOWN):
            return Order()
        self._count_down()
        return order

    def receive(self, order: Order, incoming: Incoming) -> Play:
        """Meet a delivery that was read whole."""
        if not incoming.intact:
            return Play(Reply(400, {"status": "rejected", "message": "Content-Digest does not fit the body"}))
        if untouched := _without_keeping(order):
            return Play(untouched)
        return _after_keeping(order, self._keep(incoming))

    def answer(self, order: Order, doc_id: str) -> Reply:
        """Answer a question after a document."""
        if order.mode is Mode.ASK_UNKNOWN:
            return Reply(404, {"status": "no_such_page"})
        if doc_id not in self._documents:
            return Reply(404, {"status": "not_found"})
        return Reply(200, {"status": "accepted", "id": f"sandbox-{doc_id}"})

    def account(self) -> Mapping[str, object]:
        """All it has, and how often it was called."""
        return {
            "mode": self._order.mode,
            "calls": self._calls,
            "asks": self._asks,
            "duplicates": self._duplicates,
            "documents": {doc_id: asdict(document) for doc_id, document in self._documents.items()},
        }

    def _count_down(self) -> None:
        if self._left is None:
            return
        self._left -= 1
        if not self._left:
            self.obey(Order())

    def _keep(self, incoming: Incoming) -> Reply:
        fresh = Document(incoming.sha256, incoming.size, incoming.recipient, incoming.message_id)
        kept = self._documents.setdefault(incoming.doc_id, fresh)
        if kept.sha256 != incoming.sha256:
            return Reply(409, {"status": "conflict", "message": "another content under this id"})
        kept.times += 1
        kept.attempts.append(incoming.attempt)
        self._duplicates += kept is not fresh
        return Reply(200, {"status": "accepted" if kept is fresh else "duplicate", "id": f"sandbox-{incoming.doc_id}"})


def _without_keeping(order: Order) -> Reply | None:
    if order.mode is Mode.REFUSE:
        return Reply(order.status or 422, {"status": "rejected", "message": "refused on order"})
    if order.mode is Mode.BUSY:
        return Reply(order.status or 503, {"status": "busy"}, {"Retry-After": str(math.ceil(order.seconds))})
    if order.mode is Mode.ERROR_IN_BODY:
        return Reply(200, {"status": "rejected", "message": "an error in a 200"})
    if order.mode is Mode.LIE_ACCEPTS:
        return Reply(200, {"status": "accepted", "id": "sandbox-lie"})
    return None


def _after_keeping(order: Order, reply: Reply) -> Play:
    if order.mode is Mode.DROP_AFTER_READING:
        return Play(None)
    if order.mode is Mode.LIE_LOSES:
        return Play(Reply(500, {"status": "error"}))
    delay = order.seconds if order.mode is Mode.SLOW else 0.0
    return Play(reply, delay, held=order.mode is Mode.HANG)
