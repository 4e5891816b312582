"""Control of a running daemon over its socket."""

from __future__ import annotations

import getpass
import socket
import stat

import pytest
from sqlalchemy import select

from adapters.rest.sandbox import RestSandbox
from adapters.rest.sandbox_partner import Mode, Order
from bus.control.client import ControlClient, NoDaemon
from bus.control.failures import ControlFailed
from bus.control.server import ControlServer
from bus.errors import BusError
from bus.journal import schema
from bus.watch import RoutesWatcher
from tests.buses import PUSHED, ROUTES, alone, home, running, until
from tests.messages import edoc


@pytest.fixture
def sandbox():
    started = RestSandbox()
    started.start()
    yield started
    started.stop()


@pytest.fixture
def settings(tmp_path, sandbox):
    return home(tmp_path, port=int(sandbox.url("push").split(":")[2].split("/")[0]))


@pytest.fixture
def daemon(settings):
    with running(settings) as started:
        yield started


@pytest.fixture
def client(daemon, settings):
    return ControlClient(settings.control_socket)


@pytest.fixture
def document(tmp_path):
    file = tmp_path / "sent.edxml"
    file.write_bytes(edoc(recipients=[PUSHED]))
    return str(file)


def state(client, copy):
    (one,) = client.call("messages", which={"ids": [copy]})["copies"]
    return one["state"]


def test_the_socket_is_the_owners_and_goes_with_the_daemon(settings):
    """Only the owner may open it; a stale one is no obstacle; afterwards nobody answers."""
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(settings.control_socket))
    with running(settings):
        assert stat.S_IMODE(settings.control_socket.stat().st_mode) == 0o600
        assert ControlClient(settings.control_socket).call("status")["ready"]

    assert not settings.control_socket.exists()
    with pytest.raises(NoDaemon):
        ControlClient(settings.control_socket)


def test_a_home_too_deep_for_a_socket_is_told(tmp_path):
    """The system's bound on socket names is said in words, with what to do."""
    with alone(home(tmp_path)) as parts, pytest.raises(BusError, match="shorter path"):
        ControlServer(tmp_path / ("deep" * 30) / "control.sock", parts)


def test_who_orders_is_the_systems_word(client, daemon):
    """The audit holds the user at the other end of the socket, which no caller can choose."""
    client.call("pause", endpoint="push", reason="test")

    table = schema.audit.c
    with daemon.home.journal.store.reading() as connection:
        assert connection.execute(select(table.who, table.what)).all() == [(getpass.getuser(), "pause")]


def test_refusals_come_with_their_code(client):
    """What an operation refuses, the client is told by a stable code."""
    for name, arguments, code in (
        ("trace", {"id": "nobody"}, "not_found"),
        ("explode", {}, "not_found"),
        ("hold", {"which": {}}, "request.invalid"),
        ("hold", {"nonsense": 1}, "request.invalid"),
    ):
        with pytest.raises(ControlFailed) as caught:
            client.call(name, **arguments)
        assert caught.value.error["code"] == code


def test_a_paused_endpoint_is_not_called_until_resumed(client, sandbox, document):
    """While it is paused its copies wait in the journal; resume lets them go."""
    client.call("pause", endpoint="push", reason="test")
    (copy,) = client.call("send", file=document, partner="so-noi-vu")["copies"]
    assert sandbox.account("push")["calls"] == 0
    assert state(client, copy["doc_id"]) == "queued"

    client.call("resume", endpoint="push")

    until(lambda: state(client, copy["doc_id"]) == "delivered")


def test_what_was_refused_is_replayed(client, sandbox, document):
    """The partner put right, a replay delivers the same copy; the account stays balanced."""
    sandbox.order("push", Order(mode=Mode.REFUSE, times=1))
    (copy,) = client.call("send", file=document, partner="so-noi-vu")["copies"]
    until(lambda: state(client, copy["doc_id"]) == "dead")

    assert client.call("replay", which={"endpoint": "push"})["done"] == 1

    until(lambda: state(client, copy["doc_id"]) == "delivered")
    told = client.call("verify")
    assert (told["states"], told["differences"], told["next"]) == ({"delivered": 1}, [], None)


def test_routes_are_reloaded_whole_or_not_at_all(client, settings):
    """Wrong routes are told of and change nothing; right ones count from the answer on."""
    before = client.call("status")["routes_version"]
    settings.routes.write_text("routes: nonsense", encoding="utf-8")
    with pytest.raises(ControlFailed) as caught:
        client.call("reload")
    assert caught.value.error["code"] == "routes.invalid"
    assert caught.value.error["problems"]
    assert client.call("status")["routes_version"] == before

    settings.routes.write_text(ROUTES % 9 + "# changed\n", encoding="utf-8")
    told = client.call("reload")
    assert told["changed"]
    assert client.call("status")["routes_version"] == told["routes_version"] != before


def test_an_edited_file_is_picked_up(daemon, client, settings):
    """The watcher puts in force what an editor saved, and leaves alone what is wrong."""
    watcher = RoutesWatcher(settings.routes, daemon.home.planner.parse, daemon.reload)
    watcher.look()
    before = client.call("status")["routes_version"]

    settings.routes.write_text("routes: nonsense", encoding="utf-8")
    watcher.look()
    assert client.call("status")["routes_version"] == before

    settings.routes.write_text(ROUTES % 9 + "# changed\n", encoding="utf-8")
    watcher.look()
    assert client.call("status")["routes_version"] != before
