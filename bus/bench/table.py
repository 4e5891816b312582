"""A table for each scenario, with the columns it has figures for; and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.table import Table
from rich.text import Text

from bus.bench.row import Row

#: Heading and form of each figure, in the order of the columns. Milliseconds and counts of CPU, commits and the
#: like are for one document.
FIGURES: Mapping[str, tuple[str, str]] = {
    "documents": ("documents", "{:,.0f}"),
    "accepted": ("accepted/s", "{:,.0f}"),
    "delivered": ("delivered/s", "{:,.0f}"),
    "rate": ("/s", "{:,.0f}"),
    "megabytes": ("MB/s", "{:,.1f}"),
    "p50": ("p50 ms", "{:,.1f}"),
    "p95": ("p95 ms", "{:,.1f}"),
    "p99": ("p99 ms", "{:,.1f}"),
    "max": ("max ms", "{:,.1f}"),
    "seconds": ("s", "{:,.2f}"),
    "lost": ("lost", "{:,.0f}"),
    "twice": ("twice", "{:,.0f}"),
    "twice_by_id": ("twice by id", "{:,.0f}"),
    "cpu": ("CPU ms each", "{:,.3f}"),
    "cpu_daemon": ("daemon ms", "{:,.2f}"),
    "cpu_load": ("load ms", "{:,.3f}"),
    "cpu_sink": ("sink ms", "{:,.3f}"),
    "cpu_database": ("database ms", "{:,.2f}"),
    "cpu_broker": ("broker ms", "{:,.2f}"),
    "commits": ("commits", "{:,.3f}"),
    "statements": ("statements", "{:,.2f}"),
    "fsyncs": ("fsyncs", "{:,.3f}"),
    "peak": ("peak +MB", "{:,.0f}"),
    "ratio": ("×", "{:,.2f}"),
}


def tables(rows: Sequence[Row]) -> Iterator[Table]:
    """One table a scenario, in the order of the rows."""
    for scenario, group in groupby(rows, lambda row: row.scenario):
        yield _table(scenario, list(group))


def _table(scenario: str, rows: Sequence[Row]) -> Table:
    shown = [name for name in FIGURES if any(name in row.figures for row in rows)]
    drawn = Table(title=scenario, title_justify="left", title_style="bold", box=None, pad_edge=False)
    drawn.add_column("case")
    for name in shown:
        drawn.add_column(FIGURES[name][0], justify="right")
    drawn.add_column("note", overflow="fold")
    for row in rows:
        drawn.add_row(row.case, *(_cell(row, name) for name in shown), Text(row.note))
    return drawn


def _cell(row: Row, name: str) -> str:
    return FIGURES[name][1].format(row.figures[name]) if name in row.figures else ""


def as_json(rows: Sequence[Row], about: Mapping[str, object]) -> dict[str, Any]:
    """The same for machines: figures by the names of :data:`FIGURES`."""
    told = [{"scenario": row.scenario, "case": row.case, **row.figures, "note": row.note} for row in rows]
    return {**about, "rows": told}
