"""Dialects for reports: our own contract keeps the sinks' contract; figures go in a partner's words, or not at all."""

from __future__ import annotations

import json
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
    """Numbers as numbers, the period in its own fields, nothing besides."""
    given = endpoint(figures.url, "mot-cua", report=named(ONE_STOP))
    sent(sink_of(given, transport, tmp_path), delivery(report(ONE_STOP)))
    ((call, said),) = taken(figures)
    expected = {"Month": 3, "Year": 2025, "IsMonthStatistic": True, "Note": "", "OrganizationInchargeName": ""}
    assert call == "statistic"
    assert said == {**expected, "OrganizationInchargeIdlevel1": UNIT, **{k: int(v) for k, v in ONE_STOP.items()}}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"Total": "131"}, "received"),
        ({"TotalSolved": "99", "SolvedInTime": "96"}, "worked-off"),
        ({"SolvedLate": "4"}, "solved"),
        ({"PendingLate": "3"}, "pending"),
    ],
)
def test_a_wrong_sum_is_never_sent(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path, changes: Mapping[str, str], rule: str
) -> None:
    """Refused for good, with the rule named; the partner was not called."""
    sink = sink_of(endpoint(figures.url, "mot-cua", report=named(ONE_STOP)), transport, tmp_path)
    with pytest.raises(Refused, match=f"rule {rule}: ") as caught:
        sink.send(delivery(report({**ONE_STOP, **changes})))
    assert caught.value.failure is FailureClass.SCHEMA
    assert taken(figures) == []


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


def test_prices_go_with_two_tokens_and_the_ministrys_codes(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path
) -> None:
    """Rows in the partner's names; error_code -1 is a no about the data."""
    auth = [
        {"kind": "lgsp_access_token", "secret": secret(tmp_path, "app", '{"AccessKey": "k"}')},
        {"kind": "oauth2", "client_id": KEY, "client_secret": "file:lgsp"},
    ]
    codes = {"SENDER_CODE": "H62", "TRAN_CODE": "BCG", "RECEIVER_CODE": "BTC"}
    rows = {"MA_HHDV": "ma", "GIA_KY_NAY": "gia"}
    given = endpoint(figures.url, "gia", auth=auth, send={"call": {"headers": codes}}, report={"rows": rows})
    sink = sink_of(given, transport, tmp_path)
    row = {"values": {"ma": "01.001", "gia": "15000.5"}}
    month = ("2025-M03", "2025-02-15", "2025-03-14", "nd09")
    sent(sink, delivery(_packet(*month, kind="list", rows=[row])))
    ((_, said),) = taken(figures)
    assert codes.items() <= said.items()
    (told,) = said["data"]
    assert (told["DINH_KY"], told["THOI_GIAN_BC_1"], told["THOI_GIAN_BC_NAM"]) == (24, 3, 2025)
    assert (told["DS_HHDV_TT"][0]["MA_HHDV"], told["DS_HHDV_TT"][0]["GIA_KY_NAY"]) == ("01.001", "15000.5")
    with pytest.raises(Refused, match="DS_HHDV_TT"):
        sink.send(delivery(_packet(*month, kind="list", rows=[])))


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
