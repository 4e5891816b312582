"""SIGKILL while a document comes in: without a receipt it may be lost, with one never."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.e2e import accounts, partners
from tests.e2e.conftest import Begin
from tests.e2e.partners import Broken, Document, document
from tests.e2e.places import CONTRACTS, Place

LARGE = 400 << 10


@pytest.mark.parametrize(
    ("point", "door"),
    [("spooling", partners.send_signed), ("renamed", partners.send), ("accept_written", partners.send_signed)],
    ids=["spooling", "renamed", "written"],
)
def test_before_the_commit(place: Place, begin: Begin, point: str, door: partners.Door) -> None:
    """Rows 1 to 3: nothing is known of it and nobody gets it; sent again, it is a new document."""
    paper = document("truoc-khi-ghi", size=LARGE)
    dying = begin(point)
    with pytest.raises(Broken):
        door(place, paper)
    dying.died()

    life = begin()
    assert life.ask("status")["accepted"] == 0
    assert list((place.home / "bodies" / "spool").iterdir()) == []
    message = door(place, paper)
    accounts.settled(life)
    accounts.complete(life, {message: paper})
    assert list(accounts.all_times(place)) == [1] * len(CONTRACTS)


def test_after_the_commit(place: Place, begin: Begin) -> None:
    """Rows 3 and 4: on disk but without a receipt, all of a batch; tickets are issued after the start, and a repeat gets
    the same receipt and no further copy.
    """
    papers = [document(f"da-ghi-{number}") for number in range(4)]
    dying = begin("accept_committed:4")
    _send_at_once(place, papers)
    dying.died()

    life = begin()
    assert life.ask("status")["accepted"] == sum(len(paper.recipients) for paper in papers)
    accounts.settled(life)
    accounts.complete(life, {partners.send(place, paper): paper for paper in papers})
    assert list(accounts.all_times(place)) == [1] * len(CONTRACTS) * len(papers)


def test_in_the_middle_of_a_batch(place: Place, begin: Begin) -> None:
    """A batch is on disk whole or not at all: killed with four documents written and none committed, none is there."""
    papers = [document(f"do-dang-{number}") for number in range(4)]
    dying = begin("accept_written:4")
    _send_at_once(place, papers)
    dying.died()

    life = begin()
    assert life.ask("status")["accepted"] == 0
    accepted = {partners.send(place, paper): paper for paper in papers}
    accounts.settled(life)
    accounts.complete(life, accepted)
    assert list(accounts.all_times(place)) == [1] * len(CONTRACTS) * len(papers)


def test_after_the_ticket(place: Place, begin: Begin) -> None:
    """Row 5: a ticket that died with the process is issued again; what has no lease has left nobody in doubt. Who knows
    documents by their ids gets them without a ticket: it may have been at it.
    """
    paper = document("co-phieu")
    dying = begin("ticket_published")
    with suppress(*Broken):  # the receipt and the end run side by side
        partners.send(place, paper)
    dying.died()

    life = begin()
    accounts.settled(life)
    accounts.complete(life, {partners.send(place, paper): paper})
    times = {name: accounts.times(place, name) for name in CONTRACTS}
    assert times.pop("by-id") in ([1], [2])
    assert list(times.values()) == [[1]] * len(times)


def _send_at_once(place: Place, papers: Sequence[Document]) -> None:
    """From as many callers, none of whom gets an answer."""

    def unanswered(paper: Document) -> bool:
        try:
            partners.send(place, paper)
        except Broken:
            return True
        return False

    with ThreadPoolExecutor(len(papers)) as callers:
        assert all(callers.map(unanswered, papers))
