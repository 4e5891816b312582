"""Two processes look at one axis: one at a time, and nothing is accepted or acked by both."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.vxp.client import AxisClient
from adapters.vxp.sandbox import AxisSandbox
from bus.claimcheck import ClaimCheck
from bus.clock import MICROS, HandClock
from bus.directory import Directory
from bus.endpoint import Item, Source
from bus.errors import Rejected
from bus.ingress import Ingress
from bus.journal import Journal
from bus.message import Inbound, Receipt
from bus.plan import Plan
from bus.poller import BEYOND, Inlet, Poller, Pollers
from bus.router import Router
from bus.transport.fast import FastTransport
from bus.turn import FRESH
from tests.adapters.axis_partner import MINISTRY, axis_sandbox, client_to, source_to
from tests.buses import until
from tests.contracts.raw_server import claim
from tests.journals import PATIENCE, in_file
from tests.messages import edoc
from tests.unit.routes_models import routes_of

HERE, THERE = "000.00.05.H62", "000.00.00.G22"
EVERY = 180 * MICROS
TERM = (EVERY + BEYOND) / MICROS
ROUTES = f"""
endpoints: {{mailbox: {{kind: mailbox}}}}
partners: {{snv: {{agencies: ["{HERE}"]}}}}
routes: [{{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}]
"""


class Holder:
    """A plan that stays in force."""

    def __init__(self) -> None:
        routes = routes_of(ROUTES)
        directory = Directory.build(routes)
        self.plan = Plan(routes, directory, Router(routes, directory), frozenset())


@dataclass
class Noted:
    """An item of the axis; what is said of it is counted, and something may happen when it was fetched."""

    item: Item
    said: Counter[str]
    fetched: Callable[[], object]

    def __post_init__(self) -> None:
        self.type, self.remote_id = self.item.type, self.item.remote_id

    def inbound(self) -> Inbound:
        inbound = self.item.inbound()
        self.fetched()
        return inbound

    def settle(self, result: Receipt | Rejected) -> None:
        self.said[self.remote_id] += 1
        self.item.settle(result)


@dataclass
class Watched:
    """The axis's source; ``fetched`` is called after each fetch."""

    source: Source
    said: Counter[str] = field(default_factory=Counter)
    fetched: Callable[[], object] = lambda: None

    def poll(self) -> Iterator[Item]:
        for item in self.source.poll():
            yield Noted(item, self.said, self.fetched)


@dataclass
class Two:
    """Two processes on one journal, before one axis."""

    clock: HandClock
    journal: Journal
    source: Watched
    ministry: AxisClient
    make: Callable[[str], Poller]

    def offer(self, *names: str) -> None:
        for name in names:
            self.ministry.send("edoc", THERE, (HERE,), claim(edoc(THERE, (HERE,), name)))


@pytest.fixture
def axis() -> Iterator[AxisSandbox]:
    sandbox = axis_sandbox(HandClock())
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def two(axis: AxisSandbox, tmp_path: Path) -> Iterator[Two]:
    transport, clock = FastTransport(), HandClock()
    journal = in_file(tmp_path / "journal.db", clock)
    source = Watched(source_to(axis.url, transport, tmp_path, clock))
    inlet = Inlet("axis", source, EVERY, fail_after=EVERY)
    claims = ClaimCheck(tmp_path / "bodies", tmp_path / "spool")
    ingress = Ingress(journal, Holder())

    def make(holder: str) -> Poller:
        return Poller(inlet, journal, ingress, claims, clock, lambda _inbound: "", lambda: "", holder)

    ministry = client_to(axis.url, transport, tmp_path, clock, MINISTRY, idle_timeout="30s")
    yield Two(clock, journal, source, ministry, make)
    journal.close()
    transport.close()


def test_only_one_polls(two: Two) -> None:
    """The second does not begin a round, from round to round of the first."""
    first, second = two.make("first"), two.make("second")
    two.offer("VB-1", "VB-2")
    assert (first.round(), second.round()) == (2, 0)

    for name in ("VB-3", "VB-4"):
        two.offer(name)
        two.clock.move(EVERY / MICROS)
        assert (second.round(), first.round()) == (0, 1)
    assert list(two.source.said.values()) == [1] * 4


def test_the_second_takes_over_after_the_first_died(two: Two) -> None:
    """When the term of the dead one is over, and it polls what has come since."""
    first, second = two.make("first"), two.make("second")
    two.offer("VB-1")
    first.round()
    two.offer("VB-2")
    two.clock.move(TERM - 1)
    assert second.round() == 0

    two.clock.move(1)
    assert second.round() == 1
    assert list(two.source.said.values()) == [1, 1]


def test_a_round_that_lost_its_turn_leaves_the_item_to_the_other(two: Two) -> None:
    """The first hangs in a fetch until the other took over: it accepts and acks nothing more, and no item is done twice."""
    first, second = two.make("first"), two.make("second")
    two.offer("VB-1", "VB-2", "VB-3")
    accepted = []

    def hang() -> None:
        two.source.fetched = lambda: None
        two.clock.move(TERM)
        accepted.append(second.round())

    two.source.fetched = hang
    assert first.round() == 0
    assert accepted == [3]
    assert list(two.source.said.values()) == [1, 1, 1]
    assert first.round() == 0


def test_a_long_round_keeps_its_turn(two: Two) -> None:
    """It is renewed between items: the other finds it taken, long after the first term would have been over."""
    first, second = two.make("first"), two.make("second")
    two.offer(*(f"VB-{number}" for number in range(30)))
    others = []

    def slowly() -> None:
        two.clock.move(FRESH)
        others.append(second.round())

    two.source.fetched = slowly
    assert 30 * FRESH > TERM
    assert first.round() == 30
    assert others == [0] * 30


def test_a_long_call_keeps_its_turn(two: Two) -> None:
    """Nobody takes over during one fetch: else both would fetch a large document for ever, and neither accept it."""
    first, second = two.make("first"), two.make("second")
    two.offer("VB-1")
    longest, others = 240.0, []

    def slowly() -> None:
        two.clock.move(FRESH + longest)
        others.append(second.round())

    two.source.fetched = slowly
    assert first.round() == 1
    assert others == [0]


def test_a_poller_that_stops_lets_the_next_begin_at_once(two: Two) -> None:
    """A restart does not wait for the term of the process before."""
    pollers = Pollers(lambda _inlet: two.make("first"))
    two.offer("VB-1")
    pollers.serve({"axis": Inlet("axis", two.source, EVERY, fail_after=EVERY)})
    until(lambda: list(two.source.said.values()) == [1])
    pollers.stop()

    two.offer("VB-2")
    assert two.make("second").round() == 1


def test_a_changed_inlet_ends_its_round_before_the_next_begins(two: Two) -> None:
    """Both are this process's: the turn does not keep them apart, so one waits for the other."""
    pollers = Pollers(lambda _inlet: two.make("first"))
    two.offer("VB-1", "VB-2")
    fetching, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        two.source.fetched = lambda: None
        fetching.set()
        assert go_on.wait(PATIENCE)

    two.source.fetched = wait
    pollers.serve({"axis": Inlet("axis", two.source, EVERY, fail_after=EVERY)})
    assert fetching.wait(PATIENCE)
    pollers.serve({"axis": Inlet("axis", two.source, EVERY, fail_after=1)})
    assert not two.source.said
    go_on.set()
    until(lambda: list(two.source.said.values()) == [1, 1])
    pollers.stop()


def test_a_stopped_round_ends_after_the_item_under_way(two: Two) -> None:
    """What it had not begun comes again."""
    poller = two.make("first")
    two.offer("VB-1", "VB-2")
    two.source.fetched = poller.stop
    assert poller.round() == 1
    assert list(two.source.said.values()) == [1]
