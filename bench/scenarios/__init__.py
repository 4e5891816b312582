"""What is measured, by name; one file each."""

from __future__ import annotations

from collections.abc import Mapping

from bench.row import Scenario
from bench.scenarios import (
    channel,
    directory,
    fairness,
    intake,
    journal,
    large,
    outage,
    reader,
    routing,
    through,
    transports,
    writer,
)


def scenarios() -> Mapping[str, Scenario]:
    """All of them, in the order of the table."""
    named = (reader, writer, routing, journal, intake, through, outage, fairness, large, transports, channel, directory)
    return {module.__name__.rpartition(".")[2]: module.measure for module in named}
