"""The axis and a whole daemon: what it has for us comes down, what ours send goes up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.vxp.client import AxisClient
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_orders import Habits
from bus.clock import SystemClock, micros
from bus.daemon import Daemon
from bus.endpoint import Item, Source
from bus.errors import FailureClass, NotFound, Unreachable
from bus.journal.quarantine import AGAIN, FAIL
from bus.message import Inbound, RemoteId
from bus.poller import Poller
from bus.stragglers import ROUNDS as ROUNDS_ENDED
from bus.transport.fast import FastTransport
from tests.adapters.axis_partner import MINISTRY, PROVINCE, SECRETS, axis_sandbox, client_to
from tests.buses import ask, until
from tests.contracts.face import NOI_VU
from tests.contracts.raw_server import claim
from tests.daemons import PARTNERS, call, running
from tests.messages import edoc, status

HERE, THERE, AWAY = "000.00.05.H62", "000.00.00.G22", "000.00.08.H62"
PATIENCE = 30
KEY = {"X-Bus-Key": NOI_VU.key.decode()}
ROUTES = (
    PARTNERS
    + """
endpoints:
  axis: {kind: vxp, url: "%s", system_id: "00.19.H62", secret: "file:axis", poll: 1h, mode: %s, idle_timeout: 500ms,
         directory: never}
  mailbox: {kind: mailbox}
routes:
  - {name: inside, when: {recipient: {partner: any}}, to: mailbox}
  - {name: outside, when: {recipient: any}, to: axis}
"""
)


@pytest.fixture
def axis() -> Iterator[AxisSandbox]:
    sandbox = axis_sandbox(SystemClock())
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def ministry(axis: AxisSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AxisClient]:
    transport = FastTransport()
    yield client_to(
        axis.url, transport, tmp_path_factory.mktemp("ministry"), SystemClock(), MINISTRY, idle_timeout="30s"
    )
    transport.close()


@pytest.fixture
def daemon(axis: AxisSandbox, tmp_path: Path) -> Iterator[Daemon]:
    with started(axis, tmp_path) as daemon:
        yield daemon


@contextmanager
def started(axis: AxisSandbox, folder: Path, mode: str = "live") -> Iterator[Daemon]:
    """A daemon whose own polling has ended: the test works the rounds off itself."""
    secret = folder / "home" / "secrets" / "axis"

    def prepare() -> None:
        secret.write_bytes(SECRETS[PROVINCE])
        secret.chmod(0o600)

    with running(folder, ROUTES % (axis.url, mode), prepare=prepare) as daemon:
        daemon.pollers.stop()
        yield daemon


def poller(daemon: Daemon) -> Poller:
    """A poller of the daemon's own inlet."""
    return daemon.pollers.make(daemon.keeper.force.inlets["axis"])


class Broken:
    """An item the partner cannot hand out, whenever it is asked."""

    def __init__(self, item: Item) -> None:
        self.type, self.remote_id = item.type, item.remote_id
        self.settle = item.settle

    def inbound(self) -> Inbound:
        raise Unreachable(FailureClass.SERVER_FAULT, "file processing error")


@dataclass
class Troubled:
    """The axis's source, of which these items are broken."""

    source: Source
    broken: frozenset[str]

    def poll(self) -> Iterator[Item]:
        return (Broken(item) if item.remote_id in self.broken else item for item in self.source.poll())


def copies(axis: AxisSandbox) -> Sequence[dict[str, Any]]:
    found: Any = axis.account()["copies"]
    return list(found)


def waiting(daemon: Daemon, type_: str = "edoc") -> list[dict[str, Any]]:
    """What lies in the mailbox."""
    return list(call(daemon, "GET", f"/api/v1/mailbox?type={type_}", headers=KEY).json()["items"])


def test_a_document_comes_down_once(daemon: Daemon, axis: AxisSandbox, ministry: AxisClient) -> None:
    """Fetched, accepted, and only then said to be done; its bytes reach the mailbox unchanged."""
    body = edoc(THERE, (HERE,), "VB-1")
    ministry.send("edoc", THERE, (HERE,), claim(body))
    rounds = poller(daemon)

    assert (rounds.round(), rounds.round()) == (1, 0)
    (item,) = waiting(daemon)
    assert call(daemon, "GET", f"/api/v1/mailbox/{item['doc_id']}", headers=KEY).body == body
    assert [copy["state"] for copy in copies(axis)] == ["done"]


def test_a_lost_done_is_said_again(daemon: Daemon, axis: AxisSandbox, ministry: AxisClient) -> None:
    """The item was accepted and the axis did not hear it: it comes again, is not fetched, and no message is made."""
    ministry.send("edoc", THERE, (HERE,), claim(edoc(THERE, (HERE,), "VB-1")))
    rounds = poller(daemon)
    axis.order(Order(mode=Mode.DOWN, call="updateStatus", times=1))
    rounds.round()
    assert [copy["state"] for copy in copies(axis)] == ["initial"]

    assert rounds.round() == 0
    assert [copy["state"] for copy in copies(axis)] == ["done"]
    assert len(waiting(daemon)) == 1


def test_what_cannot_be_read_is_kept_back(daemon: Daemon, axis: AxisSandbox, ministry: AxisClient) -> None:
    """It keeps nobody behind it, is skipped at following rounds, and failed only at an operator's word."""
    ministry.send("edoc", THERE, (HERE,), claim(b"<edXML>not one"))
    ministry.send("edoc", THERE, (HERE,), claim(edoc(THERE, (HERE,), "VB-2")))
    rounds = poller(daemon)

    assert (rounds.round(), rounds.round()) == (1, 0)
    assert sorted(copy["state"] for copy in copies(axis)) == ["done", "initial"]
    (bad,) = [copy["doc_id"] for copy in copies(axis) if copy["state"] == "initial"]
    remote = RemoteId("axis", "edoc", bad)
    kept = daemon.home.journal.reads.kept_back(remote)
    assert kept is not None
    assert daemon.home.journal.reads.has_body(kept.body)

    daemon.home.journal.decide_item(remote, FAIL).result(PATIENCE)
    rounds.round()
    assert sorted(copy["state"] for copy in copies(axis)) == ["done", "fail"]


def test_an_operator_sees_what_is_kept_back_and_decides(
    daemon: Daemon, axis: AxisSandbox, ministry: AxisClient
) -> None:
    """Listed with its reason and that its bytes are kept; ``fail`` is told to the axis at the next round."""
    ministry.send("edoc", THERE, (HERE,), claim(b"<edXML>not one"))
    rounds = poller(daemon)
    rounds.round()

    (item,) = ask(daemon.parts(), "quarantine")["items"]
    assert (item["endpoint"], item["type"], item["code"], item["kept"]) == ("axis", "edoc", "edxml.not_edxml", True)
    told = {name: item[name] for name in ("endpoint", "type", "remote_id")}
    assert ask(daemon.parts(), "decide", **told, word="fail")["word"] == "fail"
    rounds.round()
    assert [copy["state"] for copy in copies(axis)] == ["fail"]
    with pytest.raises(NotFound):
        ask(daemon.parts(), "decide", endpoint="axis", type="edoc", remote_id="unheard-of", word="fail")


def test_an_item_can_be_looked_at_again(daemon: Daemon, axis: AxisSandbox, ministry: AxisClient) -> None:
    """After an operator's word it is fetched anew, and kept back again if it is no better."""
    ministry.send("edoc", THERE, (HERE,), claim(b"<edXML>not one"))
    rounds = poller(daemon)
    rounds.round()
    remote = RemoteId("axis", "edoc", copies(axis)[0]["doc_id"])

    daemon.home.journal.decide_item(remote, AGAIN).result(PATIENCE)
    rounds.round()
    kept = daemon.home.journal.reads.kept_back(remote)
    assert kept is not None
    assert kept.word == ""


def test_observing_changes_nothing(axis: AxisSandbox, ministry: AxisClient, tmp_path: Path) -> None:
    """``mode: observe`` lists and fetches, and neither accepts nor acks nor sends, nor keeps what it fetched."""
    ministry.send("edoc", THERE, (HERE,), claim(edoc(THERE, (HERE,), "VB-1", attachments=[("a.pdf", bytes(300_000))])))
    with started(axis, tmp_path, "observe") as daemon:
        assert poller(daemon).round() == 0
        assert not list(daemon.home.claims.bodies.glob("??/*"))
        call(daemon, "POST", "/api/v1/messages", edoc(HERE, (AWAY,), "VB-9"), KEY)
        assert waiting(daemon) == []
        assert daemon.home.browse.counts() == {("axis", "queued"): 1}
    assert [copy["state"] for copy in copies(axis)] == ["initial"]


def test_what_the_partner_cannot_hand_out_keeps_nobody_behind_it(
    daemon: Daemon, axis: AxisSandbox, ministry: AxisClient
) -> None:
    """It ends a few rounds, as a partner that is away does; from then on it is asked for when all else is done."""
    for number in range(4):
        ministry.send("edoc", THERE, (HERE,), claim(edoc(THERE, (HERE,), f"VB-{number}")))
    inlet = daemon.keeper.force.inlets["axis"]
    source = Troubled(inlet.source, frozenset(copy["doc_id"] for copy in copies(axis)[:2]))
    rounds = daemon.pollers.make(replace(inlet, source=source))

    assert [rounds.round() for _ in range(2 * ROUNDS_ENDED + 1)] == [*[0] * 2 * ROUNDS_ENDED, 2]
    assert [copy["state"] for copy in copies(axis)] == ["initial", "initial", "done", "done"]
    source.broken = frozenset(copy["doc_id"] for copy in copies(axis)[1:2])
    assert sum(rounds.round() for _ in range(2)) == 1
    assert [copy["state"] for copy in copies(axis)] == ["done", "initial", "done", "done"]


def test_a_status_waits_one_round_for_its_document(daemon: Daemon, ministry: AxisClient) -> None:
    """A status for a document nobody knows is accepted at the second round, not at the first."""
    ministry.send("status", THERE, (HERE,), claim(status(THERE, HERE, "VB-NEVER-SEEN")))
    rounds = poller(daemon)

    assert rounds.round() == 0
    assert waiting(daemon, "status") == []
    assert rounds.round() == 1
    assert len(waiting(daemon, "status")) == 1


def test_a_document_goes_up_in_one_call(daemon: Daemon, axis: AxisSandbox) -> None:
    """All recipients on the axis share one call and its DocId, and each has its own outcome."""
    body = edoc(HERE, (THERE, AWAY), "VB-1")
    assert call(daemon, "POST", "/api/v1/messages", body, KEY).status == 202
    until(lambda: daemon.home.browse.counts() == {("axis", "delivered"): 2})

    assert sorted(copy["recipient"] for copy in copies(axis)) == sorted((THERE, AWAY))
    assert len({copy["sender_doc_id"] for copy in copies(axis)}) == 1


def test_our_own_document_handed_back_is_no_news(daemon: Daemon, axis: AxisSandbox) -> None:
    """An axis that echoes: the event is known, its recipients have their copies, and nothing is made twice."""
    axis.form(Habits(echo=True))
    call(daemon, "POST", "/api/v1/messages", edoc(HERE, (AWAY,), "VB-1"), KEY)
    until(lambda: daemon.home.browse.counts() == {("axis", "delivered"): 1})

    poller(daemon).round()
    echoed = daemon.home.browse.counts()
    poller(daemon).round()
    assert daemon.home.browse.counts() == echoed
    assert echoed[("axis", "delivered")] == 1


def test_nothing_goes_back_where_it_came_from(daemon: Daemon, ministry: AxisClient) -> None:
    """What the axis hands us for somebody else on the axis is held for an operator, not sent round."""
    ministry.send("edoc", THERE, (HERE,), claim(edoc(THERE, (HERE,), "VB-1")))
    inlet = daemon.keeper.force.inlets["axis"]
    (item,) = inlet.source.poll()
    inbound = item.inbound()
    receipt = daemon.ingress.accept(replace(inbound, recipients=(AWAY,))).result(PATIENCE)
    (copy,) = daemon.home.browse.copies_of(receipt.message_id)
    assert (copy.copy.state, copy.copy.reason) == ("held", "loop")


def test_an_endpoint_says_how_often(daemon: Daemon) -> None:
    """The period of polling is the endpoint's."""
    assert daemon.keeper.force.inlets["axis"].every == micros(timedelta(hours=1))
