"""Whether more can be taken in, said before a body is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bus.clock import HandClock
from bus.errors import Rejected
from bus.room import Room


def test_there_is_room_for_so_many(tmp_path: Path) -> None:
    """And again when one of them is done."""
    room = Room(tmp_path, HandClock(), at_once=1, reserve=0)
    with room.for_one(), pytest.raises(Rejected, match=r"bus\.busy"), room.for_one():
        pass
    with room.for_one():
        pass


def test_a_disk_that_is_nearly_full_takes_nothing_in(tmp_path: Path) -> None:
    """The reserve is for working off what is here."""
    room = Room(tmp_path, HandClock(), at_once=5, reserve=1 << 62)

    assert room.problem()
    with pytest.raises(Rejected, match="disk"), room.for_one():
        pass
