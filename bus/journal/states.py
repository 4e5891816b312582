"""The states of a copy and the only moves there are (semantics 3; drawn in ``docs/lifecycle.md``)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, literal_column


class State(StrEnum):
    """Where one recipient's copy is."""

    QUEUED = "queued"
    SENDING = "sending"
    WAITING = "waiting"
    OFFERED = "offered"
    HELD = "held"
    IN_DOUBT = "in_doubt"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


_S = State

MOVES: dict[State, frozenset[State]] = {
    _S.QUEUED: frozenset({_S.SENDING, _S.HELD, _S.CANCELLED, _S.EXPIRED, _S.DEAD, _S.IN_DOUBT}),
    _S.SENDING: frozenset({_S.DELIVERED, _S.WAITING, _S.IN_DOUBT, _S.DEAD, _S.QUEUED, _S.CANCELLED}),
    _S.WAITING: frozenset({_S.QUEUED, _S.HELD, _S.CANCELLED, _S.EXPIRED, _S.DEAD, _S.IN_DOUBT}),
    _S.OFFERED: frozenset({_S.DELIVERED, _S.DEAD, _S.HELD, _S.CANCELLED, _S.EXPIRED, _S.IN_DOUBT}),
    _S.HELD: frozenset({_S.QUEUED, _S.WAITING, _S.OFFERED, _S.CANCELLED, _S.EXPIRED, _S.IN_DOUBT}),
    _S.IN_DOUBT: frozenset({_S.DELIVERED, _S.QUEUED, _S.OFFERED, _S.HELD, _S.DEAD, _S.CANCELLED}),
    _S.DEAD: frozenset({_S.QUEUED, _S.OFFERED, _S.CANCELLED}),
    _S.DELIVERED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.EXPIRED: frozenset(),
}

#: In these a copy keeps what is behind it in its lane queued.
BLOCKING = (_S.QUEUED, _S.SENDING, _S.WAITING, _S.HELD, _S.IN_DOUBT)
#: In these ``until`` says when something is to be done: try again, end the lease, ask.
TIMED = (_S.WAITING, _S.SENDING, _S.IN_DOUBT)
#: Nothing more will happen to these by itself.
SETTLED = (_S.DELIVERED, _S.DEAD, _S.CANCELLED, _S.EXPIRED)
OPEN = (_S.QUEUED, _S.SENDING, _S.WAITING, _S.OFFERED, _S.HELD, _S.IN_DOUBT)
#: Neither on its way nor delivered.
ASIDE = (_S.HELD, _S.DEAD, _S.CANCELLED, _S.EXPIRED)
#: All that have not arrived, whatever became of them.
UNDELIVERED = (_S.QUEUED, _S.SENDING, _S.WAITING, _S.OFFERED, _S.IN_DOUBT, *ASIDE)
#: What went wrong and is not over: what failures are grouped of.
FAILED = (_S.WAITING, _S.HELD, _S.IN_DOUBT, _S.DEAD)
#: In these a reason may be given by the bus or a partner.
REASONED = (*ASIDE, _S.WAITING, _S.IN_DOUBT)

#: What people call them.
IN_VIETNAMESE: Mapping[str, str] = MappingProxyType(
    {
        "queued": "chờ gửi",
        "sending": "đang gửi",
        "waiting": "chờ gửi lại",
        "offered": "chờ lấy",
        "held": "đang giữ",
        "in_doubt": "chưa rõ kết quả",
        "delivered": "đã giao",
        "dead": "không giao được",
        "cancelled": "đã hủy",
        "expired": "đã hết hạn",
    }
)


def in_state(column: ColumnElement[str], *states: State) -> ColumnElement[bool]:
    """Whether a copy is in one of these states, spelled out in the statement: a database uses an index over some
    states only where it can read in the text of the question that no others are asked for.
    """
    words: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in states]
    return column == words[0] if len(words) == 1 else column.in_(words)


def timed(column: ColumnElement[str], state: State) -> ColumnElement[bool]:
    """Whether a copy is in this state, one of :data:`TIMED`; said a second time as the index over these says it."""
    return and_(in_state(column, *TIMED), in_state(column, state))


def indexed(column: ColumnElement[str], state: State) -> ColumnElement[bool]:
    """Whether a copy is in this state, said as the index has it that holds the copies in it."""
    if state in TIMED:
        return timed(column, state)
    return and_(in_state(column, *ASIDE), in_state(column, state)) if state in ASIDE else in_state(column, state)


class Reason(StrEnum):
    """Why a copy is where it is, where that is not a failure class of a partner."""

    CONFLICT = "conflict"
    LOOP = "loop"
    OPERATOR = "operator"
    HORIZON = "horizon"
    EXPIRED = "expired"
    NO_ROUTE = "route.none"
    CLOSED = "recipient.closed"
    UNKNOWN = "recipient.unknown"
    TOO_LARGE = "body.too_large"
    NOT_YOURS = "not_your_document"
    RECIPIENT_FAILED = "recipient_failed"
    RECALLED = "recalled"
    RECALLED_UNKNOWN = "recalled_unknown"
    NOTHING_TO_RECALL = "nothing_to_recall"
    LEASE_ENDED = "lease_ended"
    STOPPED = "stopped"
    RETRY_AFTER = "retry_after"
    RESTORED = "restored"
    PARTNER_UNSURE = "partner_unsure"
