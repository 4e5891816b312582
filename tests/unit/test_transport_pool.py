"""The pool lends one thing to one user, and nothing that lay idle too long."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bus.transport.pool import KEEP, Pool


class Shop:
    """Makes numbers, and remembers which were thrown away. Time stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0
        self.discarded: list[int] = []
        numbers = itertools.count()
        self.pool: Pool[int] = Pool(lambda: next(numbers), self.discarded.append, lambda: self.now)

    def use(self, key: str = "a") -> int:
        with self.pool.lent(key) as thing:
            return thing


def test_a_returned_thing_is_lent_again() -> None:
    """One after another, users of a key share a thing; other keys have their own."""
    shop = Shop()
    assert [shop.use("a"), shop.use("a"), shop.use("b"), shop.use("a")] == [0, 0, 1, 0]
    assert shop.discarded == []


def test_two_users_at_once_have_two() -> None:
    """Nothing is lent twice at a time; the freshest comes first."""
    shop = Shop()
    with shop.pool.lent("a") as first, shop.pool.lent("a") as second:
        assert (first, second) == (0, 1)
    assert shop.use() == 0


def test_what_failed_is_thrown_away() -> None:
    """A thing that was in use when something went wrong is not trusted again."""
    shop = Shop()
    with pytest.raises(RuntimeError), shop.pool.lent("a"):
        raise RuntimeError
    assert shop.discarded == [0]
    assert shop.use() == 1


def test_what_lay_idle_is_thrown_away() -> None:
    """The limit itself is still good; past it a new one is made."""
    shop = Shop()
    shop.use()
    shop.now += KEEP
    assert shop.use() == 0
    shop.now += KEEP * 1.01
    assert shop.use() == 1
    assert shop.discarded == [0]


def test_a_busy_key_sheds_what_it_no_longer_needs() -> None:
    """After a peak the surplus goes while the rest stays in use."""
    shop = Shop()
    with shop.pool.lent("a"), shop.pool.lent("a"):
        pass
    shop.now += KEEP * 0.6
    assert shop.use() == 0
    shop.now += KEEP * 0.6
    assert shop.use() == 0
    assert shop.discarded == [1]


def test_closing_throws_all_away() -> None:
    """What is idle goes at once, what is lent when it comes back; twice is once."""
    shop = Shop()
    shop.use("b")
    with shop.pool.lent("a"):
        shop.pool.close()
        shop.pool.close()
        assert shop.discarded == [0]
    assert shop.discarded == [0, 1]


def test_threads_never_share() -> None:
    """Under many threads each thing has one user at a time, and no more are made than there are threads."""
    shop = Shop()
    in_use: set[int] = set()
    lock = threading.Lock()

    def work(_: int) -> int:
        with shop.pool.lent("a") as thing:
            with lock:
                assert thing not in in_use
                in_use.add(thing)
            with lock:
                in_use.remove(thing)
            return thing

    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(work, range(2000)))
    assert len(made) <= 8
