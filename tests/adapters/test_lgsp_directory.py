"""The platform's list of agencies, whatever a row of it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.lgsp import ADAPTER
from adapters.lgsp.sandbox import Platform, Unit
from bus.clock import HandClock
from bus.endpoint import DirectorySource, ListedAgency
from bus.errors import Unreachable
from bus.transport.fast import FastTransport
from tests.adapters.lgsp_partner import platform, settings, tools

UNITS = (
    Unit("H47", "UBND tỉnh", "000.00.00.H47", mail="vp@x"),
    Unit("H47.01", "Sở Nội vụ", parent="H47"),
    Unit("H47.02", "Sở Y tế", parent="H99"),
    Unit("", "không có mã"),
)


@pytest.fixture
def sandbox() -> Iterator[Rehearsal[Platform]]:
    running = platform(HandClock(), units=UNITS)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def directory(sandbox: Rehearsal[Platform], tmp_path: Path) -> Iterator[DirectorySource]:
    transport = FastTransport()
    assert ADAPTER.directory is not None
    given = settings(sandbox.url, sign_in="token")
    yield ADAPTER.directory("lgsp", given, tools(transport, tmp_path, HandClock()))
    transport.close()


@pytest.mark.parametrize("mode", [Mode.OK, Mode.LIES])
def test_agencies_are_listed(directory: DirectorySource, sandbox: Rehearsal[Platform], mode: Mode) -> None:
    """Under the one above where it is listed too; what has no code is left out; a version is not told."""
    sandbox.order(Order(mode=mode))
    assert list(directory.agencies()) == [
        ListedAgency("H47", "000.00.00.H47", "UBND tỉnh", mail="vp@x"),
        ListedAgency("H47.01", name="Sở Nội vụ", parent="H47"),
        ListedAgency("H47.02", name="Sở Y tế"),
    ]
    assert directory.version() == ""


def test_members_that_are_null_cost_no_row(directory: DirectorySource, sandbox: Rehearsal[Platform]) -> None:
    """A code is all that is needed; what is not said of one is nothing of another's."""
    sandbox.order(Order(mode=Mode.NULLS))
    assert list(directory.agencies()) == [ListedAgency("H47"), ListedAgency("H47.01"), ListedAgency("H47.02")]


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.BUSY, Mode.EMPTY, Mode.HTML, Mode.DENY])
def test_no_list_is_no_empty_list(directory: DirectorySource, sandbox: Rehearsal[Platform], mode: Mode) -> None:
    """What was listed before stays."""
    sandbox.order(Order(mode=mode))
    with pytest.raises(Unreachable):
        list(directory.agencies())
