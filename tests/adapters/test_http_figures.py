"""Indicators and values of a provincial interface, asked for and made into packets: its inconsistencies are read, and nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.http import figures
from adapters.http.probe import probe
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.quang_binh import Place, QuangBinh
from adapters.http.settings import HttpSettings
from bus.clock import HandClock
from bus.endpoint import Source
from bus.errors import Rejected, Unreachable
from bus.transport import Transport
from schemas.content import Content
from schemas.report.base import Reference
from schemas.report.data import Observation, ReportPeriod
from schemas.report.kpi import KpiData
from schemas.report.periods import CALENDAR, period
from schemas.report.reading import read
from tests.adapters.http_partner import nowhere, source_of, tools
from tests.adapters.test_http_pulls import read as content_of
from tests.contracts.source import HERE, RECEIPT, Far, SourceContract, body_of, the_one

TOKEN = "mã thông báo"
#: A day of which the year before is the last that has ended.
NOW = 1_776_643_200_000_000
OFFICES = ("H46.01", "H46.02", "H46.03", "H46.09")
YEAR = period("2025-A1", CALENDAR)
SET = {"code": "KTXH", "version": "1"}


class Province:
    """The played interface in the words of the contract: it is asked, so what is there stays there."""

    def __init__(self) -> None:
        self.partner = QuangBinh("abc", {"H46": "UBND tỉnh"})
        self.played = Rehearsal(self.partner)
        self.played.start()
        self._offered = 0

    def misbehave(self, how: str) -> None:
        self.played.order(Order(mode=Mode(how)))

    def offer(self, body: bytes, type_: str = "") -> None:
        packet = read(body)
        for one in packet.values:
            self.give(packet.reporting_unit, one.indicator, int(one.value), one.unit)
        self._offered += 1

    def give(self, office: str, code: str, value: object, unit: str = "tấn", place: Place | None = None) -> None:
        def given(partner: QuangBinh) -> None:
            partner.define(office, code, f"Chỉ tiêu {code}")
            partner.give(place or (office, "4", "20", "2025"), code, value, unit)

        self.played.tell(given)

    def states(self) -> Sequence[tuple[str, str]]:
        return [("open", "")] * self._offered


@pytest.fixture
def far() -> Iterator[Province]:
    running = Province()
    yield running
    running.played.stop()


def settings(url: str, home: Path, **asked: Any) -> HttpSettings:
    path = home / "secrets" / "token"
    path.parent.mkdir(exist_ok=True)
    path.write_text("abc")
    path.chmod(0o600)
    wanted = {
        "offices": OFFICES,
        "own": [HERE],
        "basis": "calendar",
        "periods": ["A1"],
        "sets": {"official": SET},
        **asked,
    }
    said = {"dialect": "quang-binh", "url": url, "allow": ["127.0.0.1"], "idle_timeout": "300ms", "figures": wanted}
    return HttpSettings.model_validate({**said, "auth": [{"kind": "header", "value": "file:token"}]})


def asked(far: Province, transport: Transport, home: Path, **more: Any) -> Source:
    return source_of(settings(far.played.url, home, **more), transport, home, HandClock(NOW))


@pytest.fixture
def source(far: Province, transport: Transport, tmp_path: Path) -> Source:
    return asked(far, transport, tmp_path)


def values(office: str, *said: tuple[str, str]) -> bytes:
    span = ReportPeriod(code=YEAR.code, basis="calendar", from_=YEAR.data_from, to=YEAR.data_to)
    told = tuple(Observation(indicator=code, value=value, unit="tấn") for code, value in said)
    return figures.body(KpiData(set=Reference(**SET), period=span, reporting_unit=office, values=told))


class TestSource(SourceContract):
    """Every rule of the contract that can hold where a partner hands nothing out: it is told nothing, and an item is there whole."""

    @pytest.fixture
    def lost_source(self, transport: Transport, tmp_path: Path) -> Source:
        return source_of(settings(nowhere(), tmp_path), transport, tmp_path, HandClock(NOW))

    def document(self, number: int) -> bytes:
        return values(OFFICES[number], ("SL", str(100 + number)))

    def word(self, number: int) -> bytes:
        return values(OFFICES[-number], ("SL", "7"))

    def large(self) -> bytes:
        return values(OFFICES[0], *((f"SL-{number:04}", str(number)) for number in range(450)))

    def for_more(self) -> bytes:
        return self.document(1)

    def content(self, body: bytes) -> Content:
        return content_of(body)

    def test_documents_before_statuses_oldest_first(self, source: Source, far: Far) -> None:
        """Office by office, as they are named."""
        for number in (2, 0, 1):
            far.offer(self.document(number))
        assert self.came(source) == [self.document(number) for number in (0, 1, 2)]

    def test_accepted_is_acked_once_it_is_said(self, source: Source, far: Far) -> None:
        """It is there again at the next poll, by the id under which it came."""
        far.offer(self.document(1))
        first = the_one(source)
        first.settle(RECEIPT)
        first.settle(Rejected("report.shape"))
        assert the_one(source).remote_id == first.remote_id

    def test_unreadable_is_rejected_and_stays(self, source: Source, far: Province) -> None:  # type: ignore[override]
        """A value that is none spoils no other figure, and none is made of it."""
        for code, value in (("A", 12), ("B", "1.234,5"), ("C", True), ("D", " "), ("E", [[1]]), ("F", 1e300)):
            far.give(OFFICES[0], code, value)
        found = read(body_of(the_one(source).inbound()))
        assert [(one.value, str(one.status)) for one in found.values] == [("12", "normal")] + [(None, "missing")] * 5
        assert found.values[1].note == "nguồn ghi '1.234,5', không phải là số"
        assert [one.note for one in found.values[2:5]] == [
            "nguồn ghi 'True', không phải là số",
            None,
            "nguồn ghi '[…]', không phải là số",
        ]

    @pytest.mark.parametrize("how", ["down"])
    def test_fetch_that_fails_comes_again(self, source: Source, far: Far, how: str) -> None:
        """What was asked for is there, whatever the partner does by now."""
        far.offer(self.document(1))
        item = the_one(source)
        far.misbehave(how)
        assert body_of(item.inbound()) == self.document(1)

    test_ack_may_be_repeated = test_accepted_is_acked_once_it_is_said
    test_rejected_is_told_with_its_reason = test_accepted_is_acked_once_it_is_said
    test_ack_that_fails_is_said = test_accepted_is_acked_once_it_is_said


def test_the_list_of_indicators_is_a_catalogue(far: Province, transport: Transport, tmp_path: Path) -> None:
    """What it is measured in is not in the list: it is configuration. The same list is the same version, another is another."""
    far.give(OFFICES[0], "B", 1)
    far.give(OFFICES[0], "A", 1)
    source = asked(far, transport, tmp_path, sets={}, catalogue="CT", units={"A": "tấn"})
    item = the_one(source)
    found = read(body_of(item.inbound()))
    assert (found.type, found.code, found.issued_by) == ("report.catalog.v1", "CT", OFFICES[0])
    assert [(one.code, one.name, one.unit) for one in found.items] == [
        ("A", "Chỉ tiêu A", "tấn"),
        ("B", "Chỉ tiêu B", "chưa rõ"),
    ]
    assert the_one(source).remote_id == item.remote_id
    far.give(OFFICES[0], "C", 1)
    assert read(body_of(the_one(source).inbound())).version != found.version


def test_other_values_come_beside_the_former(source: Source, far: Province) -> None:
    """Under another id; the same values under the same."""
    far.give(OFFICES[0], "A", 1)
    ids = [the_one(source).remote_id, the_one(source).remote_id]
    far.give(OFFICES[0], "A", 2)
    ids.append(the_one(source).remote_id)
    assert ids[0] == ids[1] != ids[2]


def test_odd_texts_spoil_nothing(source: Source, far: Province) -> None:
    """A code in two spellings of Unicode is one, and a note is cut."""
    for code in ("Số", "So\u0302\u0301"):
        far.give(OFFICES[0], code, 5)
    far.give(OFFICES[0], "A", "x" * 300)
    found = {one.indicator: one for one in read(body_of(the_one(source).inbound())).values}
    assert found.keys() == {"Số", "A"}
    assert len(found["A"].note or "") == 150


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12345678901234.123456789", "12345678901234.123456789"),
        ("0.10", "0.1"),
        ("1e3", "1000"),
        ("-0.0", "0"),
        ("7", "7"),
    ],
)
def test_numbers_do_not_drift(
    source: Source, far: Province, monkeypatch: pytest.MonkeyPatch, written: str, number: str
) -> None:
    """Each is the one that was written, digit by digit."""
    far.give(OFFICES[0], "A", 1)
    answered = far.partner.answer

    def exact(asked: Any) -> Any:
        reply = answered(asked)
        body = json.dumps(reply.body).replace('"value": 1}', f'"value": {written}}}').encode()
        return type(reply)(200, body)

    monkeypatch.setattr(far.partner, "answer", exact)
    assert [one.value for one in read(body_of(the_one(source).inbound())).values] == [number]


def test_two_values_of_one_indicator_are_none(source: Source, far: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which one counts is not for us to say; the same said twice is said once."""
    far.give(OFFICES[0], "A", 1)
    answered = far.partner.answer
    more: list[object] = [1]

    def twice(asked: Any) -> Any:
        reply = answered(asked)
        if asked.call == "values":
            rows = [{"IndicatorCode": "A", "Unit": "tấn", "Value": one} for one in (1, *more)]
            return type(reply)(200, {**reply.body, "data": rows})
        return reply

    monkeypatch.setattr(far.partner, "answer", twice)
    assert read(body_of(the_one(source).inbound())).values[0].value == "1"
    more.append(2)
    (told,) = read(body_of(the_one(source).inbound())).values
    assert (told.value, told.note) == (None, "nguồn ghi nhiều số: 1 tấn, 2 tấn")


def test_each_kind_of_figures_and_each_period_is_asked_for_by_its_number(
    far: Province, transport: Transport, tmp_path: Path
) -> None:
    """As the table has them: quarters from 13, the half 17, the year 20, plan 1, official 4."""
    for number, place in enumerate(
        [("1", "20", "2025"), ("4", "13", "2026"), ("4", "16", "2025"), ("4", "18", "2025"), ("4", "3", "2026")]
    ):
        far.give(OFFICES[0], "A", number, place=(OFFICES[0], *place))
    sets = {"official": SET, "plan": {"code": "KH", "version": "1"}}
    source = asked(far, transport, tmp_path, offices=OFFICES[:1], sets=sets, periods=["Q", "S", "A1", "M03"], days=130)
    found = [read(body_of(item.inbound())) for item in source.poll()]
    assert {(one.set.code, one.period.code, one.values[0].value) for one in found} == {
        ("KH", "2025-A1", "0"),
        ("KTXH", "2026-Q1", "1"),
        ("KTXH", "2025-Q4", "2"),
        ("KTXH", "2025-S2", "3"),
        ("KTXH", "2026-M03", "4"),
    }


def test_nine_months_are_an_error_that_says_so(tmp_path: Path) -> None:
    """Before anything is asked: the partner has no code for them, and none is guessed."""
    with pytest.raises(ValidationError, match=r"quang-binh has no code for 2025-N9 .*leaves number 19 out"):
        settings("https://x.example", tmp_path, periods=["Q", "N9"])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"own": []}, "'own', for whom it is"),
        ({"sets": {}}, "'catalogue' or 'sets'"),
        ({"basis": None}, "'basis', by which the partner counts"),
        ({"periods": []}, "beside 'sets': 'periods'"),
        ({"values": {"call": {"path": "/bc/{codes}/{nothing}"}}}, "expected names that are known here"),
    ],
)
def test_what_is_not_known_must_be_said(tmp_path: Path, asked: dict[str, Any], words: str) -> None:
    """Whose it is, what it is called here, and how its months are counted."""
    with pytest.raises(ValidationError, match=words):
        settings("https://x.example", tmp_path, **asked)


def test_without_offices_nothing_is_asked_for(tmp_path: Path) -> None:
    """The dialect alone reads the list of offices as agencies."""
    assert not HttpSettings.model_validate({"dialect": "quang-binh", "url": "https://x.example", "auth": []}).polled
    assert settings("https://x.example", tmp_path).polled


def test_one_answer_that_fails_keeps_no_other_back(source: Source, far: Province) -> None:
    """The round goes on, and says at its end that somebody was not answered."""
    far.give(OFFICES[0], "A", 1)
    far.give(OFFICES[2], "A", 3)
    far.played.order(Order(mode=Mode.REFUSE, call="values", code="500", times=1))
    came: list[str] = []
    with pytest.raises(Unreachable, match="Tham số"):
        came.extend(read(body_of(item.inbound())).reporting_unit for item in source.poll())
    assert came == [OFFICES[2]]
    came = [read(body_of(item.inbound())).reporting_unit for item in source.poll()]
    assert came == [OFFICES[0], OFFICES[2]]


def test_an_operator_sees_what_there_is(far: Province, transport: Transport, tmp_path: Path) -> None:
    """The indicators of each office, and no values are asked for."""
    far.give(OFFICES[0], "A", 1)
    found = list(probe("qb", settings(far.played.url, tmp_path, offices=OFFICES[:2]), tools(transport, tmp_path)))
    words = [one.words for one in found if not one.error]
    assert words == [f"indicators of {OFFICES[0]}: 1", f"indicators of {OFFICES[1]}: 0", "agencies: 1"]
    assert "values" not in far.played.account()["calls"]  # type: ignore[operator]
