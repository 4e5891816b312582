"""The channel contract inside one process."""

import pytest

from tests.contracts.channel import ChannelContract


class TestMemoryChannel(ChannelContract):
    @pytest.fixture
    def url(self) -> str:
        return "memory://"
