"""sendEdoc and getEdoc: documents on their way in and out."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp

from adapters.http.faces import forgotten_if_rejected
from adapters.http.outflow import base64_answer, encode, text_answer
from adapters.lgsp import envelope
from adapters.lgsp.call import DOOR, Call, doc_id, edxml_as, message_type
from adapters.lgsp.form import Form, read
from bus.errors import Rejected
from bus.message import Inbound, ReturnAddress
from bus.sent import SentCopy

_END = b'"}}'


async def send(call: Call) -> ASGIApp:
    """sendEdoc: take the document in and answer once it is on disk."""
    form = await read(call.desk, call.request)
    with forgotten_if_rejected(call.desk, form.received):
        _check(call, form)
        receipt = await call.desk.settled(call.desk.accept(_inbound(call, form)))
    return envelope.ok(message="Gửi thành công", docId=receipt.message_id)


async def get(call: Call) -> ASGIApp:
    """getEdoc: the document inside JSON; may be asked again and removes nothing."""
    asked = doc_id(call.asked("docId"))
    claim = await call.desk.settled(call.desk.mailbox.get(call.caller, asked))
    head = _head(await asyncio.to_thread(call.desk.mailbox.about, call.caller, asked))
    answer = base64_answer if edxml_as(call.caller) == "base64" else text_answer
    return await answer(head, claim, _END)


def _check(call: Call, form: Form) -> None:
    content, type_ = form.received.content, message_type(form.fields.get("messageType", ""))
    if content.type != type_:
        raise Rejected("message.type", f"messageType says {type_}, the file is {content.type}")
    if not call.is_own(content.sender):
        raise Rejected("agency.not_yours", f"From/OrganId: {content.sender[:60]}")


def _inbound(call: Call, form: Form) -> Inbound:
    return Inbound(
        came_by=ReturnAddress(DOOR, call.caller.partner),
        content=form.received.content,
        claim=form.received.claim,
        recipients=_recipients(form.fields.get("to", "")) or form.received.content.recipients,
    )


def _recipients(text: str) -> tuple[str, ...]:
    """Codes with commas between, each once; the guide knows no such field, so it wins only where it is there."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))


def _head(copy: SentCopy) -> bytes:
    """All of the answer that stands before the document."""
    known = {"from": copy.sender, "edocCode": copy.notation, "edocAbstract": copy.subject}
    data = {"docId": copy.doc_id, **{name: value for name, value in known.items() if value}}
    return encode({"success": True, "data": data})[:-2] + b',"edxml":"'
