"""A backup made while documents come in, and a home made of it later: nothing is lost to it, and nothing goes twice by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.rest.sandbox_partner import Mode, Order
from tests.clis import bus
from tests.e2e import accounts, partners, places
from tests.e2e.conftest import Begin
from tests.e2e.lives import Life
from tests.e2e.partners import document
from tests.e2e.places import CONTRACTS, Place

OUTWARD = tuple(CONTRACTS.values())


@pytest.fixture
def elsewhere(place: Place, tmp_path: Path) -> Place:
    """Another machine, whose partners are the same. Nothing is on it but routes."""
    (tmp_path / "elsewhere").mkdir()
    other = Place(tmp_path / "elsewhere", place.sandbox, places.free_port())
    other.write_routes()
    return other


@pytest.fixture
def again(elsewhere: Place) -> Iterator[Callable[[], Life]]:
    """Begins the bus there."""
    lives: list[Life] = []

    def start() -> Life:
        lives.append(Life(elsewhere))
        return lives[-1].begun()

    yield start
    for life in lives:
        life.close()


@contextmanager
def pressed(place: Place, accepted: dict[str, partners.Document]) -> Iterator[None]:
    """Documents come in all the time, large ones among them; each stands in ``accepted`` when it has its receipt."""
    over = threading.Event()

    def press() -> None:
        number = 0
        while not over.is_set():
            number += 1
            paper = document(f"dang-den-{number}", *OUTWARD, size=300_000 if number % 5 == 0 else 0)
            accepted[partners.send(place, paper)] = paper

    sender = threading.Thread(target=press)
    sender.start()
    try:
        yield
    finally:
        over.set()
        sender.join()


def order_all(place: Place, mode: Mode) -> None:
    for name in CONTRACTS:
        place.sandbox.order(name, Order(mode=mode))


def calls(place: Place) -> int:
    """How many documents partners got, counted as often as they came."""
    return sum(accounts.all_times(place))


def test_yesterday_s_backup_sends_nothing_on_its_own(
    place: Place, elsewhere: Place, begin: Begin, again: Callable[[], Life], tmp_path: Path
) -> None:
    """What was accepted before it is there; what partners got since is found out by asking, and the rest goes when an
    operator says so.
    """
    life = begin()
    order_all(place, Mode.BUSY)
    before = {partners.send(place, paper): paper for paper in [document(f"truoc-{n}", *OUTWARD) for n in range(4)]}
    accepted = dict(before)
    with pressed(place, accepted):
        life.until(lambda: len(accepted) > 10, "documents came in")
        made = bus("backup", tmp_path / "backup", "--with-secrets", "--home", place.home)
    assert made.code == 0, made.err
    assert bus("backup", tmp_path / "backup", "--verify").code == 0
    order_all(place, Mode.OK)
    accounts.settled_but_for_operators(life)
    life.kill()
    went = calls(place)
    assert went >= len(accepted) * len(CONTRACTS) - len(accepted)

    assert bus("restore", tmp_path / "backup", "--home", elsewhere.home).code == 0
    restored = again()
    doubts = restored.ask("status")["recovery"]["in_doubt"]
    assert doubts >= len(before) * len(CONTRACTS)
    new = document("sau-khi-phuc-hoi", *OUTWARD)
    message = partners.send(elsewhere, new)
    asks = accounts.asks(place, "asked")
    restored.ask("ask_restored")
    restored.until(lambda: not _doubts(restored)["asked"], "the partner had answered")
    assert accounts.asks(place, "asked") > asks
    restored.kill()

    restored = again()
    assert all(copy["state"] == "queued" for copy in accounts.copies(restored, message).values())
    assert calls(place) == went
    for known in before:
        assert len(accounts.copies(restored, known)) == len(CONTRACTS)
    told = restored.ask("release_restored", all=True, dry_run=True)
    assert {row["endpoint"]: row["may_arrive_twice"] > 0 for row in told["endpoints"]} == {
        "mailbox": False, "by-id": False, "asked": False, "once": True, "twice": True
    }  # fmt: skip
    assert calls(place) == went
    restored.ask("release_restored", all=True, reason="asked them")
    accounts.settled_but_for_operators(restored)
    assert restored.ask("status")["recovery"] is None
    assert all(count == 1 for count in accounts.times(place, "asked"))
    assert accounts.copies(restored, message)["asked"]["state"] == "delivered"
    accounts.balanced(restored)


def _doubts(life: Life) -> dict[str, int]:
    return {row["endpoint"]: row["in_doubt"] for row in life.ask("recovery")["endpoints"]}
