"""SendDocument and GetDocument: documents on their way in and out."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp

from adapters.http.faces import forgotten_if_rejected
from adapters.soap.door import answers
from adapters.soap.door.call import DOOR, Call, Values, doc_id
from adapters.soap.door.times import moment
from adapters.soap.wire.envelope import Parameter
from bus.desk import Received
from bus.errors import Rejected
from bus.message import Inbound, ReturnAddress


async def send(call: Call) -> ASGIApp:
    """SendDocument: take the document in and answer once it is on disk."""
    taking = _Taking(call)
    try:
        values = await call.parameters(taking.take)
        received = await taking.finish()
    except BaseException:
        taking.discard()
        raise
    with forgotten_if_rejected(call.desk, received):
        if not call.is_own(received.content.sender):
            raise Rejected("agency.not_yours", f"From/OrganId: {received.content.sender[:60]}")
        receipt = await call.desk.settled(call.desk.accept(_inbound(call, received, values)))
    return answers.said(call, [("messageId", receipt.message_id), ("acceptedTime", moment(receipt.accepted_at))])


async def get(call: Call) -> ASGIApp:
    """GetDocument: the document, inline or beside the envelope; may be asked again and removes nothing."""
    asked = doc_id(await call.values())
    claim = await call.desk.settled(call.desk.mailbox.get(call.caller, asked))
    copy = await asyncio.to_thread(call.desk.mailbox.about, call.caller, asked)
    head = [
        ("docId", asked),
        ("messageType", copy.type),
        ("sender", copy.sender),
        ("recipient", copy.recipient),
        ("documentId", copy.document_id),
    ]
    return await answers.document(call, head, claim)


class _Taking:
    """The document of a call, as it comes in: where it stands, or beside the envelope, which has to end before."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._received: Received | None = None
        self._beside: str | None = None

    async def take(self, parameter: Parameter) -> None:
        self._beside = await parameter.included()
        if self._beside is None:
            self._received = await self._call.desk.receive(parameter.decoded())

    async def finish(self) -> Received:
        """Nothing more comes. Raises Rejected."""
        await self._call.envelope.end()
        if self._beside is not None:
            self._received = await self._call.desk.receive(await self._call.package.part(self._beside))
        await self._call.package.end()
        assert self._received, "a call without its document was refused before"
        return self._received

    def discard(self) -> None:
        if self._received:
            self._call.desk.discard(self._received)


def _inbound(call: Call, received: Received, values: Values) -> Inbound:
    partner, identity = call.caller.partner, call.identity
    return Inbound(
        came_by=ReturnAddress(DOOR, partner),
        content=received.content,
        claim=received.claim,
        recipients=tuple(dict.fromkeys(values.get("recipient", ()))) or received.content.recipients,
        call_key=f"{DOOR}:{partner}:{identity}" if identity else None,
    )
