"""The way back where something is odd: contents in conflict, names that changed, documents in circles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.operate import Order
from bus.journal.states import State
from bus.placing import RETURN
from tests.journals import PATIENCE, ack, balanced, fetch, in_file, lease, only, send, settle, state, taken
from tests.messages import edoc, status
from tests.unit.test_ingress import Holder
from tests.unit.test_way_back import (
    FETCHES,
    MINISTRY,
    ONE,
    PUSHED,
    STRANGER,
    TEXT,
    accept,
    by,
    copies,
    fetched,
    ways,
)

ALIASED = f'["{FETCHES}"], aliases: {{"{FETCHES}": ["H62.05"]}}'
TURNED = TEXT.replace(ALIASED, f'["H62.05"], aliases: {{"H62.05": ["{FETCHES}"]}}')
RENAMED = TEXT.replace(
    f'pushed: {{agencies: ["{PUSHED}"]}}', f'pushed: {{agencies: ["P"], aliases: {{P: ["{PUSHED}"]}}}}'
)


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


def test_a_conflict_changes_no_way_back(journal: Journal, ingress: Ingress) -> None:
    """Another content under its DocumentId, held, is not the document that statuses are about."""
    document = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))
    other = accept(ingress, fetched(edoc(FETCHES, [ONE], "VB-1", subject="V/v khác")))
    assert [copy.reason for copy in copies(journal, other)] == ["conflict"]

    answer = accept(ingress, by("pushed", status(PUSHED, FETCHES, "VB-1")))
    assert ways(journal, answer) == [(FETCHES, "mailbox", RETURN, "offered")]
    assert journal.reads.copies(document.message_id)[0].state == "queued"


CLOSED = TEXT.replace("partners:", f'agencies:\n  "{FETCHES}": {{closed: 2025-07-01}}\npartners:')
UNDER_ANOTHER = TEXT.replace("  fetches: {", "  so-noi-vu: {")
GONE = TEXT.replace(ALIASED, '["000.00.44.H62"]')


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (CLOSED, (FETCHES, "mailbox", RETURN, "offered")),
        (UNDER_ANOTHER, (FETCHES, "mailbox", RETURN, "offered")),
        (GONE, (FETCHES, "other-axis", "outside", "queued")),
    ],
)
def test_a_status_finds_the_agency_whatever_the_routes_say_now(
    journal: Journal, ingress: Ingress, holder: Holder, text: str, way: tuple[str, str, str, str]
) -> None:
    """A closed code is still told of what it sent, by whoever acts for it now; only for one that is no longer ours the
    rules decide.
    """
    accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))
    holder.put(text)

    assert ways(journal, accept(ingress, by("pushed", status(PUSHED, FETCHES, "VB-1")))) == [way]


def test_where_the_way_back_is_gone_nothing_is_echoed(journal: Journal, ingress: Ingress, holder: Holder) -> None:
    """The rules lead a status to the very axis it came by: an operator looks first."""
    accept(ingress, fetched(edoc(MINISTRY, [FETCHES], "VB-1")))
    holder.put(TEXT.replace("  axis: {kind: polled, url: x}\n", ""))

    receipt = accept(ingress, fetched(status(FETCHES, MINISTRY, "VB-1"), endpoint="other-axis"))
    assert ways(journal, receipt) == [(MINISTRY, "other-axis", "outside", "held")]


def test_changes_of_a_change_stay_in_one_lane(journal: Journal, ingress: Ingress) -> None:
    """What replaced a document waits in that one's lane, and so does all that is about it."""
    first = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))
    replaces = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-2", "replace", target="VB-1")))
    update = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-2", "update")))

    assert only(journal, replaces).lane == only(journal, first).lane
    assert only(journal, update).lane == only(journal, first).lane


def test_a_replayed_change_joins_the_lane(journal: Journal, ingress: Ingress, holder: Holder) -> None:
    """It was born without a way; once it has one, it waits behind what it changes."""
    accept(ingress, fetched(edoc(MINISTRY, [PUSHED], "VB-1")))
    replaces = accept(ingress, fetched(edoc(MINISTRY, [PUSHED], "VB-2", "replace", target="VB-1")))
    holder.put(CLOSED.replace(f'"{FETCHES}": {{closed', f'"{PUSHED}": {{closed'))
    update = accept(ingress, fetched(edoc(MINISTRY, [PUSHED], "VB-2", "update")))
    (lost,) = Browse(journal.store).copies_of(update.message_id)
    holder.put(TEXT)

    ways = {lost.copy.id: ingress.place_again(lost.event, PUSHED)}
    journal.operate("replay", Order((lost.copy.id,), "an", ways=ways)).result(PATIENCE)
    assert (lost.copy.reason, state(journal, update)) == ("recipient.closed", "queued")
    assert only(journal, update).lane == only(journal, replaces).lane


def test_a_recall_of_what_replaced_waits_for_its_call(journal: Journal, ingress: Ingress) -> None:
    """It must not arrive before what it takes back."""
    first = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))
    send(journal, first)
    replaces = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-2", "replace", target="VB-1")))
    under_way = taken(journal, replaces)
    back = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-2", "recall")))

    assert lease(journal, back) is None
    settle(journal, under_way, State.DELIVERED)
    assert lease(journal, back) is not None


@pytest.mark.parametrize("text", [TURNED, RENAMED])
def test_a_recall_finds_the_call_it_waits_for_under_new_names(
    journal: Journal, ingress: Ingress, holder: Holder, text: str
) -> None:
    """Whichever agency changed its spelling meanwhile: it waits, and is spared where nothing went."""
    document = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))
    under_way = taken(journal, document)
    holder.put(text.replace(f'recipient: "{PUSHED}"', "recipient: {partner: pushed}"))
    back = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1", "recall")))

    assert lease(journal, back) is None
    settle(journal, under_way, State.WAITING, until=journal.clock.now())
    assert [(only(journal, one).state, only(journal, one).reason) for one in (document, back)] == [
        ("cancelled", "recalled"),
        ("cancelled", "nothing_to_recall"),
    ]


def test_a_recall_goes_to_who_has_a_change_of_another_spelling(
    journal: Journal, ingress: Ingress, holder: Holder
) -> None:
    """The document did not arrive; its update lies in a mailbox and was fetched: there is something to take back."""
    document = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))
    under_way = taken(journal, document)
    holder.put(TURNED.replace("to: push}", "to: mailbox}"))
    update = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1", "update")))
    fetch(journal, only(journal, update), PUSHED)
    holder.put(TURNED)
    back = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1", "recall")))
    settle(journal, under_way, State.WAITING, until=journal.clock.now())

    assert [state(journal, one) for one in (document, update, back)] == ["cancelled", "offered", "queued"]


def test_who_has_a_document_in_a_circle_keeps_it(journal: Journal, ingress: Ingress) -> None:
    """What was fetched has gone out: its recipient may still say what became of it."""
    body = edoc(MINISTRY, [FETCHES], "VB-1")
    receipt = accept(ingress, fetched(body))
    copy = fetch(journal, only(journal, receipt), FETCHES)
    for _ in range(4):
        accept(ingress, fetched(body))

    assert state(journal, receipt) == "offered"
    assert ack(journal, copy, FETCHES).state == "delivered"


def test_a_13_to_nobody_in_particular_takes_back_what_its_receivers_have(journal: Journal, ingress: Ingress) -> None:
    """It names no agency; those the caller sends it to are meant, and the document stands for all others."""
    document = accept(ingress, by("fetches", edoc(FETCHES, [PUSHED, ONE], "VB-1")))
    accept(ingress, by("fetches", status(FETCHES, "", "VB-1", "13"), PUSHED))

    assert {copy.recipient: copy.state for copy in copies(journal, document)} == {PUSHED: "cancelled", ONE: "offered"}


def test_a_source_is_not_the_bus_whatever_its_name(journal: Journal, ingress: Ingress, holder: Holder) -> None:
    """Only what the bus itself says may be about any document."""
    holder.put(TEXT.replace("  axis: {kind: polled, url: x}", "  bus: {kind: polled, url: x}"))
    accept(ingress, by("fetches", edoc(FETCHES, [PUSHED], "VB-1")))

    receipt = accept(ingress, fetched(status(STRANGER, FETCHES, "VB-1"), endpoint="bus"))
    assert [copy.reason for copy in copies(journal, receipt)] == ["not_your_document"]


def test_a_replayed_status_finds_its_way_back_under_a_new_name(
    journal: Journal, ingress: Ingress, holder: Holder
) -> None:
    """Its document came by the axis from an agency that goes by another code now: it still goes there."""
    accept(ingress, fetched(edoc(MINISTRY, [FETCHES], "VB-1")))
    answer = accept(ingress, fetched(status(STRANGER, MINISTRY, "VB-1"), endpoint="other-axis"))
    (event,) = [one.event for one in Browse(journal.store).copies_of(answer.message_id)]
    holder.put(TEXT.replace("partners:", f'agencies:\n  G22: {{old_code: "{MINISTRY}"}}\npartners:'))

    way = ingress.place_again(event, MINISTRY).placement
    assert (way.recipient, way.endpoint, way.rule) == ("G22", "axis", RETURN)
