"""SDMX data to a packet: what is wrong with the file, at once and each with its place. Whether the figures are right is asked of the packet.

What a file says decides what the report is about: form by the structure, unit, period and regime by its components. Which version of a
report it is may be said by the file or by whoever hands it in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.report.data import Data, ObservationStatus, report_id
from schemas.report.form import FormKind, cell
from schemas.report.library import Library, in_force
from schemas.report.peer_periods import SDMX, NoPeerCode
from schemas.report.peer_periods import read as read_period
from schemas.report.periods import Kind, PeriodUnknown
from schemas.report.problem import Problem, judged, problem
from schemas.report.reading import PacketInvalid, read
from schemas.report.regime import Regime, Span
from schemas.report.sdmx.csv_in import read_csv
from schemas.report.sdmx.ml_in import read_ml
from schemas.report.sdmx.records import Record, Records
from schemas.report.sdmx.shape import FREQ, MEASURE, OTHER_FREQ, STATUS, STRUCTURAL, WHOLE, WHOLE_ATTRIBUTES, Shape
from schemas.report.table import Table, members
from schemas.report.table import spelled as cell_of
from schemas.sheets.cells import FileInvalid

#: What may not be left out of a file, and what is said but once.
_NEEDED = ("REPORTING_UNIT", "INDICATOR", "TIME_PERIOD", "REGIME")
_ONCE = ("FREQ", "REPORTING_UNIT", "DATA_TYPE", "TIME_PERIOD", *WHOLE_ATTRIBUTES)
#: How SDMX writes that there is no figure.
_NONE = frozenset({"", "NaN", "#N/A"})
_NOT_READ = frozenset({*STRUCTURAL, "DATAFLOW", "STRUCTURE_NAME", "OBS_KEY", "SERIES_KEY"})
#: What a rule is about that is of no single figure.
_SAID_BY = {
    "report.form_unknown": "STRUCTURE_ID",
    "report.form_version": "STRUCTURE_ID",
    "report.period_basis": "PERIOD_BASIS",
    "report.period_closed": "TIME_PERIOD",
    "report.late": "TIME_PERIOD",
    "report.not_owing": "REPORTING_UNIT",
    "report.data_type": "DATA_TYPE",
}
_NUMBER = re.compile(r"[0-9]{1,9}")
_STATUS = {code: status for status, code in STATUS.items()}


class _Wrong(Exception):
    """What the report is about cannot be told from this file."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says. ``report`` is there as far as a packet can be made of it; ``problems`` are those of the file alone."""

    report: Data | None
    problems: tuple[Problem, ...]
    #: By cell where its figure stands, by rule where what it is about is said.
    places: Mapping[str, str] = field(default_factory=dict)

    def placed(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Problems of the report with where in the file they are."""
        return tuple(replace(one, place=one.place or self.places.get(one.cell or one.rule, "")) for one in problems)


def read_sdmx(data: bytes, library: Library, version: int | None = None) -> Told:
    """The report in a file, SDMX-ML or SDMX-CSV, as the version it is to be. Bad files are problems too; nothing is raised."""
    try:
        records = read_ml(data) if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else read_csv(data)
        return _read(records, library, version)
    except FileInvalid as error:
        return Told(None, (problem("report.sheet_unreadable", problem=error, problem_vi=error.what_vi),))
    except _Wrong as wrong:
        return Told(None, wrong.problems)


def _read(records: Records, library: Library, version: int | None) -> Told:
    table = _table(records, library)
    shape = Shape(table.form)
    once = _once(records)
    regime, span = _span(once, records, library)
    figures = _Figures(table, shape)
    observations = [figures.observation(row) for row in records.rows]
    said = {
        "type": "report.data.v1",
        "reportId": once.get("REPORT_ID") or report_id(regime.code, table.form.code, span.code, once["REPORTING_UNIT"]),
        **_numbers(once, records, version),
        "regime": regime.code,
        "form": {"code": table.form.code, "version": table.form.version},
        "period": {
            "code": span.code,
            "basis": once.get("PERIOD_BASIS") or regime.basis,
            "from": once.get("DATA_FROM") or span.data_from.isoformat(),
            "to": once.get("DATA_TO") or span.data_to.isoformat(),
        },
        "reportingUnit": once["REPORTING_UNIT"],
        "recipients": regime.recipients_of(once["REPORTING_UNIT"], span),
        "deadline": once.get("DEADLINE"),
        "dataType": once.get("DATA_TYPE") or regime.data_types[0],
        "observations": observations,
    }
    of_file = judged((*_extra(records, shape), *figures.problems), regime)
    places = {rule: records.columns[name] for rule, name in _SAID_BY.items() if name in records.columns}
    places |= figures.places
    try:
        report = read(json.dumps(said).encode())
    except PacketInvalid as error:
        told = Told(None, (*of_file, *judged(error.problems, regime)), places)
        return replace(told, problems=told.placed(told.problems))
    return Told(report, of_file, places)


def _table(records: Records, library: Library) -> Table:
    """The form whose structure the data follow: by its name alone, whoever keeps it and in whatever version. Raises _Wrong."""
    names = {one.rpartition(":")[2].partition("(")[0] for one in records.structures}
    matrices = [one for one in library.forms.values() if one.form.kind is FormKind.MATRIX]
    found = [one for one in matrices if {Shape(one.form).id} == names]
    if len(found) > 1:  # codes that SDMX spells alike: the one that the regime asks for
        said = next((row.get("REGIME") for row in records.rows), "")
        asked = {(form.code, form.version) for regime in library.regimes.get(said, ()) for form in regime.forms}
        found = [one for one in found if (one.form.code, one.form.version) in asked]
    if len(found) != 1:
        known = sorted({Shape(one.form).id for one in matrices})
        given = ", ".join(sorted(records.structures))
        raise _Wrong(problem("report.form_unknown", given=given, expected=", ".join(known)))
    return found[0]


def _once(records: Records) -> Mapping[str, str]:
    """What all figures have to have in common. Raises _Wrong."""
    wrong = [problem("report.sheet_lost", given=name) for name in _NEEDED if name not in records.columns]
    if MEASURE not in records.columns and "OBS_STATUS" not in records.columns:
        wrong.append(problem("report.sheet_lost", given=MEASURE))
    if not records.rows:
        wrong.append(problem("report.sheet_unreadable", problem="there are no figures", problem_vi="không có số liệu"))
    found: dict[str, str] = {}
    for name in _ONCE:
        for row in records.rows:
            said = row.get(name)
            if said and found.setdefault(name, said) != said:
                expected = {"expected": f"{name} as before", "expected_vi": f"{name} như các dòng trên"}
                wrong.append(problem("report.sheet_header", place=row.at(name), given=said, **expected))
                break
        if name in _NEEDED and name in records.columns and records.rows and name not in found:
            wrong.append(problem("report.sheet_header", place=records.columns[name], given="", expected=name))
    if wrong:
        raise _Wrong(*wrong)
    return found


def _span(once: Mapping[str, str], records: Records, library: Library) -> tuple[Regime, Span]:
    """The newest version of the regime that is owed for the period. Raises _Wrong."""
    versions = library.regimes.get(once["REGIME"], ())
    if not versions:
        raise _Wrong(problem("report.regime_unknown", place=records.columns["REGIME"], given=once["REGIME"]))
    for regime in reversed(versions):
        try:
            found = read_period(SDMX, {"TIME_PERIOD": once["TIME_PERIOD"]}, regime.counting)
            span = regime.span(found.code)
        except (NoPeerCode, PeriodUnknown):
            continue
        if in_force(regime, span.data_to):
            _check_freq(once, records, found.kind)
            return regime, span
    expected = ", ".join(dict.fromkeys(word for one in versions for word in one.owed_for))
    place = records.columns["TIME_PERIOD"]
    raise _Wrong(problem("report.period_unknown", place=place, given=once["TIME_PERIOD"], expected=expected))


def _check_freq(once: Mapping[str, str], records: Records, kind: Kind) -> None:
    expected = FREQ.get(kind, OTHER_FREQ)
    if once.get("FREQ", expected) != expected:
        words = {"expected": f"FREQ of {once['TIME_PERIOD']}", "expected_vi": f"FREQ của kỳ {once['TIME_PERIOD']}"}
        raise _Wrong(problem("report.sheet_header", place=records.columns["FREQ"], given=once["FREQ"], **words))


def _numbers(once: Mapping[str, str], records: Records, version: int | None) -> Mapping[str, int | None]:
    """Which version it is: as whoever hands it in says, else as the file says. Raises _Wrong."""
    if version is not None:
        return {"version": version, "supersedes": version - 1 or None}
    words = {"expected": "number", "expected_vi": "số"}
    wrong = [
        problem("report.sheet_header", place=records.columns[name], given=once[name], **words)
        for name in ("REPORT_VERSION", "SUPERSEDES")
        if not _NUMBER.fullmatch(once.get(name, "1"))
    ]
    if wrong:
        raise _Wrong(*wrong)
    named = int(once.get("REPORT_VERSION", "1"))
    return {"version": named, "supersedes": int(once["SUPERSEDES"]) if "SUPERSEDES" in once else named - 1 or None}


class _Figures:
    """Rows of a file to observations of a form."""

    def __init__(self, table: Table, shape: Shape) -> None:
        self._table = table
        self._indicators = _codes(shape.indicators)
        self._dimensions = {dimension: name for name, dimension in shape.breakdowns.items()}
        self._members = {name: _codes(shape.members(name)) for name in shape.breakdowns}
        self.problems: list[Problem] = []
        #: By cell, where its figure stands.
        self.places: dict[str, str] = {}

    def observation(self, row: Record) -> Mapping[str, Any]:
        """What a row says, as a packet has it; what the form does not know stays as it is, and the check tells of it."""
        indicator = self._indicators.get(row.get("INDICATOR"), row.get("INDICATOR"))
        breakdown = dict(self._breakdown(row))
        known = self._table.rows.get(indicator)
        column = self._table.by_members.get(members(breakdown))
        name = cell(indicator, column) if known and column is not None else cell_of(indicator, breakdown)
        value = row.get(MEASURE)
        self.places.setdefault(name, row.at(MEASURE))
        return {
            "indicator": indicator,
            "breakdown": breakdown,
            "value": None if value in _NONE else value,
            "unit": row.get("UNIT_MEASURE") or (known.unit if known else "-"),
            "status": self._status(row, name, value),
            "note": row.get("COMMENT_OBS") or None,
        }

    def _breakdown(self, row: Record) -> Iterator[tuple[str, str]]:
        for dimension, name in self._dimensions.items():
            said = row.get(dimension)
            if said not in {"", WHOLE}:
                yield name, self._members[name].get(said, said)

    def _status(self, row: Record, name: str, value: str) -> ObservationStatus:
        said = row.get("OBS_STATUS")
        if said and said not in _STATUS:
            place, known = row.at("OBS_STATUS"), ", ".join(_STATUS)
            self.problems.append(problem("report.choice", name, place=place, given=said, expected=known))
        usual = ObservationStatus.MISSING if value in _NONE else ObservationStatus.NORMAL
        return _STATUS.get(said, usual)


def _codes(names: Mapping[str, str]) -> Mapping[str, str]:
    """Codes by their names there; a code that is not one of these names means itself."""
    return {code: code for code in names} | {name: code for code, name in names.items()}


def _extra(records: Records, shape: Shape) -> Iterator[Problem]:
    known = _NOT_READ.union(shape.columns)
    yield from (
        problem("report.sheet_extra", place=where, given=name)
        for name, where in records.columns.items()
        if name not in known
    )
