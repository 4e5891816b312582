"""Figures as SDMX at the door for reports and by command: the same packet in and out, judged and allowed as any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bus.control.described import answer
from bus.control.operations import ORDERS, QUESTIONS
from bus.errors import NotFound, Rejected
from schemas.report.reading import read
from schemas.report.sdmx.reading import read_sdmx
from schemas.report.sdmx.writing import written
from tests.adapters.reports_driver import ReportsDriver, door, finance, receiver, regimes_file, report
from tests.asgi import Client, Reply
from tests.buses import alone, ask, home
from tests.clis import bus
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.reports import LIST, books, listed

CSV, ML, OLD_ML = (f"application/vnd.sdmx.{kind}" for kind in ("data+csv", "data+xml", "structurespecificdata+xml"))
NOW = datetime(2026, 3, 2, tzinfo=UTC)
BOOKS = books(recipients=[NOI_VU.agency])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with door(tmp_path_factory.mktemp("bus")) as client:
        yield client


@pytest.fixture
def unit(client: Client) -> ReportsDriver:
    return finance(client)


def sdmx(kind: Any = "csv", **changes: Any) -> bytes:
    """The right report as a file of figures."""
    return written(read(json.dumps(report(**changes)).encode()), BOOKS, kind, NOW)


def send(driver: ReportsDriver, body: bytes, query: str = "", media: str = CSV) -> Reply:
    return driver.call("POST", f"/reports{query}", body, Content_Type=media)


@pytest.mark.parametrize(("kind", "media"), [("csv", f"{CSV};version=2.0.0"), ("ml", ML), ("ml", OLD_ML)])
def test_figures_come_in_as_sdmx_and_go_out_as_what_is_asked_for(unit: ReportsDriver, kind: str, media: str) -> None:
    """The packet they make is the report; whoever may see it gets it in any form."""
    name = f"S-{kind}-{media[-9:-4]}".replace("+", "")
    looked = send(unit, sdmx(kind, reportId=name), "?check=only", media)
    assert (looked.status, looked.json()["right"], looked.json()["report_id"]) == (200, True, name)
    assert unit.call("GET", f"/reports/{name}").status == 404
    assert send(unit, sdmx(kind, reportId=name), "", media).status == 202
    packet = unit.call("GET", f"/reports/{name}/data")
    assert (packet.status, packet.headers["content-type"]) == (200, "application/json")
    assert read(packet.body) == read(json.dumps(report(reportId=name)).encode())
    for form, expected in (("sdmx-csv", f"{CSV};version=2.0.0"), ("sdmx-ml", f"{ML};version=3.0.0")):
        got = unit.call("GET", f"/reports/{name}/data?as={form}")
        assert got.headers["content-type"] == expected
        assert read_sdmx(got.body, BOOKS).report == read(packet.body)


def test_versions_are_as_the_file_says_or_the_caller(unit: ReportsDriver) -> None:
    """A correction is a version of its own; each can be had, the newest where none is named, whatever the id."""
    assert send(unit, sdmx(reportId="V/1")).json()["version"] == 1
    assert send(unit, sdmx(reportId="V/1", version=2, supersedes=1)).json()["version"] == 2
    assert send(unit, sdmx(reportId="V/1", deadline="2025-03-18"), "?version=3").json()["version"] == 3
    assert [unit.call("GET", f"/reports/V/1/data{query}").json()["version"] for query in ("", "?version=2")] == [3, 2]
    assert unit.call("GET", "/reports/V/1/data?version=4").json()["code"] == "not_found"


def test_what_is_wrong_is_told_with_its_cell(unit: ReportsDriver) -> None:
    """As of a filled form; refused whole, and only looked at nothing is taken."""
    wrong = sdmx(reportId="W").replace(b",120,", b',"120,5",', 1)
    for reply in (send(unit, wrong, "?lang=en"), send(unit, wrong, "?lang=en&check=only")):
        told = next(one for one in reply.json()["problems"] if one["rule"] == "report.number")
        assert (told["place"], told["cell"], told["verdict"]) == ("J5", "I.1/all", "refuse")
    assert send(unit, wrong).json()["code"] == "report.refused"
    assert send(unit, b"<a/>", "", ML).json()["problems"][0]["rule"] == "report.sheet_unreadable"
    assert unit.call("GET", "/reports/W").status == 404


def test_nobody_sends_or_reads_anothers_figures(client: Client, unit: ReportsDriver) -> None:
    """A report is for its unit and those it was sent to."""
    office = receiver(client)
    assert send(office, sdmx(reportId="N")).json()["code"] == "agency.not_yours"
    send(unit, sdmx(reportId="N"))
    assert office.call("GET", "/reports/N/data?as=sdmx-csv").status == 200
    nobody = client.call("GET", "/reports/v1/reports/N/data?as=sdmx-csv", {"X-Bus-Key": "guessed"}, b"")
    assert nobody.json()["code"] == "auth.unknown_partner"
    assert unit.call("GET", "/reports/nothing/data").json()["code"] == "not_found"


def test_what_has_no_figures_is_not_told_by_sdmx(unit: ReportsDriver) -> None:
    """A list stays a packet; the refusal says so."""
    rows = {**listed(), "reportId": "L", "recipients": [NOI_VU.agency]}
    assert unit.send(rows).status == 202
    assert unit.call("GET", "/reports/L/data").json()["kind"] == "list"
    assert unit.call("GET", "/reports/L/data?as=sdmx-ml").json()["code"] == "report.unsaid"
    assert unit.call("GET", f"/structures/{LIST['code']}").json()["code"] == "report.unsaid"


def test_the_structure_of_a_form_is_handed_out(unit: ReportsDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its code, in the version that the regime asks for; where its library is not installed, that is said."""
    told = unit.call("GET", "/structures/MC-01")
    assert told.headers["content-type"] == "application/vnd.sdmx.structure+xml;version=3.0.0"
    assert b'DataStructure id="MC-01_2"' in told.body
    assert unit.call("GET", "/structures/06/VPCP?version=1").json()["code"] == "not_found"
    monkeypatch.setitem(__import__("sys").modules, "pysdmx.io.xml.sdmx30.writer.structure", None)
    assert unit.call("GET", "/structures/MC-01").json()["code"] == "report.not_installed"


ROUTES = f"""
endpoints: {{mailbox: {{kind: mailbox}}}}
partners:
  tai-chinh: {{agencies: ["{TAI_CHINH.agency}"]}}
  noi-vu: {{agencies: ["{NOI_VU.agency}"]}}
operators: {{an: {{token: "file:an", may: operate, office: "{NOI_VU.agency}"}}}}
routes: [{{name: all, when: {{recipient: {{partner: any}}}}, to: mailbox}}]
"""


def shaped(parts: Any, name: str, **given: Any) -> Any:
    """What it answers, which is what its schema says."""
    told = ask(parts, name, **given)
    assert answer({**QUESTIONS, **ORDERS}[name]).validate_python(told, strict=True) == told
    return told


def test_operators_take_figures_in_and_out(tmp_path: Path) -> None:
    """Through the same checks as at the door, as the partner that acts for the unit; out for a reason, and not what another office follows."""
    made = home(tmp_path, ROUTES).model_copy(update={"regimes": regimes_file(tmp_path)})
    right, wrong = tmp_path / "right.csv", tmp_path / "wrong.csv"
    right.write_bytes(sdmx(reportId="C"))
    wrong.write_bytes(sdmx(reportId="C").replace(b",I_1,", b",IX,"))
    with alone(made) as parts:
        looked = shaped(parts, "reports_import", file=str(right), dry_run=True)
        refused = shaped(parts, "reports_import", file=str(wrong))
        assert (looked["right"], looked["figures"], looked["message"]) == (True, 10, "")
        assert (refused["right"], refused["message"]) == (False, "")
        assert ("report.indicator_unknown", "J5") in {(one["rule"], one["place"]) for one in refused["problems"]}
        with pytest.raises(NotFound):
            ask(parts, "reports_export", report="C", sdmx="csv", reason="to look")
        taken = ask(parts, "reports_import", file=str(right))
        assert ask(parts, "reports_import", file=str(right))["repeated"]
        told = shaped(parts, "reports_export", report="C", sdmx="ml", reason="for statistics")
        assert told["message"] == taken["message"]
        assert read_sdmx(told["text"].encode(), BOOKS).report == read(json.dumps(report(reportId="C")).encode())
        assert shaped(parts, "reports_structure", form="MC-01")["version"] == "2"
        with pytest.raises(Rejected, match="say why"):
            ask(parts, "reports_export", report="C", sdmx="csv", reason=" ")
        with pytest.raises(NotFound):
            ask(parts, "reports_export", report="C", sdmx="csv", reason="?", version=2)
        with pytest.raises(NotFound):
            ask(replace(parts, office=NOI_VU.agency), "reports_export", report="C", sdmx="csv", reason="curious")
        with pytest.raises(Rejected, match="not an agency"):
            ask(parts, "reports_import", file=str(right), partner="noi-vu", version=2)
        deeds = [(one["what"], one["outcome"]) for one in ask(parts, "audit")["deeds"]]
        assert ("reports_export", "done") in deeds
        assert TAI_CHINH.agency not in json.dumps(
            [one for one in ask(parts, "audit")["deeds"] if one["what"] == "reports_export"]
        )


def test_the_commands_write_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or standard output; a file that is wrong ends with 1."""
    made = home(tmp_path, ROUTES)
    for name, path in (("home", made.home), ("routes", made.routes), ("regimes", regimes_file(tmp_path))):
        monkeypatch.setenv(f"BUS_{name.upper()}", str(path))
    with alone(made):
        pass
    file, out = tmp_path / "right.xml", tmp_path / "out.csv"
    file.write_bytes(sdmx("ml", reportId="C"))
    assert bus("reports", "import", file, "--json").json()["message"]
    told = bus("reports", "export", "C", "--sdmx", "csv", "--reason", "statistics", "--out", out, "--json").json()
    assert out.read_bytes().decode() == told["text"]
    assert 'id="MC-01_2"' in bus("reports", "structure", "MC-01").out
    file.write_bytes(b"<a/>")
    ended = bus("reports", "import", file)
    assert (ended.code, "không đọc được tệp" in ended.out) == (1, True)
