"""Threads of the interpreter share a core where that is wanted."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from bus import cores


@pytest.fixture
def given() -> Iterator[set[int]]:
    before = os.sched_getaffinity(0)
    yield before
    os.sched_setaffinity(0, before)


def test_threads_started_later_share_the_core(given: set[int]) -> None:
    """One of those the process was given, and the same for all."""
    core = cores.share_one()
    seen: list[set[int]] = []
    thread = threading.Thread(target=lambda: seen.append(os.sched_getaffinity(0)))
    thread.start()
    thread.join()
    assert seen == [{core} if core is not None else given]
    assert seen[0] <= given


def test_where_there_is_one_core_nothing_is_chosen(given: set[int]) -> None:
    """A container with one core is left as it is."""
    one = {min(given)}
    os.sched_setaffinity(0, one)
    assert cores.share_one() is None
    assert os.sched_getaffinity(0) == one
