"""The channel contract on RabbitMQ, and what a broker far away adds: it can go away."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import kombu
import pytest

from bus.channel import ChannelDown, Ticket
from bus.channel.broker import Broker
from tests.contracts.channel import ENDPOINTS, ChannelContract, Worker, names, tickets
from tests.integration.relay import Relay


class TestAmqpChannel(ChannelContract):
    @pytest.fixture
    def url(self, broker_url: str) -> str:
        return broker_url

    @pytest.fixture
    def namespaces(self, broker_url: str) -> Iterator[list[str]]:
        """As in the contract; takes their queues away afterwards, because a broker keeps them."""
        namespaces = [uuid.uuid4().hex, uuid.uuid4().hex]
        yield namespaces
        for namespace in namespaces:
            _delete_queues(broker_url, namespace)

    @pytest.fixture
    def relay(self, broker_url: str) -> Iterator[Relay]:
        with Relay(broker_url) as relay:
            yield relay

    def test_a_cut_connection_loses_nothing(self, open_channel, relay):
        """After the wire was cut both ends come back by themselves; open tickets are delivered again."""
        channel = open_channel(url=relay.url)
        with Worker(channel, "axis", ack=False) as worker:
            channel.publish(tickets("axis", "open"))
            (stale_ack,) = worker.acks(1)
            relay.cut()
            stale_ack()
            assert worker.tickets(2) == ["open", "open"]
            channel.publish(tickets("axis", "after"))
            worker.until("after")

    def test_a_broker_that_is_gone_is_said_so(self, open_channel, relay):
        """Without a broker publishing raises and ready is false; with it back both work again."""
        channel = open_channel(url=relay.url)
        with Worker(channel, "axis") as worker:
            channel.publish(tickets("axis", "before"))
            worker.tickets(1)
            relay.refuse()
            assert not channel.ready()
            with pytest.raises(ChannelDown):
                channel.publish(tickets("axis", "during"))
            relay.accept()
            channel.publish(tickets("axis", "after"))
            worker.until("after")

    def test_a_silent_broker_holds_nobody_up(self, open_channel, relay):
        """A broker that takes bytes and never answers ends in ChannelDown, not in waiting for ever."""
        channel = open_channel(url=relay.url, patience=0.5)
        channel.publish(tickets("axis", "before"))
        relay.swallow()
        with pytest.raises(ChannelDown):
            channel.publish(tickets("axis", "during"))

    def test_a_deleted_queue_is_made_anew(self, broker_url, namespaces, channel):
        """A ticket for a queue that was deleted under us still arrives."""
        channel.publish(tickets("axis", "lost"))
        _delete_queues(broker_url, namespaces[0])
        channel.publish(tickets("axis", "found"))
        with Worker(channel, "axis") as worker:
            assert worker.tickets(1) == ["found"]

    def test_a_foreign_message_is_put_aside(self, broker_url, namespaces, channel):
        """What is no ticket is dropped, and what comes behind it is delivered."""
        channel.publish(tickets("axis", "first"))
        with kombu.Connection(broker_url) as connection:
            queue = Broker(broker_url, namespaces[0]).queue_name("axis")
            connection.Producer().publish(b"[]", routing_key=queue, content_type="application/json")
        channel.publish(tickets("axis", "second"))
        with Worker(channel, "axis") as worker:
            assert worker.tickets(2) == ["first", "second"]

    def test_a_refused_login_names_no_secret(self, open_channel, broker_url):
        """A wrong password is ChannelDown, and its text can be logged."""
        channel = open_channel(url=broker_url.replace(":bus_test@", ":hunter2@"))
        with pytest.raises(ChannelDown) as caught:
            channel.publish([Ticket("axis", "1")])
        assert "hunter2" not in str(caught.value)

    def test_tickets_survive_the_process(self, open_channel):
        """What one channel published, another one of the same installation finds after it was closed."""
        first = open_channel()
        first.publish(tickets("axis", *names("d", 3)))
        first.close()
        with Worker(open_channel(), "axis") as worker:
            assert worker.tickets(3) == names("d", 3)


def _delete_queues(broker_url: str, namespace: str) -> None:
    broker = Broker(broker_url, namespace)
    with kombu.Connection(broker_url) as connection, connection.channel() as channel:
        for endpoint in ENDPOINTS:
            channel.queue_delete(broker.queue_name(endpoint))
