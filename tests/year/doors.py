"""What units and the province say to the bus, by its real doors: packets, filled forms, words of return; and what they are told."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection
from typing import Any

import orjson
from lxml import etree

from schemas.report.data import Data
from schemas.report.sheet.writing import content, csv, xlsx
from schemas.report.table import Table
from tests.adapters.reports_driver import XLSX
from tests.adapters.soap_driver import SOAP_11, TYPES, basic, envelope
from tests.year.place import key

#: Seconds a call may take, on a machine that may have much to do.
_PATIENCE = 120
_JSON, _CSV = "application/json", "text/csv"
_SUBMIT = '<SubmitReport xmlns="urn:lienthong-bus:reports:1"><report>{}</report></SubmitReport>'


class Way(StrEnum):
    """How a report comes in."""

    JSON = "as JSON"
    TRIED = "as JSON that was tried before"
    TWICE = "as JSON, twice"
    XLSX = "as XLSX"
    CSV = "as CSV"
    SOAP = "by SOAP"


@dataclass(frozen=True, slots=True)
class Said:
    """What a door said: as which message it was taken (empty: it was not), and what is wrong with it."""

    status: int
    message: str = ""
    repeated: bool = False
    #: By cell, the rule that it breaks; warnings by the rule alone.
    refused: Mapping[str, str] = field(default_factory=dict)
    warned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A report as it is sent."""

    type: str
    body: bytes
    query: str = ""


def packed(report: Data, table: Table, way: Way) -> Parcel:
    """A report in the manner of a way."""
    if way is Way.XLSX or way is Way.CSV:
        write, type_ = (xlsx, XLSX) if way is Way.XLSX else (csv, _CSV)
        return Parcel(type_, write(table, content(report, table)), f"version={report.version}")
    return Parcel(_JSON, orjson.dumps(report.model_dump(mode="json")))


class Caller:
    """One connection to the bus, which stays open between calls. Used by one thread."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._connection = HTTPConnection(*address, timeout=_PATIENCE)

    def close(self) -> None:
        """Hang up; the next call connects anew."""
        self._connection.close()

    def send(self, unit: str, parcel: Parcel) -> Said:
        """Submit a report at the door for reports."""
        return self._json(unit, f"?{parcel.query}", parcel)

    def try_out(self, unit: str, parcel: Parcel) -> Said:
        """Have it looked at."""
        return self._json(unit, f"?check=only&{parcel.query}", parcel)

    def submit(self, unit: str, parcel: Parcel) -> Said:
        """Submit a packet by SOAP."""
        body = envelope(_SUBMIT.format(base64.b64encode(parcel.body).decode()))
        headers = {"Content-Type": TYPES[SOAP_11], **basic(unit, key(unit).encode())}
        status, answer = self._call("POST", "/soap/reports", headers, body)
        told = etree.fromstring(answer)
        problems = [{etree.QName(one).localname: one.text for one in found} for found in told.iter("{*}problem")]
        return Said(status, told.findtext(".//{*}messageId") or "", refused=_cells(problems), warned=_warned(problems))

    def owed(self, unit: str) -> list[dict[str, Any]]:
        """What a unit is told that it owes."""
        _, answer = self._call("GET", "/reports/v1/obligations?limit=1000", {"X-Bus-Key": key(unit)})
        found: list[dict[str, Any]] = orjson.loads(answer)["obligations"]
        return found

    def _json(self, unit: str, query: str, parcel: Parcel) -> Said:
        headers = {"X-Bus-Key": key(unit), "Content-Type": parcel.type}
        status, answer = self._call("POST", f"/reports/v1/reports{query}", headers, parcel.body)
        told = orjson.loads(answer)
        receipt, problems = told.get("receipt") or {}, told.get("problems", ())
        return Said(status, receipt.get("id", ""), receipt.get("repeated", False), _cells(problems), _warned(problems))

    def _call(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[int, bytes]:
        self._connection.request(method, path, body, dict(headers))
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def _cells(problems: Any) -> dict[str, str]:
    return {one.get("cell") or "": one["rule"] for one in problems if one["verdict"] == "refuse"}


def _warned(problems: Any) -> tuple[str, ...]:
    return tuple(one["rule"] for one in problems if one["verdict"] == "warn")
