"""Tickets in lease order, no more than there is room for; the backlog stays in the journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bus.breaker import resumed
from bus.channel import ChannelDown, Ticket
from bus.gate import Gates
from bus.issuer import Issuer
from bus.journal import Journal
from bus.journal.notes import Condition
from bus.journal.operate import Order
from bus.journal.reads import Due, Reads
from tests.deliveries import outlet
from tests.journals import AXIS, MINUTE, PATIENCE, accept, in_file, only, to
from tests.messages import RECIPIENT, edoc


class Published:
    """A channel that keeps what it was given, and may be down."""

    def __init__(self) -> None:
        self.tickets: list[Ticket] = []
        self.down = False
        self._change = threading.Condition()
        self.refused = 0

    def publish(self, tickets: Sequence[Ticket]) -> None:
        with self._change:
            if self.down and tickets:
                self.refused += 1
                self._change.notify_all()
                raise ChannelDown("no broker")
            self.tickets += tickets
            self._change.notify_all()

    def wait(self, count: int) -> list[str]:
        """The deliveries named so far, once there are so many."""
        with self._change:
            assert self._change.wait_for(lambda: len(self.tickets) >= count, PATIENCE), self.tickets
            return [ticket.delivery for ticket in self.tickets]

    def wait_refused(self) -> None:
        with self._change:
            assert self._change.wait_for(lambda: self.refused, PATIENCE)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = in_file(tmp_path / "journal.db")
    with capture_logs():
        yield journal
        journal.close()


@pytest.fixture
def gates(journal: Journal) -> Gates:
    return Gates(journal.clock, lambda _condition: None)


@pytest.fixture
def channel() -> Published:
    return Published()


@pytest.fixture
def issuer(journal: Journal, gates: Gates, channel: Published) -> Iterator[Issuer]:
    issuer = Issuer(journal.reads, channel, gates, journal.clock, lambda: 1)  # type: ignore[arg-type]
    issuer.start()
    yield issuer
    issuer.stop()


def documents(journal: Journal, count: int, **more: object) -> list[str]:
    receipts = [accept(journal, edoc(document_id=f"{more} {n}", **more)) for n in range(count)]  # type: ignore[arg-type]
    return [only(journal, receipt).delivery for receipt in receipts]


def test_the_urgent_go_first_and_one_in_five_is_the_oldest(
    journal: Journal, issuer: Issuer, gates: Gates, channel: Published
) -> None:
    """In the order of leases."""
    gates.configure(AXIS, 100, None)
    old = documents(journal, 2)
    urgent = documents(journal, 6, priority=4)
    issuer.serve({name: outlet(name=name) for name in (AXIS,)})

    assert channel.wait(8) == [*urgent[:4], old[0], *urgent[4:], old[1]]


def test_no_more_than_there_is_room_for_until_one_comes_back(
    journal: Journal, issuer: Issuer, gates: Gates, channel: Published
) -> None:
    """Concurrency and what runs ahead; then one for one, oldest first."""
    gates.configure(AXIS, 1, None)
    backlog = documents(journal, 5)
    issuer.serve({name: outlet(name=name) for name in (AXIS,)})
    assert channel.wait(2) == backlog[:2]
    assert gates.room(AXIS, 1) == 0

    gates.back(AXIS, [backlog[0]])
    journal.operate("cancel", Order((backlog[0],), "an")).result(PATIENCE)
    issuer.wake([AXIS])
    assert channel.wait(3) == backlog[:3]


def test_another_endpoint_does_not_wait(journal: Journal, issuer: Issuer, gates: Gates, channel: Published) -> None:
    """A full or closed one keeps only its own."""
    gates.configure(AXIS, 1, None)
    gates.configure("so-tc", 1, None)
    gates.take(AXIS, journal.reads.due(AXIS, 0, 1), 1)
    documents(journal, 3)
    other = accept(journal, edoc(document_id="o"), to(RECIPIENT, "so-tc"))
    issuer.serve(
        {
            name: outlet(name=name)
            for name in (
                AXIS,
                "so-tc",
            )
        }
    )

    assert only(journal, other).delivery in channel.wait(3)


def test_tickets_a_broker_did_not_take_are_issued_again(
    journal: Journal, issuer: Issuer, gates: Gates, channel: Published
) -> None:
    """They do not count as out."""
    gates.configure(AXIS, 4, None)
    channel.down = True
    backlog = documents(journal, 2)
    issuer.serve({name: outlet(name=name) for name in (AXIS,)})
    channel.wait_refused()
    channel.down = False

    assert channel.wait(2) == backlog


def test_endpoints_it_does_not_serve_get_none(
    journal: Journal, issuer: Issuer, gates: Gates, channel: Published
) -> None:
    """A wake-up for another is not heard."""
    documents(journal, 1)
    quiet = accept(journal, edoc(document_id="q"), to(RECIPIENT, "so-tc"))
    issuer.serve({name: outlet(name=name) for name in ("so-tc",)})
    issuer.wake([AXIS])

    assert channel.wait(1) == [only(journal, quiet).delivery]


def test_a_ticket_that_comes_back_makes_room_for_the_next(
    journal: Journal, issuer: Issuer, gates: Gates, channel: Published
) -> None:
    """What waits for room goes as soon as there is some."""
    gates.configure(AXIS, 1, None)
    backlog = documents(journal, 4)
    issuer.serve({AXIS: outlet(name=AXIS)})
    channel.wait(2)

    for done in backlog[:2]:
        journal.operate("cancel", Order((done,), "an")).result(PATIENCE)
        gates.back(AXIS, [done])
        issuer.back(AXIS)
    assert channel.wait(4) == backlog


def test_what_is_due_again_is_issued_when_its_ticket_comes_back(
    journal: Journal, issuer: Issuer, gates: Gates, channel: Published
) -> None:
    """A delivery that was put back while its ticket was out is not forgotten."""
    gates.configure(AXIS, 4, None)
    (only_one,) = documents(journal, 1)
    issuer.serve({AXIS: outlet(name=AXIS)})
    channel.wait(1)
    issuer.wake([AXIS])
    documents(journal, 1, priority=4)
    issuer.wake([AXIS])
    channel.wait(2)

    gates.back(AXIS, [only_one])
    issuer.back(AXIS)
    assert channel.wait(3)[2] == only_one


def test_an_endpoint_is_idle_when_a_look_left_nothing(
    journal: Journal, issuer: Issuer, gates: Gates, channel: Published
) -> None:
    """Not before the first look, not with a backlog, not when it is served no more."""
    gates.configure(AXIS, 1, None)
    backlog = documents(journal, 3)
    assert not issuer.idle(AXIS)
    issuer.serve({AXIS: outlet()})
    channel.wait(2)
    assert not issuer.idle(AXIS)

    gates.back(AXIS, backlog[:2])
    for delivery in backlog[:2]:
        journal.operate("cancel", Order((delivery,), "an")).result(PATIENCE)
    issuer.wake([AXIS])
    assert channel.wait(3) == backlog
    until(lambda: issuer.idle(AXIS))
    issuer.serve({})
    assert not issuer.idle(AXIS)


class CountedReads(Reads):
    """Reads that keep which endpoints were looked at."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal.store)
        self.looked: list[str] = []

    def due(self, endpoint: str, now: int, limit: int, *, asks: bool = True) -> Due:
        self.looked.append(f"{endpoint} for {limit}")
        return super().due(endpoint, now, limit, asks=asks)


def test_a_closed_endpoint_is_not_looked_at_and_a_probe_looks_for_one(
    journal: Journal, gates: Gates, channel: Published
) -> None:
    """However much waits there; the look at another comes after its own and finds nothing of it."""
    gates.configure(AXIS, 16, None)
    gates.restore([Condition(AXIS, breaker="open", until=journal.clock.now() + MINUTE)])
    backlog = documents(journal, 3)
    reads = CountedReads(journal)
    issuer = Issuer(reads, channel, gates, journal.clock, lambda: 1)  # type: ignore[arg-type]
    issuer.start()
    issuer.serve({AXIS: outlet(), "so-tc": outlet(name="so-tc")})
    for looks in (1, 2):  # the second comes when the round that began with all of them is over
        until(lambda looks=looks: len(reads.looked) == looks)  # type: ignore[misc]
        issuer.wake(["so-tc"])
    assert set(reads.looked) == {"so-tc for 2"}

    gates.knocked(AXIS, taken=True)
    issuer.wake([AXIS])
    assert channel.wait(1) == backlog[:1]
    issuer.stop()
    assert f"{AXIS} for 1" in reads.looked


def test_what_comes_after_an_outage_waits_behind_what_came_during_it(
    journal: Journal, issuer: Issuer, gates: Gates, channel: Published
) -> None:
    """An endpoint that was idle is not when its breaker closes again: a backlog is left, so nothing goes past it."""
    gates.configure(AXIS, 1, None)
    issuer.serve({AXIS: outlet()})
    until(lambda: issuer.idle(AXIS))
    assert gates.free(AXIS, 1) == 2
    gates.restore([Condition(AXIS, breaker="open", until=journal.clock.now() + MINUTE)])
    backlog = documents(journal, 4)
    issuer.wake([AXIS])
    until(lambda: not issuer.idle(AXIS))

    gates.change(AXIS, resumed)
    issuer.wake([AXIS])
    assert channel.wait(2) == backlog[:2]
    assert (issuer.idle(AXIS), gates.free(AXIS, 1)) == (False, 0)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline


def test_stopping_may_be_said_twice(issuer: Issuer) -> None:
    """And before it began."""
    issuer.stop()
    issuer.stop()
