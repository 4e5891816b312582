"""What bad reports get: at every door, as a packet or a filled form, rule, sheet and cell in the sender's language."""

from __future__ import annotations

import csv as csv_files
import io
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_to_tuple

from adapters.soap.door.reports.contract import NAMESPACE
from bus.daemon import Daemon
from schemas.report.sheet.writing import content, csv, xlsx
from tests.adapters.reports_driver import XLSX, all_doors, client_of, report
from tests.adapters.soap_driver import TYPES, basic, body_of, envelope, field, inline
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH, Partner
from tests.daemons import call
from tests.reports import books, matrix, packet

CSV = "text/csv"
#: What the sheet is called; a text has no name.
SHEETS = {XLSX: "Biểu số liệu", CSV: ""}


class Told(NamedTuple):
    """One thing that is wrong, as a door tells it."""

    rule: str
    sheet: str
    place: str
    cell: str


class Words(NamedTuple):
    vietnamese: str
    english: str


Answer = Mapping[Told, Words]


class Doors:
    """The doors of one bus."""

    def __init__(self, daemon: Daemon, client: Client) -> None:
        self._daemon, self._client = daemon, client

    def json(self, body: bytes, media: str, partner: Partner) -> Answer:
        """Called twice, each time in another language."""
        vietnamese, english = (self._rest(body, media, partner, language) for language in ("vi", "en"))
        assert vietnamese.keys() == english.keys()
        return {told: Words(vietnamese[told], english[told]) for told in vietnamese}

    def _rest(self, body: bytes, media: str, partner: Partner, language: str) -> Mapping[Told, str]:
        said = {"X-Bus-Key": partner.key.decode(), "Content-Type": media, "Accept-Language": language}
        reply = self._client.call("POST", "/reports/v1/reports", said, body)
        assert reply.json()["code"] == "report.refused", reply.body
        rows = reply.json()["problems"]
        return {Told(*(one[name] for name in Told._fields)): one["text"] for one in rows if one["verdict"] == "refuse"}

    def soap(self, body: bytes, media: str, partner: Partner) -> Answer:
        """Which tells both languages at once."""
        form = field("formCode", "MC-01") if media in {XLSX, CSV} else ""
        asked = f'<SubmitReport xmlns="{NAMESPACE}">{form}<report>{inline(body)}</report></SubmitReport>'
        said = {"Content-Type": next(iter(TYPES.values())), **basic(partner.system_id, partner.secret)}
        reply = call(self._daemon, "POST", "/soap/reports", envelope(asked), said)
        assert reply.headers["x-bus-code"] == "report.refused", reply.body
        rows = [{one.tag.partition("}")[2]: one.text or "" for one in row} for row in _problems(reply.body)]
        return {
            Told(*(one.get(name, "") for name in Told._fields)): Words(one["whatVi"], one["what"])
            for one in rows
            if one["verdict"] == "refuse"
        }


def _problems(body: bytes) -> Iterator[Any]:
    return body_of(body).iterfind(f".//{{{NAMESPACE}}}problem")


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with all_doors(tmp_path_factory.mktemp("bus")) as daemon, client_of(daemon.doors) as client:
        yield Doors(daemon, client)


def figure(number: int, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda said: said["observations"][number].update(changes)


def member(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda said: said.update(changes)


PAST = {"code": "2024-Q4", "basis": "nd09", "from": "2024-09-15", "to": "2024-12-14"}
CALENDAR = {"code": "2025-Q1", "basis": "calendar", "from": "2025-01-01", "to": "2025-03-31"}
#: What is wrong with a packet, and how that is told: by rule and cell.
PACKETS: Mapping[str, tuple[Callable[[dict[str, Any]], None], str, str]] = {
    "regime": (member(regime="BC-LA"), "report.regime_unknown", ""),
    "form": (member(form={"code": "MC-9", "version": "1"}), "report.form_unknown", ""),
    "form version": (member(form={"code": "MC-01", "version": "1"}), "report.form_version", ""),
    "indicator": (figure(3, indicator="IX"), "report.indicator_unknown", "IX/-"),
    "breakdown": (figure(4, breakdown={"channel": "post"}), "report.breakdown_unknown", "I.1/channel=post"),
    "unit of measure": (figure(3, unit="tỷ đồng"), "report.unit", "I.1/all"),
    "total": (figure(0, value="131"), "report.total", "I/all"),
    "comma": (figure(4, value="105,5"), "report.number", "I.1/online"),
    "grouped": (figure(4, value="1.000.000"), "report.number", "I.1/online"),
    "formula": (figure(4, value="=100+5"), "report.number", "I.1/online"),
    "another basis": (member(period=CALENDAR), "report.period_basis", ""),
    "period": (member(period={**CALENDAR, "code": "2025-N9"}), "report.period_unknown", ""),
    "closed period": (member(regime="BC-DONG", period=PAST), "report.period_closed", ""),
}

#: What is wrong with a filled form, by what is put into which cells, and how that is told: by rule, place in the sheet and cell.
FORMS: Mapping[str, tuple[Mapping[str, str], str, str, str]] = {
    "regime": ({"B3": "BC-LA"}, "report.regime_unknown", "B3", ""),
    "form": ({"A1": "lienthong-bus report sheet 1|MC-9|1"}, "report.sheet_mark", "A1", ""),
    "form version": ({"A1": "lienthong-bus report sheet 1|MC-01|1"}, "report.form_version", "A1", ""),
    "indicator": ({"A15": "IX", "D15": "5"}, "report.indicator_unknown", "A15", ""),
    "breakdown": ({"G9": "post", "G12": "5"}, "report.breakdown_unknown", "G9", ""),
    "unit of measure": ({"C12": "tỷ đồng"}, "report.unit", "D12", "I.1/all"),
    "total": ({"D11": "131"}, "report.total", "D11", "I/all"),
    "comma": ({"E12": "105,5"}, "report.number", "E12", "I.1/online"),
    "grouped": ({"E12": "1.000.000"}, "report.number", "E12", "I.1/online"),
    "formula": ({"E12": "=100+5"}, "report.sheet_formula", "E12", "I.1/online"),
    "moved column": ({"E9": "direct", "F9": "online"}, "report.sheet_moved", "F9", ""),
    "lost column": ({"E9": ""}, "report.sheet_lost", "E9", ""),
    "another basis": ({"B5": "2025-01-01", "B6": "2025-03-31"}, "report.period_basis", "B5:B6", ""),
    "period": ({"B4": "2025-N9"}, "report.period_unknown", "B4", ""),
    "closed period": (
        {"B3": "BC-DONG", "B4": "2024-Q4", "B5": "2024-09-15", "B6": "2024-12-14"},
        "report.period_closed",
        "B4",
        "",
    ),
}


@cache
def right(media: str) -> bytes:
    """The form as it should be filled in."""
    table = books().forms["MC-01", "2"]
    return {XLSX: xlsx, CSV: csv}[media](table, content(packet(matrix()), table))


def filled(changes: Mapping[str, str], media: str) -> bytes:
    """The same with other things in some cells."""
    return {XLSX: _in_book, CSV: _in_text}[media](right(media), changes)


def _in_book(data: bytes, changes: Mapping[str, str]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.active
    for place, value in changes.items():
        book.active[place] = value or None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _in_text(data: bytes, changes: Mapping[str, str]) -> bytes:
    lines = list(csv_files.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    for place, value in changes.items():
        row, column = coordinate_to_tuple(place)
        lines += [[]] * (row - len(lines))
        lines[row - 1] = [*lines[row - 1], *[""] * (column - len(lines[row - 1]))]
        lines[row - 1][column - 1] = value
    out = io.StringIO()
    csv_files.writer(out, delimiter=";").writerows(lines)
    return out.getvalue().encode()


def check(answer: Answer, expected: Told) -> None:
    """It is told, in words of both languages that name where it is and by which rule."""
    assert expected in answer, list(answer)
    vietnamese, english = answer[expected]
    assert vietnamese != english
    for words in (vietnamese, english):
        assert all(part in words for part in expected), words
        assert "{" not in words


@pytest.mark.parametrize("door", ["json", "soap"])
@pytest.mark.parametrize("name", PACKETS)
def test_a_packet_is_refused_by_rule_and_cell(doors: Doors, door: str, name: str) -> None:
    """Whichever door it came to."""
    change, rule, cell = PACKETS[name]
    said = report(reportId="R-wrong")
    change(said)
    answer: Answer = getattr(doors, door)(json.dumps(said).encode(), "application/json", TAI_CHINH)
    check(answer, Told(rule, "", "", cell))


@pytest.mark.parametrize(("door", "media"), [("json", XLSX), ("json", CSV), ("soap", XLSX)])
@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_refused_by_rule_sheet_and_place(doors: Doors, door: str, media: str, name: str) -> None:
    """As a workbook or as text, whichever door it came to."""
    changes, rule, place, cell = FORMS[name]
    answer: Answer = getattr(doors, door)(filled(changes, media), media, TAI_CHINH)
    check(answer, Told(rule, SHEETS[media], place, cell))


@pytest.mark.parametrize("door", ["json", "soap"])
def test_a_unit_that_does_not_owe_it_is_refused(doors: Doors, door: str) -> None:
    """In a packet, and where the form says whose it is."""
    ask: Callable[[bytes, str, Partner], Answer] = getattr(doors, door)
    said = json.dumps(report(reportId="R-wrong", reportingUnit=NOI_VU.agency)).encode()
    check(ask(said, "application/json", NOI_VU), Told("report.not_owing", "", "", ""))
    check(ask(filled({"B7": NOI_VU.agency}, XLSX), XLSX, NOI_VU), Told("report.not_owing", SHEETS[XLSX], "B7", ""))
