"""The axis's face keeps what every face promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.vxp_driver import VxpDriver, client_of
from tests.contracts.face import DriverFor, FaceContract
from tests.fake_desk import FakeDesk


class TestVxpFace(FaceContract):
    @pytest.fixture
    def driver_for(self) -> Iterator[DriverFor]:
        with client_of(FakeDesk()) as client:
            yield lambda partner: VxpDriver(client, partner)
