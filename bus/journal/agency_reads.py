"""Questions about the cached lists of agencies, in pages: no question keeps the database for long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bus.journal import schema
from bus.journal.agencies import Head
from bus.journal.store import Store

_A, _L = schema.agencies.c, schema.agency_lists.c
_COLUMNS = (_A.endpoint, _A.code, _A.old_code, _A.name, _A.parent, _A.mail, _A.closed)
#: Rows one page holds.
_PAGE = 5000


@dataclass(frozen=True, slots=True)
class Cached:
    """One agency of a cached list."""

    endpoint: str
    code: str
    old_code: str
    name: str
    parent: str
    mail: str
    closed: bool


class AgencyReads:
    """Each question has a connection of its own that is given back at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def heads(self) -> dict[str, Head]:
        """Which lists are in the cache, by endpoint."""
        with self._store.reading() as connection:
            rows = connection.execute(select(schema.agency_lists).order_by(_L.endpoint)).mappings()
            return {row["endpoint"]: Head(**row) for row in rows}

    def paired(self, endpoint: str) -> int:
        """How many agencies of a list have a former spelling."""
        query = select(func.count()).where(_A.endpoint == endpoint, _A.old_code != "")
        with self._store.reading() as connection:
            return connection.execute(query).scalar_one()

    def codes(self, endpoints: Iterable[str]) -> Iterator[tuple[str, str, int]]:
        """Code, former code and whether closed, list by list."""
        for endpoint in endpoints:
            query = select(_A.code, _A.old_code, _A.closed).where(_A.endpoint == endpoint).order_by(_A.code)
            with self._store.reading() as connection:
                rows = connection.execute(query).all()
            yield from map(tuple, rows)

    def pages(self, endpoints: Iterable[str]) -> Iterator[list[Cached]]:
        """All agencies of these lists, list by list and by code."""
        for endpoint in endpoints:
            page = self._page(endpoint, "")
            while page:
                yield page
                page = self._page(endpoint, page[-1].code)

    def find(self, endpoints: Sequence[str], words: Sequence[str], limit: int) -> list[Cached]:
        """Agencies whose name or code holds all these words, which are without accents; open ones first."""
        held = [_A.plain.contains(word, autoescape=True) for word in words]
        query = select(*_COLUMNS).where(_A.endpoint.in_(endpoints), *held).order_by(_A.closed, _A.code).limit(limit)
        with self._store.reading() as connection:
            return [_cached(row) for row in connection.execute(query)]

    def under(self, endpoints: Sequence[str], codes: Sequence[str]) -> list[Cached]:
        """The agencies of these lists under any of these codes."""
        query = select(*_COLUMNS).where(_A.endpoint.in_(endpoints), _A.code.in_(codes)).order_by(_A.endpoint, _A.code)
        with self._store.reading() as connection:
            return [_cached(row) for row in connection.execute(query)]

    def changed_at(self, endpoints: Sequence[str]) -> int:
        """When the routes or one of these lists last changed; 0 where there are none."""
        lists = select(func.max(_L.changed_at)).where(_L.endpoint.in_(endpoints))
        with self._store.reading() as connection:
            routes = connection.execute(select(func.max(schema.routes_versions.c.applied_at))).scalar()
            return max(routes or 0, connection.execute(lists).scalar() or 0)

    def _page(self, endpoint: str, after: str) -> list[Cached]:
        query = select(*_COLUMNS).where(_A.endpoint == endpoint, _A.code > after).order_by(_A.code).limit(_PAGE)
        with self._store.reading() as connection:
            return [_cached(row) for row in connection.execute(query)]


def _cached(row: Sequence[Any]) -> Cached:
    endpoint, code, old_code, name, parent, mail, closed = row
    return Cached(endpoint, code, old_code, name, parent, mail, bool(closed))
