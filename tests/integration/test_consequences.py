"""What follows from the journal's events: a sender is told of a failure by a status 02."""

from __future__ import annotations

from pathlib import Path

import schemas
from bus.consequence import Consequences
from bus.daemon import Daemon
from bus.journal.browse import Happened
from bus.journal.lease import LeaseRequest
from bus.journal.operate import Order
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.teller import Teller
from schemas.content import Content
from tests.buses import ask
from tests.contracts.face import NOI_VU
from tests.daemons import PARTNERS, call, running
from tests.messages import edoc

PATIENCE = 30
OWN_CODE = "000.00.90.H62"
# Nobody listens at port 9, and a paused endpoint is never called: the tests settle in its place.
ROUTES = (
    PARTNERS
    + """
endpoints:
  mailbox: {kind: mailbox}
  so-tc: {kind: rest, url: "http://127.0.0.1:9/edoc"}
routes:
  - {name: finance, when: {type: edoc, recipient: "000.00.07.H62"}, to: so-tc%s}
  - {name: inside, when: {recipient: {partner: any}}, to: mailbox}
"""
)
TELLING = ROUTES % ", tell_sender: status_02"
SILENT = ROUTES % ""


def fail(daemon: Daemon, document_id: str, sender: str = NOI_VU.agency) -> str:
    """Have a document accepted and its one copy refused by the partner; the copy's id."""
    daemon.consequences.stop()  # the test works the events off itself
    daemon.gates.change("so-tc", lambda condition: type(condition)(condition.name, paused_by="test"))
    key = {"X-Bus-Key": NOI_VU.key.decode()}
    body = edoc(sender, ("000.00.07.H62",), document_id)
    copy = str(call(daemon, "POST", "/api/v1/messages", body, key).json()["copies"][0]["doc_id"])
    refuse(daemon, copy)
    return copy


def refuse(daemon: Daemon, copy: str) -> None:
    """Have the partner refuse a copy."""
    journal = daemon.home.journal
    lease = journal.lease(LeaseRequest(copy, 60_000_000)).result(PATIENCE)
    assert lease is not None
    journal.settle(Settlement(copy, lease.id, State.DEAD, "schema", outcome="refused")).result(PATIENCE)


def worked_off(daemon: Daemon) -> None:
    """Everything that follows from what was committed, done now."""
    teller = Teller(daemon.home.browse, daemon.keeper, OWN_CODE)
    Consequences(daemon.home.journal, daemon.home.browse, daemon.ingress, [teller]).work()


def told(daemon: Daemon) -> list[Content]:
    """The statuses in the sender's mailbox."""
    key = {"X-Bus-Key": NOI_VU.key.decode()}
    items = call(daemon, "GET", "/api/v1/mailbox?type=status", headers=key).json()["items"]
    return [read(call(daemon, "GET", f"/api/v1/mailbox/{item['doc_id']}", headers=key).body) for item in items]


def read(body: bytes) -> Content:
    reader = schemas.reader()
    reader.feed(body)
    return reader.close()


def test_a_sender_is_told_where_the_rule_says_so(tmp_path: Path) -> None:
    """A status 02 about the sender's own document, from the bus's code and never in the recipient's name."""
    with running(tmp_path, TELLING) as daemon:
        fail(daemon, "VB-1")
        worked_off(daemon)
        (status,) = told(daemon)

    assert (status.sender, status.kind, status.document_id) == (OWN_CODE, "02", "VB-1")
    assert status.respond_to == NOI_VU.agency
    assert "000.00.07.H62" in str(status.view["description"])


def test_the_sender_is_named_as_it_wrote_itself(tmp_path: Path) -> None:
    """Under another spelling of its code, it finds that spelling in what it is told."""
    listed = f'agencies: ["{NOI_VU.agency}"]'
    aliased = TELLING.replace(listed, f'{listed}\n    aliases: {{"{NOI_VU.agency}": ["H62.05"]}}')
    with running(tmp_path, aliased) as daemon:
        fail(daemon, "VB-1", sender="H62.05")
        worked_off(daemon)
        (status,) = told(daemon)

    assert (status.respond_to, status.document_id) == ("H62.05", "VB-1")


def test_it_is_told_once(tmp_path: Path) -> None:
    """However often the events are worked off, also by a cursor that forgot where it was."""
    with running(tmp_path, TELLING) as daemon:
        fail(daemon, "VB-1")
        worked_off(daemon)
        daemon.home.journal.advance(Teller.name, 0).result(PATIENCE)
        worked_off(daemon)
        assert len(told(daemon)) == 1


def failures(daemon: Daemon) -> list[str]:
    """Which events are failures to tell of; by the clock's second, two of one copy would be the same bytes."""
    teller = Teller(daemon.home.browse, daemon.keeper, OWN_CODE)
    return [event.what for event in daemon.home.browse.events_after(0, 1000) if teller.of(event)]


def test_a_recall_of_what_died_is_no_second_failure(tmp_path: Path) -> None:
    """Events that speak of a dead copy later tell of nothing new."""
    with running(tmp_path, TELLING) as daemon:
        fail(daemon, "VB-1")
        key = {"X-Bus-Key": NOI_VU.key.decode()}
        body = edoc(NOI_VU.agency, ("000.00.07.H62",), "VB-1", "recall")
        assert call(daemon, "POST", "/api/v1/messages", body, key).status == 202
        assert failures(daemon) == ["copy.dead"]


def test_a_resend_that_fails_is_not_told(tmp_path: Path) -> None:
    """What it repeats was settled, and told of, before."""
    with running(tmp_path, TELLING) as daemon:
        copy = fail(daemon, "VB-1")
        ask(daemon.parts(), "cancel", which={"ids": [copy]})
        ask(daemon.parts(), "resend", which={"ids": [copy]})
        (again,) = ask(daemon.parts(), "messages", which={"states": ["queued"]})["copies"]
        refuse(daemon, again["copy"])
        assert failures(daemon) == ["copy.dead"]


def test_why_it_failed_is_told_of_a_copy_that_is_tried_again(tmp_path: Path) -> None:
    """The status tells of the failure, not of where the copy is by now."""
    with running(tmp_path, TELLING) as daemon:
        copy = fail(daemon, "VB-1")
        ask(daemon.parts(), "replay", which={"ids": [copy]})
        worked_off(daemon)
        (status,) = told(daemon)

    assert str(status.view["description"]).endswith(": schema")


def test_nobody_is_told_otherwise(tmp_path: Path) -> None:
    """Without ``tell_sender`` a failure stays between the bus and its operators."""
    with running(tmp_path, SILENT) as daemon:
        fail(daemon, "VB-1")
        worked_off(daemon)
        assert told(daemon) == []


def test_the_cursor_passes_what_led_to_nothing(tmp_path: Path) -> None:
    """After a round the cursor stands at the last event, so that the next round begins there."""
    with running(tmp_path, SILENT) as daemon:
        fail(daemon, "VB-1")
        worked_off(daemon)
        last = daemon.home.browse.events_after(0, 1000)[-1].seq
        assert daemon.home.journal.reads.position(Teller.name) == last


class Watching:
    """Causes nothing and remembers what it was asked about."""

    name = "watching"

    def __init__(self) -> None:
        self.seen: list[int] = []

    def of(self, event: Happened) -> None:
        self.seen.append(event.seq)


def test_every_event_is_looked_at_once(tmp_path: Path) -> None:
    """By every consequence, in order, from round to round, whatever of it the journal was told."""
    with running(tmp_path, SILENT) as daemon:
        parts, watching = daemon.home, [Watching(), Watching()]
        watching[1].name = "watching_too"
        consequences = Consequences(parts.journal, parts.browse, daemon.ingress, watching)
        for document_id in ("VB-1", "VB-2"):
            fail(daemon, document_id)
            consequences.work()

        events = [event.seq for event in parts.browse.events_after(0, 1000)]
        assert [one.seen for one in watching] == [events, events]


def test_a_sender_is_told_of_what_is_given_back(tmp_path: Path) -> None:
    """Once, with the operator's reason, whether or not the rule says so."""
    with running(tmp_path, SILENT) as daemon:
        copy = fail(daemon, "VB-1")
        order = Order((copy,), "an", "sai phụ lục")
        assert daemon.home.journal.give_back(order).result(PATIENCE)[0].state == State.CANCELLED
        worked_off(daemon)
        worked_off(daemon)
        (status,) = told(daemon)

    assert (status.sender, status.kind, status.document_id) == (OWN_CODE, "02", "VB-1")
    assert "sai phụ lục" in str(status.view["description"])
