"""The two partners at the door for clients of a platform."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.lgsp_driver import LgspDriver, client_of
from tests.asgi import Client
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.fake_desk import FakeDesk


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[Client]:
    with client_of(desk) as client:
        yield client


@pytest.fixture
def noi_vu(client: Client) -> LgspDriver:
    return LgspDriver(client, NOI_VU)


@pytest.fixture
def tai_chinh(client: Client) -> LgspDriver:
    return LgspDriver(client, TAI_CHINH)
