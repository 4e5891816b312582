"""What partners see of their own: the copies that wait in their mailbox, and what became of those they sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, func, or_, select

from bus.desk import MailboxItem, SentCopy
from bus.journal import schema
from bus.journal.states import State, in_state

_M, _C = schema.messages.c, schema.copies.c

_ITEM = (
    _C.id,
    _M.id,
    _M.type,
    _M.sender,
    _C.recipient,
    _M.key,
    _M.subject,
    _C.processing_at,
    _C.accepted_at,
    _C.changed_at,
    schema.bodies.c.size,
)
_SENT = (
    _M.id,
    _C.id,
    _M.type,
    _M.sender,
    _C.recipient,
    _M.key,
    _M.subject,
    _M.view,
    _C.state,
    _C.reason,
    _C.accepted_at,
    _C.changed_at,
)


def offered(agencies: Iterable[str], type_: str, start: int | None, end: int | None, limit: int) -> Select[Any]:
    """Mailbox copies of these agencies in order of acceptance."""
    query = (
        select(*_ITEM)
        .join(schema.messages, _M.id == _C.message)
        .join(schema.bodies, schema.bodies.c.sha256 == _C.body)
        .where(*_waits(agencies, type_))
    )
    if start is not None:
        query = query.where(_C.accepted_at >= start)
    if end is not None:
        query = query.where(_C.accepted_at <= end)
    return query.order_by(_C.seq).limit(limit)


def offered_count(agencies: Iterable[str], type_: str) -> Select[Any]:
    """How many mailbox copies of these agencies wait."""
    query = select(func.count()).select_from(schema.copies).join(schema.messages, _M.id == _C.message)
    return query.where(*_waits(agencies, type_))


def sent(agencies: Iterable[str], type_: str | None, message_id: str | None, limit: int) -> Select[Any]:
    """Copies of what these agencies sent, newest first; of one message, by its id or a copy's, or of all."""
    query = (
        select(*_SENT)
        .join(schema.copies, _C.message == _M.id)
        .where(_M.sender.in_(sorted(agencies)), _C.kind == "primary")
    )
    if type_:
        query = query.where(_M.type == type_)
    if message_id:
        query = query.where(or_(_M.id == message_id, _C.id == message_id))
    return query.order_by(_C.seq.desc()).limit(limit)


def item(row: Any) -> MailboxItem:
    """A row of :func:`offered`."""
    values = list(row)
    values[7] = "initial" if values[7] is None else "processing"
    return MailboxItem(*values)


def sent_copy(row: Any) -> SentCopy:
    """A row of :func:`sent`."""
    values = list(row)
    values[7] = orjson.loads(values[7] or "{}").get("number", "")
    return SentCopy(*values)


def _waits(agencies: Iterable[str], type_: str) -> tuple[ColumnElement[bool], ...]:
    return (in_state(_C.state, State.OFFERED), _C.recipient.in_(sorted(agencies)), _M.type == type_)
