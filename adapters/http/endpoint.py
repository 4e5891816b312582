"""The kind of endpoint that is nothing but its settings."""

from __future__ import annotations

from adapters.http.directory import build_directory
from adapters.http.probe import probe
from adapters.http.settings import HttpSettings
from adapters.http.sink import build_sink
from adapters.http.source import build_source
from bus.endpoint import Adapter

ADAPTER = Adapter(
    kind="http",
    settings=HttpSettings,
    sink=build_sink,
    source=build_source,
    directory=build_directory,
    probe=probe,
)
