"""The one table, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

from bench.row import Row

_FIGURES = {
    "rate": ("/s", "{:,.0f}"),
    "megabytes": ("MB/s", "{:,.0f}"),
    "p50": ("p50 ms", "{:,.1f}"),
    "p99": ("p99 ms", "{:,.1f}"),
    "cpu": ("CPU ms each", "{:,.2f}"),
    "peak": ("peak +MB", "{:,.0f}"),
    "seconds": ("s", "{:,.1f}"),
    "ratio": ("×", "{:,.2f}"),
}


def table(rows: Sequence[Row], title: str) -> Table:
    """All rows, a rule between scenarios."""
    drawn = Table(title=title)
    for name in ("scenario", "case"):
        drawn.add_column(name)
    for heading, _ in _FIGURES.values():
        drawn.add_column(heading, justify="right")
    drawn.add_column("note")
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        last = following is None or following.scenario != row.scenario
        drawn.add_row(row.scenario, row.case, *_figures(row), row.note, end_section=last)
    return drawn


def _figures(row: Row) -> list[str]:
    values = asdict(row)
    return ["" if values[name] is None else form.format(values[name]) for name, (_, form) in _FIGURES.items()]


def as_json(rows: Sequence[Row], about: dict[str, object]) -> str:
    """The same for machines; figures that were not measured are left out."""
    told = [{name: value for name, value in asdict(row).items() if value not in (None, "")} for row in rows]
    return json.dumps({**about, "rows": told}, ensure_ascii=False, indent=2)
