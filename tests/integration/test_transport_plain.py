"""The requests transport keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bus.transport.plain import PlainTransport
from tests.contracts.transport import TransportContract


@pytest.fixture
def transport() -> Iterator[PlainTransport]:
    made = PlainTransport()
    yield made
    made.close()


class TestPlainTransport(TransportContract):
    """Every rule of the contract."""
