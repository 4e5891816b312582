"""The verbs of what people are told: what goes on and the letters about it are written in one transaction.

So nothing is told twice after a restart, and what was told is never forgotten before its end was told too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, update

from bus.clock import MICROS
from bus.journal import schema
from bus.journal.cursor import move_cursors
from bus.journal.tx import Tx

#: Which event, or copy, silence was listened for up to.
HEARD = "alerts.heard"
#: How long letters that were settled are kept to be looked at (microseconds).
_KEPT = 30 * 86_400 * MICROS


@dataclass(frozen=True, slots=True)
class Row:
    """Something of a rule that goes on. Times are journal microseconds."""

    rule: str
    thing: str
    since: int
    #: When people were last told of it; None: not yet.
    told_at: int | None = None
    #: Since when it is not seen any more; None: it is.
    gone_at: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One text for one channel. ``key`` makes it one, however often it is written."""

    key: str
    channel: str
    rule: str
    #: ``alert``, ``over``, ``test`` or ``statement``.
    kind: str
    subject: str
    text: str
    file_name: str = ""
    file: str = ""
    made_at: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """All that goes on of a rule now, and what is to be sent about it."""

    rule: str
    rows: tuple[Row, ...]
    letters: tuple[Letter, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of an attempt to send a letter: it is settled, or tried again at ``until``."""

    key: str
    outcome: str
    words: str = ""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Snooze:
    """Nothing is to be told of a rule until then."""

    rule: str
    until: int
    by: str


@dataclass(frozen=True, slots=True)
class Heard:
    """Who was heard when, listening up to a position."""

    position: int
    sources: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement of a day is told, or need not be."""

    name: str
    day: str
    agency: str
    outcome: str
    letters: tuple[Letter, ...] = ()


def told(tx: Tx, requests: Sequence[Told]) -> list[Exception | None]:
    """Keep what goes on of rules, and the letters about it."""
    for request in requests:
        tx.connection.execute(delete(schema.alerts).where(schema.alerts.c.rule == request.rule))
        tx.insert(schema.alerts, [asdict(row) for row in request.rows])
    _write(tx, [letter for request in requests for letter in request.letters])
    return [None] * len(requests)


def stated(tx: Tx, requests: Sequence[Stated]) -> list[Exception | None]:
    """Note that statements were made, with the letters that carry them."""
    for one in requests:
        row = {"name": one.name, "day": one.day, "agency": one.agency, "outcome": one.outcome, "at": tx.now}
        tx.insert(schema.statements, [row], ignore=True)
    _write(tx, [letter for request in requests for letter in request.letters])
    return [None] * len(requests)


def carried(tx: Tx, requests: Sequence[Carried]) -> list[Exception | None]:
    """Note what came of attempts."""
    table = schema.alert_letters.c
    for one in requests:
        values = {"outcome": one.outcome, "words": one.words, "until": one.until, "attempts": table.attempts + 1}
        mine = (table.key == one.key, table.until.is_not(None))
        tx.connection.execute(update(schema.alert_letters).where(*mine).values(values))
    return [None] * len(requests)


def snooze(tx: Tx, requests: Sequence[Snooze]) -> list[Exception | None]:
    """Keep who asked not to hear of which rule; the last word on each stands."""
    last = {request.rule: request for request in requests}
    tx.put(schema.alert_snoozes, "rule", [{**asdict(last[rule]), "at": tx.now} for rule in sorted(last)])
    return [None] * len(requests)


def heard(tx: Tx, requests: Sequence[Heard]) -> list[Exception | None]:
    """Keep who was heard last when."""
    for one in requests:
        tx.keep(schema.alert_heard, "source", "at", dict(sorted(one.sources.items())))
        move_cursors(tx, [(HEARD, one.position)])
    return [None] * len(requests)


def _write(tx: Tx, letters: Iterable[Letter]) -> None:
    rows = [{**asdict(one), "made_at": tx.now, "until": tx.now, "outcome": "", "words": ""} for one in letters]
    tx.insert(schema.alert_letters, rows, ignore=True)
    if rows:
        table = schema.alert_letters.c
        old = (table.made_at < tx.now - _KEPT, table.until.is_(None))
        tx.connection.execute(delete(schema.alert_letters).where(*old))
