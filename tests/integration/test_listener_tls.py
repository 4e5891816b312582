"""The doors over TLS: new enough, with a certificate that can be renewed, and with partners who must show theirs."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bus.config import Settings
from bus.connection import Bounds
from bus.errors import BusError
from bus.listener import Server
from bus.tls import Files
from tests.buses import home, running
from tests.contracts.certificates import Authority, Pair, pin_of
from tests.integration.test_listener_address import who
from tests.messages import RECIPIENT, SENDER, edoc

PATIENCE = 30.0
KEY = "a-key-that-nobody-guesses"


@dataclass(frozen=True)
class Shop:
    """Certificates of one authority, and the files by which a door works."""

    authority: Authority
    ours: Pair
    client_ca: Path

    def files(self) -> Files:
        return Files(self.ours.cert, self.ours.key, self.client_ca)

    def client(self, pair: Pair | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority.pair.cert))
        if pair:
            context.load_cert_chain(pair.cert, pair.key)
        return context


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    authority = Authority(tmp_path / "authority")
    client_ca = tmp_path / "clients.pem"
    shutil.copy(authority.pair.cert, client_ca)
    return Shop(authority, authority.issue("door"), client_ca)


@contextmanager
def door(files: Files, connections: int = 10, patience: float = PATIENCE) -> Iterator[int]:
    bounds = Bounds(lambda _rejection, _path: (431, {}, b""), 4096, connections, patience)
    server = Server.on_address(who, ("127.0.0.1", 0), bounds, files)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@contextmanager
def connected(port: int, context: ssl.SSLContext) -> Iterator[http.client.HTTPSConnection]:
    with closing(http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)) as connection:
        connection.connect()
        yield connection


def said(connection: http.client.HTTPSConnection, path: str = "/", **headers: str) -> tuple[int, bytes]:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def serial(connection: http.client.HTTPSConnection) -> object:
    return connection.sock.getpeercert()["serialNumber"]


def test_a_door_speaks_tls(shop: Shop) -> None:
    """Who trusts its authority is answered; what is older than TLS 1.2 is not spoken."""
    old = shop.client()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with door(shop.files()) as port:
        with connected(port, shop.client()) as connection:
            assert said(connection) == (200, b"127.0.0.1 https")
        with pytest.raises(ssl.SSLError), connected(port, old):
            pass
        older = shop.client()
        older.maximum_version = ssl.TLSVersion.TLSv1_2
        with connected(port, older) as connection:
            assert said(connection)[0] == 200


def test_a_renewed_certificate_counts_from_the_next_connection(shop: Shop) -> None:
    """Who is connected stays so; files that do not go together change nothing until they do."""
    with door(shop.files()) as port, connected(port, shop.client()) as first:
        before = serial(first)
        renewed = shop.authority.issue("renewed")
        renewed.cert.replace(shop.ours.cert)
        with connected(port, shop.client()) as between:
            assert serial(between) == before
        renewed.key.replace(shop.ours.key)
        with connected(port, shop.client()) as after:
            assert serial(after) != before
            assert said(after)[0] == 200
        assert said(first)[0] == 200


def test_who_vouches_for_callers_can_be_changed(shop: Shop, tmp_path: Path) -> None:
    """A certificate of an authority that is trusted no more ends the handshake; none at all does not."""
    caller, other = shop.authority.issue("caller"), Authority(tmp_path / "other")
    with door(shop.files()) as port:
        with connected(port, shop.client(caller)) as connection:
            assert said(connection)[0] == 200
        shutil.copy(other.pair.cert, shop.client_ca)
        with connected(port, shop.client()) as connection:
            assert said(connection)[0] == 200
        with pytest.raises((ssl.SSLError, ConnectionError)), connected(port, shop.client(caller)) as connection:
            said(connection)


def test_who_is_trusted_no_more_does_not_stay_connected(shop: Shop, tmp_path: Path) -> None:
    """A connection on which a certificate was shown ends when others vouch for callers; one without is served on."""
    caller, other = shop.authority.issue("caller"), Authority(tmp_path / "other")
    with (
        door(shop.files()) as port,
        connected(port, shop.client(caller)) as known,
        connected(port, shop.client()) as bare,
    ):
        assert said(known)[0] == said(bare)[0] == 200
        shutil.copy(other.pair.cert, shop.client_ca)
        with connected(port, shop.client()) as newcomer:
            assert said(newcomer)[0] == 200
        assert known.sock.recv(1) == b""
        assert said(bare)[0] == 200


def silent(port: int) -> socket.socket:
    """A caller that connects and does not begin to speak TLS."""
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def is_hung_up_on(caller: socket.socket) -> bool:
    try:
        return caller.recv(1) == b""
    except ConnectionError:
        return True


def test_handshakes_are_counted(shop: Shop) -> None:
    """However many begin one and say nothing: who has been silent longest goes, and whoever speaks is served."""
    with door(shop.files(), connections=2) as port, ExitStack() as opened:
        callers = [opened.enter_context(silent(port)) for _ in range(4)]
        speaking = [opened.enter_context(connected(port, shop.client())) for _ in range(2)]
        assert [said(one)[0] for one in speaking] == [200, 200]
        assert all(map(is_hung_up_on, callers[:2]))
        with connected(port, shop.client()) as beyond:
            assert said(beyond)[0] == 431
        assert [said(one)[0] for one in speaking] == [200, 200]


def test_a_handshake_that_does_not_end_is_given_up(shop: Shop) -> None:
    """Silent from the beginning, or in the middle of it."""
    with door(shop.files(), patience=0.2) as port, silent(port) as nothing, silent(port) as half:
        half.sendall(b"\x16\x03\x01\x02\x00\x01")
        assert is_hung_up_on(nothing)
        assert is_hung_up_on(half)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_comes_with_the_last_words_of_the_handshake_is_heard(shop: Shop, version: ssl.TLSVersion) -> None:
    """A caller need not wait before it speaks, nor say all in one piece."""
    context = shop.client()
    context.minimum_version = context.maximum_version = version
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    inside = context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    with door(shop.files()) as port, silent(port) as caller:
        while True:
            try:
                inside.do_handshake()
                break
            except ssl.SSLWantReadError:
                for letter in outgoing.read():
                    caller.sendall(bytes([letter]))
                incoming.write(caller.recv(1 << 16))
        inside.write(b"GET / HTTP/1.1\r\nHost: bus\r\nConnection: close\r\n\r\n")
        caller.sendall(outgoing.read())
        answer = b""
        while b"\r\n" not in answer:
            incoming.write(caller.recv(1 << 16))
            with suppress(ssl.SSLWantReadError):
                answer += inside.read(1 << 16)
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("broken", ["cert", "key", "client_ca"])
def test_files_that_cannot_be_used_are_told_at_the_start(shop: Shop, tmp_path: Path, broken: str) -> None:
    """A door that was to be closed does not open without its lock."""
    empty = tmp_path / "empty.pem"
    empty.touch()
    given = {"cert": shop.ours.cert, "key": shop.ours.key, "client_ca": shop.client_ca, broken: empty}

    with pytest.raises(BusError, match=r"empty\.pem|and its key"), door(Files(**given)):
        pass


ROUTES = f"""
endpoints:
  mailbox: {{kind: mailbox}}
partners:
  pinned:
    agencies: ["{SENDER}"]
    doors:
      api: {{key: "file:pinned", certificate: "%s"}}
      vxp: {{system_id: pinned, secret: "file:pinned", certificate: "%s"}}
  vouched: {{agencies: ["{RECIPIENT}"], doors: {{api: {{key: "file:vouched", certificate: any}}}}}}
  free: {{agencies: ["000.00.99.H62"], doors: {{api: {{key: "file:free"}}}}}}
routes:
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
"""


def served(folder: Path, shop: Shop, pin: str) -> Settings:
    settings = home(folder, ROUTES % (pin, pin))
    settings.secrets.mkdir(mode=0o700)
    for name in ("pinned", "vouched", "free"):
        (settings.secrets / name).write_text(f"{KEY}-{name}")
        (settings.secrets / name).chmod(0o600)
    files = {"tls_cert": shop.ours.cert, "tls_key": shop.ours.key, "tls_client_ca": shop.client_ca}
    return settings.model_copy(update=files)


def test_a_partner_whose_entry_names_a_certificate_is_let_in_with_it_only(tmp_path: Path, shop: Shop) -> None:
    """With its own secret and the key of its certificate; else as if there were no such partner. Others need none."""
    mine, other = shop.authority.issue("partner"), shop.authority.issue("another")
    own = Authority(tmp_path / "own").pair
    with shop.client_ca.open("a") as file:
        file.write(own.cert.read_text())
    settings = served(tmp_path, shop, f"{pin_of(mine.cert)}")
    with running(settings) as daemon:
        assert daemon.server

        def let_in(partner: str, pair: Pair | None) -> tuple[int, bytes]:
            with connected(daemon.server.port, shop.client(pair)) as connection:
                return said(connection, "/api/v1/messages", **{"x-bus-key": f"{KEY}-{partner}"})

        unknown = let_in("nobody", mine)
        assert unknown[0] == 401
        assert let_in("pinned", mine)[0] == 200
        assert let_in("pinned", other) == let_in("pinned", own) == let_in("pinned", None) == unknown
        assert let_in("vouched", other)[0] == let_in("vouched", own)[0] == let_in("vouched", mine)[0] == 200
        assert let_in("vouched", None) == unknown
        assert let_in("free", None)[0] == let_in("free", mine)[0] == 200
        assert daemon.doors.peers.seen["pinned", "api"].pin == pin_of(mine.cert)


def test_one_connection_serves_one_certificate(tmp_path: Path, shop: Shop) -> None:
    """What one caller showed is nothing to the next, whoever is served at the same time."""
    mine = shop.authority.issue("partner")
    settings = served(tmp_path, shop, pin_of(mine.cert))
    with (
        running(settings) as daemon,
        connected(daemon.server.port, shop.client(mine)) as shown,
        connected(daemon.server.port, shop.client()) as bare,
    ):
        key = {"x-bus-key": f"{KEY}-pinned"}
        assert [said(one, "/api/v1/messages", **key)[0] for one in (shown, bare, shown, bare)] == [200, 401, 200, 401]


@pytest.mark.parametrize("path", ["/api/v1/messages", "/api/v1/messages?"], ids=["direct", "by ASGI"])
def test_who_sends_has_to_show_its_certificate_too(tmp_path: Path, shop: Shop, path: str) -> None:
    """On the road that a small document takes as on the other."""
    mine = shop.authority.issue("partner")
    settings = served(tmp_path, shop, pin_of(mine.cert))
    key = {"x-bus-key": f"{KEY}-pinned"}
    with (
        running(settings) as daemon,
        connected(daemon.server.port, shop.client(mine)) as shown,
        connected(daemon.server.port, shop.client()) as bare,
    ):
        statuses = []
        for connection in (shown, bare, shown, bare):
            connection.request("POST", path, edoc(), key)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)

    assert statuses == [202, 401, 202, 401]
