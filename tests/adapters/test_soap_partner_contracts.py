"""SOAP keeps the contracts of sinks and of sources: both versions, documents inline and as parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from bus.endpoint import Answer, Delivered, Sink, Source
from bus.errors import CallFailed
from bus.transport import Transport
from tests.adapters.http_partner import nowhere
from tests.adapters.soap_partner import SEND, Exchange, exchange, receiving, sink_of, source_of, tools, written
from tests.contracts.sink import SinkContract, asked, delivery, sent
from tests.contracts.source import SourceContract


@pytest.fixture
def partner() -> Iterator[Exchange]:
    played = exchange()
    played.start()
    yield Exchange(played)
    played.stop()


class TestSoapSink(SinkContract):
    """Every rule of the contract: SOAP 1.1 inline, and SOAP 1.2 with the document as a part."""

    @pytest.fixture(params=["1.1 inline", "1.2 mtom", "1.1 swa"])
    def form(self, request: pytest.FixtureRequest) -> dict[str, Any]:
        version, _, way = str(request.param).partition(" ")
        return {
            "port": "Documents12" if version == "1.2" else "Documents11",
            "send": {"call": {**SEND, "attachments": way}},
        }

    @pytest.fixture
    def sink(self, form: dict[str, Any], partner: Exchange, transport: Transport, tmp_path: Path) -> Sink:
        return sink_of(written(partner.url, **form), tools(transport, tmp_path))

    @pytest.fixture
    def lost_sink(self, form: dict[str, Any], transport: Transport, tmp_path: Path) -> Sink:
        return sink_of(written(nowhere(), **form), tools(transport, tmp_path))


class TestSoapSource(SourceContract):
    """Every rule of the contract, whichever way documents come."""

    @pytest.fixture(params=[False, True], ids=["inline", "mtom"])
    def far(self, request: pytest.FixtureRequest, partner: Exchange) -> Exchange:
        partner.played.tell(lambda played: setattr(played, "mtom", request.param))
        return partner

    @pytest.fixture
    def source(self, far: Exchange, transport: Transport, tmp_path: Path) -> Source:
        return source_of(receiving(far.url), tools(transport, tmp_path))

    @pytest.fixture
    def lost_source(self, transport: Transport, tmp_path: Path) -> Source:
        return source_of(receiving(nowhere()), tools(transport, tmp_path))


@pytest.mark.parametrize("mode", Mode)
def test_however_it_is_met_nothing_is_lost_and_nothing_breaks(
    mode: Mode, partner: Exchange, transport: Transport, tmp_path: Path
) -> None:
    """A document is delivered, or its call failed in a way the bus has a name for; and then it can be asked about."""
    sink = sink_of(written(partner.url), tools(transport, tmp_path))
    sent(sink, delivery(doc_id="doc-0"))
    partner.played.order(Order(mode=mode))
    with suppress(CallFailed):
        assert isinstance(sink.send(delivery())["doc-1"], Delivered)
    partner.misbehave("ok")
    there = len(partner.kept()) == 2
    assert asked(sink, delivery()) is (Answer.DELIVERED if there else Answer.NOT_THERE)
