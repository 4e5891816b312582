"""What partners see of their own: the copies that wait in their mailbox, and what became of those they sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from bus.desk import MailboxItem
from bus.journal import schema
from bus.journal.pick import Listed
from bus.journal.states import State, in_state
from bus.sent import SentCopy

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


def item(row: Any) -> MailboxItem:
    """A row of :func:`offered`."""
    values = list(row)
    values[7] = "initial" if values[7] is None else "processing"
    return MailboxItem(*values)


def sent_copy(row: Listed) -> SentCopy:
    """A copy as its sender sees it."""
    copy, event = row.copy, row.event
    return SentCopy(
        message_id=event.id,
        doc_id=copy.id,
        type=event.type,
        sender=event.sender,
        recipient=copy.recipient,
        document_id=event.key,
        subject=event.subject,
        notation=event.message().notation,
        state=copy.state,
        reason=copy.reason,
        accepted_at=copy.accepted_at,
        updated_at=copy.changed_at,
    )


def _waits(agencies: Iterable[str], type_: str) -> tuple[ColumnElement[bool], ...]:
    return (in_state(_C.state, State.OFFERED), _C.recipient.in_(sorted(agencies)), _M.type == type_)
