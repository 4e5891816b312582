"""Free space: looked at in all places, promised to what comes, and told of once."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bus.clock import HandClock
from bus.disks import Disks, free_bytes

GB = 1 << 30


class Machine:
    """Two disks whose free space is as told."""

    home, store = Path("/home"), Path("/store")

    def __init__(self) -> None:
        self.free = {self.home: 10 * GB, self.store: 10 * GB}
        self.looks = 0
        self.clock = HandClock()
        self.disks = Disks({"BUS_HOME": self.home, "bodies": self.store}, self.store, self.clock, GB, self._look)

    def later(self) -> None:
        self.clock.move(1.5)

    def _look(self, path: Path) -> int:
        self.looks += 1
        return self.free[path]


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.mark.parametrize(("which", "name"), [("home", "BUS_HOME"), ("store", "bodies")])
def test_each_disk_counts(machine: Machine, which: str, name: str) -> None:
    """The one that is short is named."""
    machine.free[getattr(machine, which)] = GB - 1
    assert machine.disks.problem() == f"the disk of {name} is nearly full"


def test_it_is_said_once_and_once_again_when_it_is_over(machine: Machine) -> None:
    """Over is when there is a little more than the reserve."""
    with capture_logs() as logs:
        for free in (GB - 1, GB - 2, GB + 1, 2 * GB, 3 * GB):
            machine.free[machine.home] = free
            machine.later()
            machine.disks.problem()
    assert [(line["event"], line["disk"]) for line in logs] == [("disk.short", "BUS_HOME"), ("disk.enough", "BUS_HOME")]


def test_it_is_looked_at_once_in_a_while(machine: Machine) -> None:
    """However many ask."""
    for _ in range(100):
        machine.disks.problem()
    looks = machine.looks
    machine.later()
    machine.disks.problem()
    assert machine.looks == 2 * looks


def test_what_is_promised_is_not_promised_twice(machine: Machine) -> None:
    """Of what lies beyond the reserve; given back, it is there again."""
    assert not machine.disks.promise(9 * GB + 1)
    assert machine.disks.promise(6 * GB)
    assert not machine.disks.promise(4 * GB)
    machine.disks.release(6 * GB)
    assert machine.disks.promise(9 * GB)


def test_what_was_promised_can_be_written(machine: Machine) -> None:
    """Whoever was promised nothing gets what is left; what is written counts before anybody looks again."""
    assert machine.disks.promise(6 * GB)
    assert not machine.disks.write(4 * GB, 0)
    assert machine.disks.write(3 * GB, 0)
    assert machine.disks.write(6 * GB, 6 * GB)
    assert not machine.disks.write(1, 0)


def test_a_disk_that_is_gone_is_full(tmp_path: Path) -> None:
    """Nothing more is taken in where nobody can tell how much there is."""
    assert free_bytes(tmp_path) > 0
    assert free_bytes(tmp_path / "gone") == 0
