"""What reporting systems have for us by our own contract: rules, forms, lists and words, each as the message that it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import schemas
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.reports import ReportSystem
from adapters.http.settings import HttpSettings
from bus.clock import HandClock
from bus.endpoint import Source
from bus.errors import Rejected, Unreachable
from bus.transport import Transport
from schemas.content import Content
from schemas.report.packets import MODELS
from tests.adapters import packets
from tests.adapters.http_partner import nowhere, source_of
from tests.contracts.source import HERE, RECEIPT, SourceContract, body_of, the_one

STATUS = "report.status.v1"


class System:
    """The played reporting system in the words of the contract."""

    def __init__(self, recipients: Sequence[str] = (HERE,)) -> None:
        self.clock = HandClock()
        self.played = Rehearsal(ReportSystem(self.clock.now))
        self.played.start()
        self.played.tell(lambda it: it.is_for(*recipients))

    def misbehave(self, how: str) -> None:
        """A list that lies: a packet is handed out byte for byte, or not at all."""
        lists = "list" if how in {"nulls", "lies", "stale"} else None
        self.played.order(Order(mode=Mode(how), call=lists))

    def offer(self, body: bytes, type_: str = "") -> None:
        self.played.tell(lambda it: it.leave(body, type_))
        self.clock.move(1)

    def states(self) -> Sequence[tuple[str, str]]:
        words = {"initial": "open", "done": "done", "fail": "fail"}
        return [(words[one.state], one.reason) for one in self.played.tell(lambda it: list(it.shelves.offered))]


@pytest.fixture
def far() -> Iterator[System]:
    running = System()
    yield running
    running.played.stop()


def settings(url: str, **more: Any) -> HttpSettings:
    said = {"dialect": "bao-cao", "url": url, "allow": ["127.0.0.1"], "idle_timeout": "300ms"}
    return HttpSettings.model_validate({**said, **more})


@pytest.fixture
def source(far: System, transport: Transport, tmp_path: Path) -> Source:
    return source_of(settings(far.played.url), transport, tmp_path)


class TestSource(SourceContract):
    """Every rule of the contract, for packets of reports."""

    word_type = STATUS
    unreadable = b'{"type": "report.form.v1", "code": "F"}'

    @pytest.fixture
    def lost_source(self, transport: Transport, tmp_path: Path) -> Source:
        return source_of(settings(nowhere()), transport, tmp_path)

    def document(self, number: int) -> bytes:
        return packets.catalogue(number)

    def word(self, number: int) -> bytes:
        return packets.word(f"R-{number}")

    def large(self) -> bytes:
        return packets.word("R-1", "RETURNED", message="x" * 90_000)

    def for_more(self) -> bytes:
        return packets.form()

    def content(self, body: bytes) -> Content:
        return read(body)


def read(body: bytes) -> Content:
    reader = schemas.reader("report")
    reader.feed(body)
    return reader.close()


EACH = {
    "regime": packets.regime(),
    "form": packets.form(),
    "outline": packets.outline(),
    **{kind: packets.catalogue(1, kind) for kind in ("period", "indicator", "group", "breakdown")},
    "status": packets.word("R-1", "RETURNED", cells=["I.1/-"], code="MISSING_CELL"),
}


@pytest.mark.parametrize("name", sorted(EACH))
def test_each_comes_as_the_message_it_is(source: Source, far: System, name: str) -> None:
    """By its own type, in its own bytes, known by what the contract knows it by."""
    body = EACH[name]
    far.offer(body)
    item = the_one(source)
    inbound = item.inbound()
    assert item.type == inbound.content.type == read(body).type
    assert item.type in MODELS
    assert (body_of(inbound), inbound.content) == (body, read(body))


def test_words_come_after_what_they_may_be_about(source: Source, far: System) -> None:
    """Whatever order they are listed in."""
    for body in (packets.word("R-1"), packets.regime(), packets.word("R-2"), packets.form()):
        far.offer(body)
    assert [item.type for item in source.poll()] == ["report.regime.v1", "report.form.v1", STATUS, STATUS]


def test_what_names_nobody_is_for_those_we_act_for(transport: Transport, tmp_path: Path) -> None:
    """Where the list does not say whom it is for either."""
    far = System(recipients=())
    far.offer(packets.form())
    given = settings(far.played.url, receive={"own": [HERE, "000.00.07.H62"]})
    assert the_one(source_of(given, transport, tmp_path)).inbound().recipients == (HERE, "000.00.07.H62")
    far.played.stop()


def test_a_list_that_begins_anew_on_each_page_is_read_once(far: System, transport: Transport, tmp_path: Path) -> None:
    """The same page again and again ends, and doubles nothing."""
    lists = settings(far.played.url).receive
    assert lists
    one = {**lists.lists[0].model_dump(mode="json"), "pages": {"limit": 2}}
    short = source_of(settings(far.played.url, receive={"lists": [one], "max_items": 9}), transport, tmp_path)
    for number in range(5):
        far.offer(packets.catalogue(number))
    assert len(list(short.poll())) == 5
    far.misbehave("stale")
    assert len(list(short.poll())) == 1, "the last page was answered last"


@pytest.mark.parametrize("call", ["list", "get", "ack"])
def test_an_error_in_200_settles_nothing(source: Source, far: System, call: str) -> None:
    """The partner's no is no list, no packet and no word that it heard us."""
    far.offer(packets.form())
    item = the_one(source)
    far.played.order(Order(mode=Mode.REFUSE, call=call, code="BUSY"))
    with pytest.raises(Unreachable):
        _used(source, item, call)
    assert far.states() == [("open", "")]


def _used(source: Source, item: Any, call: str) -> object:
    uses: dict[str, Any] = {
        "list": lambda: list(source.poll()),
        "get": item.inbound,
        "ack": lambda: item.settle(RECEIPT),
    }
    return uses[call]()


@pytest.mark.parametrize("how", ["lies", "nulls", "wrapped", "cut"])
def test_a_packet_that_was_spoiled_is_no_packet(source: Source, far: System, how: str) -> None:
    """It is kept back or comes again; never taken for what was meant."""
    far.offer(packets.form())
    item = the_one(source)
    far.played.order(Order(mode=Mode(how), call="get"))
    with pytest.raises((Rejected, Unreachable)):
        item.inbound()
    assert far.states() == [("open", "")]


def test_packets_are_not_made_of_fields(far: System) -> None:
    """A document can be put together of what an answer says; a packet is handed out whole."""
    fields = {"content": {"kind": "fields", "fields": {"subject": "x"}}}
    one = {"call": {"method": "GET", "path": "/x"}, "type": "report.form.v1", "rows": "$", "id": "$"}
    with pytest.raises(ValidationError, match="as they are"):
        settings(far.played.url, receive={"lists": [one], "get": fields})


def test_what_is_no_type_is_told() -> None:
    """With those there are."""
    one = {"call": {"method": "GET", "path": "/x"}, "type": "report", "rows": "$", "id": "$"}
    with pytest.raises(ValidationError, match=r"expected one of edoc, status, report\.regime\.v1"):
        settings("https://x.example", receive={"lists": [one]})


def test_only_a_packet_can_be_left(far: System) -> None:
    """Who plays is told what the system cannot have."""
    with pytest.raises(ValueError, match=r"report\.regime\.v1"):
        far.offer(b"<edXML/>")
