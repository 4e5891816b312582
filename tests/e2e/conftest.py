"""A home that outlives the processes that live in it, and partners that see them die."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.rest.sandbox import RestSandbox
from tests.e2e import places
from tests.e2e.lives import Life
from tests.e2e.places import Place

#: Begins a life of the bus at a place; ``die_at`` and ``fresh`` as for :class:`~tests.e2e.lives.Life`.
Begin = Callable[..., Life]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A home with partners in this process, which stay when the bus is killed."""
    sandbox = RestSandbox()
    sandbox.start()
    yield places.make(tmp_path, sandbox)
    sandbox.stop()


@pytest.fixture
def begin(place: Place) -> Iterator[Begin]:
    """Begins the bus and waits until it is ready; what still runs at the end is ended."""
    lives: list[Life] = []

    def start(die_at: str = "", *, fresh: bool = False) -> Life:
        lives.append(Life(place, die_at, fresh=fresh))
        return lives[-1].begun()

    yield start
    for life in lives:
        life.close()
