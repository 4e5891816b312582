"""The libcurl transport keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bus.transport.fast import FastTransport
from tests.contracts.raw_server import RawServer, answers, post
from tests.contracts.transport import TransportContract


@pytest.fixture
def transport() -> Iterator[FastTransport]:
    made = FastTransport()
    yield made
    made.close()


class TestFastTransport(TransportContract):
    """Every rule of the contract."""


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
