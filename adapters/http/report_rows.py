"""The rows of a list in a partner's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from adapters.http.filters import numeric
from adapters.http.report_figures import refused
from adapters.http.report_settings import ReportSettings
from schemas.report.data import Data
from schemas.report.form import FormKind
from schemas.report.numbers import number

#: As packets have days.
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def rows(settings: ReportSettings, report: Data) -> list[dict[str, object]]:
    """All of them, by the partner's members. Raises Refused."""
    if report.kind is not FormKind.LIST:
        raise refused("this partner takes lists, and the report is a table of figures")
    return [_row(settings, values.values, place) for place, values in enumerate(report.rows, 1)]


def field(settings: ReportSettings, report: Data, name: str) -> object:
    """A member of the only row there is; a day is one. Raises Refused."""
    found = rows(settings, report)
    if len(found) != 1:
        raise refused(f"this partner takes lists of one row, and the report has {len(found)}")
    said = found[0][name]
    return _day(said) if isinstance(said, str) else said


def _day(said: str) -> date | str:
    """The day that is written as packets have days; any other text is itself."""
    try:
        return date.fromisoformat(said) if _DAY.fullmatch(said) else said
    except ValueError:
        return said


def _row(settings: ReportSettings, said: Mapping[str, str], place: int) -> dict[str, object]:
    return {
        theirs: _number(said.get(ours, ""), theirs, f"{place}/{ours}")
        if theirs in settings.numbers
        else said.get(ours, "")
        for theirs, ours in settings.rows.items()
    }


def _number(said: str, name: str, cell: str) -> object:
    """A number, or nothing where nothing stands."""
    if said and number(said) is None:
        raise refused(f"{name}: what stands in cell {cell} is no number")
    return numeric(said) if said else None
