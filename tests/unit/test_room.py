"""Whether more can be taken in, said before a body is read."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.clock import HandClock
from bus.disks import Disks
from bus.errors import Rejected
from bus.room import LARGE, LEAST, Place, Room

_MEMORY = 4 << 20


def room_at(folder: Path, at_once: int = 100, memory: int = _MEMORY, reserve: int = 0) -> Room:
    return Room(Disks({"BUS_HOME": folder}, folder, HandClock(), reserve), at_once, memory)


def entered(room: Room, announced: int | None) -> list[Place]:
    """All the places there are for bodies of that size."""
    places = []
    while place := room.enter(announced):
        places.append(place)
    return places


def test_there_is_room_for_so_many(tmp_path: Path) -> None:
    """And again when one of them is done."""
    room = room_at(tmp_path, at_once=2)
    first, _second = entered(room, 10)
    first.leave()
    assert len(entered(room, 10)) == 1


def test_what_waits_to_be_written_takes_room(tmp_path: Path) -> None:
    """It is let in whatever there is; nobody else is before it has gone."""
    room = room_at(tmp_path, at_once=1)
    (place,) = entered(room, 10)
    waiting = room.hold(10)
    place.leave()
    assert not room.enter(10)
    waiting.leave()
    assert room.enter(10)


@pytest.mark.parametrize(("announced", "places"), [(None, 6), (1 << 40, 0), (LARGE + 1, 6), (LEAST + 1, 127), (1, 128)])
def test_bodies_in_hand_are_bounded_by_memory(tmp_path: Path, announced: int | None, places: int) -> None:
    """A small one costs its size, a large one what is in hand of it, and so does one nobody has announced."""
    room = room_at(tmp_path, at_once=1000)
    if announced == 1 << 40:
        with pytest.raises(Rejected, match=r"bus\.busy"):
            room.enter(announced)
    else:
        assert len(entered(room, announced)) == places


def test_large_ones_leave_room_for_small_ones(tmp_path: Path) -> None:
    """However many wait to be sent in."""
    room = room_at(tmp_path)
    entered(room, LARGE)
    assert len(entered(room, LEAST)) == _MEMORY // 4 // LEAST


@given(st.lists(st.tuples(st.sampled_from(["enter", "hold", "leave"]), st.integers(0, 2 * LARGE)), max_size=60))
def test_places_add_up(deeds: list[tuple[str, int]]) -> None:
    """Whoever comes and goes, all the room is there again when all have gone."""
    room = room_at(Path.cwd())
    before = len(entered(room_at(Path.cwd()), LEAST))
    places: list[Place] = []
    for deed, size in deeds:
        if deed == "leave" and places:
            places.pop(size % len(places)).leave()
        elif deed == "hold":
            places.append(room.hold(size))
        elif place := room.enter(size):
            places.append(place)
    for place in places:
        place.leave()
    assert len(entered(room, LEAST)) == before


def test_the_line_is_bounded(tmp_path: Path) -> None:
    """Whoever waits costs memory too."""
    room = room_at(tmp_path)
    with ExitStack() as line:
        for _ in range(100):
            line.enter_context(room.in_line())
        with pytest.raises(Rejected, match=r"bus\.busy"):
            line.enter_context(room.in_line())
    with room.in_line():
        pass


def test_a_disk_that_is_nearly_full_takes_nothing_in(tmp_path: Path) -> None:
    """The reserve is for working off what is here; callers are told when to come again."""
    room = room_at(tmp_path, reserve=1 << 62)

    assert room.problem() == "the disk of BUS_HOME is nearly full"
    with pytest.raises(Rejected, match="disk") as refused:
        room.enter(1)
    assert refused.value.details["retry_after"]


def test_the_more_there_are_the_less_is_in_hand_of_each(tmp_path: Path) -> None:
    """Of a large body so much is handled at a time."""
    room = room_at(tmp_path, memory=64 << 20)
    alone = room.portion
    entered(room, None)
    assert (alone, room.portion) == (1 << 20, (64 << 20) // 4 // 96)
