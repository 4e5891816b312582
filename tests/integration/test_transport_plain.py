"""The requests transport keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bus.transport.plain import PlainTransport
from tests.contracts.raw_server import RawServer, answers, post
from tests.contracts.transport import TransportContract


@pytest.fixture
def transport() -> Iterator[PlainTransport]:
    made = PlainTransport()
    yield made
    made.close()


class TestPlainTransport(TransportContract):
    """Every rule of the contract."""


def test_what_asks_which_address_it_reaches_is_not_sent(transport: PlainTransport) -> None:
    """This transport cannot tell: not even a connection is made, whatever would have been said."""
    with RawServer(answers()) as server:
        with pytest.raises(ValueError, match="which address"):
            transport.call(replace(post(server), may_reach=lambda _address: True))
        assert server.connections == 0
