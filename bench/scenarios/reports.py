"""Report packets read and checked, the province's report made of its units', and what the regimes of a year take in memory."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bench.options import Options
from bus.bench.child import answer
from bus.bench.row import Row
from bus.calendar import is_working
from bus.config.regimes import parse_regimes
from bus.expectation.duties import Duty, OfRegimes
from schemas.report.aggregate import Source, aggregated, observations
from schemas.report.base import Reference
from schemas.report.check import check
from schemas.report.data import Data, Observation, ReportPeriod, report_id
from schemas.report.form import FormKind
from schemas.report.library import Library
from schemas.report.reading import read
from schemas.report.table import Table

#: The example of a province's size.
_REGIMES = Path("docs/regimes.yaml")
_YEAR = date(2026, 1, 1), date(2026, 12, 31)
_PACKETS = 2_000


def measure(options: Options) -> Iterator[Row]:
    """The largest form that many units fill in, and the file of all regimes."""
    checked, added, note = answer(_packets, options.count(_PACKETS))
    yield Row("reports", "packets read and checked", {"rate": 1 / checked, "cpu": checked * 1000}, note)
    yield Row("reports", "units' packets added up", {"rate": 1 / added, "cpu": added * 1000}, note)
    seconds, size, note = answer(_catalogue)
    yield Row("reports", "regimes of a year, parsed", {"seconds": seconds}, f"{size / 1e6:.1f} MB kept; {note}")


def _catalogue() -> tuple[float, int, str]:
    """Seconds to parse the regimes, bytes they and the duties of a year take, and how many there are."""
    text = _REGIMES.read_text(encoding="utf-8")
    seconds = _spent(lambda: parse_regimes(text, _REGIMES.name))
    tracemalloc.start()
    known = OfRegimes(parse_regimes(text, _REGIMES.name).library, is_working)
    duties = list(known.between(*_YEAR))
    size, _ = tracemalloc.get_traced_memory()
    return seconds, size, f"{len(known.library.regimes)} regimes, {len(duties)} reports owed"


def _packets(count: int) -> tuple[float, float, str]:
    """Processor seconds a packet takes to be read and checked, and to be added up with those of all other units."""
    library = parse_regimes(_REGIMES.read_text(encoding="utf-8"), _REGIMES.name).library
    duties = _widest(OfRegimes(library, is_working))
    table = _table(library, duties[0])
    bodies = [_packet(table, duties[number % len(duties)], library) for number in range(count)]
    spent = _spent(lambda: [check(read(body), library) for body in bodies])
    sources = [Source(duty.unit, "m", read(_packet(table, duty, library))) for duty in duties]
    added = _spent(lambda: observations(table, aggregated(table, sources)))
    cells = len(table.rows) * len(table.columns)
    return spent / count, added / len(sources), f"{cells} cells, {len(duties)} units"


def _widest(known: OfRegimes) -> list[Duty]:
    """The reports on one form for one period that have the most figures, all units taken together."""
    found: dict[tuple[str, str, str], list[Duty]] = {}
    for duty in known.between(*_YEAR):
        found.setdefault((duty.regime, duty.form, duty.period), []).append(duty)
    return max(found.values(), key=lambda duties: len(duties) * _cells(_table(known.library, duties[0])))


def _table(library: Library, duty: Duty) -> Table:
    regime = library.regime(duty.regime, duty.data_to)
    assert regime
    form = next(one for one in regime.forms if one.code == duty.form)
    table = library.form(Reference(code=form.code, version=form.version))
    assert table
    return table


def _cells(table: Table) -> int:
    return len(table.rows) * len(table.columns) if table.form.kind is FormKind.MATRIX else 0


def _packet(table: Table, duty: Duty, library: Library) -> bytes:
    """A report in which every figure is nothing, so that all totals hold."""
    regime = library.regime(duty.regime, duty.data_to)
    assert regime
    return (
        Data(
            report_id=report_id(duty.regime, duty.form, duty.period, duty.unit),
            regime=duty.regime,
            form=Reference(code=table.form.code, version=table.form.version),
            period=ReportPeriod(code=duty.period, basis=regime.basis, from_=duty.data_from, to=duty.data_to),
            reporting_unit=duty.unit,
            recipients=duty.receivers,
            kind=table.form.kind,
            observations=tuple(
                Observation(indicator=row.code, breakdown=column.breakdown, value="0", unit=row.unit)
                for row in table.rows.values()
                for name, column in table.columns.items()
                if f"{row.code}/{name}" not in table.not_applicable
            ),
        )
        .model_dump_json(by_alias=True, exclude_none=True)
        .encode()
    )


def _spent(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
