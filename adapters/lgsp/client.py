"""A platform as a partner: the HTTP engine speaks to it by the dialect's settings.

A document is sent in one call for all recipients it has there. The call names nobody: the platform hands a document to
whom the document itself names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from adapters.http import directory as engine_directory
from adapters.http import probe as engine_probe
from adapters.http import sink as engine_sink
from adapters.http import source as engine_source
from adapters.lgsp.dialect import engine_settings
from adapters.lgsp.settings import LgspSettings
from bus.endpoint import Answer, Delivered, DirectorySource, Finding, Means, Outcome, Sink, Source, Tools
from bus.endpoint_settings import EndpointSettings
from bus.message import CopyOut, Delivery


class LgspSink:
    """One platform."""

    def __init__(self, inner: Sink) -> None:
        self._inner = inner

    def send(self, delivery: Delivery) -> Mapping[str, Outcome]:
        first = replace(delivery, copies=delivery.copies[:1])
        (outcome,) = self._inner.send(first).values()
        return {copy.doc_id: outcome for copy in delivery.copies}

    def ask(self, _delivery: Delivery, _copy: CopyOut) -> Answer | Delivered:
        """These calls have no such question."""
        return Answer.UNKNOWN

    def close(self) -> None:
        self._inner.close()


def build_sink(name: str, settings: EndpointSettings, tools: Tools) -> LgspSink:
    """The sink of one endpoint."""
    assert isinstance(settings, LgspSettings)
    return LgspSink(engine_sink.build_sink(name, engine_settings(settings), tools))


def build_source(name: str, settings: EndpointSettings, tools: Tools) -> Source:
    """The source of one endpoint."""
    assert isinstance(settings, LgspSettings)
    return engine_source.build_source(name, engine_settings(settings), tools)


def build_directory(name: str, settings: EndpointSettings, tools: Tools) -> DirectorySource:
    """The list of agencies of one endpoint."""
    assert isinstance(settings, LgspSettings)
    return engine_directory.build_directory(name, engine_settings(settings), tools)


def probe(name: str, settings: EndpointSettings, means: Means) -> Iterator[Finding]:
    """Look at the platform: a token is had, and its lists are asked for; nothing is fetched, acked or sent."""
    assert isinstance(settings, LgspSettings)
    return engine_probe.probe(name, engine_settings(settings), means)
