"""SIGKILL while the routes change or the bus stops: there is no moment at which less is kept."""

from __future__ import annotations

import signal

import pytest

from adapters.rest.sandbox_partner import Mode, Order
from tests.e2e import accounts, partners
from tests.e2e.conftest import Begin
from tests.e2e.partners import document
from tests.e2e.places import CONTRACTS, Place


def test_during_a_reload(place: Place, begin: Begin) -> None:
    """Routes that were noted and not yet in force are in force after the start, whole; nothing accepted is lost."""
    dying = begin("routes_noted")
    before = dying.ask("status")["routes_version"]
    papers = [document(f"doi-tuyen-{number}", *CONTRACTS.values()) for number in range(3)]
    accepted = partners.sent(place, papers)
    accounts.settled(dying)
    place.write_routes("# changed\n")
    dying.died()

    life = begin()
    assert life.ask("status")["routes_version"] != before
    later = document("doi-tuyen-xong", *CONTRACTS.values())
    accepted[partners.send(place, later)] = later
    accounts.settled(life)
    accounts.complete(life, accepted)
    assert list(accounts.all_times(place)) == [1] * len(CONTRACTS) * len(accepted)


@pytest.mark.parametrize("point", ["draining", "closing"])
def test_during_the_stop(place: Place, begin: Begin, point: str) -> None:
    """A stop that is cut short is a death like any other: calls under way are in doubt and the contracts decide."""
    dying = begin(point)
    for name in CONTRACTS:
        place.sandbox.order(name, Order(mode=Mode.HANG))
    paper = document("dung-do-dang")
    message = partners.send(place, paper)
    dying.until(lambda: len(list(accounts.all_times(place))) == len(CONTRACTS), "all partners were at it")
    code, _ = dying.terminate()
    assert code == -signal.SIGKILL
    _behave(place)

    life = begin()
    accounts.settled(life, doubts=1)
    accounts.complete(life, {message: paper}, doubted=["once"])
    assert {name: accounts.times(place, name) for name in CONTRACTS} == {
        "by-id": [2], "asked": [1], "once": [1], "twice": [2]
    }  # fmt: skip


def test_a_stop_in_order(place: Place, begin: Begin) -> None:
    """SIGTERM, to the command itself, with calls that never end: over within ten seconds, exit 0, nothing left in
    ``sending``, the account balanced; what could not be waited for is in doubt, what was not begun is queued, and none
    of it is held against the partners.
    """
    life = begin(fresh=True)
    for name in CONTRACTS:
        place.sandbox.order(name, Order(mode=Mode.HANG))
    papers = [document(f"dung-han-{number}") for number in range(30)]
    accepted = partners.sent(place, papers)
    code, seconds = life.terminate()
    assert code == 0
    assert seconds < 10
    states = accounts.at_rest(place)
    assert set(states) <= {"offered", "queued", "in_doubt"}
    assert states["offered"] == len(papers)

    doubts = len(accounts.times(place, "once"))
    _behave(place)
    after = begin()
    assert {one["breaker"] for one in after.ask("status")["endpoints"]} == {"closed"}
    accounts.settled(after, doubts=doubts)
    accounts.complete(after, accepted, doubted=["once"])


def test_a_stop_in_order_waits_for_calls(place: Place, begin: Begin) -> None:
    """Calls that end in time are settled: nobody is asked or called again after the start."""
    life = begin()
    for name in CONTRACTS:
        place.sandbox.order(name, Order(mode=Mode.SLOW, seconds=1.0))
    papers = [document(f"dung-cho-{number}") for number in range(4)]
    accepted = partners.sent(place, papers)
    life.until(lambda: len(list(accounts.all_times(place))) > 0, "somebody was at it")
    code, _ = life.terminate()
    assert code == 0
    assert set(accounts.at_rest(place)) <= {"offered", "queued", "delivered"}
    _behave(place)

    after = begin()
    accounts.settled(after)
    accounts.complete(after, accepted)
    assert list(accounts.all_times(place)) == [1] * len(CONTRACTS) * len(papers)


def _behave(place: Place) -> None:
    for name in CONTRACTS:
        place.sandbox.order(name, Order())
