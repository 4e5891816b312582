"""SIGKILL at any moment under load, again and again in one home; the account is drawn at the end."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from adapters.rest.sandbox_partner import Mode, Order
from tests.e2e import accounts, partners
from tests.e2e.conftest import Begin
from tests.e2e.lives import Life
from tests.e2e.partners import Broken, Document, document
from tests.e2e.places import CONTRACTS, FETCHER, Place

_SENDERS = 4
_LARGE = 300 << 10
#: Seconds of load before the end comes, at the most.
_LONGEST = 1.5
#: So few at a time that no breaker opens: how long one stays open is another test's matter.
_BAD_DAYS = (
    Order(mode=Mode.SLOW, seconds=0.3, times=20),
    Order(mode=Mode.BUSY, seconds=0, times=3),
    Order(mode=Mode.DROP_AFTER_READING, times=3),
    Order(mode=Mode.DROP_BEFORE_READING, times=3),
)


class Office:
    """A sender's desk: every document goes out until it has a receipt, however often the bus dies meanwhile."""

    def __init__(self, place: Place, name: str, fate: random.Random) -> None:
        self._place = place
        self._name = name
        self._fate = fate
        self._count = 0
        #: Documents that were tried and have no receipt.
        self._open: list[Document] = []
        self.receipts: dict[str, Document] = {}

    def work(self, alive: threading.Event) -> None:
        """Send as long as the bus is alive."""
        while alive.is_set():
            try:
                self.send(self._open[0] if self._open else self._write())
            except Broken:
                alive.clear()

    def catch_up(self) -> None:
        """Send again what has no receipt."""
        while self._open:
            self.send(self._open[0])

    def send(self, paper: Document) -> None:
        door = partners.DOORS[len(self.receipts) % len(partners.DOORS)]
        self.receipts[door(self._place, paper)] = paper
        self._open.remove(paper)

    def _write(self) -> Document:
        self._count += 1
        recipients = self._fate.sample([FETCHER, *CONTRACTS.values()], self._fate.randint(1, 3))
        size = _LARGE if self._fate.random() < 0.1 else 0
        self._open.append(document(f"{self._name}-{self._count}", *recipients, size=size))
        return self._open[-1]


def _rounds(place: Place, begin: Begin, seed: int, rounds: int, bad_days: Sequence[Order] = ()) -> None:
    """So many lives under load, each killed at a random moment, and a last one in which everything arrives."""
    fate = random.Random(seed)
    offices = [Office(place, f"phong-{seed}-{number}", random.Random(seed + number)) for number in range(_SENDERS)]
    for _ in range(rounds):
        for name in CONTRACTS if bad_days else ():
            place.sandbox.order(name, fate.choice(bad_days))
        life = begin()
        with _at_work(offices) as alive:
            life.until(lambda: any(office.receipts for office in offices), "anything was accepted")
            threading.Event().wait(fate.uniform(0, _LONGEST))
            assert alive.is_set()
            life.kill()
    _end(place, begin(), offices)


@contextmanager
def _at_work(offices: Sequence[Office]) -> Iterator[threading.Event]:
    """All of them, until the bus dies."""
    alive = threading.Event()
    alive.set()
    threads = [threading.Thread(target=office.work, args=(alive,)) for office in offices]
    for thread in threads:
        thread.start()
    try:
        yield alive
    finally:
        alive.clear()
        for thread in threads:
            thread.join()


def _end(place: Place, life: Life, offices: Sequence[Office]) -> None:
    for name in CONTRACTS:
        place.sandbox.order(name, Order())
    for office in offices:
        office.catch_up()
    accounts.settled_but_for_operators(life)
    accepted = {message: paper for office in offices for message, paper in office.receipts.items()}
    accounts.complete(life, accepted, doubted=["once"])


def test_a_few_times(place: Place, begin: Begin) -> None:
    """Nothing with a receipt is lost, changed, or there twice where it may not be, whenever the end comes."""
    _rounds(place, begin, seed=20260302, rounds=2)


def test_with_partners_that_misbehave(place: Place, begin: Begin) -> None:
    """The same with partners that are slow or busy, or hang up before or after they have read."""
    _rounds(place, begin, seed=20260303, rounds=2, bad_days=_BAD_DAYS)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize("bad_days", [(), _BAD_DAYS], ids=["good-days", "bad-days"])
def test_many_times(place: Place, begin: Begin, seed: int, bad_days: Sequence[Order]) -> None:
    """Ten deaths in one home, under other fates."""
    _rounds(place, begin, seed=seed, rounds=10, bad_days=bad_days)
