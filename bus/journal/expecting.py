"""The verbs of expectations: what must arrive by when is opened and closed in the transaction that moves their cursor.

So each event counts once, whenever the bus dies; and nothing here says that something is overdue: who asks compares the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, select, update

from bus.journal import schema
from bus.journal.cursor import move_cursors
from bus.journal.tx import Tx

#: Up to which event expectations follow the journal.
CURSOR = "expectations"
_E, _P = schema.expectations.c, schema.cursors.c
_POSITION = select(_P.position).where(_P.name == CURSOR)


class Expectation(NamedTuple):
    """A row: one thing that one agency owes. Instants are journal microseconds."""

    id: str
    rule: str
    #: ``receipt``, ``answer`` or ``report``.
    kind: str
    #: Who owes it, and to whom: canonical codes.
    who: str
    asker: str
    #: The DocumentId it is owed for, or ``regime|form|period|unit``.
    key: str
    #: The document it is owed for; empty for reports.
    message: str
    #: The agency that follows it and chases those who owe; empty: nobody in particular.
    office: str
    #: As people know it: the document's number, the regime's name.
    name: str
    #: From when it is owed; None: not yet, for the document has not been delivered.
    opened_at: int | None
    due_at: int | None
    closed_at: int | None = None
    #: The message that closed it, and how: ``fulfilled`` or ``withdrawn``.
    closed_by: str = ""
    outcome: str = ""
    #: Of a report: the latest version there is, and the latest that was returned; 0: none.
    version: int = 0
    returned: int = 0
    #: When the next reminder is due; None: none.
    remind_at: int | None = None
    #: How many were sent.
    reminders: int = 0
    #: When an operator waived it, who and why; None: nobody did.
    waived_at: int | None = None
    waived_by: str | None = None
    waived_reason: str | None = None
    #: Of a report: the versions of those who sent in the unit's place, as JSON: by their codes the latest, and the latest that was returned.
    stand_ins: str | None = None

    @property
    def lacking(self) -> bool:
        """Whether it has not come: it is owed now, unless it was waived."""
        return self.opened_at is not None and self.closed_at is None

    @property
    def open(self) -> bool:
        """Whether it is owed now."""
        return self.lacking and self.waived_at is None

    def overdue(self, now: int) -> bool:
        """Whether it is owed and its time has passed."""
        return self.open and self.due_at is not None and self.due_at < now


NAMES = Expectation._fields
COLUMNS = tuple(_E[name] for name in NAMES)
#: What only operators write.
_THEIRS = ("waived_at", "waived_by", "waived_reason")
#: Nobody has sent anything for it.
_UNTOUCHED = (_E.closed_at.is_(None), _E.version == 0, _E.stand_ins.is_(None))


@dataclass(frozen=True, slots=True)
class Followed:
    """What the events after one position, up to another, made of expectations."""

    after: int
    upto: int
    changed: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """What the calendar made of them: new ones, and open ones that are owed otherwise now, or not at all."""

    new: tuple[Expectation, ...] = ()
    changed: tuple[Expectation, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reminded:
    """One that was reminded of, and when the next reminder is due."""

    id: str
    #: The reminder that was due: what was written meanwhile stands.
    remind_at: int
    next_at: int | None


def followed(tx: Tx, requests: Sequence[Followed]) -> list[bool | Exception]:
    """Write what events led to; False where another process was first, and nothing is written."""
    return [_follow(tx, request) for request in requests]


def opened(tx: Tx, requests: Sequence[Opened]) -> list[bool | Exception]:
    """Add what is new, and keep for what is still open who owes it to whom by when. What is not owed after all is forgotten:
    nobody did anything about it, and it may be owed again.
    """
    for request in requests:
        tx.connection.execute(delete(schema.expectations).where(_E.id.in_(request.gone), *_UNTOUCHED))
        tx.insert(schema.expectations, [_ours(one) for one in request.new], ignore=True)
        for one in request.changed:
            mine = (_E.id == one.id, _E.closed_at.is_(None))
            values = {"who": one.who, "asker": one.asker, "office": one.office, "name": one.name}
            when = {"due_at": one.due_at, "remind_at": one.remind_at}
            tx.connection.execute(update(schema.expectations).where(*mine).values(**values, **when))
    return [True] * len(requests)


def reminded(tx: Tx, requests: Sequence[Reminded]) -> list[bool | Exception]:
    """Note reminders that are on their way."""
    for one in requests:
        mine = (_E.id == one.id, _E.remind_at == one.remind_at)
        values = {"reminders": _E.reminders + 1, "remind_at": one.next_at}
        tx.connection.execute(update(schema.expectations).where(*mine).values(values))
    return [True] * len(requests)


def forget(tx: Tx, before: int, at_most: int) -> int:
    """Drop what was closed, or waived and never came, before an instant; how many."""
    waived = and_(_E.waived_at < before, _E.closed_at.is_(None))
    kinds = ((_E.closed_at, _E.closed_at < before), (_E.waived_at, waived))
    old = (select(_E.id).where(meant).order_by(since).limit(at_most) for since, meant in kinds)
    return sum(tx.connection.execute(delete(schema.expectations).where(_E.id.in_(some))).rowcount for some in old)


def _follow(tx: Tx, request: Followed) -> bool:
    position = tx.connection.execute(_POSITION.with_for_update()).scalar()
    if position != request.after:
        return False
    tx.put(schema.expectations, "id", [_ours(one) for one in request.changed])
    move_cursors(tx, [(CURSOR, request.upto)])
    return True


def _ours(one: Expectation) -> dict[str, Any]:
    """A row but for what operators write: that stands, whatever was read before."""
    return {name: value for name, value in one._asdict().items() if name not in _THEIRS}
