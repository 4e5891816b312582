"""SIGKILL between the axis and a platform that lets tokens run out, loses answers and says no with HTTP 200.

What comes from the one goes to the other, and once. The axis is polled; nothing that it hands out is lost, whenever the end comes.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from tests.e2e import accounts, partners
from tests.e2e.conftest import Begin
from tests.e2e.lives import Life
from tests.e2e.places import FETCHER
from tests.e2e.provinces import ONCE, ProvincePlace, province
from tests.messages import edoc
from tests.roads import BO

#: A no that says nothing of the document, inside a 200.
_REFUSED = Order(mode=Mode.REFUSE, code="20", call="sendEdoc", times=3)
#: So few at a time that no breaker opens: how long one stays open is another test's matter.
_BAD_DAYS = (
    Order(),
    _REFUSED,
    Order(mode=Mode.HANG, call="sendEdoc"),
    Order(mode=Mode.DENY, times=2),
    *(Order(mode=mode, call="sendEdoc", times=3) for mode in (Mode.LOST, Mode.FAULT, Mode.HTML, Mode.EMPTY, Mode.BUSY)),
    Order(mode=Mode.HTML, call="token", times=2),
)
_POLLED = ("getReceivedEdocList", "getEdoc", "updateStatus")
_AXIS_BAD_DAYS = (
    Order(),
    *(Order(mode=mode, call=call, times=2) for mode in (Mode.LOST, Mode.FAULT) for call in _POLLED),
)
#: Seconds after which the end comes, at the most.
_LONGEST = 1.5


@pytest.fixture
def place(tmp_path: Path) -> Iterator[ProvincePlace]:
    """In place of the fixture of this folder: ``begin`` begins lives here."""
    with province(tmp_path) as place:
        yield place


def test_what_comes_from_the_axis_arrives_once(place: ProvincePlace, begin: Begin) -> None:
    """Killed when it is accepted and the axis not told, when the platform is at it, when a refusal inside a 200 is written
    down; then answers are lost. Before each, the platform forgets its tokens.
    """
    place.arrive()
    Life(place, "accept_committed").died()

    place.platform.order(Order(mode=Mode.HANG, call="sendEdoc"))
    life = begin()
    # Called, not there: a token that ran out on the way is refused by an answer that hangs like the others.
    life.until(lambda: place.calls("sendEdoc") >= len(place.wanted), "the platform was called for them all")
    life.until(place.acked, "the axis was told of them all")
    place.forget()
    life.kill()

    place.platform.order(_REFUSED)
    place.arrive(1)
    Life(place, "settle_written").died()

    place.forget()
    place.platform.order(Order(mode=Mode.LOST, call="sendEdoc", times=2))
    place.axis.order(Order(mode=Mode.LOST, call="updateStatus", times=1))
    life = begin()
    place.arrive(1)
    _arrived_once(place, life)
    assert place.tokens() >= 3


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1, 5))
def test_many_times(place: ProvincePlace, begin: Begin, seed: int) -> None:
    """The same with ten deaths at random moments, and both neighbours misbehaving in any way they can."""
    fate = random.Random(seed)
    for _ in range(10):
        place.platform.order(fate.choice(_BAD_DAYS))
        place.axis.order(fate.choice(_AXIS_BAD_DAYS))
        life = begin()
        place.arrive()
        threading.Event().wait(fate.uniform(0, _LONGEST))
        place.forget()
        life.kill()
    place.platform.order(Order())
    place.axis.order(Order())
    _arrived_once(place, begin())


def test_what_comes_from_the_platform_arrives_once(place: ProvincePlace, begin: Begin) -> None:
    """Killed when it was said to be done and nobody heard the answer: it is in its recipient's mailbox, and once."""
    body = edoc(BO, (FETCHER,))
    place.platform.order(Order(mode=Mode.HANG, call="updateStatus"))
    place.platform.tell(lambda played: played.shelves.offer(body))
    life = begin()
    life.until(lambda: place.calls("updateStatus") >= 1, "it was said to be done")
    life.kill()

    place.platform.tell(lambda played: setattr(played.shelves.offered[0], "state", "initial"))
    place.platform.order(Order())
    life = begin()
    life.until(lambda: place.calls("updateStatus") >= 2, "it was said again")
    (doc_id,) = partners.waiting(place)
    assert partners.fetch(place, doc_id) == body
    accounts.balanced(life)


def _arrived_once(place: ProvincePlace, life: Life) -> None:
    """Wait until it has: what is in doubt was shown to an operator, who looked at what the platform has, and said so."""
    life.until(lambda: len(_accepted(life)) == len(place.wanted), "everything was accepted")
    life.until(place.acked, "the axis was told of it all")
    accounts.settled_but_for_operators(life)
    for doubt in life.ask("doubts", which={"endpoint": "once"})["copies"]:
        assert doubt["operator"]
        digest, _ = place.wanted[doubt["document_id"]]
        known = "delivered" if digest in place.went_up() else "queued"
        life.ask("settle", which={"ids": [doubt["copy"]]}, state=known, reason="seen at the platform")
    accounts.settled(life)

    assert accounts.balanced(life) == {"delivered": len(place.wanted)}
    assert {one["document_id"] for one in _accepted(life)} == place.wanted.keys()
    went_up = place.went_up()
    assert went_up.keys() == {digest for digest, _ in place.wanted.values()}
    assert all(went_up[digest] == 1 for digest, recipient in place.wanted.values() if recipient == ONCE)


def _accepted(life: Life) -> list[dict[str, Any]]:
    """The copies there are."""
    return list(life.ask("messages", which={"limit": 1000})["copies"])
