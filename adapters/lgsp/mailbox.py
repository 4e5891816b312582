"""syncReceivedEdocList and updateStatus: what waits for the caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import orjson
from starlette.types import ASGIApp

from adapters.lgsp import envelope, times
from adapters.lgsp.call import SERVICE, Call, doc_id, message_type
from bus.desk import MailboxItem
from bus.errors import Rejected

_WORDS = {"initial": "Chưa xử lý", "processing": "Đang xử lý"}


async def listed(call: Call) -> ASGIApp:
    """syncReceivedEdocList: what is not yet acked, oldest first; of these days, both included."""
    type_ = message_type(call.asked("messageType"))
    start, end = _day(call, "fromDate", times.first_of), _day(call, "toDate", times.last_of)
    items = await asyncio.to_thread(call.desk.mailbox.list, call.caller, type_, start, end)
    return envelope.ok(count=len(items), data=[_row(item) for item in items])


async def update_status(call: Call) -> ASGIApp:
    """updateStatus: the transport state of one item, as the caller reports it."""
    said = _members(call.body)
    asked, status, mailbox = doc_id(said.get("docId")), str(said.get("status", "")).lower(), call.desk.mailbox
    if status == "processing":
        future = mailbox.processing(call.caller, asked)
    elif status in ("done", "fail"):
        reason = said.get("description", "")
        future = mailbox.ack(
            call.caller, asked, done=status == "done", reason=reason if isinstance(reason, str) else ""
        )
    else:
        raise Rejected("request.invalid", f"status: {status[:40]!r} is not processing, done or fail")
    await call.desk.settled(future)
    return envelope.ok(message="Cập nhật thành công")


def _members(body: bytes) -> Mapping[str, object]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Rejected(
            "request.invalid", f"the body is not JSON (line {error.lineno}, column {error.colno})"
        ) from error
    if not isinstance(said, dict):
        raise Rejected("request.invalid", "the body is not a JSON object")
    return said


def _day(call: Call, name: str, parse: Callable[[str], int]) -> int | None:
    text = call.asked(name)
    try:
        return parse(text) if text else None
    except ValueError as error:
        raise Rejected("request.invalid", f"{name}: expected YYYY/MM/DD") from error


def _row(item: MailboxItem) -> Mapping[str, str]:
    return {
        "serviceType": SERVICE,
        "createdTime": times.shown(item.accepted_at),
        "updatedTime": times.shown(item.updated_at),
        "messageType": item.type,
        "docId": item.doc_id,
        "from": item.sender,
        "to": item.recipient,
        "status": item.state,
        "statusDesc": _WORDS.get(item.state, ""),
    }
