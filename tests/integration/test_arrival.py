"""What follows from an arrival: a status 01 in the recipient's name, where its partner wants it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bus.arrival import Arrival
from bus.consequence import Consequences
from bus.control.parts import Parts
from bus.journal.states import State
from bus.journal.take import Ack, Fetch
from schemas.content import Content
from tests.buses import PATIENCE, alone, ask, home, send, settle
from tests.messages import SENDER, edoc, read

FETCHES, PUSHED, SILENT = "000.00.07.H62", "000.00.08.H62", "000.00.12.H62"
ALIAS = "H62.05"
# The endpoints are never called: the tests settle in their place.
ROUTES = f"""
endpoints:
  mailbox: {{kind: mailbox}}
  push: {{kind: rest, url: "http://127.0.0.1:9/edoc"}}
partners:
  so-noi-vu: {{agencies: ["{SENDER}"], aliases: {{"{SENDER}": ["{ALIAS}"]}}}}
  so-tai-chinh: {{agencies: ["{FETCHES}"], tell_arrival: status_01}}
  so-y-te: {{agencies: ["{PUSHED}"], tell_arrival: status_01}}
  so-xay-dung: {{agencies: ["{SILENT}"]}}
agencies:
  "{FETCHES}": {{name: Sở Tài chính}}
  "{PUSHED}": {{name: Sở Y tế}}
routes:
  - {{name: health, when: {{recipient: "{PUSHED}"}}, to: push}}
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
"""


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with alone(home(tmp_path, ROUTES)) as opened:
        yield opened


def worked_off(parts: Parts) -> None:
    """Everything that follows from what was committed, done now."""
    Consequences(parts.journal, parts.browse, parts.ingress, [Arrival(parts.browse, parts.holder)]).work()


def acked(parts: Parts, copy: str, agency: str, *, done: bool = True) -> None:
    """The recipient acknowledges its copy."""
    parts.journal.ack(Ack(copy, frozenset({agency}), "test", done)).result(PATIENCE)


def bodies(parts: Parts) -> list[bytes]:
    """The statuses that lie in the sender's mailbox."""
    items = parts.browse.offered([SENDER], "status", None, None, 100)
    claims = [parts.journal.reads.body(parts.journal.reads.copies(item.message_id)[0].body) for item in items]
    return [claim.data or b"" for claim in claims if claim]


def told(parts: Parts) -> list[Content]:
    worked_off(parts)
    return [read(body) for body in bodies(parts)]


def test_an_ack_is_told_to_the_sender(parts: Parts, tmp_path: Path) -> None:
    """In the recipient's name, with all that the sender needs to know which document it is."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[FETCHES]))
    acked(parts, copy, FETCHES)
    (status,) = told(parts)

    assert (status.kind, status.sender, status.view["sender_name"]) == ("01", FETCHES, "Sở Tài chính")
    assert (status.respond_to, status.document_id) == (SENDER, f"{SENDER},2025/11/03,15/QĐ-UBND")
    assert (status.view["number"], status.view["promulgation_date"]) == ("15/QĐ-UBND", "2025/11/03")


def test_a_push_is_told_to_the_sender(parts: Parts, tmp_path: Path) -> None:
    """What was pushed and taken has arrived as much as what was fetched and acknowledged."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
    settle(parts, copy, State.DELIVERED)

    assert [(status.kind, status.sender) for status in told(parts)] == [("01", PUSHED)]


@pytest.mark.parametrize("kind", ["update", "replace"])
def test_whatever_brings_a_document_arrives(parts: Parts, tmp_path: Path, kind: str) -> None:
    """An update and a replacement are documents too."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[FETCHES], kind=kind))
    acked(parts, copy, FETCHES)

    assert [status.kind for status in told(parts)] == ["01"]


def test_nothing_is_said_for_a_partner_that_did_not_ask_for_it(parts: Parts, tmp_path: Path) -> None:
    """Without the key nobody speaks in an agency's name."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[SILENT]))
    acked(parts, copy, SILENT)

    assert told(parts) == []


def test_nothing_is_said_before_it_arrived(parts: Parts, tmp_path: Path) -> None:
    """Accepted, fetched or failed is not delivered."""
    fetched, failed = send(parts, tmp_path, edoc(recipients=[FETCHES, PUSHED]))
    parts.journal.fetch(Fetch(fetched, frozenset({FETCHES}), "test")).result(PATIENCE)
    settle(parts, failed, State.DEAD, "schema")

    assert told(parts) == []


def test_a_recall_and_a_status_do_not_arrive(parts: Parts, tmp_path: Path) -> None:
    """Of what brings no document no arrival is told; so a 01 leads to no further one."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[FETCHES]))
    acked(parts, copy, FETCHES)
    worked_off(parts)
    (recall,) = send(parts, tmp_path, edoc(recipients=[FETCHES], kind="recall"))
    acked(parts, recall, FETCHES)
    (status,) = parts.browse.offered([SENDER], "status", None, None, 10)
    acked(parts, status.doc_id, SENDER)

    assert told(parts) == []


def test_a_resend_is_no_second_arrival(parts: Parts, tmp_path: Path) -> None:
    """What is sent again had arrived before."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
    settle(parts, copy, State.DELIVERED)
    (again,) = ask(parts, "resend", which={"ids": [copy]})["copies"]
    resent = next(one.copy.id for one in parts.browse.copies_of(_message(parts, copy)) if one.copy.of_copy == copy)
    settle(parts, resent, State.DELIVERED)

    assert again["refused"] == ""
    assert len(told(parts)) == 1


def _message(parts: Parts, copy: str) -> str:
    listed = parts.browse.copy(copy)
    assert listed is not None
    return listed.event.id


def test_a_recall_of_what_arrived_is_no_second_arrival(parts: Parts, tmp_path: Path) -> None:
    """Events that speak of a delivered copy later tell of nothing new."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[FETCHES]))
    acked(parts, copy, FETCHES)
    send(parts, tmp_path, edoc(recipients=[FETCHES], kind="recall"))

    assert len(told(parts)) == 1


def test_an_operators_word_that_it_arrived_counts(parts: Parts, tmp_path: Path) -> None:
    """A doubt that is settled as delivered is a delivery."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
    settle(parts, copy, State.IN_DOUBT)
    assert told(parts) == []
    ask(parts, "settle", which={"ids": [copy]}, state="delivered")

    assert [status.kind for status in told(parts)] == ["01"]


def test_the_same_event_says_the_same_bytes(parts: Parts, tmp_path: Path) -> None:
    """However often the events are worked off, also by a cursor that forgot where it was, it is told once."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[FETCHES]))
    acked(parts, copy, FETCHES)
    worked_off(parts)
    (first,) = bodies(parts)
    parts.journal.advance(Arrival.name, 0).result(PATIENCE)
    worked_off(parts)

    assert bodies(parts) == [first]
    event = next(one for one in parts.browse.events_after(0, 100) if one.what == "copy.delivered")
    caused = Arrival(parts.browse, parts.holder).of(event)
    assert caused is not None
    assert caused.claim.data == first
    assert Arrival(parts.browse, parts.holder).of(replace(event, what="copy.recalled")) is None


def test_the_sender_is_named_as_it_wrote_itself(parts: Parts, tmp_path: Path) -> None:
    """Its own software looks for the code it knows itself by."""
    (copy,) = send(parts, tmp_path, edoc(ALIAS, [FETCHES], document_id="VB-1"))
    acked(parts, copy, FETCHES)
    (status,) = told(parts)

    assert (status.respond_to, status.document_id) == (ALIAS, "VB-1")


def test_what_cannot_be_said_holds_nothing_up(tmp_path: Path) -> None:
    """An agency whose code is no code of the standard cannot be spoken for; whoever comes after it can."""
    long = "x" * 40
    with alone(home(tmp_path, ROUTES.replace(f'["{FETCHES}"]', f'["{FETCHES}", "{long}"]'))) as parts:
        odd, usual = send(parts, tmp_path, edoc(recipients=[long, FETCHES]))
        acked(parts, usual, FETCHES)
        acked(parts, odd, long)

        assert [status.sender for status in told(parts)] == [FETCHES]
        refused = [event.seq for event in parts.browse.events_after(0, 100) if event.copy == odd]
        assert parts.journal.reads.position(Arrival.name) >= refused[-1]


def test_what_happened_before_it_was_known_is_not_told(parts: Parts, tmp_path: Path) -> None:
    """A journal older than this consequence does not flood everybody with arrivals of long ago."""
    (before,) = send(parts, tmp_path, edoc(recipients=[FETCHES], document_id="old"))
    acked(parts, before, FETCHES)
    thread = Consequences(parts.journal, parts.browse, parts.ingress, [Arrival(parts.browse, parts.holder)])
    thread.start()
    thread.stop()
    (after,) = send(parts, tmp_path, edoc(recipients=[FETCHES], document_id="new"))
    acked(parts, after, FETCHES)

    assert [status.document_id for status in told(parts)] == ["new"]
