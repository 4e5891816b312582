"""Partners at doors that speak TLS: named certificates at the signed doors too, and the operators' own trial of an entry."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.vxp import times
from adapters.vxp.signing import hash_file, sign
from bus.daemon import Daemon
from bus.peer import Peer
from bus.peers import Peers
from tests import messages
from tests.buses import PATIENCE, ask, home, running
from tests.contracts.certificates import Authority, Pair, pin_of

SENDER, RECIPIENT = messages.SENDER, messages.RECIPIENT
SECRET = "bi-mat-cua-don-vi"
ROUTES = f"""
endpoints:
  mailbox: {{kind: mailbox}}
partners:
  pinned:
    agencies: ["{SENDER}"]
    doors:
      vxp: {{system_id: "00.05.H62", secret: "file:pinned", certificate: "%s"}}
      lgsp: {{system_id: "00.05.H62", secret: "file:pinned", certificate: "%s"}}
  free:
    agencies: ["{RECIPIENT}"]
    doors:
      vxp: {{system_id: "00.07.H62", secret: "file:free"}}
      lgsp: {{system_id: "00.07.H62", secret: "file:free"}}
      api: {{key: "file:free-api"}}
routes:
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
"""


@dataclass(frozen=True)
class Site:
    """A bus whose doors speak TLS, and who calls it."""

    daemon: Daemon
    authority: Authority
    mine: Pair
    other: Pair

    def call(self, path: str, headers: Mapping[str, str], pair: Pair | None, body: bytes = b"") -> tuple[int, bytes]:
        assert self.daemon.server
        context = ssl.create_default_context(cafile=str(self.authority.pair.cert))
        if pair:
            context.load_cert_chain(pair.cert, pair.key)
        port = self.daemon.server.port
        with closing(http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)) as connection:
            connection.request("POST" if path.startswith("/vxp") else "GET", path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()

    def signed(
        self, operation: str, system: str, pair: Pair | None, body: bytes = b"", **more: str
    ) -> tuple[int, bytes]:
        logical = {"timestamp": times.stamp(self.daemon.home.clock.now()), "systemid": system, **more}
        headers = sign({"Content-Type": "application/json", **logical}, SECRET.encode())
        return self.call(f"/vxp/{operation}", headers, pair, body)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    authority = Authority(folder / "authority")
    mine, ours, other = map(authority.issue, ("mine", "door", "other"))
    made = home(folder, ROUTES % (pin_of(mine.cert), pin_of(mine.cert)))
    secrets(made.secrets, ("pinned", "free", "free-api"), SECRET)
    client_ca = folder / "clients.pem"
    shutil.copy(authority.pair.cert, client_ca)
    files = {"tls_cert": ours.cert, "tls_key": ours.key, "tls_client_ca": client_ca}
    with running(made.model_copy(update=files)) as daemon:
        yield Site(daemon, authority, mine, other)


def secrets(folder: Path, names: Sequence[str], value: str) -> None:
    folder.mkdir(parents=True, mode=0o700)
    for name in names:
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)


def test_the_signed_door_lets_a_named_certificate_in_only(site: Site) -> None:
    """A document by the axis's protocol: with signature and certificate it is taken; without, nobody is known who signs."""
    body = messages.edoc(SENDER, (RECIPIENT,), "000.00.05.H62,2026/03/02,1/TLS") + b"\r\n"
    told = {"servicetype": "eDoc", "messagetype": "edoc", "hash-file": hash_file(_sha256(body[:-2])), "from": SENDER}
    unknown = site.signed("sendEdoc", "00.99.H62", site.mine, body, **told)
    for pair in (None, site.other):
        assert site.signed("sendEdoc", "00.05.H62", pair, body, **told) == unknown
    status, answer = site.signed("sendEdoc", "00.05.H62", site.mine, body, **told)
    assert (status, b'"OK"' in answer) == (200, True)
    assert site.daemon.doors.peers.seen["pinned", "vxp"].pin == pin_of(site.mine.cert)


def test_the_platform_door_lets_a_named_certificate_in_only(site: Site) -> None:
    """With the id and key of its entry, or not: who shows another is nobody there."""
    known = {"X-SystemId": "00.05.H62", "X-SecretKey": SECRET}
    unknown = site.call("/lgsp/v1/getAgenciesList", {**known, "X-SystemId": "00.99.H62"}, site.mine)
    assert site.call("/lgsp/v1/getAgenciesList", known, site.mine)[0] == 200
    for pair in (None, site.other):
        assert site.call("/lgsp/v1/getAgenciesList", known, pair) == unknown


def test_a_certificate_that_ended_since_the_handshake_is_none(site: Site) -> None:
    """A connection may be kept for long: the end of its certificate is looked at with each call."""
    peers = Peers(site.daemon.home.clock)
    now, pin = site.daemon.home.clock.now(), pin_of(site.mine.cert)
    with pytest.MonkeyPatch.context() as patch:
        for ends, admitted in ((now + 10**9, True), (now - 1, False)):
            patch.setattr("bus.peers.shown", lambda ends=ends: Peer(pin, ends))
            assert peers.admits("pinned", "vxp", [pin]) is admitted


def test_operators_try_an_entry_at_a_door_that_speaks_tls(site: Site) -> None:
    """As the partner would sign in; where that takes a key that only the partner has, it is said and not guessed."""
    parts = site.daemon.parts()
    tried = {one["door"]: one["code"] for one in ask(parts, "try_partner", partner="free")["doors"]}
    assert tried == {"vxp": "signed_in", "lgsp": "signed_in", "api": "signed_in"}
    assert {one["code"] for one in ask(parts, "try_partner", partner="pinned")["doors"]} == {"untried"}


@pytest.mark.parametrize("wrong", ["another secret", "sai bí mật", "two\nlines", "\x00"])
def test_operators_are_told_of_a_secret_that_is_not_the_doors(site: Site, tmp_path: Path, wrong: str) -> None:
    """Turned away at each door, whatever is in the file; and the secret is in no answer."""
    elsewhere = tmp_path / "elsewhere"
    secrets(elsewhere / "secrets", ("free", "free-api"), wrong)
    parts = site.daemon.parts()
    mistaken = replace(parts, settings=parts.settings.model_copy(update={"home": elsewhere}))
    told = ask(mistaken, "try_partner", partner="free")["doors"]
    assert {one["ok"] for one in told} == {False}
    assert {one["code"] for one in told} <= {"turned_away", "secret_unfit"}
    assert wrong not in str(told)


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
