"""The outcome as a table, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from rich.table import Table

from bench.peer.outcome import Figures, Outcome, by_process, figures
from bench.peer.turn import PACE


def table(outcome: Outcome, title: str) -> Table:
    """Turns as they came, the medians, and what they come to."""
    drawn = Table(title=title)
    drawn.add_column("")
    for heading in ("documents/s", f"p50 ms at {PACE:.0f}/s", f"p99 ms at {PACE:.0f}/s", "CPU ms each"):
        drawn.add_column(heading, justify="right")
    drawn.add_column("by process")
    for turn in outcome.turns:
        drawn.add_row(turn.side, *_cells(figures(turn)), _shares(turn.cpu))
    drawn.add_section()
    for side, medians in (("bus", outcome.bus), ("peer", outcome.peer)):
        drawn.add_row(f"{side}, median", *_cells(medians), _shares(by_process(outcome.turns, side)))
    drawn.add_section()
    drawn.add_row("bus / peer", *(f"{value:.2f}" for value in asdict(outcome.ratio).values()))
    return drawn


def _cells(of: Figures) -> list[str]:
    return [f"{of.rate:,.0f}", f"{of.p50:.1f}", f"{of.p99:.1f}", f"{of.cpu:.2f}"]


def _shares(cpu: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {milliseconds:.2f}" for name, milliseconds in cpu.items())


def as_json(outcome: Outcome, about: Mapping[str, object]) -> str:
    """The same for machines: documents a second, and milliseconds."""
    return json.dumps({**about, **asdict(outcome)}, ensure_ascii=False, indent=2)
