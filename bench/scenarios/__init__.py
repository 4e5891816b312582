"""What is measured, by name; one file each."""

from __future__ import annotations

from collections.abc import Mapping

from bench.options import Scenario
from bench.scenarios import (
    channel,
    directory,
    doors,
    journal,
    reader,
    replay,
    reports,
    routing,
    sinks,
    transports,
    writer,
)


def scenarios() -> Mapping[str, Scenario]:
    """All of them, in the order of the tables."""
    named = (reader, writer, routing, journal, doors, sinks, transports, channel, directory, replay, reports)
    return {module.__name__.rpartition(".")[2]: module.measure for module in named}
