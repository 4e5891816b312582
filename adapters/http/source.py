"""Works a partner's queue off as an endpoint's settings say: list, get, ack."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.http.client import HttpClient
from adapters.http.settings import HttpSettings
from bus.endpoint import EndpointSettings, Item, Source, Tools


class HttpSource:
    """The partner as a place to look at. Polled by one process at a time."""

    def __init__(self, name: str, settings: HttpSettings, client: HttpClient, tools: Tools) -> None:
        self._name = name
        self._settings = settings
        self._client = client
        self._tools = tools

    def poll(self) -> Iterator[Item]:
        """The lists in their order, documents before statuses; each item's own trouble is its own."""
        raise NotImplementedError


def build_source(name: str, settings: EndpointSettings, tools: Tools) -> Source:
    """The source of one endpoint, whose calls keep to its rate. ``settings``: HttpSettings."""
    assert isinstance(settings, HttpSettings)
    return HttpSource(name, settings, HttpClient(name, settings, tools), tools)
