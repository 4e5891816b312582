"""A packet of a matrix to SDMX-CSV 2.0 or SDMX-ML 3.0 (structure-specific, flat). Figures are written as they stand in the packet.

What SDMX has no place for stays behind: narrative, attachments, signatures, recipients, and which units an aggregate lacks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lxml import etree

from schemas.report.data import Data, Observation
from schemas.report.library import Library
from schemas.report.peer_periods import SDMX, NoPeerCode, write
from schemas.report.periods import PeriodUnknown, period
from schemas.report.sdmx.names import spelled
from schemas.report.sdmx.shape import (
    FREQ,
    MEASURE,
    OBS_ATTRIBUTES,
    OTHER_FREQ,
    STATUS,
    STRUCTURAL,
    Shape,
    Unwritable,
    shape_of,
)
from schemas.report.table import Table
from schemas.report.table import spelled as spelled_cell

CSV_TYPE = "application/vnd.sdmx.data+csv;version=2.0.0"
ML_TYPE = "application/vnd.sdmx.data+xml;version=3.0.0"
_ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/"
_MES, _COM, _SS = f"{_ROOT}message", f"{_ROOT}common", f"{_ROOT}data/structurespecific"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_URN = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure="
_DATASET = "DS1"


@dataclass(frozen=True, slots=True)
class DataSet:
    """A report as SDMX has it. ``whole`` are the attributes of all of it, ``rows`` the figures, by the names of their components."""

    shape: Shape
    whole: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]


def written(packet: object, library: Library, kind: Literal["csv", "ml"], prepared: datetime) -> bytes:
    """The figures of a packet. Raises Unwritable."""
    table = library.form(packet.form) if isinstance(packet, Data) else None
    if not isinstance(packet, Data) or table is None:
        raise Unwritable("it has no figures, or its form is not known here in that version")
    data = dataset(packet, table)
    if kind == "csv":
        return _csv(data)
    try:
        return _ml(data, prepared)
    except ValueError:
        raise Unwritable("a character stands in it that XML has no place for") from None


def dataset(report: Data, table: Table) -> DataSet:
    """The figures of a report on a form. Raises Unwritable."""
    shape = shape_of(table.form)
    if not report.observations:
        raise Unwritable("there are no figures in it")
    common = _common(report)
    return DataSet(shape, _whole(report), tuple(_row(one, shape, common) for one in report.observations))


def _common(report: Data) -> Mapping[str, str]:
    """What all figures of a report have in common among the dimensions."""
    try:
        found = period(report.period.code)
        label = str(write(SDMX, found)["TIME_PERIOD"])
    except (PeriodUnknown, NoPeerCode) as error:
        raise Unwritable(f"SDMX has no way to say the period {report.period.code}: {error}") from None
    if "/" in label:  # a stretch of time begins where the report says, by whatever basis
        label = f"{report.period.from_.isoformat()}/{label.partition('/')[2]}"
    return {
        "FREQ": FREQ.get(found.kind, OTHER_FREQ),
        "REPORTING_UNIT": report.reporting_unit,
        "DATA_TYPE": report.data_type,
        "TIME_PERIOD": label,
    }


def _whole(report: Data) -> Mapping[str, str]:
    said = {
        "REGIME": report.regime,
        "PERIOD_BASIS": report.period.basis,
        "DATA_FROM": report.period.from_.isoformat(),
        "DATA_TO": report.period.to.isoformat(),
        "REPORT_ID": report.report_id,
        "REPORT_VERSION": str(report.version),
        "SUPERSEDES": str(report.supersedes or ""),
        "DEADLINE": report.deadline.isoformat() if report.deadline else "",
    }
    return {name: text for name, text in said.items() if text}


def _row(one: Observation, shape: Shape, common: Mapping[str, str]) -> Mapping[str, str]:
    try:
        place = {"INDICATOR": shape.indicators[one.indicator], **dict(shape.key(one.breakdown))}
    except KeyError:
        raise Unwritable(f"the form has no cell {spelled_cell(one.indicator, one.breakdown)}") from None
    said = {
        MEASURE: one.value or "",
        "UNIT_MEASURE": one.unit,
        "OBS_STATUS": STATUS[one.status],
        "COMMENT_OBS": one.note or "",
    }
    every = {**common, **place, **said}
    return {name: every[name] for name in (*shape.dimensions, MEASURE, *OBS_ATTRIBUTES) if every[name]}


def _csv(data: DataSet) -> bytes:
    """As SDMX-CSV 2.0."""
    file = io.StringIO(newline="")
    columns = data.shape.columns
    lines = csv.writer(file, lineterminator="\r\n")
    lines.writerow((*STRUCTURAL, *columns))
    begin = ("datastructure", data.shape.full_id, "I")
    for row in data.rows:
        said = {**row, **data.whole}
        lines.writerow((*begin, *(said.get(name, "") for name in columns)))
    return file.getvalue().encode()


def _ml(data: DataSet, prepared: datetime) -> bytes:
    """As SDMX-ML 3.0."""
    urn = f"{_URN}{data.shape.full_id}"
    spaces = {"mes": _MES, "com": _COM, "ss": _SS, "xsi": _XSI, "ns1": f"{urn}:ObsLevelDim:AllDimensions"}
    root = etree.Element(f"{{{_MES}}}StructureSpecificData", nsmap=spaces)
    _header(root, data, prepared, urn)
    about = {f"{{{_SS}}}structureRef": _DATASET, f"{{{_XSI}}}type": "ns1:DataSetType", "action": "Information"}
    whole = etree.SubElement(root, f"{{{_MES}}}DataSet", {**about, **data.whole})
    for row in data.rows:
        etree.SubElement(whole, "Obs", dict(row))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _header(root: etree._Element, data: DataSet, prepared: datetime, urn: str) -> None:
    header = etree.SubElement(root, f"{{{_MES}}}Header")
    for name, text in _said(data, prepared):
        etree.SubElement(header, f"{{{_MES}}}{name}").text = text
    etree.SubElement(header, f"{{{_MES}}}Sender", {"id": spelled(data.rows[0]["REPORTING_UNIT"])})
    about = {"structureID": _DATASET, "namespace": urn, "dimensionAtObservation": "AllDimensions"}
    structure = etree.SubElement(header, f"{{{_MES}}}Structure", about)
    etree.SubElement(structure, f"{{{_COM}}}Structure").text = urn


def _said(data: DataSet, prepared: datetime) -> Iterator[tuple[str, str]]:
    yield "ID", spelled(f"{data.whole['REPORT_ID']}_{data.whole['REPORT_VERSION']}")
    yield "Test", "false"
    yield "Prepared", prepared.isoformat(timespec="seconds")
