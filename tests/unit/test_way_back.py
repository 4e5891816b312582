"""Where statuses go, who may speak of a document, and what goes in circles (semantics 10 and 11)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from bus.errors import Rejected
from bus.ingress import Ingress
from bus.journal import Journal, schema
from bus.journal.copy import Copy
from bus.message import FROM_THE_BUS, Claim, Inbound, Receipt, RemoteId, ReturnAddress
from bus.placing import RETURN
from tests.journals import PATIENCE, balanced, in_file
from tests.messages import edoc, read, status
from tests.unit.test_ingress import Holder

#: A ministry behind the axis; partners inside: one that fetches, one that is pushed, one with two agencies.
MINISTRY, FETCHES, PUSHED, ONE, TWO = (
    "000.00.00.G22",
    "000.00.05.H62",
    "000.00.07.H62",
    "000.00.11.H62",
    "000.00.12.H62",
)
STRANGER = "000.00.31.G09"
TEXT = f"""
endpoints:
  axis: {{kind: polled, url: x}}
  other-axis: {{kind: polled, url: y}}
  push: {{kind: rest, url: z}}
  mailbox: {{kind: mailbox}}
partners:
  fetches: {{agencies: ["{FETCHES}"], aliases: {{"{FETCHES}": ["H62.05"]}}}}
  pushed: {{agencies: ["{PUSHED}"]}}
  both: {{agencies: ["{ONE}", "{TWO}"]}}
routes:
  - {{name: push, when: {{recipient: "{PUSHED}"}}, to: push}}
  - {{name: inside, when: {{type: edoc, recipient: {{partner: any}}}}, to: mailbox}}
  - {{name: outside, when: {{recipient: any}}, to: other-axis}}
"""
MAY_RETURN = TEXT.replace("to: mailbox", "to: mailbox, return: true")

_numbers = count()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = in_file(tmp_path / "journal.db")
    yield journal
    balanced(journal)
    journal.close()


@pytest.fixture
def holder() -> Holder:
    return Holder(TEXT)


@pytest.fixture
def ingress(journal: Journal, holder: Holder) -> Ingress:
    return Ingress(journal, holder)


def by(partner: str, body: bytes, *recipients: str, door: str = "api") -> Inbound:
    """A message a partner hands in at a door."""
    content, claim = read(body), Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    return Inbound(ReturnAddress(door, partner), content, claim, recipients or content.recipients)


def fetched(body: bytes, *recipients: str, endpoint: str = "axis", item: str = "") -> Inbound:
    """A message fetched from an axis; each is an item of its own."""
    content, claim = read(body), Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    remote = RemoteId(endpoint, content.type, item or f"item-{next(_numbers)}")
    return Inbound(
        ReturnAddress(endpoint), content, claim, recipients or content.recipients, remote=remote, from_source=True
    )


def accept(ingress: Ingress, inbound: Inbound) -> Receipt:
    return ingress.accept(inbound).result(PATIENCE)


def refused(ingress: Ingress, inbound: Inbound) -> str:
    error = ingress.accept(inbound).exception(PATIENCE)
    assert isinstance(error, Rejected)
    return error.code


def copies(journal: Journal, receipt: Receipt) -> list[Copy]:
    return journal.reads.copies(receipt.message_id)


def ways(journal: Journal, receipt: Receipt) -> list[tuple[str, str, str, str]]:
    """Of each copy: recipient, endpoint, rule and state."""
    return [(copy.recipient, copy.endpoint, copy.rule, copy.state) for copy in copies(journal, receipt)]


def test_a_status_goes_back_to_the_axis_its_document_came_by(journal: Journal, ingress: Ingress) -> None:
    """Whatever the rules say of the sender now: they would send it to another axis."""
    accept(ingress, fetched(edoc(MINISTRY, [FETCHES], "VB-1")))

    receipt = accept(ingress, by("fetches", status(FETCHES, MINISTRY, "VB-1")))
    assert ways(journal, receipt) == [(MINISTRY, "axis", RETURN, "queued")]


def test_a_status_about_an_unknown_document_goes_by_the_rules(journal: Journal, ingress: Ingress) -> None:
    """To the agency ResponseFor names; marked as speaking of nothing known."""
    receipt = accept(ingress, by("fetches", status(FETCHES, MINISTRY, "VB-1")))

    assert ways(journal, receipt) == [(MINISTRY, "other-axis", "outside", "queued")]


@pytest.mark.parametrize("spelling", [FETCHES, "H62.05"])
def test_a_status_from_the_axis_finds_its_partner_in_any_spelling(
    journal: Journal, ingress: Ingress, spelling: str
) -> None:
    """A partner without a way of its own by the rules has its mailbox: the rule to an axis is not its own."""
    document = accept(ingress, by("fetches", edoc(spelling, [MINISTRY], "VB-1")))

    receipt = accept(ingress, fetched(status(MINISTRY, "H62.05", "VB-1")))
    assert ways(journal, receipt) == [(FETCHES, "mailbox", RETURN, "offered")]
    assert _target(journal, receipt) == document.message_id


def test_a_status_goes_to_a_partner_by_its_own_way(journal: Journal, ingress: Ingress) -> None:
    """A partner that is pushed to looks into no mailbox."""
    accept(ingress, by("pushed", edoc(PUSHED, [MINISTRY], "VB-1")))

    receipt = accept(ingress, fetched(status(MINISTRY, PUSHED, "VB-1")))
    assert ways(journal, receipt) == [(PUSHED, "push", "push", "queued")]


def test_an_endpoint_that_is_gone_is_no_way_back(journal: Journal, ingress: Ingress, holder: Holder) -> None:
    """Then the rules decide again."""
    accept(ingress, fetched(edoc(MINISTRY, [FETCHES], "VB-1")))
    holder.put(TEXT.replace("  axis: {kind: polled, url: x}\n", ""))

    receipt = accept(ingress, by("fetches", status(FETCHES, MINISTRY, "VB-1")))
    assert ways(journal, receipt) == [(MINISTRY, "other-axis", "outside", "queued")]


def test_a_code_that_changed_its_spelling_is_the_same_agency(
    journal: Journal, ingress: Ingress, holder: Holder
) -> None:
    """Its documents are known, their repeats make nothing, and statuses find them."""
    first = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))
    holder.put(
        TEXT.replace(
            f'["{FETCHES}"], aliases: {{"{FETCHES}": ["H62.05"]}}', f'["H62.05"], aliases: {{"H62.05": ["{FETCHES}"]}}'
        )
    )

    again = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))
    assert (again.message_id, again.repeated) == (first.message_id, True)
    answer = accept(ingress, by("pushed", status(PUSHED, "H62.05", "VB-1")))
    assert _target(journal, answer) == first.message_id
    assert refused(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1", subject="V/v khác"))) == "document.conflict"


def test_who_neither_sent_nor_received_it_has_no_say(journal: Journal, ingress: Ingress) -> None:
    """Refused at a door; from a source the copy is dead with the same class."""
    accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))

    assert refused(ingress, by("both", status(ONE, FETCHES, "VB-1"))) == "not_your_document"
    receipt = accept(ingress, fetched(status(STRANGER, FETCHES, "VB-1")))
    assert [(copy.state, copy.reason) for copy in copies(journal, receipt)] == [("dead", "not_your_document")]


def test_nobody_takes_back_what_is_anothers(journal: Journal, ingress: Ingress) -> None:
    """Neither by a recall nor by a status 13; whoever received it may speak, and touches nothing."""
    document = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))

    assert refused(ingress, by("both", edoc(ONE, [PUSHED], "VB-1", "recall", reason="x"))) == "not_your_document"
    assert refused(ingress, by("both", status(ONE, PUSHED, "VB-1", "13"))) == "not_your_document"
    accept(ingress, by("pushed", edoc(PUSHED, [FETCHES], "VB-1", "recall", reason="x")))
    assert [(copy.state, copy.recalled_by) for copy in copies(journal, document)] == [("queued", None)]


def test_the_bus_may_speak_of_every_document(journal: Journal, ingress: Ingress) -> None:
    """A status 02 about a copy that could not be delivered has the bus's own code in From."""
    accept(ingress, fetched(edoc(MINISTRY, [FETCHES], "VB-1")))
    body = status("000.00.00.H62", MINISTRY, "VB-1", "02")
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)

    receipt = accept(ingress, Inbound(FROM_THE_BUS, read(body), claim, (MINISTRY,)))
    assert ways(journal, receipt) == [(MINISTRY, "axis", RETURN, "queued")]


def test_nothing_goes_back_to_the_partner_it_came_from(journal: Journal, ingress: Ingress, holder: Holder) -> None:
    """Between two agencies of one partner an operator looks first, unless the rule lets it."""
    receipt = accept(ingress, by("both", edoc(ONE, [TWO], "VB-1")))
    assert [(copy.state, copy.reason) for copy in copies(journal, receipt)] == [("held", "loop")]

    holder.put(MAY_RETURN)
    receipt = accept(ingress, by("both", edoc(ONE, [TWO], "VB-2")))
    assert [copy.state for copy in copies(journal, receipt)] == ["offered"]
    answer = accept(ingress, by("both", status(TWO, ONE, "VB-2")))
    assert [copy.state for copy in copies(journal, answer)] == ["offered"]


def test_an_echoed_status_is_held(journal: Journal, ingress: Ingress) -> None:
    """Document and status came by one axis: it need not be told what it told us."""
    accept(ingress, fetched(edoc(MINISTRY, [FETCHES], "VB-1")))

    receipt = accept(ingress, fetched(status(FETCHES, MINISTRY, "VB-1")))
    assert [(copy.state, copy.reason) for copy in copies(journal, receipt)] == [("held", "loop")]


def test_what_comes_a_fourth_time_by_one_endpoint_is_held(journal: Journal, ingress: Ingress) -> None:
    """Each time as an item of its own, for the same recipient; other endpoints and other recipients do not count."""
    body = edoc(MINISTRY, [FETCHES, PUSHED], "VB-1")
    receipt = accept(ingress, fetched(body, FETCHES))
    for recipient, endpoint in [(PUSHED, "axis"), (FETCHES, "axis"), (FETCHES, "axis"), (FETCHES, "other-axis")]:
        accept(ingress, fetched(body, recipient, endpoint=endpoint))
        assert [copy.state for copy in copies(journal, receipt)] != ["held", "held"]

    accept(ingress, fetched(body, FETCHES))
    assert [(copy.state, copy.reason) for copy in copies(journal, receipt)] == [("held", "loop")] * 2


def test_a_lost_ack_is_no_circle(journal: Journal, ingress: Ingress) -> None:
    """The same item again is known by its own id, before anything is counted."""
    receipt = accept(ingress, fetched(edoc(MINISTRY, [FETCHES], "VB-1"), item="1"))

    known = journal.reads.received(RemoteId("axis", "edoc", "1"))
    assert known == Receipt(receipt.message_id, receipt.accepted_at, (), repeated=True)


@pytest.mark.parametrize("kind", ["update", "replace"])
def test_a_change_follows_the_document_it_changes(journal: Journal, ingress: Ingress, kind: str) -> None:
    """Under another DocumentId it still waits in the lane of the one it names, of the same sender only."""
    first = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))
    accept(ingress, by("both", edoc(ONE, [PUSHED], "VB-9")))

    change = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-2", kind, target="VB-1", reason="x")))
    stray = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-3", kind, target="VB-9", reason="x")))
    assert _target(journal, change) == first.message_id
    assert copies(journal, change)[0].lane == copies(journal, first)[0].lane
    assert _target(journal, stray) is None
    assert copies(journal, stray)[0].lane != copies(journal, first)[0].lane


def test_what_is_too_large_for_its_way_is_dead_from_a_source(
    journal: Journal, ingress: Ingress, holder: Holder
) -> None:
    """It was accepted, and an operator sees why it cannot go."""
    holder.put(TEXT.replace("url: z", "url: z, max_bytes: 1KB"))

    receipt = accept(ingress, fetched(edoc(MINISTRY, [PUSHED], "VB-1")))
    assert [(copy.state, copy.reason) for copy in copies(journal, receipt)] == [("dead", "body.too_large")]


def _target(journal: Journal, receipt: Receipt) -> str | None:
    """The message a message is about; None where it is marked as being about nothing known."""
    with journal.store.reading() as connection:
        table = schema.messages.c
        row = connection.execute(select(table.target, table.uncorrelated).where(table.id == receipt.message_id)).one()
    assert (row.target is None) == bool(row.uncorrelated)
    return str(row.target) if row.target else None
