"""What an operator wants to know of a document-management system before it is used: does it know us, what waits there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from adapters.http import probe as engine
from adapters.http.client import HttpClient
from adapters.qlvb.link import Link
from adapters.qlvb.settings import QlvbSettings
from bus.endpoint import Finding, Means
from bus.endpoint_settings import EndpointSettings


def probe(name: str, settings: EndpointSettings, means: Means) -> Iterator[Finding]:
    """Look at the system: packets are listed; none is fetched, acked or put back, and nothing is sent."""
    assert isinstance(settings, QlvbSettings)
    return engine.looked_at(name, settings, means, partial(_lists, name, settings))


def _lists(name: str, settings: QlvbSettings, client: HttpClient) -> Iterator[engine.Look]:
    if settings.polled and settings.queue:
        link = Link(settings.queue, client)
        yield engine.Look("packets that wait there for us", lambda: len(link.ids()))
    yield from engine.agencies(name, settings, client)
