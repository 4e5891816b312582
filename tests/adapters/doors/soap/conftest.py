"""A partner at the door for SOAP, in both versions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.soap_driver import SOAP_11, SOAP_12, SoapDriver, client_of
from tests.asgi import Client
from tests.contracts.face import NOI_VU
from tests.fake_desk import FakeDesk


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[Client]:
    with client_of(desk) as client:
        yield client


@pytest.fixture(params=[SOAP_11, SOAP_12], ids=["1.1", "1.2"])
def noi_vu(request: pytest.FixtureRequest, client: Client) -> SoapDriver:
    return SoapDriver(client, NOI_VU, request.param)
