"""getReceivedEdocList, updateStatus and the two counts: what waits for the caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from starlette.types import ASGIApp

from adapters.vxp import envelope, times
from adapters.vxp.call import SERVICE, Call
from adapters.vxp.labels import TRANSPORT
from adapters.vxp.signing import PREFIX
from bus.desk import MailboxItem
from bus.errors import Rejected


async def received(call: Call) -> ASGIApp:
    """getReceivedEdocList: what is not yet acked, oldest first."""
    start = _moment(call, "fromDate", times.parse_from)
    end = _moment(call, "toDate", times.parse_to)
    items = call.desk.mailbox.list(call.caller, call.message_type(), start, end)
    return envelope.ok(data=[_row(item) for item in items])


async def update_status(call: Call) -> ASGIApp:
    """updateStatus: the transport state of one item, as the caller reports it."""
    doc_id, status = call.need("docId"), call.need("status").lower()
    mailbox = call.desk.mailbox
    if status == "processing":
        future = mailbox.processing(call.caller, doc_id)
    elif status in ("done", "fail"):
        future = mailbox.ack(call.caller, doc_id, done=status == "done", reason=call.signed.get("description"))
    else:
        raise Rejected("request.invalid", f"{PREFIX}status: {status[:40]!r} is not processing, done or fail")
    await call.desk.settled(future)
    return envelope.ok()


def counting(type_: str) -> Callable[[Call], Awaitable[ASGIApp]]:
    """One of the two counts (countReceiveEdoc, countReceiveStatus)."""
    return partial(_count, type_)


async def _count(type_: str, call: Call) -> ASGIApp:
    return envelope.ok(count=call.desk.mailbox.count(call.caller, type_))


def _moment(call: Call, name: str, parse: Callable[[str], int]) -> int | None:
    text = call.signed.get(name)
    try:
        return parse(text) if text else None
    except ValueError as error:
        raise Rejected("request.invalid", f"{PREFIX}{name}: expected dd/MM/yyyy HH:mm:ss") from error


def _row(item: MailboxItem) -> Mapping[str, str]:
    return {
        "docId": item.doc_id,
        "serviceType": SERVICE,
        "messageType": item.type,
        "created_time": times.shown(item.accepted_at),
        "updated_time": times.shown(item.updated_at),
        "from": item.sender,
        "to": item.recipient,
        "status": item.state,
        "status_desc": TRANSPORT.get(item.state, ""),
    }
