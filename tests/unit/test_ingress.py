"""The way in: all or nothing at a door, everything readable from a source, and what was accepted is never refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bus.directory import Directory
from bus.errors import Busy, Rejected
from bus.ingress import Ingress
from bus.journal import Journal, schema
from bus.message import Claim, Inbound, Receipt, ReturnAddress
from bus.plan import Plan
from bus.router import Router
from tests.journals import MINUTE, PATIENCE, balanced, hand, in_file, reached
from tests.messages import RECIPIENT, SENDER, edoc, read, status
from tests.unit.routes_models import routes_of

OTHER, CLOSED, UNROUTED = "000.00.12.H62", "000.00.99.H62", "000.00.50.H62"
TEXT = f"""
endpoints:
  mailbox: {{kind: mailbox}}
  small: {{kind: rest, url: x, max_bytes: 1KB}}
  archive: {{kind: rest, url: x}}
partners:
  snv: {{agencies: ["{SENDER}"], aliases: {{"{SENDER}": ["H62.05"]}}}}
  stc: {{agencies: ["{RECIPIENT}", "{OTHER}"]}}
agencies:
  "{UNROUTED}": {{name: Sở Xa}}
  "{CLOSED}": {{closed: 2025-07-01, successor: "{RECIPIENT}"}}
routes:
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
"""
ONE_CALL = TEXT.replace("to: mailbox", "to: small")
NARROW = TEXT.replace("recipient: {partner: any}", f'recipient: "{SENDER}"')
MARKED = TEXT + 'secrecy_markers: [{element: "Subject", contains: "MẬT"}]\n'


class Holder:
    def __init__(self, text: str) -> None:
        self.put(text)

    def put(self, text: str) -> None:
        routes = routes_of(text)
        directory = Directory.build(routes)
        self.plan = Plan(routes, directory, Router(routes, directory), frozenset())


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = in_file(tmp_path / "journal.db")
    yield journal
    journal.close()


@pytest.fixture
def holder() -> Holder:
    return Holder(TEXT)


@pytest.fixture
def ingress(journal: Journal, holder: Holder) -> Ingress:
    return Ingress(journal, holder)


def inbound(
    body: bytes | None = None, *recipients: str, door: str = "api", partner: str = "snv", **more: Any
) -> Inbound:
    data = edoc() if body is None else body
    claim = Claim(hashlib.sha256(data).hexdigest(), len(data), data)
    return Inbound(ReturnAddress(door, partner), read(data), claim, recipients or (RECIPIENT,), **more)


def accept(ingress: Ingress, *args: Any, **more: Any) -> Receipt:
    return ingress.accept(inbound(*args, **more)).result(PATIENCE)


def refusal(ingress: Ingress, *args: Any, **more: Any) -> Rejected:
    error = ingress.accept(inbound(*args, **more)).exception(PATIENCE)
    assert isinstance(error, Rejected)
    return error


def nothing_is_kept(journal: Journal) -> bool:
    with journal.store.reading() as connection:
        tables = (schema.messages, schema.copies, schema.bodies, schema.calls, schema.events)
        return not any(connection.execute(select(func.count()).select_from(table)).scalar() for table in tables)


def test_each_recipient_goes_where_its_rule_says(journal: Journal, ingress: Ingress) -> None:
    """With the rule and the version of the routes that sent it there."""
    receipt = accept(ingress, None, RECIPIENT, OTHER)

    assert reached(journal, receipt) == {RECIPIENT: ("offered", ""), OTHER: ("offered", "")}
    copy = journal.reads.copies(receipt.message_id)[0]
    assert (copy.rule, copy.endpoint, len(copy.routes_version) > 0) == ("inside", "mailbox", True)


def test_the_callers_word_goes_before_the_bodys(journal: Journal, ingress: Ingress) -> None:
    """Where the caller names none, the body's are taken; each once, whatever its spelling."""
    named = accept(ingress, edoc(recipients=[RECIPIENT, OTHER], document_id="VB-2"), OTHER)
    assert list(reached(journal, named)) == [OTHER]
    silent = replace(inbound(status(respond_to=SENDER), partner="stc"), recipients=())
    receipt = ingress.accept(silent).result(PATIENCE)
    assert list(reached(journal, receipt)) == [SENDER]
    twice = accept(ingress, status(code="03"), SENDER, "H62.05", partner="stc")
    assert list(reached(journal, twice)) == [SENDER]


def test_at_a_door_it_is_all_or_nothing_and_every_bad_code_is_named(journal: Journal, ingress: Ingress) -> None:
    """One refusal for all, and nothing is kept."""
    error = refusal(ingress, None, RECIPIENT, "nobody", CLOSED, UNROUTED)

    assert error.details["recipients"] == ["nobody", CLOSED, UNROUTED]
    assert all(code in str(error) for code in ("nobody", CLOSED, UNROUTED, RECIPIENT))
    assert nothing_is_kept(journal)


def test_from_a_source_what_cannot_be_placed_is_dead_with_its_class(journal: Journal, ingress: Ingress) -> None:
    """Accepted all the same: the partner has handed it over."""
    receipt = accept(ingress, None, RECIPIENT, "nobody", CLOSED, partner="", from_source=True)
    states = reached(journal, receipt)

    assert states[RECIPIENT] == ("offered", "")
    assert {state for state, _ in list(states.values())[1:]} == {"dead"}
    assert states[CLOSED][1] == "recipient.closed"
    balanced(journal)


@pytest.mark.parametrize(
    ("text", "more", "code"),
    [
        (TEXT, {"partner": "stc"}, "agency.not_yours"),
        (TEXT, {"secrecy": "secret"}, "secrecy.marked"),
        (TEXT, {"expires_at": 1}, "expired"),
        (ONE_CALL, {}, "body.too_large"),
        (NARROW, {}, "route.none"),
        (MARKED, {"body": edoc(subject="V/v MẬT")}, "secrecy.marked"),
    ],
)
def test_what_may_not_come_in_is_refused_and_not_kept(
    journal: Journal, ingress: Ingress, holder: Holder, text: str, more: dict[str, Any], code: str
) -> None:
    """Not theirs, secret, too late, too large for where it goes, not routed."""
    holder.put(text)

    assert refusal(ingress, more.pop("body", None), **more).code == code
    assert nothing_is_kept(journal)


@pytest.mark.parametrize("text", [ONE_CALL, NARROW, MARKED.replace("MẬT", "thử")])
@pytest.mark.parametrize("key", [None, "k"])
def test_what_was_accepted_before_is_never_refused(
    journal: Journal, ingress: Ingress, holder: Holder, text: str, key: str | None
) -> None:
    """The routes have changed meanwhile: a repeat gets its receipt, by its call or by its content."""
    first = accept(ingress, call_key=key)
    holder.put(text)

    assert replace(accept(ingress, call_key=key), repeated=False) == first
    balanced(journal)


def test_a_repeat_after_its_time_gets_its_receipt(journal: Journal, ingress: Ingress) -> None:
    """The time was for the first."""
    at = journal.clock.now() + MINUTE
    first = accept(ingress, expires_at=at)
    hand(journal).move(61)

    assert accept(ingress, expires_at=at).message_id == first.message_id


def test_a_known_message_with_a_new_recipient_that_nothing_takes_is_refused(journal: Journal, ingress: Ingress) -> None:
    """All or nothing holds for what is added; the first stands."""
    first = accept(ingress)

    assert refusal(ingress, None, RECIPIENT, "nobody").details["recipients"] == ["nobody"]
    assert len(reached(journal, first)) == 1
    balanced(journal)


def test_another_partner_learns_nothing_of_a_message(ingress: Ingress) -> None:
    """Who offers somebody else's document is refused, known or not."""
    accept(ingress)

    assert refusal(ingress, partner="stc").code == "agency.not_yours"


def test_a_closed_journal_is_too_busy(journal: Journal, ingress: Ingress) -> None:
    """The caller should come again."""
    journal.close()

    with pytest.raises(Busy):
        ingress.accept(inbound())
