"""The SOAP face keeps what every face promises: in both versions, inline and with the document beside the envelope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.soap_driver import SOAP_11, SOAP_12, SoapDriver, client_of
from tests.contracts.face import DriverFor, FaceContract
from tests.fake_desk import FakeDesk


class TestSoap11(FaceContract):
    @pytest.fixture
    def driver_for(self) -> Iterator[DriverFor]:
        with client_of(FakeDesk()) as client:
            yield lambda partner: SoapDriver(client, partner, SOAP_11)


class TestSoap12WithParts(FaceContract):
    @pytest.fixture
    def driver_for(self) -> Iterator[DriverFor]:
        with client_of(FakeDesk()) as client:
            yield lambda partner: SoapDriver(client, partner, SOAP_12, beside=True)
