"""SOAP clients of others' making report to the running bus, with no help but the WSDL: PHP's and Node's."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bus.daemon import Daemon
from schemas.report.sheet.writing import content, xlsx
from tests.adapters.reports_driver import RECEIVER, all_doors, report
from tests.contracts.face import TAI_CHINH
from tests.reports import books, matrix, packet
from tests.scripts import run

SCRIPTS = {"php": "soap_reports.php", "node": "node/soap_reports.js"}
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with all_doors(tmp_path_factory.mktemp("reports")) as daemon:
        yield daemon


def written(folder: Path, name: str) -> None:
    """A right report and a wrong one, each as a packet and as a filled form."""
    said = report(reportId=name)
    (folder / "right.json").write_text(json.dumps(said), "utf-8")
    said["observations"][1]["value"] = "110,5"
    (folder / "wrong.json").write_text(json.dumps(said), "utf-8")
    table = books().forms["MC-01", "2"]
    right = xlsx(table, content(packet(matrix()), table))
    (folder / "right.xlsx").write_bytes(right)
    book = openpyxl.load_workbook(io.BytesIO(right))
    assert book.active
    book.active["E12"] = "=100+5"
    book.save(folder / "wrong.xlsx")


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("language", SCRIPTS)
def test_others_clients_report_unaided(daemon: Daemon, tmp_path: Path, language: str, version: str) -> None:
    """Looked at, submitted, asked about, owed; what is wrong is read out of the fault: rule, sheet, place and cell."""
    name = f"{language} {version}"
    written(tmp_path, name)
    host, port = daemon.home.settings.address
    described = f"http://{host}:{port}/soap/reports?wsdl"
    said: dict[str, Any] = json.loads(run(language, str(DATA / SCRIPTS[language]), described, version, str(tmp_path)))

    comma, formula = ["report.number", "I/online"], ["report.sheet_formula", "Biểu số liệu", "E12", "I.1/online"]
    assert (said["looked"][0], said["sent"], said["filled"][0]) == (False, [True, name, 1], True)
    assert (said["again"], said["known"]) == (True, True)
    assert said["status"] == [TAI_CHINH.agency, "MC-01", "QUEUED", RECEIVER]
    assert ["BC-MC", "MC-02", "2025-Q1", False] in said["owed"]
    assert comma in said["looked"][1]
    assert (said["packet"]["code"], said["form"]["code"]) == ("report.refused", "report.refused")
    assert comma in said["packet"]["problems"]
    assert formula in said["form"]["problems"]
    assert "không phải là số" in said["packet"]["whatVi"]
    assert said["nobody"]["code"] == "not_found"
