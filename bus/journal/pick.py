"""Which copies are meant, and how that is asked of the tables: the same for lists, counts and orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, or_, select

from bus.journal import copy as copies_
from bus.journal import event as events_
from bus.journal import schema, tokens
from bus.journal.copy import Copy
from bus.journal.event import Event
from bus.journal.states import FAILED, State, in_state, indexed
from bus.journal.tokens import Asked, Found

_M, _C, _A = schema.messages.c, schema.copies.c, schema.attempts.c


class Listed(NamedTuple):
    """One copy in a list, with what its message is."""

    seq: int
    copy: Copy
    event: Event
    #: What it last failed as, if it has.
    failed_as: str | None = None

    def found(self) -> Found:
        """What it is found by."""
        copy, event = self.copy, self.event
        return Found(
            self.seq,
            copy.accepted_at,
            event.sender,
            event.type,
            event.subject,
            event.view,
            copy.recipient,
            copy.endpoint,
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """Which copies are meant. Empty fields ask nothing. Of agencies, any one that is named."""

    #: Of copies or of messages.
    ids: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    endpoint: str = ""
    senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    type: str = ""
    document_id: str = ""
    reason: str = ""
    #: A group of failures by its name; a rule of the routes; what a partner's protocol called a failure of a call.
    group: str = ""
    rule: str = ""
    code: str = ""
    #: At least so many attempts; nothing changed since then.
    attempts: int = 0
    unchanged_since: int | None = None
    #: ``primary`` and the like.
    kind: str = ""
    since: int | None = None
    until: int | None = None
    #: Words of number, subject and names; and a whole number.
    text: str = ""
    number: str = ""
    #: Only what stands behind this sequence number, newest first.
    after: int | None = None
    limit: int = 50

    @property
    def named(self) -> bool:
        """Whether it says by their names what is meant."""
        return bool(self.ids or self.document_id)

    def asked(self) -> Asked:
        """What the index by words is asked for; nothing where it is of no use."""
        exact = (
            tokens.senders(self.senders),
            tokens.recipients(self.recipients),
            tokens.endpoint(self.endpoint) if self.endpoint else (),
            tokens.type_(self.type) if self.type else (),
        )
        return (*filter(None, exact), *self.words())

    def words(self) -> Asked:
        """The part of that which no column tells."""
        return (*filter(None, [tokens.number(self.number)]), *tokens.text(self.text))

    def conditions(self) -> list[ColumnElement[bool]]:
        """All that the tables can be asked, which is everything but the words."""
        return [*self.of_copies(), *self.of_messages()]

    def of_copies(self, *, but_states: bool = False) -> list[ColumnElement[bool]]:
        """What the row of a copy tells by itself."""
        asked: list[ColumnElement[bool]] = []
        if self.states and not but_states:
            asked.append(_in(tuple(map(State, self.states))))
        exact = ((_C.endpoint, self.endpoint), (_C.reason, self.reason), (_C.kind, self.kind), (_C.rule, self.rule))
        asked += [column == value for column, value in exact if value]
        asked += self._of_failures()
        if self.recipients:
            asked.append(_C.recipient.in_(self.recipients))
        if self.since is not None:
            asked.append(_C.accepted_at >= self.since)
        if self.until is not None:
            asked.append(_C.accepted_at < self.until)
        return asked

    def _of_failures(self) -> list[ColumnElement[bool]]:
        """What is asked of how copies failed, and of how long they have stood."""
        asked: list[ColumnElement[bool]] = []
        if self.group:
            asked += [_C.failed_as == self.group, in_state(_C.state, *FAILED)]
        if self.code:
            asked.append(exists().where(_A.copy == _C.id, _A.code == self.code))
        if self.attempts:
            asked.append(_C.attempts >= self.attempts)
        if self.unchanged_since is not None:
            asked.append(_C.changed_at <= self.unchanged_since)
        return asked

    def of_messages(self) -> list[ColumnElement[bool]]:
        """What only the message tells, or the copy by its name."""
        asked: list[ColumnElement[bool]] = []
        if self.ids:
            asked.append(or_(_C.id.in_(self.ids), _C.message.in_(self.ids)))
        if self.senders:
            asked.append(_M.sender.in_(self.senders))
        exact = ((_M.type, self.type), (_M.key, self.document_id))
        return asked + [column == value for column, value in exact if value]


def _in(states: Sequence[State]) -> ColumnElement[bool]:
    return indexed(_C.state, states[0]) if len(states) == 1 else in_state(_C.state, *states)


def listed() -> Select[Any]:
    """The question for rows of :func:`from_row`."""
    return select(*copies_.COLUMNS, *events_.COLUMNS, _C.failed_as, _C.seq).join(schema.messages, _M.id == _C.message)


def from_row(row: Any) -> Listed:
    """A row of :func:`listed`."""
    cut = len(copies_.COLUMNS)
    return Listed(row[-1], copies_.from_row(row), events_.from_row(row[cut:]), row[-2])
