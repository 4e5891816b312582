"""What the writer promises: a future that nobody can cancel, and for which hardly any thread waits.

The library's makes a condition for those who may wait, and asks it at each look: a twentieth of what the writer did for
a document. Here only who does wait pays for that. ``concurrent.futures.wait`` and ``as_completed`` know it not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from typing import Any, TypeVar

from bus import log

T = TypeVar("T")

_log = log.get()


class Promise(Future[T]):
    """Kept once, by :meth:`set_result` or :meth:`set_exception`. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept = False
        self._given: Any = None
        self._failed: BaseException | None = None
        self._then: list[Callable[[Future[T]], object]] = []

    def cancel(self) -> bool:
        """What was asked for is done."""
        return False

    def cancelled(self) -> bool:
        """Never."""
        return False

    def running(self) -> bool:
        """Whether it is to be waited for."""
        return not self._kept

    def done(self) -> bool:
        """Whether it was kept."""
        return self._kept

    def add_done_callback(self, fn: Callable[[Future[T]], object]) -> None:
        """Called in the thread that keeps it; at once where it was kept."""
        with self._lock:
            if not self._kept:
                self._then.append(fn)
                return
        self._tell(fn)

    def result(self, timeout: float | None = None) -> T:
        """What was promised, waited for; or raised. Raises TimeoutError after so many seconds."""
        if failed := self.exception(timeout):
            try:
                raise failed
            finally:
                del self, failed  # else the error would hold on to them, and they to it
        given: T = self._given
        return given

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Why it was not kept, waited for; None where it was. Raises TimeoutError after so many seconds."""
        if not self._kept:
            kept = threading.Event()
            self.add_done_callback(lambda _: kept.set())
            if not kept.wait(timeout):
                raise TimeoutError
        return self._failed

    def set_result(self, result: T) -> None:
        """Keep it."""
        self._keep(result, None)

    def set_exception(self, exception: BaseException | None) -> None:
        """Tell why it cannot be kept."""
        self._keep(None, exception)

    def _keep(self, given: T | None, failed: BaseException | None) -> None:
        with self._lock:
            if self._kept:
                raise InvalidStateError
            self._given, self._failed, self._kept = given, failed, True
            then, self._then = self._then, []
        for fn in then:
            self._tell(fn)

    def _tell(self, fn: Callable[[Future[T]], object]) -> None:
        try:
            fn(self)
        except Exception:
            _log.exception("promise.told")
