"""What the channel's parts promise without a broker."""

from __future__ import annotations

import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.channel import Ticket
from bus.channel.bell import Bell
from bus.channel.broker import Broker, read, write
from bus.channel.consumer import delay


@given(endpoint=st.text(), delivery=st.text())
def test_a_ticket_reads_as_it_was_written(endpoint, delivery):
    """Whatever its names are made of, a ticket survives the broker."""
    assert read(write(Ticket(endpoint, delivery))) == Ticket(endpoint, delivery)


@given(st.binary() | st.sampled_from([b"{}", b"[]", b'{"endpoint": 1, "delivery": "d"}', b'{"endpoint": "e"}']))
def test_what_is_no_ticket_is_a_value_error(body):
    """A foreign body is refused by one kind of error."""
    with pytest.raises(ValueError):
        read(body)


@pytest.mark.parametrize("url", ["filesystem://", "sqla+sqlite:///x", "redis://127.0.0.1", "127.0.0.1:5672", ""])
def test_a_broker_that_could_lose_tickets_is_refused(url):
    """Only memory and AMQP: other transports lose what a killed process had taken."""
    with pytest.raises(ValueError, match="memory://, amqp:// or amqps://"):
        Broker(url, "here")


def test_a_broker_does_not_show_its_password():
    """The URL may hold a password and stays out of what is printed."""
    assert "hunter2" not in repr(Broker("amqp://bus:hunter2@127.0.0.1/", "here"))


def test_certificates_and_names_are_checked():
    """Over amqps:// the host's name is compared with its certificate."""
    assert Broker("amqps://broker.example/", "here").dial().ssl == {"server_hostname": None}


def test_delays_grow_to_a_cap():
    """Each failure in a row waits longer, and never longer than a quarter of a minute."""
    assert [delay(failures) for failures in (1, 2, 3, 9, 10_000)] == [0.25, 0.5, 1.0, 15.0, 15.0]


@pytest.fixture
def bell():
    bell = Bell()
    yield bell
    bell.close()


def test_a_ring_before_waiting_is_heard(bell):
    """Who rings first and waits later does not wait; rung twice is rung once."""
    bell.ring()
    bell.ring()
    assert bell.wait(None, 20)
    assert not bell.wait(None, 0)


def test_a_ring_from_another_thread_is_heard(bell):
    """A waiting thread is woken by a ring of another."""
    ringer = threading.Thread(target=bell.ring)
    ringer.start()
    assert bell.wait(None, 20)
    ringer.join()


def test_a_readable_socket_ends_the_wait(bell):
    """The bell's owner hears a socket as well."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"x")
        assert bell.wait(ours, 20)


def test_a_closed_bell_rings_in_silence(bell):
    """An ack that comes after consuming has ended rings nobody and raises nothing."""
    bell.close()
    bell.ring()
