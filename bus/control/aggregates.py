"""Reports that are made of others: how they stand, the order that lets one go without some units, and where a figure comes from.

An operator who belongs to an office sees and releases those of the regimes that this office follows, and no others.
"""

from __future__ import annotations

from typing import Annotated

import orjson
from pydantic import Field

from bus.aggregator.making import Reports, Unmakeable, form_of
from bus.aggregator.packet import Said
from bus.aggregator.standing import Standing, released, standing
from bus.aggregator.tasks import Task, Tasks
from bus.clock import iso
from bus.control.answers.aggregates import Aggregates, AggregateTold, CellTold, FigureTold, Released, RowTold, Traced
from bus.control.expecting import Limit, offices
from bus.control.parts import Parts
from bus.control.reports import regimes_of
from bus.errors import NotFound, Rejected
from bus.expectation.rules import Rules
from bus.journal import aggregating
from bus.journal.aggregate_reads import AggregateReads
from bus.journal.aggregating import Aggregate, Version
from bus.journal.expectation_reads import ExpectationReads
from schemas.report.aggregate import Figure, Made, Row, Source, aggregated, gathered
from schemas.report.table import Table

#: Figures of units that one answer holds.
_MOST = 50_000


def aggregates(parts: Parts, report: str = "", limit: Limit = 200) -> Aggregates:
    """Those of a name, or of all; a name may end before the period or the unit."""
    tasks, reads = _tasks(parts), _reads(parts)
    rows = ((row, tasks.one(row)) for row in reads.listed(report, limit))
    return {"rows": [_told(parts, tasks, row, task) for row, task in rows if task and _follows(parts, tasks, task)]}


def release(parts: Parts, aggregate: str, reason: str = "", dry_run: bool = False) -> Released:
    """Let a report go without the units that are missing now; they are named in its packet. Raises NotFound where none of them has come,
    Rejected where no reason is given or nothing is missing.
    """
    tasks = _tasks(parts)
    row, task = _one(parts, tasks, aggregate)
    stands = _stands(parts, tasks, row, task)
    if not stands.parts or not stands.missing:
        raise Rejected("request.invalid", "no unit has reported" if not stands.parts else "no unit is missing")
    if not dry_run and not reason.strip():
        raise Rejected("request.invalid", "say why it goes without them")
    if not dry_run:
        units = orjson.dumps(stands.missing).decode()
        parts.mark.change({"released": released(row)}, {"released": list(stands.missing)})
        parts.journal.aggregate("released", aggregating.Released(row.id, units, parts.who)).result()
    return {
        "dry_run": dry_run,
        "done": 0 if dry_run else 1,
        "refused": 0,
        "id": row.id,
        "units": [part.unit for part in stands.parts],
        "missing": list(stands.missing),
    }


def trace(parts: Parts, aggregate: str, cell: str = "", version: Annotated[int, Field(ge=0)] = 0) -> Traced:
    """Where the figures of a version come from: the latest, where none is named; one cell, or all. Raises NotFound,
    and Rejected where all are more than fifty thousand figures.
    """
    row, _ = _one(parts, _tasks(parts), aggregate)
    found = next((one for one in _reads(parts).versions(row.id) if version in (0, one.version)), None)
    if found is None:
        raise NotFound(f"no version {version or ''} of {aggregate} was made".replace("  ", " "))
    said = Said.model_validate_json(found.said)
    table, sources = _made_of(parts, row, said)
    if not cell and len(sources) * len(table.rows) * len(table.columns) > _MOST:
        raise Rejected("request.invalid", f"more than {_MOST} figures are meant: name a cell")
    made = [one for one in aggregated(table, sources, partial=bool(said.missing)) if cell in ("", one.cell)]
    if cell and not made:
        raise NotFound(f"{row.form} has no cell {cell} that is made of others")
    return _traced(found, said, made, () if cell else gathered(sources))


def _made_of(parts: Parts, row: Aggregate, said: Said) -> tuple[Table, list[Source]]:
    try:
        reports = Reports(_reads(parts), parts.journal.reads, parts.claims)
        return form_of(regimes_of(parts).library(), row, said.form_version), reports.sources(said)
    except Unmakeable as trouble:
        raise NotFound(str(trouble)) from None


def _traced(version: Version, said: Said, made: list[Made], rows: tuple[Row, ...]) -> Traced:
    return {
        "id": version.aggregate,
        "version": version.version,
        "message": version.message,
        "made_at": iso(version.made_at),
        "missing": list(said.missing),
        "waived": list(said.waived),
        "released_by": said.released_by,
        "cells": [_cell(one) for one in made],
        "rows": [_row(number, one) for number, one in enumerate(rows, 1)],
    }


def _cell(one: Made) -> CellTold:
    figures = [_figure(figure) for figure in one.figures]
    return {"cell": one.cell, "by": one.by, "value": one.value, "status": one.status.value, "figures": figures}


def _figure(one: Figure) -> FigureTold:
    return {
        "unit": one.unit,
        "message": one.message,
        "cell": one.cell,
        "value": one.value,
        "status": one.status.value,
    }


def _row(number: int, one: Row) -> RowTold:
    return {"row": number, "unit": one.unit, "message": one.message, "unit_row": one.number}


def _one(parts: Parts, tasks: Tasks, aggregate: str) -> tuple[Aggregate, Task]:
    """The one of this name, where the operator follows it. Raises NotFound."""
    row = _reads(parts).one(aggregate)
    task = tasks.one(row) if row else None
    if row is None or task is None or not _follows(parts, tasks, task):
        raise NotFound(f"nothing has come for {aggregate}, or it is not made of others")
    return row, task


def _told(parts: Parts, tasks: Tasks, row: Aggregate, task: Task) -> AggregateTold:
    stands = _stands(parts, tasks, row, task)
    return {
        "id": row.id,
        "rule": row.rule,
        "regime": row.regime,
        "form": row.form,
        "period": row.period,
        "unit": row.unit,
        "state": _state(row, stands),
        "version": row.version,
        "units": [part.unit for part in stands.parts],
        "missing": list(stands.missing),
        "waived": list(stands.waived),
        "released": released(row),
        "released_by": row.released_by,
        "problem": row.problem,
        "changed_at": iso(row.changed_at),
    }


def _state(row: Aggregate, stands: Standing) -> str:
    if row.changes == row.upto:
        return "made"
    if row.problem:
        return "troubled"
    if stands.may_go(released(row)):
        return "ready"
    return "reopened" if row.version else "waiting"


def _stands(parts: Parts, tasks: Tasks, row: Aggregate, task: Task) -> Standing:
    waived = ExpectationReads(parts.journal.store).waived(row.regime, row.form, row.period)
    return standing(tasks.rules, task, _reads(parts).parts(row.id), waived, parts.clock.now())


def _follows(parts: Parts, tasks: Tasks, task: Task) -> bool:
    """Whether the operator may: one with an office follows its own regimes."""
    own = offices(parts, "")
    return not own or tasks.rules.agency(task.own.office) in own


def _tasks(parts: Parts) -> Tasks:
    return Tasks(Rules(parts.holder.plan, regimes_of(parts).duties()))


def _reads(parts: Parts) -> AggregateReads:
    return AggregateReads(parts.journal.store)
