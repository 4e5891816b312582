"""A thread that works in rounds: it hears the bell, outlives what goes wrong, and ends when it is told to."""

from __future__ import annotations

import queue
import threading

import pytest

from bus.errors import BusError, JournalDown
from bus.rounds import Rounds

PATIENCE = 30
NEVER = 86_400.0


def test_a_bell_begins_a_round() -> None:
    """Nobody waits for the next look."""
    done = threading.Event()
    rounds = Rounds("test", done.set, tick=NEVER)
    rounds.start()
    assert not done.is_set()
    rounds.wake()
    assert done.wait(PATIENCE)
    rounds.stop()


@pytest.mark.parametrize("error", [BusError("busy"), JournalDown("away"), KeyError("ours")])
def test_a_round_that_fails_is_not_the_last(error: Exception) -> None:
    """Whatever it was."""
    looks: queue.Queue[int] = queue.Queue()

    def work() -> None:
        looks.put(1)
        raise error

    rounds = Rounds("test", work, tick=0.0)
    rounds.start()
    assert [looks.get(timeout=PATIENCE) for _ in range(3)] == [1, 1, 1]
    rounds.stop()


def test_work_says_when_it_wants_to_look_again() -> None:
    """In place of the usual rest."""
    rests = iter([0.0, 0.0])
    looks: queue.Queue[int] = queue.Queue()

    def work() -> float:
        looks.put(1)
        return next(rests, NEVER)

    rounds = Rounds("test", work, tick=NEVER)
    rounds.start()
    rounds.wake()
    assert [looks.get(timeout=PATIENCE) for _ in range(3)] == [1, 1, 1]
    rounds.stop()
    assert looks.empty()


def test_who_is_told_to_stop_begins_no_round() -> None:
    """Whether it has begun or not, and however often it is told."""
    looks: list[int] = []
    rounds = Rounds("test", lambda: looks.append(1), tick=NEVER)
    rounds.stop()
    rounds.start()
    rounds.stop()
    rounds.stop()
    assert looks == []
