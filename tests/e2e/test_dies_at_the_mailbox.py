"""SIGKILL while a partner fetches or acknowledges: what it was not told has not happened, or may be repeated."""

from __future__ import annotations

import pytest

from tests.e2e import accounts, partners
from tests.e2e.conftest import Begin
from tests.e2e.lives import Life
from tests.e2e.partners import Broken, Document, document
from tests.e2e.places import FETCHER, Place


def _offered(place: Place) -> tuple[str, Document, str]:
    """A document in the mailbox: its message, itself, its docId there."""
    paper = document("hop-thu", FETCHER)
    message = partners.send(place, paper)
    (doc_id,) = partners.waiting(place)
    return message, paper, doc_id


def _fetched(life: Life, message: str) -> bool:
    return accounts.copies(life, message)["mailbox"]["fetched_at"] is not None


@pytest.mark.parametrize("point", ["fetch_written", "fetch_committed"])
def test_during_get(place: Place, begin: Begin, point: str) -> None:
    """That it was fetched is on disk before the first byte goes out, never after; it waits on and is fetched again."""
    dying = begin(point)
    message, paper, doc_id = _offered(place)
    with pytest.raises(Broken):
        partners.fetch(place, doc_id)
    dying.died()

    life = begin()
    assert _fetched(life, message) == (point == "fetch_committed")
    assert list(partners.waiting(place)) == [doc_id]
    assert partners.fetch(place, doc_id) == paper.body
    assert _fetched(life, message)
    accounts.complete(life, {message: paper})


@pytest.mark.parametrize("point", ["ack_written", "ack_committed"])
def test_during_ack(place: Place, begin: Begin, point: str) -> None:
    """An ack without an answer is repeated; whether or not the first one counted, the copy is delivered once."""
    dying = begin(point)
    message, paper, doc_id = _offered(place)
    partners.fetch(place, doc_id)
    with pytest.raises(Broken):
        partners.ack(place, doc_id)
    dying.died()

    life = begin()
    assert list(partners.waiting(place)) == ([doc_id] if point == "ack_written" else [])
    partners.ack(place, doc_id)
    assert list(partners.waiting(place)) == []
    told = [event["what"] for event in life.ask("trace", id=message)["events"]]
    assert told.count("copy.delivered") == 1
    accounts.complete(life, {message: paper})
