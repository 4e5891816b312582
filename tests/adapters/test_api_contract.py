"""The native API keeps what every face promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.api_driver import ApiDriver, client_of
from tests.contracts.face import DriverFor, FaceContract
from tests.fake_desk import FakeDesk


class TestApiFace(FaceContract):
    @pytest.fixture
    def driver_for(self) -> Iterator[DriverFor]:
        with client_of(FakeDesk()) as client:
            yield lambda partner: ApiDriver(client, partner)
