"""The libcurl transport keeps the contract, and its own watch over idle calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bus.errors import OutcomeUnknown
from bus.transport.fast import FastTransport
from tests.contracts.raw_server import RawServer, answers, reads_and_is_silent
from tests.contracts.transport import TransportContract, post


@pytest.fixture
def transport() -> Iterator[FastTransport]:
    made = FastTransport()
    yield made
    made.close()


class TestFastTransport(TransportContract):
    """Every rule of the contract."""


@pytest.mark.long
def test_libcurls_own_watch_ends_a_silent_call() -> None:
    """Where the callback is not used, libcurl's own speed limit ends a call in which nothing moves."""
    with RawServer(reads_and_is_silent) as server, pytest.raises(OutcomeUnknown, match="too slow"):
        FastTransport(exact_below=0.0).call(post(server))


def test_connection_that_lay_idle_is_not_trusted() -> None:
    """Past the time after which servers hang up, a call begins on a new connection."""
    now = [100.0]
    transport = FastTransport(monotonic=lambda: now[0])
    with RawServer(answers()) as server:
        transport.call(post(server))
        now[0] += 60
        transport.call(post(server))
    transport.close()
    assert server.connections == 2
