"""What every channel promises. A subclass offers ``url``; its channels differ in nothing a user could notice."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import pytest

from bus.channel import Ack, Channel, ChannelDown, Ticket
from bus.channel.kombu_channel import KombuChannel

PATIENCE = 20.0
#: Every endpoint the tests use.
ENDPOINTS = ("axis", "here", "there", "old", "new", "stuck", "quick")

Open = Callable[..., KombuChannel]


class Worker:
    """Consumes in a thread of its own and remembers what it got."""

    def __init__(self, channel: Channel, *endpoints: str, ack: bool = True) -> None:
        self._stop = threading.Event()
        self._ack = ack
        self._got = threading.Condition()
        self._taken: list[tuple[Ticket, Ack]] = []
        self._thread = threading.Thread(target=channel.consume, args=(endpoints, self._take, self._stop))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.join()

    def _take(self, ticket: Ticket, ack: Ack) -> None:
        if self._ack:
            ack()
        with self._got:
            self._taken.append((ticket, ack))
            self._got.notify_all()

    def join(self) -> None:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "consuming did not end"

    def tickets(self, count: int) -> list[str]:
        """The deliveries named so far, once there are this many."""
        return sorted(ticket.delivery for ticket, _ in self._wait(count))

    def until(self, *deliveries: str) -> None:
        """Wait for these, each at least once."""
        with self._got:
            came = self._got.wait_for(lambda: {ticket.delivery for ticket, _ in self._taken} >= {*deliveries}, PATIENCE)
            assert came, f"only {[ticket.delivery for ticket, _ in self._taken]} came"

    def acks(self, count: int) -> list[Ack]:
        return [ack for _, ack in self._wait(count)]

    def _wait(self, count: int) -> list[tuple[Ticket, Ack]]:
        with self._got:
            assert self._got.wait_for(lambda: len(self._taken) >= count, PATIENCE), f"only {len(self._taken)} came"
            return list(self._taken)


def tickets(endpoint: str, *deliveries: str) -> list[Ticket]:
    return [Ticket(endpoint, delivery) for delivery in deliveries]


def names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{index:04}" for index in range(count)]


class ChannelContract:
    """Run for every kind of broker."""

    @pytest.fixture
    def url(self) -> str:
        raise NotImplementedError

    @pytest.fixture
    def namespaces(self) -> list[str]:
        """The installations of a test; the first is the one channels belong to unless told otherwise."""
        return [uuid.uuid4().hex, uuid.uuid4().hex]

    @pytest.fixture
    def open_channel(self, url: str, namespaces: list[str]) -> Iterator[Open]:
        """Opens channels, and closes them."""
        opened = []

        def open_channel(*, namespace: str = namespaces[0], url: str = url, **options: float) -> KombuChannel:
            opened.append(KombuChannel(url, namespace, **options))
            return opened[-1]

        yield open_channel
        for channel in opened:
            channel.close()

    @pytest.fixture
    def channel(self, open_channel: Open) -> KombuChannel:
        return open_channel()

    def test_every_published_ticket_arrives_once(self, channel):
        """What was published arrives, whatever its number and endpoint, and no more than that."""
        here, there = names("h", 450), names("t", 30)
        with Worker(channel, "here", "there") as worker:
            channel.publish([*tickets("here", *here), *tickets("there", *there)])
            assert worker.tickets(480) == [*here, *there]

    def test_tickets_wait_for_a_consumer(self, channel):
        """A ticket published while nobody listens is there for who comes."""
        channel.publish(tickets("axis", "early"))
        with Worker(channel, "axis") as worker:
            assert worker.tickets(1) == ["early"]

    def test_a_ticket_names_its_endpoint(self, channel):
        """The ticket that arrives equals the one that was published."""
        with Worker(channel, "axis") as worker:
            channel.publish(tickets("axis", "01"))
            assert worker._wait(1)[0][0] == Ticket("axis", "01")

    def test_unacked_tickets_go_to_the_next_consumer(self, channel):
        """Who stops puts back what it has not acked, and only that."""
        with Worker(channel, "axis", ack=False) as first:
            channel.publish(tickets("axis", *names("d", 6)))
            for ack in first.acks(6)[:4]:
                ack()
        with Worker(channel, "axis") as second:
            channel.publish(tickets("axis", "last"))
            assert second.tickets(3) == ["d0004", "d0005", "last"]

    def test_acks_come_from_any_thread(self, channel):
        """An ack given by another thread than the consumer's counts."""
        with Worker(channel, "axis", ack=False) as first:
            channel.publish(tickets("axis", *names("d", 60)))
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda ack: ack(), first.acks(60)))
        with Worker(channel, "axis") as second:
            channel.publish(tickets("axis", "last"))
            assert second.tickets(1) == ["last"]

    def test_an_ack_may_be_repeated_or_late(self, channel):
        """Acking twice, or after consuming has ended, harms nobody."""
        with Worker(channel, "axis", ack=False) as worker:
            channel.publish(tickets("axis", "a", "b"))
            first, second = worker.acks(2)
            first()
            first()
        second()
        with Worker(channel, "axis") as worker:
            assert worker.tickets(1) == ["b"]

    def test_a_stuck_endpoint_does_not_block_another(self, open_channel):
        """One endpoint's open tickets use up its own prefetch and nobody else's."""
        channel = open_channel(prefetch=2)
        with Worker(channel, "stuck", ack=False) as stuck:
            channel.publish(tickets("stuck", *names("s", 9)))
            assert len(stuck.tickets(2)) == 2
        with Worker(channel, "stuck", "quick", ack=False) as worker:
            worker.acks(2)
            channel.publish(tickets("quick", "q1", "q2"))
            assert {"q1", "q2"} < set(worker.tickets(4))

    def test_prefetch_bounds_open_tickets(self, open_channel):
        """No more tickets are handed over than prefetch allows until one of them is acked."""
        channel = open_channel(prefetch=2)
        with Worker(channel, "axis", ack=False) as worker:
            channel.publish(tickets("axis", *names("d", 4)))
            first, _ = worker.acks(2)
            first()
            assert len(worker.tickets(3)) == 3

    def test_many_threads_publish(self, channel):
        """Publishing is safe from many threads at once."""
        batches = [names(f"{letter}", 25) for letter in "abcdefgh"]
        with Worker(channel, "axis") as worker:
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda batch: channel.publish(tickets("axis", *batch)), batches))
            assert worker.tickets(200) == sorted(name for batch in batches for name in batch)

    def test_several_consumers_share_the_work(self, open_channel):
        """Each ticket goes to one of the consumers of an endpoint."""
        channel = open_channel(prefetch=5)
        with Worker(channel, "axis", ack=False) as one, Worker(channel, "axis", ack=False) as other:
            channel.publish(tickets("axis", *names("d", 10)))
            assert sorted([*one.tickets(5), *other.tickets(5)]) == names("d", 10)

    def test_endpoints_can_be_added_and_removed(self, channel):
        """While consuming, new endpoints are listened to, and a removed one's open tickets go back."""
        with Worker(channel, "old", ack=False) as worker:
            channel.publish(tickets("old", "o1"))
            (late_ack,) = worker.acks(1)
            channel.watch(["new"])
            channel.publish(tickets("new", "n1"))
            assert worker.tickets(2) == ["n1", "o1"]
            late_ack()
        with Worker(channel, "old") as worker:
            assert worker.tickets(1) == ["o1"]

    def test_installations_do_not_see_each_other(self, open_channel, namespaces):
        """Tickets of another namespace stay there, in one process and on one broker."""
        ours, theirs = open_channel(), open_channel(namespace=namespaces[1])
        theirs.publish(tickets("axis", "theirs"))
        with Worker(ours, "axis") as worker:
            ours.publish(tickets("axis", "ours"))
            assert worker.tickets(1) == ["ours"]

    def test_an_idle_consumer_stops(self, channel):
        """Stopping needs no ticket to come."""
        with Worker(channel, "axis") as worker:
            pass
        assert worker.tickets(0) == []

    def test_closing_ends_everything(self, channel):
        """Closing ends a consumer, refuses what comes after, and may be repeated."""
        with Worker(channel, "axis") as worker:
            channel.publish(tickets("axis", "only"))
            worker.tickets(1)
            channel.close()
            worker.join()
        channel.close()
        assert not channel.ready()
        with pytest.raises(ChannelDown):
            channel.publish(tickets("axis", "late"))
        with pytest.raises(ChannelDown):
            channel.consume(["axis"], lambda _ticket, ack: ack(), threading.Event())

    def test_closing_an_unused_channel(self, channel):
        """A channel that was never used can be closed."""
        channel.close()

    def test_publishing_nothing(self, channel):
        """No tickets, no work, no error."""
        channel.publish([])

    def test_ready_says_that_the_broker_is_there(self, channel):
        """Ready before and after use."""
        assert channel.ready()
        channel.publish(tickets("axis", "1"))
        assert channel.ready()
