"""A hop of the bus's own, as the partners of two protocols get it, and what the journal keeps of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.rest.sandbox import RestSandbox
from bus.claimcheck import ClaimCheck
from bus.delivery import Courier
from bus.endpoint import Sink
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.tidy import Doubt
from bus.message import Receipt
from bus.transport.fast import FastTransport
from tests.adapters import axis_partner, rest_partner
from tests.contracts.face import TAI_CHINH
from tests.contracts.sink import Kept, Partner
from tests.deliveries import outlet
from tests.journals import PATIENCE, hand, in_file, intake, order, state, sweep, taken, tidy
from tests.messages import RECIPIENT, SENDER, edoc, status
from tests.roads import BO, ROUTES, Y_TE, road, sha256

CODE = "000.00.00.H62"
#: When the clock of these tests begins.
HOP = (
    b"<edXML:TraceHeader><edXML:OrganId>000.00.00.H62</edXML:OrganId>"
    b"<edXML:Timestamp>2026/09/21 21:13:20</edXML:Timestamp></edXML:TraceHeader>"
)
LIST = b"<edXML:TraceHeaderList>"
BODY, LARGE = edoc(), edoc(attachments=(("lon.pdf", bytes(range(256)) * 2_000),))
SIGNED = BODY.replace(b"</edXML:edXMLHeader>", b"<Signature>eA==</Signature></edXML:edXMLHeader>")
STATUS = status(SENDER, RECIPIENT)


def hopped(body: bytes) -> bytes:
    return body.replace(LIST, LIST + HOP)


@dataclass
class Way:
    """A journal, and a sink to a sandbox whose endpoint asks for a hop."""

    journal: Journal
    claims: ClaimCheck
    sink: Sink
    partner: Partner
    hop: str = CODE

    def accept(self, body: bytes) -> Receipt:
        """Have a document accepted; it lies where one of its size does."""
        spool = self.claims.take(1 << 30)
        spool.write(body)
        made = intake(body)
        return self.journal.accept(replace(made, inbound=replace(made.inbound, claim=spool.finish()))).result(PATIENCE)

    def send(self, receipt: Receipt, copy: int = 0) -> None:
        """Make the call that is due for a copy."""
        courier = Courier(self.journal.reads, self.claims, self.journal.clock, roll=lambda: 0.0)
        to = replace(outlet(self.sink, idempotency="id"), hop=self.hop)
        for settlement in courier.deliver(taken(self.journal, receipt, of=copy), to).settlements:
            assert self.journal.settle(settlement).result(PATIENCE)

    def stored(self, digest: str) -> bytes:
        """The body of that digest as it is kept."""
        claim = self.claims.find(self.journal.reads.body(digest))
        assert claim
        with claim.open() as reader:
            return reader.read()

    def digests(self, receipt: Receipt) -> list[tuple[str, str | None]]:
        """Of every call for a message: the stored body's digest, and that of what left instead."""
        bodies = {copy.id: copy.body for copy in self.journal.reads.copies(receipt.message_id)}
        calls = Browse(self.journal.store).attempts(bodies)
        return [(bodies[call.copy], call.sent_sha256) for call in calls]


@pytest.fixture(params=["rest", "vxp"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    transport, journal = FastTransport(), in_file(tmp_path / "journal.db")
    claims = ClaimCheck(tmp_path / "bodies", tmp_path / "spool")
    sandbox = RestSandbox() if request.param == "rest" else axis_partner.axis_sandbox(journal.clock)
    sandbox.start()
    with capture_logs():
        if isinstance(sandbox, RestSandbox):
            town = rest_partner.SandboxPartner(sandbox)
            yield Way(journal, claims, rest_partner.sink_to(town.url, transport, tmp_path), town)
        else:
            axis = axis_partner.AxisPartner(sandbox)
            yield Way(journal, claims, axis_partner.sink_to(axis.url, transport, tmp_path), axis)
    sandbox.stop()
    transport.close()
    journal.close()


@pytest.mark.parametrize("body", [BODY, LARGE], ids=["in the journal", "on disk"])
def test_the_partner_gets_the_hop_and_both_digests_are_kept(way: Way, body: bytes) -> None:
    """What the protocol says of the bytes fits those that leave; what was accepted stays as it was."""
    receipt = way.accept(body)

    way.send(receipt)

    assert way.partner.kept() == [Kept(sha256(hopped(body)), 1)]
    assert way.digests(receipt) == [(sha256(body), sha256(hopped(body)))]
    assert way.stored(sha256(body)) == body


@pytest.mark.parametrize("body", [SIGNED, STATUS], ids=["signed", "status"])
def test_what_must_not_change_leaves_as_it_came(way: Way, body: bytes) -> None:
    """Then there is no other digest to keep."""
    receipt = way.accept(body)

    way.send(receipt)

    assert way.partner.kept() == [Kept(sha256(body), 1)]
    assert way.digests(receipt) == [(sha256(body), None)]


def test_nobody_gets_a_hop_unasked(way: Way) -> None:
    """Bytes out are bytes in."""
    way.hop = ""
    receipt = way.accept(BODY)

    way.send(receipt)

    assert way.partner.kept() == [Kept(sha256(BODY), 1)]
    assert way.digests(receipt) == [(sha256(BODY), None)]


def test_after_an_unknown_outcome_the_same_bytes_go_again(way: Way) -> None:
    """Days later as well: the partner can tell that it has them, and so for a re-send an operator orders."""
    receipt = way.accept(BODY)
    way.partner.misbehave("drop_after_reading")
    way.send(receipt)
    assert state(way.journal, receipt) == "in_doubt"

    way.partner.misbehave("ok")
    hand(way.journal).move(timedelta(days=3))
    tidy(way.journal, "resolve", sweep(Doubt.RESEND))
    way.send(receipt)
    assert order(way.journal, "resend", receipt).refused == ""
    way.send(receipt, copy=1)

    assert way.partner.kept() == [Kept(sha256(hopped(BODY)), 3)]
    assert way.digests(receipt) == [(sha256(BODY), sha256(hopped(BODY)))] * 3


def test_each_endpoint_has_its_own_say(tmp_path: Path) -> None:
    """Of one document the axis gets a hop, the agency that is pushed to the bytes as they came, and the mailbox too."""
    routes = ROUTES.replace('list_sent: "yes"', 'list_sent: "yes", trace_header: unsigned')
    body = edoc(recipients=(BO, Y_TE.agency, TAI_CHINH.agency))
    with capture_logs(), road(tmp_path, routes, agency_code=CODE) as ours:
        message = ours.noi_vu.send(body)
        ours.settles(delivered=2, offered=1)
        trace = ours.trace(message)
        assert ours.tai_chinh.take() == [body]
        assert ours.far.take() == [hopped(body)]
        assert [digest for _, digest, _ in ours.pushed()] == [sha256(body)]

    calls = {recipient: [call["sent_sha256"] for call in copy["calls"]] for recipient, copy in trace.items()}
    assert calls == {BO: [sha256(hopped(body))], Y_TE.agency: [None], TAI_CHINH.agency: []}
