"""The link to a document-management system keeps the contracts, but for what it has no word for."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.qlvb import ADAPTER
from adapters.qlvb.sandbox import DocumentSystem
from adapters.qlvb.settings import QlvbSettings
from bus.bodies import Opened
from bus.clock import HandClock
from bus.endpoint import Sink, Source, Tools
from bus.errors import Rejected, Unreachable
from bus.message import Delivery, Inbound
from bus.papers import File, Papers
from bus.translator import compose
from bus.transport import Transport
from bus.transport.fast import FastTransport
from schemas.content import Invalid
from schemas.edxml.load import load
from tests import messages
from tests.adapters import http_partner
from tests.adapters.http_partner import nowhere
from tests.adapters.played import playing
from tests.contracts.sink import Kept, SinkContract, asked, delivery
from tests.contracts.source import HERE, THERE, SourceContract, document, report, the_one
from tests.document_systems import CREDENTIAL

_ORDERS = {
    "busy": Order(mode=Mode.BUSY, seconds=7),
    "refuse": Order(mode=Mode.REFUSE, status=422, code="400"),
    "error_in_body": Order(mode=Mode.REFUSE, code="400"),
    "drop_after_reading": Order(mode=Mode.LOST),
    "drop_before_reading": Order(mode=Mode.DOWN),
    "lie_loses": Order(mode=Mode.FAULT),
    "hang": Order(mode=Mode.HANG),
}


class Far:
    """The system in the words of both contracts."""

    def __init__(self, played: Rehearsal[DocumentSystem]) -> None:
        self._played = played
        self.url = played.url

    def misbehave(self, how: str) -> None:
        self._played.order(_ORDERS.get(how) or Order(mode=Mode(how)))

    def kept(self) -> Sequence[Kept]:
        taken = self._played.tell(lambda it: list(it.shelves.taken.values()))
        return [Kept(one.sha256, one.times) for one in taken]

    def offer(self, body: bytes, type_: str = "edoc") -> None:
        """A packet that says the same, as far as it can."""
        self._played.tell(lambda it: it.offer(_packet(body, type_)))

    def states(self) -> Sequence[tuple[str, str]]:
        words = {"initial": "open", "done": "done", "fail": "fail"}
        return [(words[one.state], one.reason) for one in self._played.tell(lambda it: list(it.shelves.offered))]


@pytest.fixture
def far() -> Iterator[Far]:
    with playing(Rehearsal(DocumentSystem(CREDENTIAL, HandClock().now))) as played:
        yield Far(played)


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    transport: Transport = FastTransport()
    made = http_partner.tools(transport, tmp_path)
    (tmp_path / "secrets" / "qlvb").write_text("key of qlvb")
    (tmp_path / "secrets" / "qlvb").chmod(0o600)
    yield replace(made, papers=_papers, compose=lambda said, files: compose(said, files, lambda: made.fetch(50 << 20)))
    transport.close()


def settings(url: str) -> QlvbSettings:
    written = {
        "url": url,
        "auth": [{"kind": "basic", "user": "bus", "password": "file:qlvb"}],
        "packets": {"recipients": [HERE], "place": "Hà Nội"},
        "allow": ["127.0.0.1"],
        "idle_timeout": "300ms",
    }
    return QlvbSettings.model_validate(written)


class TestSink(SinkContract):
    """What is sent is the one file of a dossier."""

    @pytest.fixture
    def partner(self, far: Far) -> Far:
        return far

    @pytest.fixture
    def sink(self, far: Far, tools: Tools) -> Sink:
        return self._to(far.url, tools)

    @pytest.fixture
    def lost_sink(self, tools: Tools) -> Sink:
        return self._to(nowhere(), tools)

    def test_ask_knows_what_arrived(self, sink: Sink, partner: Any) -> None:
        """The link has no question."""
        with pytest.raises(Unreachable):
            asked(sink, delivery())

    test_ask_knows_what_did_not = test_ask_knows_what_arrived
    test_ask_admits_not_knowing = test_ask_knows_what_arrived

    @staticmethod
    def _to(url: str, tools: Tools) -> Sink:
        assert ADAPTER.sink is not None
        return ADAPTER.sink("qlvb", settings(url), tools)


class TestSource(SourceContract):
    """A document is known by its number, a status by what it is about."""

    @pytest.fixture
    def source(self, far: Far, tools: Tools) -> Source:
        return self._at(far.url, tools)

    @pytest.fixture
    def lost_source(self, tools: Tools) -> Source:
        return self._at(nowhere(), tools)

    def known(self, inbound: Inbound) -> object:
        said = inbound.content
        return said.type, said.view["number"] if said.type == "edoc" else said.document_id

    def wanted(self, body: bytes) -> object:
        said = messages.read(body)
        return said.type, said.view["number"] if said.type == "edoc" else said.document_id

    def test_bytes_arrive_unchanged(self, source: Source, far: Any) -> None:
        """A packet has none of its own: what is fetched again is the same, byte for byte."""
        far.offer(document(1))
        first, again = the_one(source).inbound(), the_one(source).inbound()
        assert first.claim.sha256 == again.claim.sha256

    def test_documents_before_statuses_oldest_first(self, source: Source, far: Any) -> None:
        """The list says only ids: which is which is known when each was looked into, so it is worked off as it is."""
        far.offer(report(1), "status")
        far.offer(document(1))
        assert self.came(source) == [self.wanted(report(1)), self.wanted(document(1))]

    def test_rejected_is_told_with_its_reason(self, source: Source, far: Any) -> None:
        """There is a word for no, and none for why."""
        far.offer(document(1))
        the_one(source).settle(Rejected("xml.malformed", "dòng 3"))
        assert far.states() == [("fail", "")]

    @staticmethod
    def _at(url: str, tools: Tools) -> Source:
        assert ADAPTER.source is not None
        return ADAPTER.source("qlvb", settings(url), tools)


def _packet(body: bytes, type_: str) -> dict[str, Any]:
    try:
        said = messages.read(body)
    except Invalid:
        return {"LoaiKetQua": "01"}
    unit = {"MaDinhDanh": THERE}
    if type_ == "status":
        about = {"busSender": said.respond_to, "busDocumentId": said.document_id}
        return {"LoaiKetQua": "03", "DonVi": unit, "VanBanDi": {"NgayKy": "03/11/2025"}, "ThamSoAn": about}
    kept = {"TrichYeu": said.subject, "SoKyHieu": said.view["number"]}
    more = {"LoaiVanBan": "Công văn", "NgayBanHanh": "03/11/2025", "NguoiKy": "Trần Thị Bình"}
    return {"LoaiKetQua": "01", "DonVi": unit, "VanBanDi": {**kept, **more}, "ThamSoAn": ""}


def _papers(parcel: Delivery) -> Papers:
    """A document whose one file is the body."""
    file = File("a.pdf", "application/pdf", "", parcel.body.sha256, Opened(parcel.body.size, parcel.body.open), str)
    return Papers(load(io.BytesIO(messages.edoc()), lambda _: io.BytesIO()).message, (file,))
