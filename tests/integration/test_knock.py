"""A partner that was away is noticed without a call and without waiting for the breaker; then all that waits goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import adapters
from adapters.rest.sandbox import RestSandbox
from bus import breaker
from bus.assembly import build
from bus.breaker import BreakerPolicy
from bus.clock import HandClock
from bus.config import Settings
from bus.daemon import Daemon
from tests.buses import PUSHED, free_port, home, send, state, until
from tests.messages import edoc

FAILURES = BreakerPolicy().failures


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def settings(tmp_path: Path, port: int) -> Settings:
    return home(tmp_path, port=port)


def started(settings: Settings) -> Daemon:
    """On a clock that stands still: no retry comes due and no breaker's time is ever over."""
    daemon = build(settings, adapters.all_adapters(), HandClock())
    daemon.start()
    return daemon


@pytest.fixture
def daemon(settings: Settings) -> Iterator[Daemon]:
    daemon = started(settings)
    yield daemon
    daemon.stop()


def fill(daemon: Daemon, folder: Path, count: int) -> list[str]:
    """Documents for the partner that is away, until its breaker is open."""
    copies: list[str] = []
    for number in range(count):
        copies += send(daemon.parts(), folder, edoc(recipients=(PUSHED,), document_id=str(number)))
    until(lambda: daemon.gates.condition("push").breaker == breaker.OPEN)
    return copies


def arrive(daemon: Daemon, port: int, copies: list[str]) -> None:
    """The partner listens again, and has everything."""
    town = RestSandbox(port=port)
    town.start()
    try:
        until(lambda: {state(daemon.parts(), copy) for copy in copies} == {"delivered"})
    finally:
        town.stop()
    assert daemon.gates.condition("push").breaker == breaker.CLOSED


def test_all_that_waits_goes_when_the_partner_is_back(daemon: Daemon, tmp_path: Path, port: int) -> None:
    """Whether it was tried or not, though nobody's time has come."""
    arrive(daemon, port, fill(daemon, tmp_path, FAILURES + 3))


def test_where_nothing_is_due_one_that_waits_is_the_probe(daemon: Daemon, tmp_path: Path, port: int) -> None:
    """Each document was tried, and waits for a time of its own."""
    copies = fill(daemon, tmp_path, FAILURES)
    until(lambda: {state(daemon.parts(), copy) for copy in copies} == {"waiting"})

    arrive(daemon, port, copies)


def test_a_restart_forgets_neither_the_breaker_nor_the_knock(settings: Settings, tmp_path: Path, port: int) -> None:
    """The next process calls nobody before it has knocked, and then everybody gets what waits."""
    before = started(settings)
    copies = fill(before, tmp_path, FAILURES + 1)
    before.stop()
    after = started(settings)
    try:
        assert after.gates.condition("push").breaker == breaker.OPEN
        arrive(after, port, copies)
    finally:
        after.stop()
