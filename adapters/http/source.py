"""Works a partner's queue off as an endpoint's settings say: list, get, ack.

Nothing leaves the partner's list before it is told ``done``, so whatever goes wrong here comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count, islice
from typing import TypeVar

from adapters.http.client import HttpClient
from adapters.http.decode import read
from adapters.http.facts import Facts, local
from adapters.http.names import names_in
from adapters.http.paths import parse_path
from adapters.http.receive_settings import AckSettings, ListSettings, ReceiveSettings
from adapters.http.rows import Row, read_rows, rows_of, text_at
from adapters.http.sending import Sending
from adapters.http.settings import HttpSettings
from adapters.http.taking import Taken, taking
from bus import log
from bus.clock import micros
from bus.desk import Received
from bus.endpoint import EndpointSettings, Item, Source, Tools
from bus.errors import CallFailed, Refused, Rejected, Unreachable
from bus.message import Inbound, Receipt, RemoteId, ReturnAddress
from schemas.content import Content

T = TypeVar("T")

_log = log.get()
#: Bytes of a list that is read.
_MAX_LIST = 32 << 20


class HttpSource:
    """The partner as a place to look at. Polled by one process at a time."""

    def __init__(self, name: str, settings: HttpSettings, client: HttpClient, tools: Tools) -> None:
        assert settings.receive is not None
        self._name = name
        self._settings = settings
        self._receive = settings.receive
        self._client = client
        self._tools = tools

    def poll(self) -> Iterator[Item]:
        """The lists in their order, documents before statuses; statuses are listed after the documents were worked off."""
        return islice(self._items(), self._receive.max_items)

    def _items(self) -> Iterator[Item]:
        waiting: list[HttpItem] = []
        for settings in sorted(self._receive.lists, key=lambda one: one.type):
            for row in sorted(self._rows(settings), key=lambda row: row.order):
                item = HttpItem(self._name, row, self._settings, self._client, self._tools)
                if row.type == settings.type:
                    yield item
                else:
                    waiting.append(item)
        yield from waiting

    def _rows(self, settings: ListSettings) -> list[Row]:
        """What waits in one list, each item once, though pages may overlap while they are read."""
        found: dict[str, Row] = {}
        for rows in self._pages(settings):
            read_ = list(read_rows(rows, settings))
            if len(read_) < len(rows):
                _log.info("http.items_left_alone", endpoint=self._name, items=len(rows) - len(read_))
            found.update({row.id: row for row in read_ if row.id not in found})
            if len(found) >= self._receive.max_items:
                break
        return list(found.values())

    def _pages(self, settings: ListSettings) -> Iterator[list[object]]:
        if settings.pages is None:
            yield self._listed(settings, 1, 0, 0)
            return
        limit = settings.pages.limit
        for turn in count():
            rows = self._listed(settings, settings.pages.first + turn, turn * limit, limit)
            yield rows
            if len(rows) < limit:
                return

    def _listed(self, settings: ListSettings, page: int, offset: int, limit: int) -> list[object]:
        since = local(self._tools.clock.now() - micros(timedelta(days=settings.days)))
        values = {"page": page, "offset": offset, "limit": limit, "since": since}
        names = self._client.facts().also({name: _says(value) for name, value in values.items()})
        answer = read(_asked(lambda: self._client.call(settings.call, Sending(names), max_answer=_MAX_LIST)))
        _asked(lambda: self._client.judge.success(answer, settings.success))
        return rows_of(answer, settings)


class HttpItem:
    """One item of a list."""

    def __init__(self, endpoint: str, row: Row, settings: HttpSettings, client: HttpClient, tools: Tools) -> None:
        assert settings.receive is not None
        self.type = row.type
        self.remote_id = row.id
        self._endpoint = endpoint
        self._row = row
        self._settings = settings
        self._receive: ReceiveSettings = settings.receive
        self._client = client
        self._tools = tools

    def inbound(self) -> Inbound:
        if self._receive.processing and self._settings.mode == "live":
            with suppress(CallFailed):  # a courtesy: the item is fetched whether it was heard or not
                self._tell(self._receive.processing, "processing")
        received = self._fetch()
        return Inbound(
            came_by=ReturnAddress(self._endpoint),
            content=received.content,
            claim=received.claim,
            recipients=self._recipients(received.content),
            remote=RemoteId(self._endpoint, self.type, self.remote_id),
            from_source=True,
        )

    def settle(self, result: Receipt | Rejected) -> None:
        if self._settings.mode == "observe":
            return
        if not isinstance(result, Rejected):
            self._tell(self._receive.done, "done")
        elif self._receive.fail:
            self._tell(self._receive.fail, "fail", str(result))

    def _tell(self, ack: AckSettings, state: str, reason: str = "") -> None:
        names = self._names(names_in(ack.call)).also({"state": _says(state), "reason": _says(reason)})
        answer = read(_asked(lambda: self._client.call(ack.call, Sending(names))))
        _asked(lambda: self._client.judge.success(answer, ack.success))

    def _fetch(self) -> Received:
        settings, takings = self._receive.get, list[Taken]()

        def begin() -> Taken:
            for before in takings:
                before.discard()
            takings.append(taking(settings.content, self.type, self._tools, self._settings.limit))
            return takings[-1]

        bound = self._settings.limit * 2 + (1 << 20)
        sending = Sending(self._names(names_in(settings.call)))
        try:
            answer = read(_asked(lambda: self._client.call(settings.call, sending, taking=begin, max_answer=bound)))
            _asked(lambda: self._client.judge.success(answer, settings.success))
            return takings[-1].received(answer)
        finally:
            for one in takings:
                one.discard()

    def _names(self, wanted: frozenset[str]) -> Facts:
        """The item's id and type, and what is asked for of its row."""
        row = {name: _says(text_at(self._row.said, parse_path(name[4:]))) for name in wanted if name.startswith("row.")}
        return self._client.facts().also({"id": _says(self.remote_id), "type": _says(self.type), **row})

    def _recipients(self, content: Content) -> tuple[str, ...]:
        """Whom this copy is for: the list says it, else those of the document's recipients we act for."""
        own = tuple(code for code in content.recipients if code in self._receive.own)
        return self._row.recipients or own or content.recipients


def build_source(name: str, settings: EndpointSettings, tools: Tools) -> Source:
    """The source of one endpoint, whose calls keep to its rate. ``settings``: HttpSettings with ``receive``."""
    assert isinstance(settings, HttpSettings)
    client = HttpClient(name, settings, replace(tools, fast=tools.paced(name)), tools.kept)
    return HttpSource(name, settings, client, tools)


def _says(value: object) -> Callable[[], object]:
    return lambda: value


def _asked(call: Callable[[], T]) -> T:
    """A call to fetch or to ack. A no to it settles nothing: the item is still in the list and comes again."""
    try:
        return call()
    except Refused as refusal:
        raise Unreachable(refusal.failure, refusal.words, code=refusal.code) from refusal
