"""SOAP keeps the contracts of sinks and of sources: both versions, documents inline and as parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bus.endpoint import Sink, Source
from bus.transport import Transport
from bus.transport.fast import FastTransport
from tests.adapters.http_partner import nowhere
from tests.adapters.soap_partner import SEND, Exchange, exchange, receiving, sink_of, source_of, tools, written
from tests.contracts.sink import SinkContract
from tests.contracts.source import SourceContract


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = FastTransport()
    yield made
    made.close()


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
