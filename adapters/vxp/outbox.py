"""getSentEdocList: what became of what the caller sent, a row for each recipient."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp

from adapters.vxp import envelope, times
from adapters.vxp.call import SERVICE, Call
from adapters.vxp.labels import OUTBOX, TRANSPORT
from bus.sent import SentCopy


async def sent(call: Call) -> ASGIApp:
    """Rows of one DocId, or of everything where none is named; an unknown DocId has no rows."""
    copies = call.desk.sent(call.caller, call.message_type(), call.signed.get("docId") or None)
    return envelope.ok(data=[_row(copy) for copy in copies])


def _row(copy: SentCopy) -> Mapping[str, str]:
    send, receive, words = OUTBOX[copy.state]
    reason = f": {copy.reason}" if copy.reason else ""
    return {
        "serviceType": SERVICE,
        "messageType": copy.type,
        "senderDocId": copy.message_id,
        "receiverDocId": copy.doc_id,
        "fromCode": copy.sender,
        "toCode": copy.recipient,
        "title": copy.subject,
        "notation": copy.notation,
        "sentTime": times.shown(copy.accepted_at),
        "receivedTime": times.shown(copy.updated_at) if receive == "done" else "",
        "sendStatus": send,
        "sendStatusDesc": words + reason if send != "done" else words,
        "receiveStatus": receive,
        "receiveStatusDesc": TRANSPORT[receive] + (reason if receive == "fail" else ""),
    }
