"""The packet of a report that is made of others; the same each time it is made of the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from bus.aggregator.tasks import Task
from bus.journal.aggregating import Aggregate
from schemas.report.aggregate import Source, aggregated, gathered, observations
from schemas.report.base import Reference
from schemas.report.data import Data, ReportPeriod, report_id
from schemas.report.regime import DataType
from schemas.report.table import Table

#: From the least final to the most.
_FINALITY = (DataType.PLAN, DataType.ESTIMATE, DataType.PERFORMED, DataType.OFFICIAL)


class Said(BaseModel):
    """What a version is made of: written down before it is made, and all that it needs."""

    model_config = ConfigDict(frozen=True)

    version: int
    supersedes: int | None
    form_version: str
    basis: str
    data_from: date
    data_to: date
    deadline: date
    recipients: tuple[str, ...]
    #: Units and the messages their reports came in.
    parts: tuple[tuple[str, str], ...]
    #: Those without which it goes; of these, those whose report was waived.
    missing: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    #: Who let it go without the others.
    released_by: str = ""

    def is_of(self, parts: Sequence[tuple[str, str]], missing: Sequence[str]) -> bool:
        """Whether it is made of these reports, and names these units."""
        return (self.parts, self.missing) == (tuple(parts), tuple(missing))


def called(row: Aggregate) -> str:
    """The id of the report, in all its versions."""
    return report_id(row.regime, row.form, row.period, row.unit)


def begin(task: Task, known: int, table: Table, basis: str, **made_of: Any) -> Said:
    """What the next version is to be made of, where ``known`` is the highest that was accepted."""
    return Said(
        version=known + 1,
        supersedes=known or None,
        form_version=table.form.version,
        basis=basis,
        data_from=task.own.data_from,
        data_to=task.own.data_to,
        deadline=task.own.due,
        recipients=task.own.receivers,
        **made_of,
    )


def packet(row: Aggregate, said: Said, table: Table, sources: Sequence[Source]) -> bytes:
    """The packet as JSON."""
    data = Data(
        report_id=called(row),
        version=said.version,
        supersedes=said.supersedes,
        regime=row.regime,
        period=ReportPeriod(code=row.period, basis=said.basis, from_=said.data_from, to=said.data_to),
        reporting_unit=row.unit,
        recipients=said.recipients,
        form=Reference(code=row.form, version=said.form_version),
        deadline=said.deadline,
        data_type=min((one.data.data_type for one in sources), key=_FINALITY.index),
        kind=table.form.kind,
        observations=observations(table, aggregated(table, sources, partial=bool(said.missing))),
        rows=tuple(one.row for one in gathered(sources)) if table.form.kind == "list" else (),
        missing_units=said.missing,
    )
    return orjson.dumps(data.model_dump(mode="json"))
