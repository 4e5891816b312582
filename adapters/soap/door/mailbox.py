"""GetReceivedList and UpdateStatus: what waits for the caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp

from adapters.soap.door import answers
from adapters.soap.door.call import Call, Values, doc_id, first, message_type
from adapters.soap.door.times import first_of, last_of, moment
from bus.desk import MailboxItem
from bus.errors import Rejected


async def listed(call: Call) -> ASGIApp:
    """GetReceivedList: what is not yet acked, oldest first; of these days, both included."""
    values = await call.values()
    start, end = _day(values, "fromDate", first_of), _day(values, "toDate", last_of)
    items = await asyncio.to_thread(call.desk.mailbox.list, call.caller, message_type(values), start, end)
    return await answers.rows(call, lambda: map(_row, items))


async def update(call: Call) -> ASGIApp:
    """UpdateStatus: the transport state of one item, as the caller reports it."""
    values = await call.values()
    asked, status, mailbox = doc_id(values), first(values, "status").lower(), call.desk.mailbox
    if status == "processing":
        future = mailbox.processing(call.caller, asked)
    elif status in ("done", "fail"):
        future = mailbox.ack(call.caller, asked, done=status == "done", reason=first(values, "description"))
    else:
        raise Rejected("request.invalid", f"status: {status[:40]!r} is not processing, done or fail")
    await call.desk.settled(future)
    return answers.said(call, [("docId", asked), ("status", status)])


def _day(values: Values, name: str, parse: Callable[[str], int]) -> int | None:
    text = first(values, name)
    try:
        return parse(text) if text else None
    except (ValueError, OverflowError) as error:
        raise Rejected("request.invalid", f"{name}: {text[:40]!r} is no xsd:date") from error


def _row(item: MailboxItem) -> bytes:
    return answers.row(
        "item",
        [
            ("docId", item.doc_id),
            ("messageType", item.type),
            ("sender", item.sender),
            ("recipient", item.recipient),
            ("documentId", item.document_id),
            ("subject", item.subject),
            ("status", item.state),
            ("createdTime", moment(item.accepted_at)),
            ("updatedTime", moment(item.updated_at)),
            ("size", item.size),
        ],
    )
