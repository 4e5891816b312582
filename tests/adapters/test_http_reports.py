"""Dialects for reports: our own contract keeps the sinks' contract; figures go in a partner's words, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.http.directory import build_directory
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.figures import Figures
from adapters.http.rehearsal.reports import ReportSystem
from adapters.http.settings import HttpSettings
from bus.clock import HandClock
from bus.endpoint import ListedAgency, Sink
from bus.errors import FailureClass, Refused
from bus.transport import Transport
from tests.adapters.figures import UNIT, endpoint, packet, secret, taken
from tests.adapters.http_partner import nowhere, sink_of, tools
from tests.adapters.played import ORDERS
from tests.contracts.sink import Kept, SinkContract, delivery, sent

ONE_STOP = {
    "NewReception": "120", "PreExtisting": "10", "Total": "130", "TotalSolved": "100", "SolvedInTime": "97",
    "SolvedLate": "3", "TotalPending": "30", "Pending": "28", "PendingLate": "2",
}  # fmt: skip
FORM_06 = {
    "tongSo": "130", "tiepNhanQuaMang": "100", "tiepNhanTrucTiepVaBCCI": "20", "tiepNhanKyTruoc": "10",
    "daXuLyVaTraLai": "100", "daXuLyTruocHan": "60", "daXuLyDungHanVaTraLai": "37", "daXuLyQuaHan": "3",
    "dangXuLyVaBoSung": "30", "dangXuLyTrongHanVaBoSung": "28", "dangXuLyQuaHan": "2",
}  # fmt: skip


class System:
    """The played system for reports in the words of the contract."""

    def __init__(self) -> None:
        self.played = Rehearsal(ReportSystem(HandClock().now))
        self.played.start()

    def misbehave(self, how: str) -> None:
        self.played.order(ORDERS[how])

    def kept(self) -> Sequence[Kept]:
        return [Kept(one.sha256, one.times) for one in self.played.tell(lambda it: list(it.shelves.taken.values()))]


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


def report(values: Mapping[str, str], period: tuple[str, str, str] = ("2025-M03", "2025-03-01", "2025-03-31")) -> bytes:
    code, begin, end = period
    observations = [{"indicator": name, "value": value, "unit": "hồ sơ"} for name, value in values.items()]
    return packet(code, begin, end, "calendar", observations=observations)


def named(values: Mapping[str, str]) -> dict[str, Any]:
    return {"cells": {name: f"{name}/-" for name in values}}


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
        ({"Pending": "999999999999999999", "TotalPending": "0.000000001", "PendingPercent": "1"}, ["of TotalPending", "rule pending"]),
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
    by_decree = packet("2025-M03", "2025-02-15", "2025-03-14", "nd09", observations=[])
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
