"""SendDocument and GetDocument: documents on their way in and out."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp

from adapters.http.faces import forgotten_if_rejected
from adapters.soap.door import answers
from adapters.soap.door.call import DOOR, Call, Values, doc_id
from adapters.soap.door.taking import taken
from adapters.soap.door.times import moment
from bus.desk import Received
from bus.errors import Rejected
from bus.message import Inbound, ReturnAddress


async def send(call: Call) -> ASGIApp:
    """SendDocument: take the document in and answer once it is on disk."""
    values, received = await taken(call, lambda chunks, _: call.desk.receive(chunks), call.desk.discard)
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


def _inbound(call: Call, received: Received, values: Values) -> Inbound:
    partner, identity = call.caller.partner, call.identity
    return Inbound(
        came_by=ReturnAddress(DOOR, partner),
        content=received.content,
        claim=received.claim,
        recipients=tuple(dict.fromkeys(values.get("recipient", ()))) or received.content.recipients,
        call_key=f"{DOOR}:{partner}:{identity}" if identity else None,
    )
