"""The HTTP engine keeps the contracts of sinks, in all forms of bodies and with and without tokens, and of sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.http.settings import HttpSettings
from bus.endpoint import Pusher, Sink, Source
from bus.transport import Transport
from tests.adapters.http_partner import OAUTH2, Playing, nowhere, receiving, settings, sink_of, source_of
from tests.contracts.sink import SinkContract
from tests.contracts.source import SourceContract


@pytest.fixture
def partner() -> Iterator[Playing]:
    playing = Playing()
    yield playing
    playing.stop()


class TestHttpSink(SinkContract):
    """Every rule of the contract: raw bytes pushed side by side, JSON behind a token, and a form."""

    @pytest.fixture(params=["raw", "json", "multipart"])
    def form(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def sink(self, form: str, partner: Playing, transport: Transport, tmp_path: Path) -> Sink:
        return sink_of(self._settings(partner.url, form), transport, tmp_path)

    @pytest.fixture
    def lost_sink(self, form: str, transport: Transport, tmp_path: Path) -> Sink:
        return sink_of(self._settings(nowhere(), form), transport, tmp_path)

    def test_only_what_needs_nothing_else_is_pushed(self, form: str, sink: Sink) -> None:
        """A sink that has to have a token first is none of the shared thread's."""
        assert isinstance(sink, Pusher) == (form != "json")

    @staticmethod
    def _settings(url: str, form: str) -> HttpSettings:
        return settings(url, form, auth=[OAUTH2] if form == "json" else [])


class TestHttpSource(SourceContract):
    """Every rule of the contract."""

    @pytest.fixture
    def far(self, partner: Playing) -> Playing:
        return partner

    @pytest.fixture
    def source(self, far: Playing, transport: Transport, tmp_path: Path) -> Source:
        return source_of(receiving(far.url), transport, tmp_path)

    @pytest.fixture
    def lost_source(self, transport: Transport, tmp_path: Path) -> Source:
        return source_of(receiving(nowhere()), transport, tmp_path)
