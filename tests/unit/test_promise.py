"""What the writer promises is a future like any other to those who look at it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError

import pytest

from bus.journal.promise import Promise

PATIENCE = 30.0


def test_who_asks_to_be_told_is_told_once_and_in_order() -> None:
    """Also who asks when it was kept already; one that fails keeps nobody else from being told."""
    promise, told = Promise[int](), list[tuple[str, int]]()

    def teller(name: str) -> Callable[[Future[int]], None]:
        return lambda done: told.append((name, done.result()))

    def failing(_: Future[int]) -> None:
        raise ValueError("a fault")

    promise.add_done_callback(teller("first"))
    promise.add_done_callback(failing)
    promise.add_done_callback(teller("second"))
    assert not told
    promise.set_result(7)
    promise.add_done_callback(failing)
    promise.add_done_callback(teller("late"))

    assert told == [("first", 7), ("second", 7), ("late", 7)]


def test_threads_wait_for_it() -> None:
    """All that do get what was promised."""
    promise, got = Promise[int](), list[int]()
    waiting = [threading.Thread(target=lambda: got.append(promise.result(PATIENCE))) for _ in range(3)]
    for thread in waiting:
        thread.start()
    promise.set_result(7)
    for thread in waiting:
        thread.join(PATIENCE)

    assert got == [7, 7, 7]


def test_a_failure_is_raised_to_who_wants_the_result() -> None:
    """And only told to who asks for it."""
    promise, failure = Promise[int](), ValueError("no")
    promise.set_exception(failure)

    assert promise.exception() is failure
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            promise.result()


def test_nobody_can_cancel_it() -> None:
    """And it is kept once."""
    promise = Promise[int]()

    assert not promise.cancel()
    assert promise.running()
    assert not promise.done()
    with pytest.raises(TimeoutError):
        promise.result(0)
    promise.set_result(7)
    assert promise.done()
    assert not promise.running()
    assert not promise.cancelled()
    with pytest.raises(InvalidStateError):
        promise.set_result(8)
    with pytest.raises(InvalidStateError):
        promise.set_exception(ValueError())
    assert promise.result() == 7


def test_a_loop_can_await_it() -> None:
    """As it awaits the library's."""

    async def awaited() -> int:
        promise = Promise[int]()
        threading.Thread(target=promise.set_result, args=(7,)).start()
        return await asyncio.wrap_future(promise)

    assert asyncio.run(awaited()) == 7


def test_nobody_is_forgotten_while_it_is_kept() -> None:
    """Whoever asks in the very moment is told, and once."""
    for _ in range(200):
        promise, told = Promise[int](), list[int]()
        start = threading.Barrier(2)

        def keep(promise: Promise[int] = promise, start: threading.Barrier = start) -> None:
            start.wait(PATIENCE)
            promise.set_result(7)

        keeper = threading.Thread(target=keep)
        keeper.start()
        start.wait(PATIENCE)
        for _ in range(3):
            promise.add_done_callback(lambda done, told=told: told.append(done.result()))  # type: ignore[misc]
        keeper.join(PATIENCE)
        assert told == [7, 7, 7]
