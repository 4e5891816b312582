"""The sink, the source and the probe of one endpoint: the engine's own, over a client that speaks SOAP."""

from __future__ import annotations

from dataclasses import replace

from adapters.http.sink import HttpSink
from adapters.http.source import HttpSource
from adapters.soap.client.client import SoapClient
from adapters.soap.client.description import Description
from adapters.soap.client.library import Library
from adapters.soap.client.settings import SoapSettings
from adapters.soap.client.shelf import Shelf
from bus.endpoint import Kept, Means, Sink, Source, Tools
from bus.endpoint_settings import EndpointSettings


def build_sink(name: str, settings: EndpointSettings, tools: Tools) -> Sink:
    """The sink of one endpoint. ``settings``: SoapSettings."""
    assert isinstance(settings, SoapSettings)
    return HttpSink(settings, client_of(name, settings, tools, tools.kept), tools)


def build_source(name: str, settings: EndpointSettings, tools: Tools) -> Source:
    """The source of one endpoint, whose calls keep to its rate. ``settings``: SoapSettings with ``receive``."""
    assert isinstance(settings, SoapSettings)
    client = client_of(name, settings, replace(tools, fast=tools.paced(name)), tools.kept)
    return HttpSource(name, settings, client, tools)


def client_of(name: str, settings: SoapSettings, means: Means, kept: Kept) -> SoapClient:
    """A client by the endpoint's WSDL, which is read once for its sink and its source."""
    library = library_of(name, settings, means, kept)

    def described() -> Description:
        return library.description(client.document)

    client = SoapClient(name, settings, means, kept, described=described)
    return client


def library_of(name: str, settings: SoapSettings, means: Means, kept: Kept) -> Library:
    """Where the endpoint's WSDL is."""
    version = settings.model_dump_json(include={"url", "wsdl", "imports", "service", "port"})
    return kept.get((name, "wsdl"), version, lambda: Library(settings, Shelf.of(means.folder, name)))
