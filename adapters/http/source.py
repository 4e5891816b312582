"""Works a partner's queue off as an endpoint's settings say: list, get, ack.

Nothing leaves the partner's list before it is told ``done``, so whatever goes wrong here comes again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from adapters.http.asking import Asker
from adapters.http.client import HttpClient
from adapters.http.decode import read
from adapters.http.facts import Facts, says
from adapters.http.figure_source import FigureSource
from adapters.http.lists import Lists, asked
from adapters.http.names import names_in
from adapters.http.paths import parse_path
from adapters.http.receive_settings import STATUS, WORDS, AckSettings, ReceiveSettings
from adapters.http.rows import Row, text_at
from adapters.http.sending import Sending
from adapters.http.settings import HttpSettings
from adapters.http.taking import Taken, taking
from bus.desk import Received
from bus.endpoint import Item, Source, Tools
from bus.endpoint_settings import EndpointSettings
from bus.errors import CallFailed, Rejected
from bus.message import Inbound, Receipt, RemoteId, ReturnAddress
from schemas.content import Content


class HttpSource:
    """The partner as a place to look at. Polled by one process at a time."""

    def __init__(self, name: str, settings: HttpSettings, client: HttpClient, tools: Tools) -> None:
        assert settings.receive is not None
        self._name = name
        self._settings = settings
        self._receive = settings.receive
        self._client = client
        self._tools = tools
        self._lists = Lists(client, tools.clock, settings.receive.max_items)

    def poll(self) -> Iterator[Item]:
        """The lists in their order, words on documents and reports last: they are listed after all else was worked off."""
        return islice(self._items(), self._receive.max_items)

    def _items(self) -> Iterator[Item]:
        waiting: list[HttpItem] = []
        for settings in sorted(self._receive.lists, key=lambda one: one.type in WORDS):
            for row in self._lists.rows(settings):
                item = HttpItem(self._name, row, self._settings, self._client, self._tools)
                if row.type == settings.type or row.type not in WORDS:
                    yield item
                else:
                    waiting.append(item)
        yield from waiting


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
        names = self._names(names_in(ack.call)).also({"state": says(state), "reason": says(reason)})
        answer = read(asked(lambda: self._client.call(ack.call, Sending(names))))
        asked(lambda: self._client.judge.success(answer, ack.success))

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
            answer = read(asked(lambda: self._client.call(settings.call, sending, taking=begin, max_answer=bound)))
            asked(lambda: self._client.judge.success(answer, settings.success))
            return takings[-1].received(answer)
        finally:
            for one in takings:
                one.discard()

    def _names(self, wanted: frozenset[str]) -> Facts:
        """The item's id and type, and what is asked for of its row."""
        row = {name: says(text_at(self._row.said, parse_path(name[4:]))) for name in wanted if name.startswith("row.")}
        return self._client.facts().also({"id": says(self.remote_id), "type": says(self.type), **row})

    def _recipients(self, content: Content) -> tuple[str, ...]:
        """Whom this copy is for: the list says it, else those of the message's recipients we act for.

        What names nobody is for the unit whose report it is a word on, else for all we act for.
        """
        own = tuple(code for code in content.recipients if code in self._receive.own)
        return self._row.recipients or own or content.recipients or self._spoken_to(content) or self._receive.own

    def _spoken_to(self, content: Content) -> tuple[str, ...]:
        if content.type != STATUS:
            return ()
        return tuple(self._tools.units(self._endpoint, content.document_id, int(str(content.view["version"]))))


class _Both:
    """One source after the other."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def poll(self) -> Iterator[Item]:
        for one in self._sources:
            yield from one.poll()


def build_source(name: str, settings: EndpointSettings, tools: Tools) -> Source:
    """The source of one endpoint, whose calls keep to its rate. ``settings``: HttpSettings with ``receive`` or ``figures``."""
    assert isinstance(settings, HttpSettings)
    client = HttpClient(name, settings, replace(tools, fast=tools.paced(name)), tools.kept)
    sources: list[Source] = [HttpSource(name, settings, client, tools)] if settings.receive else []
    if settings.figures:
        asker = Asker(settings.figures, client, tools.clock)
        sources.append(FigureSource(name, settings.figures.own, asker, tools, settings.limit))
    return _Both(sources)
