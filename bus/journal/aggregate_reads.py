"""Questions about reports that are made of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Select, or_, select

from bus.journal import schema
from bus.journal.aggregating import CURSOR, Aggregate, Part, Version
from bus.journal.expectation_reads import DATA
from bus.journal.store import Store

_A, _P, _V = schema.aggregates.c, schema.aggregate_parts.c, schema.aggregate_versions.c
_M, _C = schema.messages.c, schema.cursors.c
_HEADS = tuple(_A[name] for name in Aggregate._fields)
_PARTS = tuple(_P[name] for name in Part._fields)
_VERSIONS = tuple(_V[name] for name in Version._fields)
#: Names that one question is asked with.
_AT_ONCE = 500


class AggregateReads:
    """Each question has a connection of its own that is given back at once. All raise JournalDown."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def position(self) -> int | None:
        """Up to which event aggregates follow the journal; None: they do not yet."""
        rows = self._all(select(_C.position).where(_C.name == CURSOR))
        return int(rows[0][0]) if rows else None

    def stale(self) -> list[Aggregate]:
        """Those of which something changed that their latest version does not know of."""
        return [Aggregate(*row) for row in self._all(select(*_HEADS).where(_A.changes != _A.upto).order_by(_A.id))]

    def one(self, id_: str) -> Aggregate | None:
        """The one of this name."""
        return next((Aggregate(*row) for row in self._all(select(*_HEADS).where(_A.id == id_))), None)

    def listed(self, key: str, limit: int) -> list[Aggregate]:
        """Those of a name that is whole or the beginning of one, the latest changed first; all for none."""
        meant = or_(_A.id == key, _A.id.startswith(f"{key}|", autoescape=True)) if key else _A.id.is_not(None)
        query = select(*_HEADS).where(meant).order_by(_A.changed_at.desc(), _A.id).limit(limit)
        return [Aggregate(*row) for row in self._all(query)]

    def parts(self, aggregate: str) -> list[Part]:
        """What units sent for one, by their codes."""
        return [Part(*row) for row in self._all(select(*_PARTS).where(_P.aggregate == aggregate).order_by(_P.unit))]

    def known(self, ids: Iterable[str]) -> list[Part]:
        """The parts of these ids."""
        every = sorted(set(ids))
        portions = (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
        return [Part(*row) for some in portions for row in self._all(select(*_PARTS).where(_P.id.in_(some)))]

    def under_way(self) -> list[Version]:
        """Versions that were begun and have not been accepted yet."""
        return [Version(*row) for row in self._all(select(*_VERSIONS).where(_V.message == "").order_by(_V.id))]

    def versions(self, aggregate: str) -> list[Version]:
        """Every version of one, the latest first."""
        query = select(*_VERSIONS).where(_V.aggregate == aggregate).order_by(_V.version.desc())
        return [Version(*row) for row in self._all(query)]

    def bodies(self, messages: Sequence[str]) -> dict[str, str]:
        """The SHA-256 of what each of these messages brought."""
        every = list(messages)
        portions = (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
        query = select(_M.id, _M.body)
        return {id_: body for some in portions for id_, body in self._all(query.where(_M.id.in_(some)))}

    def highest(self, senders: Sequence[str], report: str) -> int:
        """The highest version of a report that was accepted, whoever made it; 0: none."""
        query = select(_M.view).where(_M.sender.in_(senders), _M.type == DATA, _M.key == report)
        said = (orjson.loads(view or "{}").get("version") for (view,) in self._all(query))
        return max((one for one in said if isinstance(one, int)), default=0)

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with self._store.reading() as connection:
            return connection.execute(query).all()
