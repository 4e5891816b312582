"""A bus in memory behind the doors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake_desk import FakeDesk


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(folder=tmp_path)
