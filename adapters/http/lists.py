"""What a partner lists, page by page. Nothing is changed there by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

from adapters.http.client import HttpClient
from adapters.http.decode import read
from adapters.http.facts import local, says
from adapters.http.receive_settings import ListSettings
from adapters.http.rows import Row, read_rows, rows_of
from adapters.http.sending import Sending
from bus import log
from bus.clock import Clock, micros
from bus.errors import FailureClass, Refused, Unreachable

T = TypeVar("T")

_log = log.get()
#: Bytes of a list that is read.
MAX_LIST = 32 << 20
#: Whatever else is asked for, no answer to it will come.
NOT_THERE = frozenset({FailureClass.AUTH, FailureClass.CONNECT, FailureClass.TLS, FailureClass.TIMEOUT_BEFORE_SEND})


class Lists:
    """Asks for lists by one endpoint's client. ``most``: how many items are enough."""

    def __init__(self, client: HttpClient, clock: Clock, most: int) -> None:
        self._client = client
        self._clock = clock
        self._most = most

    def rows(self, settings: ListSettings) -> list[Row]:
        """What waits in one list, each item once, though pages may overlap while they are read. Raises Unreachable."""
        found: dict[str, Row] = {}
        for listed in self._pages(settings):
            rows = list(read_rows(listed, settings))
            if len(rows) < len(listed):
                _log.info("http.items_left_alone", items=len(listed) - len(rows))
            found.update({row.id: row for row in rows if row.id not in found})
            if len(found) >= self._most:
                break
        return sorted(found.values(), key=lambda row: row.order)

    def _pages(self, settings: ListSettings) -> Iterator[list[object]]:
        if settings.pages is None:
            yield self._page(settings, 1, 0, 0)
            return
        limit = settings.pages.limit
        # No more pages than would hold as many items as are taken: a partner may always answer the first one.
        for turn in range(-(-self._most // limit)):
            rows = self._page(settings, settings.pages.first + turn, turn * limit, limit)
            yield rows
            if len(rows) < limit:
                return

    def _page(self, settings: ListSettings, page: int, offset: int, limit: int) -> list[object]:
        since = local(self._clock.now() - micros(timedelta(days=settings.days)))
        values = {"page": page, "offset": offset, "limit": limit, "since": since}
        names = self._client.facts().also({name: says(value) for name, value in values.items()})
        answer = read(asked(lambda: self._client.call(settings.call, Sending(names), max_answer=MAX_LIST)))
        asked(lambda: self._client.judge.success(answer, settings.success))
        return rows_of(answer, settings)


def asked(call: Callable[[], T]) -> T:
    """A call to list, to fetch or to ack. A no to it settles nothing: what is there comes again."""
    try:
        return call()
    except Refused as refusal:
        raise Unreachable(refusal.failure, refusal.words, code=refusal.code) from refusal
