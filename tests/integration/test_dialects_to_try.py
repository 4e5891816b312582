"""The dialects as ``bus sandbox`` plays them: what is printed is what works, straight and behind a security server."""

from __future__ import annotations

import re
import shlex
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

import adapters
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.gate_orders import GateOrder
from adapters.http.rehearsal.orders import Order
from adapters.http.rehearsal.partner import Partner
from adapters.soap.rehearsal.citizens import OPERATION
from bus.cli.connecting import looked_at
from bus.cli.demo import alone, manual
from bus.cli.demo.dialects import DIALECTS, Dialect, Gate, played
from bus.cli.demo.reporting import REPORTING
from bus.cli.demo.soap import SOAP
from bus.clock import HandClock
from bus.config import Settings
from bus.control.routing import read_routes
from bus.errors import BusError
from bus.planning import Planner
from bus.transport import Request
from bus.transport.fast import FastTransport
from tests.adapters.played import playing
from tests.buses import home

#: What bus check --connect says of each that knows us.
FOUND: dict[str, list[str]] = {
    "quang-nam": ["signed_in", "listed", "listed", "listed"],
    "dmdc": ["signed_in", "listed"],
    "qlvb": ["listed"],
    "soap": ["wsdl", "listed", "listed"],
    "nss": ["wsdl", "listed"],
    "dan-cu": ["wsdl", "signed_in"],
}

#: What misbehaviour of one call is about.
CALLED = {"soap": "SendDocument", "nss": "call", "dan-cu": OPERATION}


@pytest.fixture(params=sorted(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


@pytest.fixture(params=get_args(Gate))
def gate(request: pytest.FixtureRequest) -> Gate:
    gate: Gate = request.param
    return gate


@pytest.fixture
def sandbox(dialect: Dialect, gate: Gate) -> Iterator[Rehearsal[Partner]]:
    with playing(played(dialect, gate, ("127.0.0.1", 0), HandClock().now)) as running:
        yield running


def as_printed(told: str, folder: Path) -> Settings:
    """A home in which somebody did what the manual says."""
    line = re.search(r"in routes.yaml: +(.*)", told)
    assert line
    settings = home(
        folder,
        f"endpoints:\n  {line[1]}\n  mailbox: {{kind: mailbox}}\nroutes:\n  - {{name: all, when: {{recipient: any}}, to: mailbox}}\n",
    )
    settings.secrets.mkdir(mode=0o700)
    for secret, name in re.findall(r"printf %s (\S+) > \"\$BUS_HOME/secrets/(\S+)\"", told):
        (settings.secrets / name).write_text(*shlex.split(secret))
        (settings.secrets / name).chmod(0o600)
    return settings


def test_what_is_printed_works(dialect: Dialect, gate: Gate, sandbox: Rehearsal[Partner], tmp_path: Path) -> None:
    """The line for routes.yaml with its secrets is known there, and what is told to be left there is listed for the bus."""
    told = "\n".join(manual.dialect(dialect, gate, sandbox.url))
    settings = as_printed(told, tmp_path)
    routes = read_routes(Planner(adapters.all_adapters(), settings.ask_after), settings.routes)
    (before,) = looked_at(routes, settings)
    assert before["address"] == sandbox.url.removeprefix("http://")
    assert [one["code"] for one in before["findings"]] == FOUND[dialect.name], before

    left(told)
    (after,) = looked_at(routes, settings)
    assert counted(after) == counted(before) + 1


@pytest.mark.parametrize("name", sorted(SOAP))
def test_what_is_printed_of_soap_works(name: str, tmp_path: Path) -> None:
    """As above; and a look-up hands nothing out."""
    with playing(played(SOAP[name], "none", ("127.0.0.1", 0), HandClock().now)) as running:
        told = "\n".join(manual.dialect(SOAP[name], "none", running.url))
        settings = as_printed(told, tmp_path)
        routes = read_routes(Planner(adapters.all_adapters(), settings.ask_after), settings.routes)
        (before,) = looked_at(routes, settings)
        assert [one["code"] for one in before["findings"]] == FOUND[name], before
        assert ("leave something" in told) == (name != "dan-cu")
        if name == "dan-cu":
            return
        left(told)
        (after,) = looked_at(routes, settings)
        assert counted(after) == counted(before) + 1


@pytest.mark.parametrize("name", sorted(SOAP))
def test_a_partner_by_soap_misbehaves_as_is_printed(name: str) -> None:
    """Each order that is printed is one, for a call that it knows."""
    told = "\n".join(manual.dialect(SOAP[name], "none", "http://h:1"))
    orders = [Order.model_validate_json(one) for one in re.findall(r"/_control -d '([^']+)'", told)]
    assert {one.mode for one in orders} >= {"down", "busy", "deny", "html", "lies", "refuse", "lost", "cut", "ok"}
    assert {one.call for one in orders} == {None, CALLED[name]}


def left(told: str) -> None:
    """Do what is printed after "leave something there": what curl would send."""
    line = re.search(r"leave something there for you: +(.*)", told)
    assert line
    *_, body, url = shlex.split(line[1])
    transport = FastTransport()
    assert transport.call(Request("POST", url, {}, body.encode())).status == 200
    transport.close()


def counted(look: dict[str, Any]) -> int:
    """How many there are in all lists."""
    return sum(int(one["words"].rpartition(" ")[2]) for one in look["findings"] if one["code"] == "listed")


def test_every_order_that_is_printed_is_one(dialect: Dialect) -> None:
    """Those of the partner, and of a security server before it."""
    told = "\n".join(manual.dialect(dialect, "xroad", "http://h:1"))
    orders = [Order.model_validate_json(one) for one in re.findall(r"/_control -d '([^']+)'", told)]
    gates = [GateOrder.model_validate_json(one) for one in re.findall(r"/_gate -d '([^']+)'", told)]
    assert {one.mode for one in orders} >= {"down", "busy", "deny", "html", "lies", "ok"}
    assert {one.error.partition(".")[0] for one in gates} == {"Server", "Client", ""}


def test_a_security_server_fails_as_it_is_told(tmp_path: Path) -> None:
    """For so many calls, then it passes them on again; an order that is none is refused."""
    dialect = DIALECTS["qlvb"]
    with playing(played(dialect, "xroad", ("127.0.0.1", 0), HandClock().now)) as running:
        transport = FastTransport()
        orders = [
            transport.call(Request("POST", f"{running.url}/_gate", {}, body)).status
            for body in (b'{"error": "Server.ServerProxy.NetworkError", "times": 1}', b'{"mode": "down"}')
        ]
        settings = as_printed("\n".join(manual.dialect(dialect, "xroad", running.url)), tmp_path)
        routes = read_routes(Planner(adapters.all_adapters(), settings.ask_after), settings.routes)
        looks = [[one["code"] for one in look["findings"]] for _ in range(2) for look in looked_at(routes, settings)]
        transport.close()
    assert orders == [200, 400]
    assert looks == [["unreachable"], ["listed"]]


def test_all_of_them_are_played_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """``bus sandbox`` with every option prints the manual of each, and a security server stands only before the dialects."""
    asked = threading.Event()
    asked.set()
    anywhere = ("127.0.0.1", 0)
    alone.serve(alone.Places(anywhere, anywhere, anywhere, dict.fromkeys(alone.PLAYED, anywhere), "xroad"), asked)
    told = capsys.readouterr().out
    assert re.findall(r"in routes.yaml: +(\S+): ", told)[2:] == [*DIALECTS, *REPORTING, *SOAP]
    assert not re.search(r"127\.0\.0\.1:0\b", told), "each listens somewhere"
    assert told.count("behind a security server (xroad)") == len(alone.PLAYED) - len(SOAP)


def test_an_address_is_one_partners() -> None:
    """Whoever asks for the same port twice is told so, and nobody is left out in silence."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        taken = free.getsockname()
    anywhere, asked = ("127.0.0.1", 0), threading.Event()
    asked.set()
    places = alone.Places(anywhere, anywhere, anywhere, dict.fromkeys(list(SOAP)[:2], taken))
    with pytest.raises(BusError, match="cannot listen"):
        alone.serve(places, asked)
