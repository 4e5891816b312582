"""SIGKILL while a document goes out: the endpoint's contract decides what an unknown outcome means (semantics 4)."""

from __future__ import annotations

import pytest

from adapters.rest.sandbox_partner import Mode, Order
from tests.e2e import accounts, partners
from tests.e2e.conftest import Begin
from tests.e2e.lives import Life
from tests.e2e.partners import document
from tests.e2e.places import CONTRACTS, UNATTENDED, Place

OUTWARD = tuple(CONTRACTS.values())


def test_leased_and_nothing_sent(place: Place, begin: Begin) -> None:
    """Row 6, before the first byte: whoever can be asked, or may get it twice, gets it; else it waits for an operator."""
    dying = begin("leased:4")
    paper = document("chua-gui", *OUTWARD)
    message = partners.send(place, paper)
    dying.died()
    assert list(accounts.all_times(place)) == []

    life = begin()
    accounts.settled(life, doubts=1)
    accounts.complete(life, {message: paper}, doubted=["once"])
    assert {name: accounts.times(place, name) for name in CONTRACTS} == {
        "by-id": [1], "asked": [1], "once": [], "twice": [1]
    }  # fmt: skip
    assert accounts.asks(place, "asked") == 1
    _ends_by_hand(life, message, "queued")
    assert accounts.times(place, "once") == [1]


@pytest.mark.parametrize("moment", ["handling", "answered"])
def test_the_partner_has_it(place: Place, begin: Begin, moment: str) -> None:
    """Row 6, the partner has read it all, or has even answered: it is sent again only where it may come twice, under the
    same id; who is asked says yes and gets no second call; else it waits for an operator.
    """
    dying = begin("answered:4" if moment == "answered" else "")
    paper = document("da-gui", *OUTWARD)
    for name in CONTRACTS:
        place.sandbox.order(name, Order(mode=Mode.HANG if moment == "handling" else Mode.OK))
    message = partners.send(place, paper)
    if moment == "handling":
        dying.until(lambda: len(list(accounts.all_times(place))) == len(CONTRACTS), "all partners were at it")
        dying.kill()
    dying.died()
    for name in CONTRACTS:
        place.sandbox.order(name, Order())

    life = begin()
    accounts.settled(life, doubts=1)
    accounts.complete(life, {message: paper}, doubted=["once"])
    assert {name: accounts.times(place, name) for name in CONTRACTS} == {
        "by-id": [2], "asked": [1], "once": [1], "twice": [2]
    }  # fmt: skip
    _ends_by_hand(life, message, "delivered")
    assert accounts.times(place, "once") == [1]


def _ends_by_hand(life: Life, message: str, word: str) -> None:
    """What nobody may decide waits, and says so; the operator's word ends it."""
    doubted = accounts.copies(life, message)["once"]
    assert (doubted["state"], doubted["reason"], doubted["next_at"]) == ("in_doubt", "lease_ended", None)
    life.ask("settle", which={"ids": [doubted["copy"]]}, state=word)
    accounts.settled(life)
    assert accounts.copies(life, message)["once"]["state"] == "delivered"
    accounts.balanced(life)


def test_before_the_settlement_is_on_disk(place: Place, begin: Begin) -> None:
    """Between rows 6 and 7: a settlement that was written and not committed is none, and the contract decides."""
    dying = begin("settle_written:4")
    paper = document("chua-chot", *OUTWARD)
    message = partners.send(place, paper)
    dying.died()

    life = begin()
    accounts.settled(life, doubts=1)
    accounts.complete(life, {message: paper}, doubted=["once"])
    assert {name: accounts.times(place, name) for name in CONTRACTS} == {
        "by-id": [2], "asked": [1], "once": [1], "twice": [2]
    }  # fmt: skip


def test_after_the_settlement(place: Place, begin: Begin) -> None:
    """Row 7: settled is settled, though no ticket was acked: nobody is asked, called or in doubt."""
    dying = begin("settle_committed:4")
    paper = document("da-chot", *OUTWARD)
    message = partners.send(place, paper)
    dying.died()

    life = begin()
    accounts.settled(life)
    accounts.complete(life, {message: paper})
    assert list(accounts.all_times(place)) == [1] * len(CONTRACTS)
    assert accounts.asks(place, "asked") == 0


@pytest.mark.parametrize("point", ["asking", "asked"])
def test_during_the_question(place: Place, begin: Begin, point: str) -> None:
    """A question that died with the process is put again soon: it is no second doubt, and no second call."""
    place.sandbox.order("asked", Order(mode=Mode.DROP_AFTER_READING, times=1))
    dying = begin(point)
    paper = document("dang-hoi", CONTRACTS["asked"])
    message = partners.send(place, paper)
    dying.died()

    life = begin()
    accounts.settled(life)
    accounts.complete(life, {message: paper})
    assert accounts.times(place, "asked") == [1]
    assert accounts.asks(place, "asked") == (2 if point == "asked" else 1)


def test_order_survives(place: Place, begin: Begin) -> None:
    """What was accepted later for a recipient does not overtake a copy in doubt (semantics 6), also after a restart."""
    dying = begin("answered")
    first = document("thu-tu", CONTRACTS["once"])
    message = partners.send(place, first)
    dying.died()

    life = begin()
    later = partners.update(first)
    update = partners.send(place, later)
    assert accounts.copies(life, update)["once"]["state"] == "queued"
    life.ask("settle", which={"ids": [accounts.copies(life, message)["once"]["copy"]]}, state="delivered")
    accounts.settled(life)
    accounts.complete(life, {message: first, update: later})


def test_unattended_contracts_need_no_operator(place: Place, begin: Begin) -> None:
    """Killed again in every later attempt too, a document still arrives by itself under every contract but ``none``."""
    to = [CONTRACTS[name] for name in UNATTENDED]
    paper = document("nhieu-lan", *to)
    dying = begin("answered:3")
    message = partners.send(place, paper)
    dying.died()
    begin("answered:2").died()
    life = begin()
    accounts.settled(life)
    accounts.complete(life, {message: paper})
    assert accounts.times(place, "asked") == [1]
    assert accounts.times(place, "by-id") == accounts.times(place, "twice") == [3]
