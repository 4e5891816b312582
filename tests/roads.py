"""The roads of a province in a test's hands: a whole daemon, the axis with a ministry behind it, agencies on every side.

Two agencies of the province fetch from the mailbox and one is pushed to; two agencies lie on the other side of the
axis. The clock stands still until the test moves it, for the bus and the axis alike, and the test polls by itself.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import adapters
from adapters.rest.sandbox import RestSandbox
from adapters.vxp.client import AxisClient
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import System
from bus.assembly import build
from bus.clock import HandClock
from bus.config import load_settings
from bus.daemon import Daemon
from bus.journal.verify import Verifier, total
from bus.poller import Poller
from bus.transport.fast import FastTransport
from tests.adapters.api_driver import ApiDriver
from tests.adapters.axis_partner import MINISTRY, PROVINCE, SECRETS, client_to
from tests.adapters.vxp_driver import VxpDriver
from tests.buses import PATIENCE, ask, free_port, until
from tests.contracts.face import NOI_VU, TAI_CHINH, Partner
from tests.contracts.raw_server import claim
from tests.daemons import PARTNERS, Answer, call, make_home
from tests.messages import read

#: An agency of the province whose documents are pushed to it, and two on the other side of the axis.
Y_TE = Partner("so-y-te", "000.00.08.H62", "00.08.H62", b"", b"key-of-y-te")
BO, CUC = "000.00.00.G22", "000.00.15.G22"
#: The code of the bus itself, which the axis knows too.
OWN_CODE = "000.00.00.H62"

#: A text of routes is made of these, in this order; ``$axis`` and ``$town`` are filled in.
PEOPLE = (
    PARTNERS
    + """\
  so-y-te:
    agencies: ["000.00.08.H62"]
    doors: {api: {key: "file:y-te-api"}}
"""
)
ENDPOINTS = """
endpoints:
  axis: {kind: vxp, url: "$axis", system_id: "00.19.H62", secret: "file:axis", poll: 1h, list_sent: "yes",
         idle_timeout: 500ms}
  push: {kind: rest, url: "$town/so-y-te/edoc", idempotency: ask_first, idle_timeout: 500ms}
  mailbox: {kind: mailbox}
"""
RULES = """
  - {name: health, when: {recipient: "000.00.08.H62"}, to: push}
  - {name: inside, when: {recipient: {partner: any}}, to: mailbox}
  - {name: outside, when: {recipient: any}, to: axis}
retry: {default: {first: 30s, factor: 2, cap: 15m, jitter: 0%, horizon: 7d}}
"""
ROUTES = f"{PEOPLE}{ENDPOINTS}routes:{RULES}"


@dataclass(frozen=True)
class Went:
    """A copy the axis handed on: who got it from whom, how often it came, and how far its recipient is."""

    sender: str
    recipient: str
    sha256: str
    times: int
    state: str


class Far:
    """The software of the agencies on the other side of the axis."""

    def __init__(self, client: AxisClient) -> None:
        self._client = client

    def send(self, body: bytes, *recipients: str, sender: str = BO) -> None:
        """Give a document or status to the axis."""
        self._client.send(read(body).type, sender, recipients, claim(body))

    def take(self, type_: str = "edoc") -> list[bytes]:
        """Fetch and acknowledge everything that waits."""
        taken = []
        for row in self._client.received(type_).rows:
            pieces: list[bytes] = []
            self._client.get(row.doc_id, pieces.append)
            self._client.update(row.doc_id, "done")
            taken.append(b"".join(pieces))
        return taken


class Wires:
    """Calls the daemon over its own socket, as the drivers of the faces call an application."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    def call(self, method: str, target: str, headers: Any = (), body: bytes = b"") -> Answer:
        return call(self._daemon, method, target, body, headers)


@dataclass(frozen=True)
class Office:
    """One agency of the province at its two doors."""

    api: ApiDriver
    vxp: VxpDriver

    def send(self, body: bytes) -> str:
        """By the plain door; the message's id."""
        said = self.api.send(body)
        assert said.code == "", said
        return said.id

    def take(self, type_: str = "edoc") -> list[bytes]:
        """Fetch and acknowledge everything in the mailbox."""
        taken = []
        for item in self.vxp.listed(type_):
            taken.append(self.vxp.fetch(item.doc_id).body)
            assert self.vxp.ack(item.doc_id, "done").code == ""
        return taken

    def states(self, message: str) -> dict[str, tuple[str, str]]:
        """What the sender sees of a message: state and reason by recipient."""
        told = self.api.call("GET", f"/messages/{message}").json()["copies"]
        return {copy["recipient"]: (copy["state"], copy["reason"]) for copy in told}

    def rows(self, message: str, type_: str = "edoc") -> dict[str, tuple[str, str]]:
        """The same by the axis's protocol: sendStatus and receiveStatus by recipient."""
        told = self.vxp.call("getSentEdocList", servicetype="eDoc", messagetype=type_, docId=message).json()["data"]
        return {row["toCode"]: (row["sendStatus"], row["receiveStatus"]) for row in told}


@dataclass
class Road:
    """Everything a test needs to send something along a road and see where it got to."""

    daemon: Daemon
    clock: HandClock
    axis: AxisSandbox
    town: RestSandbox
    far: Far
    poller: Poller

    @property
    def noi_vu(self) -> Office:
        return self.office(NOI_VU)

    @property
    def tai_chinh(self) -> Office:
        return self.office(TAI_CHINH)

    @property
    def y_te(self) -> Office:
        return self.office(Y_TE)

    def office(self, partner: Partner) -> Office:
        """Any agency of the province."""
        client: Any = Wires(self.daemon)
        return Office(ApiDriver(client, partner), VxpDriver(client, partner))

    def poll(self) -> int:
        """One round of polling; how many messages were accepted."""
        return self.poller.round()

    def states(self) -> dict[str, int]:
        """How many copies are in which state."""
        counted: Counter[str] = Counter()
        for (_, state), number in self.daemon.home.browse.counts().items():
            counted[state] += number
        return dict(counted)

    def settles(self, **wanted: int) -> None:
        """Wait until the copies are in these states, and none in any other."""
        until(lambda: self.states() == wanted)

    def trace(self, message: str) -> dict[str, dict[str, Any]]:
        """What ``bus trace`` tells of each recipient's copy."""
        return {copy["recipient"]: copy for copy in ask(self.daemon.parts(), "trace", id=message)["copies"]}

    def pushed(self, name: str = Y_TE.name) -> list[tuple[str, str, int]]:
        """What a partner that is pushed to has: recipient, sha256, and how often it came."""
        documents: Any = self.town.account(name)["documents"]
        return [(one["recipient"], one["sha256"], one["times"]) for one in documents.values()]

    def went(self, type_: str = "edoc") -> list[Went]:
        """What the axis has of a type."""
        copies: Any = self.axis.account()["copies"]
        fields = ("sender", "recipient", "sha256", "times", "state")
        return [Went(*(copy[name] for name in fields)) for copy in copies if copy["type"] == type_]

    def idle(self) -> bool:
        """Whether nothing can be done at the axis now and nothing is being done. Cheap, however much waits."""
        due = self.daemon.home.journal.reads.due("axis", self.clock.now(), 1)
        return self.daemon.gates.out("axis") == 0 and not due.urgent

    def balanced(self) -> None:
        """The account of semantics 3, told three ways."""
        told = total(Verifier(self.daemon.home.journal.store, self.daemon.home.claims).portions())
        assert told.differences == ()


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@contextmanager
def road(folder: Path, routes: str = ROUTES, also: Sequence[Partner] = (), **settings: Any) -> Iterator[Road]:
    """The bus of the province, with everybody it knows. ``routes`` may name ``$axis`` and ``$town``.

    ``also``: more partners, whose agencies the axis knows, with their keys as ``file:`` and their names.
    """
    clock = HandClock()
    with ExitStack() as stack:
        axis = _axis(clock, stack, [one.agency for one in also])
        town = RestSandbox()
        town.start()
        stack.callback(town.stop)
        text = Template(routes).substitute(axis=axis.url, town=town.url("-").removesuffix("/-/edoc"))
        keys = {"axis": SECRETS[PROVINCE], "y-te-api": Y_TE.key, **{one.name: one.key for one in also}}
        daemon = _daemon(folder, text, clock, stack, keys, settings)
        far = Far(client_to(axis.url, _transport(stack), folder, clock, MINISTRY))
        poller = daemon.pollers.make(daemon.keeper.force.inlets["axis"])
        yield Road(daemon, clock, axis, town, far, poller)


def _axis(clock: HandClock, stack: ExitStack, also: Sequence[str]) -> AxisSandbox:
    agencies = {PROVINCE: (OWN_CODE, NOI_VU.agency, TAI_CHINH.agency, Y_TE.agency, *also), MINISTRY: (BO, CUC)}
    axis = AxisSandbox({name: System(SECRETS[name], agencies[name]) for name in agencies}, clock=clock)
    axis.start()
    stack.callback(axis.stop)
    return axis


def _transport(stack: ExitStack) -> FastTransport:
    transport = FastTransport()
    stack.callback(transport.close)
    return transport


def _daemon(
    folder: Path, routes: str, clock: HandClock, stack: ExitStack, keys: Mapping[str, bytes], settings: dict[str, Any]
) -> Daemon:
    home = make_home(folder, routes)
    for name, value in keys.items():
        (home / "secrets" / name).write_bytes(value)
        (home / "secrets" / name).chmod(0o600)
    chosen = {"listen": f"127.0.0.1:{free_port()}", **settings}
    daemon = build(load_settings(home=home, routes=folder / "routes.yaml", **chosen), adapters.all_adapters(), clock)
    stack.callback(daemon.stop)
    daemon.start()
    daemon.pollers.stop(PATIENCE)
    return daemon
