"""SOAP: partners that are called by their WSDL, and the bus's own services that partners call."""

from __future__ import annotations

from adapters.soap.client.endpoint import build_sink, build_source
from adapters.soap.client.probe import probe
from adapters.soap.client.settings import SoapSettings
from bus.endpoint import Adapter

ADAPTER = Adapter(kind="soap", settings=SoapSettings, sink=build_sink, source=build_source, probe=probe)
