"""The platform's face keeps what every face promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.lgsp_driver import LgspDriver, client_of
from tests.contracts.face import DriverFor, FaceContract
from tests.fake_desk import FakeDesk


class TestLgspFace(FaceContract):
    @pytest.fixture
    def driver_for(self) -> Iterator[DriverFor]:
        with client_of(FakeDesk()) as client:
            yield lambda partner: LgspDriver(client, partner)
