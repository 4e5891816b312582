"""Questions about what must arrive by when, and about the messages that open and close it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, func, or_, select

from bus.journal import schema
from bus.journal.expecting import COLUMNS, CURSOR, Expectation
from bus.journal.store import Store

_E, _M, _C, _P = schema.expectations.c, schema.messages.c, schema.copies.c, schema.cursors.c
_TARGET = schema.messages.alias("target").c
#: A report's figures, and a word on a report, which bears the id of the report as its key.
DATA, STATUS = "report.data.v1", "report.status.v1"
#: Names that one question is asked with.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """A message as far as expectations ask. Codes are as the journal keeps them; ``copies`` are id and recipient."""

    id: str
    type: str
    kind: str
    sender: str
    key: str
    view: dict[str, Any]
    accepted_at: int
    #: The door or source it came by.
    door: str = ""
    #: Who sent the document a status is about; empty where none is known.
    owner: str = ""
    copies: tuple[tuple[str, str], ...] = ()
    #: What the report says of itself that a word on one is about.
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The document's number and symbol."""
        return str(self.view.get("number", ""))


@dataclass(frozen=True, slots=True)
class Which:
    """Which expectations are meant. Empty fields ask nothing."""

    rules: tuple[str, ...] = ()
    kind: str = ""
    who: tuple[str, ...] = ()
    #: Offices that follow them.
    offices: tuple[str, ...] = ()
    key: str = ""
    #: Due before, and not before, an instant.
    before: int | None = None
    since: int | None = None
    closed: bool = False
    #: Those that were waived and have not come, in the place of those that are owed.
    waived: bool = False
    limit: int = 1000


class ExpectationReads:
    """Each question has a connection of its own that is given back at once. All raise JournalDown."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def position(self) -> int | None:
        """Up to which event expectations follow the journal; None: they do not yet."""
        rows = self._all(select(_P.position).where(_P.name == CURSOR))
        return int(rows[0][0]) if rows else None

    def known(self, ids: Iterable[str]) -> list[Expectation]:
        """Those of these ids, open or closed."""
        return self._those(lambda names: [_E.id.in_(names)], ids)

    def waiting(self, keys: Iterable[str]) -> list[Expectation]:
        """Those that are not closed, of these documents or reports."""
        return self._those(lambda names: [_E.closed_at.is_(None), _E.key.in_(names)], keys)

    def still_open(self, rule: str) -> list[Expectation]:
        """All of a rule that are not closed."""
        return self._rows(select(*COLUMNS).where(_E.closed_at.is_(None), _E.due_at.is_not(None), _E.rule == rule))

    def to_remind(self, now: int, limit: int) -> list[Expectation]:
        """Those of which a reminder is due, the longest due first."""
        due = (_E.remind_at.is_not(None), _E.remind_at <= now, _E.waived_at.is_(None))
        return self._rows(select(*COLUMNS).where(*due).order_by(_E.remind_at, _E.id).limit(limit))

    def listed(self, which: Which) -> list[Expectation]:
        """Those that are meant and owed, by their deadlines; of closed ones the latest first."""
        order = _E.closed_at.desc() if which.closed else _E.due_at
        query = select(*COLUMNS).where(*_conditions(which)).order_by(order, _E.id).limit(which.limit)
        return self._rows(query)

    def count(self, now: int) -> list[tuple[str, int, int, int | None]]:
        """By rule: how many are owed, how many of them are overdue, and since when the first of these is."""
        owed = (_E.closed_at.is_(None), _E.due_at.is_not(None), _E.waived_at.is_(None))
        late = func.count().filter(_E.due_at < now)
        query = select(_E.rule, func.count(), late, func.min(_E.due_at).filter(_E.due_at < now)).where(*owed)
        return [(rule, count, over, first) for rule, count, over, first in self._all(query.group_by(_E.rule))]

    def waived(self, regime: str, form: str, period: str) -> set[str]:
        """The keys of the reports on a form for a period that were waived, whether they came or not."""
        about = _E.key.startswith(f"{regime}|{form}|{period}|", autoescape=True)
        return {key for (key,) in self._all(select(_E.key).where(_E.waived_at.is_not(None), about))}

    def told(self, messages: Iterable[str]) -> dict[str, Told]:
        """These messages with their recipients' copies."""
        found: dict[str, Told] = {}
        for names in _portions(messages):
            query = (
                select(_M.id, _M.type, _M.kind, _M.sender, _M.key, _M.view, _M.accepted_at, _M.door, _TARGET.sender)
                .outerjoin(_TARGET.id.table, _TARGET.id == _M.target)
                .where(_M.id.in_(names))
            )
            for id_, type_, kind, sender, key, view, at, door, owner in self._all(query):
                found[id_] = Told(id_, type_, kind, sender, key, orjson.loads(view or "{}"), at, door, owner or "")
            for message, copies in self._copies(names).items():
                found[message] = replace(found[message], copies=tuple(copies))
        return self._with_reports(found)

    def _with_reports(self, found: dict[str, Told]) -> dict[str, Told]:
        """Words on reports with the latest report of that id of one of those they were sent to; where there is none, for it was
        sent under another code, with that of the only one who has a report of this id.
        """
        words = [one for one in found.values() if one.type == STATUS]
        views: dict[str, dict[str, str]] = defaultdict(dict)
        for keys in _portions(one.key for one in words):
            query = select(_M.key, _M.sender, _M.view).where(_M.key.in_(keys), _M.type == DATA).order_by(_M.seq)
            for key, sender, view in self._all(query):
                views[key][sender] = view
        for one in words:
            found[one.id] = replace(one, about=orjson.loads(_meant(views[one.key], one) or "{}"))
        return found

    def _copies(self, messages: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        query = select(_C.message, _C.id, _C.recipient).where(_C.message.in_(messages), _C.kind == "primary")
        for message, id_, recipient in self._all(query.order_by(_C.seq)):
            found[message].append((id_, recipient))
        return found

    def _those(self, which: Any, names: Iterable[str]) -> list[Expectation]:
        portions = _portions(names)
        return [row for portion in portions for row in self._rows(select(*COLUMNS).where(*which(portion)))]

    def _rows(self, query: Select[Any]) -> list[Expectation]:
        return [Expectation(*row) for row in self._all(query)]

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with self._store.reading() as connection:
            return connection.execute(query).all()


def _portions(names: Iterable[str]) -> list[list[str]]:
    every = sorted(set(names))
    return [every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE)]


def _conditions(which: Which) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = [*_state(which), _E.due_at.is_not(None)]
    several = ((_E.rule, which.rules), (_E.who, which.who), (_E.office, which.offices))
    asked += [column.in_(some) for column, some in several if some]
    if which.kind:
        asked.append(_E.kind == which.kind)
    if which.key:
        asked.append(or_(_E.key == which.key, _E.key.startswith(f"{which.key}|", autoescape=True)))
    if which.before is not None:
        asked.append(_E.due_at < which.before)
    if which.since is not None:
        asked.append(_E.due_at >= which.since)
    return asked


def _state(which: Which) -> list[ColumnElement[bool]]:
    if which.closed:
        return [_E.closed_at.is_not(None)]
    return [_E.closed_at.is_(None), _E.waived_at.is_not(None) if which.waived else _E.waived_at.is_(None)]


def _meant(views: dict[str, str], word: Told) -> str:
    """Of the reports of one id, by who sent them, what the one that a word is on says of itself."""
    only = "".join(views.values()) if len(views) == 1 else ""
    return next((views[to] for _, to in word.copies if to in views), only)
