"""Dialects for reports: our own contract keeps the sinks' contract; figures go in a partner's words, or not at all."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.http.directory import build_directory
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.figures import Figures
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.reports import ReportSystem
from adapters.http.settings import HttpSettings
from bus.clock import HandClock
from bus.endpoint import ListedAgency, Sink
from bus.errors import FailureClass, Refused
from bus.transport import Transport
from bus.transport.fast import FastTransport
from tests.adapters.http_partner import nowhere, sink_of, tools
from tests.adapters.played import KEY, tokens
from tests.contracts.sink import Kept, SinkContract, delivery, sent

UNIT = "000.00.05.H62"
ONE_STOP = {
    "NewReception": "120", "PreExtisting": "10", "Total": "130", "TotalSolved": "100", "SolvedInTime": "97",
    "SolvedLate": "3", "TotalPending": "30", "Pending": "28", "PendingLate": "2",
}  # fmt: skip
FORM_06 = {
    "tongSo": "130", "tiepNhanQuaMang": "100", "tiepNhanTrucTiepVaBCCI": "20", "tiepNhanKyTruoc": "10",
    "daXuLyVaTraLai": "100", "daXuLyTruocHan": "60", "daXuLyDungHanVaTraLai": "37", "daXuLyQuaHan": "3",
    "dangXuLyVaBoSung": "30", "dangXuLyTrongHanVaBoSung": "28", "dangXuLyQuaHan": "2",
}  # fmt: skip
_ORDERS: Mapping[str, Order] = {
    "ok": Order(),
    "busy": Order(mode=Mode.BUSY, seconds=7),
    "refuse": Order(mode=Mode.REFUSE, status=422),
    "error_in_body": Order(mode=Mode.REFUSE),
    "drop_after_reading": Order(mode=Mode.LOST),
    "drop_before_reading": Order(mode=Mode.DOWN),
    "lie_loses": Order(mode=Mode.FAULT),
    "hang": Order(mode=Mode.HANG),
    "ask_unknown": Order(mode=Mode.HTML),
}


class System:
    """The played system for reports in the words of the contract."""

    def __init__(self) -> None:
        self.played = Rehearsal(ReportSystem(HandClock().now))
        self.played.start()

    def misbehave(self, how: str) -> None:
        self.played.order(_ORDERS[how])

    def kept(self) -> Sequence[Kept]:
        return [Kept(one.sha256, one.times) for one in self.played.tell(lambda it: list(it.shelves.taken.values()))]


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = FastTransport()
    yield made
    made.close()


def ours(url: str) -> HttpSettings:
    said = {"dialect": "bao-cao", "url": url, "allow": ["127.0.0.1"], "idle_timeout": "300ms"}
    return HttpSettings.model_validate({"idempotency": "ask_first", **said})


class TestOurContract(SinkContract):
    """Every rule of sinks."""

    @pytest.fixture
    def partner(self) -> Iterator[System]:
        running = System()
        yield running
        running.played.stop()

    @pytest.fixture
    def sink(self, partner: System, transport: Transport, tmp_path: Path) -> Sink:
        return sink_of(ours(partner.played.url), transport, tmp_path)

    @pytest.fixture
    def lost_sink(self, transport: Transport, tmp_path: Path) -> Sink:
        return sink_of(ours(nowhere()), transport, tmp_path)


@pytest.fixture
def figures() -> Iterator[Rehearsal[Figures]]:
    played = Rehearsal(Figures(tokens(HandClock()), [("000.00.05.H46", "Sở Nội vụ")]))
    played.start()
    yield played
    played.stop()


def endpoint(url: str, dialect: str, **more: Any) -> HttpSettings:
    said = {"dialect": dialect, "url": url, "allow": ["127.0.0.1"], "idle_timeout": "1s"}
    return HttpSettings.model_validate({**said, **more})


def report(values: Mapping[str, str], period: tuple[str, str, str] = ("2025-M03", "2025-03-01", "2025-03-31")) -> bytes:
    code, begin, end = period
    observations = [{"indicator": name, "value": value, "unit": "hồ sơ"} for name, value in values.items()]
    return _packet(code, begin, end, "calendar", observations=observations)


def _packet(code: str, begin: str, end: str, basis: str, **content: Any) -> bytes:
    period = {"code": code, "basis": basis, "from": begin, "to": end}
    said = {"type": "report.data.v1", "reportId": "R", "regime": "BC", "form": {"code": "F", "version": "1"}}
    return json.dumps({**said, "period": period, "reportingUnit": UNIT, "recipients": ["X"], **content}).encode()


def secret(home: Path, name: str, text: str) -> str:
    path = home / "secrets" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return f"file:{name}"


def named(values: Mapping[str, str]) -> dict[str, Any]:
    return {"cells": {name: f"{name}/-" for name in values}}


def taken(played: Rehearsal[Figures]) -> list[tuple[str, Mapping[str, Any]]]:
    return played.tell(lambda it: list(it.taken))


def test_one_stop_statistics_are_told_in_their_words(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path
) -> None:
    """Numbers as numbers, percentages made of the counts, the period in its own fields, nothing besides."""
    given = endpoint(figures.url, "mot-cua", report=named(ONE_STOP))
    sent(sink_of(given, transport, tmp_path), delivery(report(ONE_STOP)))
    ((call, said),) = taken(figures)
    expected = {"Month": 3, "Year": 2025, "IsMonthStatistic": True, "Note": "", "OrganizationInchargeName": ""}
    assert call == "statistic"
    percents = {"SolvedInTimePercent": 97, "SolvedLatePercent": 3, "PendingPercent": 93.33, "PendingLatePercent": 6.67}
    counts = {name: int(value) for name, value in ONE_STOP.items()}
    assert said == {**expected, "OrganizationInchargeIdlevel1": UNIT, **counts, **percents}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Total": "131"}, ["rule received: Total (Total/-) is 131, NewReception (NewReception/-) + PreExtisting (PreExtisting/-) is 130"]),
        ({"TotalSolved": "99", "SolvedInTime": "96"}, ["rule worked-off"]),
        ({"SolvedLate": "4"}, ["rule solved"]),
        ({"PendingLate": "3"}, ["rule pending"]),
        ({"Total": "131", "SolvedLate": "4"}, ["rule received", "rule worked-off", "rule solved"]),
        (
            {"PendingPercent": "93.34"},
            ["rule PendingPercent: PendingPercent (PendingPercent/-) is 93.34, Pending (Pending/-) in a hundred of TotalPending (TotalPending/-) is 93.33"],
        ),
        ({"PendingPercent": "93,33"}, ["cell PendingPercent/- is no number"]),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_never_sent(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path, changes: Mapping[str, str], words: list[str]
) -> None:
    """Refused for good, all of it at once, with rules and cells named; the partner was not called."""
    values = {**ONE_STOP, **changes}
    sink = sink_of(endpoint(figures.url, "mot-cua", report=named(values)), transport, tmp_path)
    with pytest.raises(Refused) as caught:
        sink.send(delivery(report(values)))
    assert [one for one in words if one not in caught.value.words] == []
    assert caught.value.failure is FailureClass.SCHEMA
    assert taken(figures) == []


def test_of_nothing_there_is_no_percentage(figures: Rehearsal[Figures], transport: Transport, tmp_path: Path) -> None:
    """What it is then is written by the endpoint; a percentage the form leaves empty is made all the same."""
    none = {**ONE_STOP, "Total": "100", "PreExtisting": "-20", "TotalPending": "0", "Pending": "0", "PendingLate": "0"}
    rules = [
        {"name": name, "part": name.removesuffix("Percent"), "whole": whole, "of_nothing": "100", "tolerance": "0.5"}
        for whole, names in {
            "TotalSolved": ["SolvedInTimePercent", "SolvedLatePercent"],
            "TotalPending": ["PendingPercent", "PendingLatePercent"],
        }.items()
        for name in names
    ]
    cells = {name: f"{name}/-" for name in (*none, "PendingPercent", "SolvedInTimePercent")}
    given = endpoint(figures.url, "mot-cua", report={"cells": cells, "percents": rules})
    sent(sink_of(given, transport, tmp_path), delivery(report({**none, "SolvedInTimePercent": "97.5"})))
    ((_, said),) = taken(figures)
    assert (said["PendingPercent"], said["PendingLatePercent"], said["SolvedInTimePercent"]) == (100, 100, 97)


@pytest.mark.parametrize(
    ("dialect", "values", "period"),
    [
        ("mot-cua", ONE_STOP, ("2025-N9", "2025-01-01", "2025-09-30")),
        ("mot-cua", ONE_STOP, ("2025-Q1", "2025-01-01", "2025-03-31")),
        ("mau-06", FORM_06, ("2025-N9", "2025-01-01", "2025-09-30")),
    ],
)
def test_a_period_without_a_code_is_refused_and_never_guessed(
    figures: Rehearsal[Figures],
    transport: Transport,
    tmp_path: Path,
    dialect: str,
    values: Mapping[str, str],
    period: tuple[str, str, str],
) -> None:
    """The words name the partner and the period."""
    sink = sink_of(endpoint(figures.url, dialect, report=named(values)), transport, tmp_path)
    with pytest.raises(Refused, match=f"no code for {period[0]}"):
        sink.send(delivery(report(values, period)))
    assert taken(figures) == []


def test_sums_are_looked_at_where_the_packet_goes_as_it_is(tmp_path: Path, transport: Transport) -> None:
    """Also a call that names no figure is not made with a wrong sum."""
    sums = [{"rule": "received", "total": ["Total"], "parts": ["NewReception", "PreExtisting"]}]
    given = endpoint(nowhere(), "bao-cao", report={**named(ONE_STOP), "sums": sums})
    with pytest.raises(Refused, match="rule received"):
        sink_of(given, transport, tmp_path).send(delivery(report({**ONE_STOP, "Total": "131"})))


def test_form_06_goes_with_its_calendar_period(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path
) -> None:
    """It counts months of the calendar: a report by the decree's months is refused."""
    sink = sink_of(endpoint(figures.url, "mau-06", report=named(FORM_06)), transport, tmp_path)
    sent(sink, delivery(report(FORM_06, ("2025-Q1", "2025-01-01", "2025-03-31"))))
    ((_, said),) = taken(figures)
    assert (said["LoaiThoiGian"], said["Ky"], said["Nam"], said["tongSo"]) == ("Quý", "1", "2025", 130)
    by_decree = _packet("2025-M03", "2025-02-15", "2025-03-14", "nd09", observations=[])
    with pytest.raises(Refused):
        sink.send(delivery(by_decree))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (report({name: value for name, value in ONE_STOP.items() if name != "Total"}), "Total"),
        (report({**ONE_STOP, "Total": "1,3"}), "is no number"),
        (b"<edXML/>", "JSON"),
        (b'{"type": "report.status.v1", "reportId": "R", "version": 1, "state": "SENT", "by": "X", "at": "2025-03-01T00:00:00Z"}',
         "figures of reports"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path, body: bytes, words: str
) -> None:
    """A figure that is missing or none, and what is no report with figures."""
    sink = sink_of(endpoint(figures.url, "mot-cua", report=named(ONE_STOP)), transport, tmp_path)
    with pytest.raises(Refused, match=words):
        sink.send(delivery(body))


CODES = {"SENDER_CODE": "H62", "TRAN_CODE": "BCG", "RECEIVER_CODE": "BTC"}
MONTH = ("2025-M03", "2025-02-15", "2025-03-14", "nd09")
XLS, PDF, DOC = "application/vnd.ms-excel", "application/pdf", "application/msword"
ROW = {"values": {"ma": "01.001", "gia": "15000.5", "truoc": "15000"}}


def ministry(url: str, home: Path, dialect: str, **report: Any) -> HttpSettings:
    auth = [
        {"kind": "lgsp_access_token", "secret": secret(home, "app", '{"AccessKey": "k"}')},
        {"kind": "oauth2", "client_id": KEY, "client_secret": "file:lgsp"},
    ]
    return endpoint(url, dialect, auth=auth, send={"call": {"headers": CODES}}, report=report)


def prices(url: str, home: Path) -> HttpSettings:
    return ministry(url, home, "gia", rows={"MA_HHDV": "ma", "GIA_KY_NAY": "gia", "GIA_KY_TRUOC": "truoc"})


def file(name: str, media: str, data: bytes = b"data", **changes: Any) -> dict[str, Any]:
    said = {"id": name, "name": name, "mediaType": media, "size": len(data)}
    return {**said, "sha256": hashlib.sha256(data).hexdigest(), "inline": b64encode(data).decode(), **changes}


def test_prices_go_with_two_tokens_and_the_ministrys_codes(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path
) -> None:
    """Rows in the partner's names, numbers as numbers, files as base64; error_code -1 is a no about the data."""
    sink = sink_of(prices(figures.url, tmp_path), transport, tmp_path)
    sent(sink, delivery(_packet(*MONTH, kind="list", rows=[ROW], attachments=[file("bc.pdf", PDF, b"pdf")])))
    ((_, said),) = taken(figures)
    assert CODES.items() <= said.items()
    (told,) = said["data"]
    assert (told["DINH_KY"], told["THOI_GIAN_BC_1"], told["THOI_GIAN_BC_NAM"]) == (24, 3, 2025)
    assert (told["FILE_DINH_KEM_PDF"], told["FILE_DINH_KEM_WORD"]) == (b64encode(b"pdf").decode(), "")
    goods = told["DS_HHDV_TT"][0]
    assert (goods["MA_HHDV"], goods["GIA_KY_NAY"], goods["GIA_KY_TRUOC"], goods["LOAI_GIA"]) == (
        "01.001", 15000.5, 15000, None
    )  # fmt: skip
    with pytest.raises(Refused, match="DS_HHDV_TT"):
        sink.send(delivery(_packet(*MONTH, kind="list", rows=[])))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"rows": [{"values": {"gia": "15.000,5"}}]}, "GIA_KY_NAY: what stands in cell 1/gia is no number"),
        ({"kind": "matrix"}, "a table of figures"),
        ({"attachments": [file("bc.png", "image/png")]}, "no place for 'bc.png'"),
        ({"attachments": [file("1.doc", DOC), file("2.doc", DOC)]}, "'2.doc' is a second one"),
        ({"attachments": [file("bc.pdf", PDF, inline=None, url="https://x.example/bc.pdf")]}, "by its address"),
    ],
)  # fmt: skip
def test_prices_that_cannot_be_told_are_refused(
    transport: Transport, tmp_path: Path, said: Mapping[str, Any], words: str
) -> None:
    """Before any call, and no file is left behind."""
    rows = {} if "kind" in said else {"rows": [ROW]}
    body = _packet(*MONTH, **{"kind": "list", **rows, **said})
    with pytest.raises(Refused, match=words):
        sink_of(prices(nowhere(), tmp_path), transport, tmp_path).send(delivery(body))


DOCUMENT = {"so": "12/2025/QĐ-UBND", "tu": "2025-03-01"}


def forms(url: str, home: Path) -> HttpSettings:
    fields = {"SO_VAN_BAN": "so", "NGAY_THUC_HIEN": "tu", "NGAY_BD_HIEU_LUC": "tu", "NGAY_KT_HIEU_LUC": "den"}
    return ministry(url, home, "gia-bieu", rows=fields)


@pytest.mark.parametrize(("more", "until"), [({}, None), ({"den": "2025-12-31"}, "20251231")])
def test_a_form_goes_to_the_ministry_as_a_file(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path, more: dict[str, str], until: str | None
) -> None:
    """The spreadsheet by the form's code, days without dashes, no end as null."""
    given = forms(figures.url, tmp_path)
    row = {"values": {**DOCUMENT, **more}}
    sent(
        sink_of(given, transport, tmp_path),
        delivery(_packet(*MONTH, kind="list", rows=[row], attachments=[file("bieu.xls", XLS, b"xls")])),
    )
    ((call, said),) = taken(figures)
    (told,) = said["data"]
    assert (call, told["MA_BM"], told["TEN_FILE"]) == ("forms", "F", "bieu.xls")
    assert told["FILE_SO_LIEU"] == b64encode(b"xls").decode()
    assert (told["SO_VAN_BAN"], told["NGAY_THUC_HIEN"]) == ("12/2025/QĐ-UBND", "20250301")
    assert told["NGAY_KT_HIEU_LUC"] == until


@pytest.mark.parametrize(
    ("rows", "files", "words"),
    [
        ([DOCUMENT], [], "SHEET: the report has no file of the type application/vnd.ms-excel"),
        ([DOCUMENT, DOCUMENT], [file("bieu.xls", XLS)], "one row, and the report has 2"),
        ([DOCUMENT], [file("bieu.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")], "no place"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_told_is_refused(
    transport: Transport, tmp_path: Path, rows: list[Mapping[str, str]], files: list[dict[str, Any]], words: str
) -> None:
    """Before any call."""
    body = _packet(*MONTH, kind="list", rows=[{"values": one} for one in rows], attachments=files)
    with pytest.raises(Refused, match=words):
        sink_of(forms(nowhere(), tmp_path), transport, tmp_path).send(delivery(body))


def test_offices_are_agencies(figures: Rehearsal[Figures], transport: Transport, tmp_path: Path) -> None:
    """Whatever case their members are written in."""
    given = endpoint(figures.url, "quang-binh", auth=[{"kind": "header", "value": secret(tmp_path, "t", "abc")}])
    found = list(build_directory("qb", given, tools(transport, tmp_path)).agencies())
    assert [(one.code, one.name) for one in found] == [("000.00.05.H46", "Sở Nội vụ")]
    assert all(isinstance(one, ListedAgency) for one in found)


def test_a_sum_of_what_is_no_cell_is_a_fault_of_the_file() -> None:
    """Told before anything is sent; so is a figure the calls name and no cell is."""
    with pytest.raises(ValidationError, match="there is none for"):
        endpoint("https://x.example", "mot-cua", report={"cells": {"Total": "I/-"}})
    with pytest.raises(ValidationError, match="cell"):
        endpoint("https://x.example", "mot-cua", report={"cells": {"Total": "I/-"}, "sums": []})
