"""One copy as the journal's verbs handle it: loaded, moved by :func:`move`, and written back in a group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import select

from bus.errors import IllegalMove
from bus.journal.schema import copies
from bus.journal.sql import Among
from bus.journal.states import MOVES, State


class Copy(NamedTuple):
    """A row of ``copies``, but for its sequence number. A tuple, for the writer makes five of each on its road."""

    id: str
    message: str
    recipient: str
    part: str
    kind: str
    of_copy: str | None
    endpoint: str
    delivery: str
    rule: str
    routes_version: str
    body: str
    lane: str
    behind_dead: int
    priority: int
    born: str
    state: State
    reason: str
    until: int | None
    attempts: int
    #: It was in doubt once and nobody said that it is not there: the partner may have it.
    doubted: int
    #: When the lease of its last call began.
    sent_at: int | None
    lease: str | None
    remote_id: str | None
    fetched_at: int | None
    processing_at: int | None
    recalled_by: str | None
    held_from: str | None
    since: int
    accepted_at: int
    changed_at: int

    @property
    def usual(self) -> State:
        """Where it goes from: a recipient's copy without a lane is one in a mailbox."""
        return State.OFFERED if self.recipient and not self.lane else State.QUEUED

    def row(self) -> tuple[Any, ...]:
        """The values of all columns, for an insert: nothing but plain text and numbers, which a driver takes as they are."""
        return (*self[:_STATE], str(self.state), *self[_STATE + 1 :])

    def changing(self) -> tuple[Any, ...]:
        """The values of :data:`CHANGING`, for an update."""
        return _CHANGING(self)


NAMES = Copy._fields
_STATE = NAMES.index("state")
COLUMNS = tuple(copies.c[name] for name in NAMES)
#: The copies with these ids, kept from other writers until the transaction ends.
BY_ID = select(*COLUMNS).where(Among(copies.c.id, "ids")).with_for_update()
#: The key, and the columns that a move may change.
CHANGING = (
    "id",
    "state",
    "reason",
    "until",
    "attempts",
    "doubted",
    "sent_at",
    "lease",
    "remote_id",
    "fetched_at",
    "processing_at",
    "recalled_by",
    "held_from",
    "since",
    "changed_at",
)
_CHANGING: Callable[[Copy], tuple[Any, ...]] = attrgetter(*CHANGING)
_STATES = {str(state): state for state in State}


def from_row(row: Sequence[Any]) -> Copy:
    """A copy from a row that begins with :data:`COLUMNS`."""
    return Copy._make((*row[:_STATE], _STATES[row[_STATE]], *row[_STATE + 1 : len(NAMES)]))


def move(copy: Copy, to: State, now: int, *, reason: str = "", until: int | None = None, **changes: Any) -> Copy:
    """The copy in its new state. Raises :class:`IllegalMove` for a move that is not drawn."""
    if to not in MOVES[copy.state]:
        raise IllegalMove(f"copy {copy.id} is {copy.state} and cannot become {to}")
    if to == State.IN_DOUBT:
        changes.setdefault("doubted", 1)
    return copy._replace(state=to, reason=reason, until=until, changed_at=now, **changes)


def touch(copy: Copy, now: int, **changes: Any) -> Copy:
    """The copy with other columns changed and its state as it was."""
    return copy._replace(changed_at=now, **changes)
