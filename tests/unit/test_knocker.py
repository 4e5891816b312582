"""Who takes connections again is noticed, and nothing is sent to find out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from adapters.rest.settings import RestSettings
from adapters.vxp.endpoint_settings import VxpSettings
from bus.breaker import BreakerPolicy
from bus.clock import HandClock
from bus.config.models import RetryPolicy
from bus.endpoint_settings import EndpointSettings
from bus.gate import Gates
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.knocker import Knocker, taken
from bus.outlet import Outlet
from tests.buses import free_port, until
from tests.deliveries import ScriptedSink

UNREACHABLE = Settlement("c", "l", State.WAITING, outcome="unreachable", failure="connect")


@contextmanager
def listening(port: int = 0) -> Iterator[socket.socket]:
    """A partner that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", port)) as one:
        one.settimeout(10)
        yield one


def port_of(one: socket.socket) -> int:
    return int(one.getsockname()[1])


def outlet(name: str, host: str, port: int) -> Outlet:
    settings = RestSettings(url=f"http://{host}:{port}/edoc")
    return Outlet(name, ScriptedSink(), settings, RetryPolicy())


@pytest.fixture
def gates() -> Gates:
    return Gates(HandClock(), lambda _condition: None, BreakerPolicy(failures=1))


@pytest.fixture
def back() -> list[str]:
    return []


@pytest.fixture
def knocker(gates: Gates, back: list[str]) -> Knocker:
    return Knocker(gates, back.append)


def test_a_connection_that_is_taken_is_closed_and_nothing_was_sent() -> None:
    """The partner reads the end at once."""
    with listening() as partner:
        where = (socket.AF_INET, ("127.0.0.1", port_of(partner)))
        assert list(taken([("there", where)], 10.0)) == ["there"]

        connection, _ = partner.accept()
        with connection:
            assert connection.recv(1) == b""


def test_a_hundred_dead_ones_hold_up_nobody() -> None:
    """All are tried side by side; one whose queue is full, and never answers, is given up when the time is over."""
    with listening() as partner, socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        full_at = ("127.0.0.1", port_of(full))
        with socket.create_connection(full_at, 10):
            dead = [(f"dead-{n}", (socket.AF_INET, ("127.0.0.1", free_port()))) for n in range(100)]
            hangs = [(f"full-{n}", (socket.AF_INET, full_at)) for n in range(3)]
            there = ("there", (socket.AF_INET, ("127.0.0.1", port_of(partner))))

            assert "there" in list(taken([*dead, *hangs, there], 0.2))


def test_an_address_that_cannot_even_be_tried_is_not_taken() -> None:
    """And ends nobody's round."""
    with listening() as partner:
        there = ("there", (socket.AF_INET, ("127.0.0.1", port_of(partner))))
        nowhere = ("nowhere", (socket.AF_INET6, ("127.0.0.1", 9)))

        assert list(taken([nowhere, there], 10.0)) == ["there"]


def test_only_who_is_away_is_knocked_at_and_once_when_back(gates: Gates, knocker: Knocker, back: list[str]) -> None:
    """Not while its breaker is closed, and not again after it was met."""
    port = free_port()
    knocker.serve({"away": outlet("away", "127.0.0.1", port)})
    with listening(port):
        knocker.round()
    assert back == []

    gates.learn("away", [UNREACHABLE])
    knocker.round()
    assert (back, gates.room("away", 0)) == ([], 0)
    with listening(port):
        knocker.round()
        knocker.round()
    assert (back, gates.room("away", 0)) == (["away"], 1)


def test_a_name_is_looked_up_beside_the_round(gates: Gates, knocker: Knocker, back: list[str]) -> None:
    """What is known of it by the next round counts; a name that is none knocks at nobody."""
    with listening() as partner:
        names = ("localhost", "nobody.invalid", f"{'x' * 64}.invalid")
        knocker.serve({name: outlet(name, name, port_of(partner)) for name in names})
        for name in names:
            gates.learn(name, [UNREACHABLE])
        until(lambda: knocker.round() or bool(back))

    assert back == ["localhost"]


def test_an_endpoint_without_an_address_is_left_to_its_curve(gates: Gates, knocker: Knocker, back: list[str]) -> None:
    """As is one that is not in the routes any more."""
    knocker.serve({"box": Outlet("box", ScriptedSink(), EndpointSettings(kind="odd"), RetryPolicy())})
    for name in ("box", "gone"):
        gates.learn(name, [UNREACHABLE])
    knocker.round()

    assert (back, gates.to_knock()) == ([], ["box", "gone"])


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://10.1.2.3/edoc", ("10.1.2.3", 80)),
        ("https://so-y-te.vn/edoc", ("so-y-te.vn", 443)),
        ("https://[2001:db8::1]:8443/edoc", ("2001:db8::1", 8443)),
    ],
)
def test_the_server_of_the_url_is_knocked_at(url: str, address: tuple[str, int]) -> None:
    """For both kinds that are called."""
    assert RestSettings(url=url).address == address
    assert VxpSettings(url=url, system_id="00.05.H62", secret=("file:axis",)).address == address


def test_stopping_may_be_said_twice(knocker: Knocker) -> None:
    """And after it began."""
    knocker.start()
    knocker.stop()
    knocker.stop()
