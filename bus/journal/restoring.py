"""The verbs of a recovery, from the restored backup to its end, each as a future that is done when its effect is on disk."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TypeVar

from bus.journal import restored
from bus.journal.committer import Committer
from bus.journal.recoveries import Recoveries

T = TypeVar("T")


class Restoring:
    """What a journal that came from a backup is told, a step after the other."""

    def __init__(self, committer: Committer, recoveries: Recoveries, place: int) -> None:
        self._committer = committer
        self._recoveries = recoveries
        #: Where these verbs come within a batch.
        self._place = place

    def begin(self, restore: restored.Restore) -> Future[None]:
        """Say that this journal was restored from a backup: nothing is sent any more."""
        return self._changed(self._committer.submit(restored.begin, restore, self._place))

    def doubt(self) -> None:
        """Doubt what was open at the backup, where that is not done yet. Returns when it is."""
        standing = self._recoveries.standing()
        after = 0 if standing and not standing.doubted else None
        while after is not None:
            after = self._committer.submit(restored.doubt, after, self._place).result()

    def ask(self, ask: restored.Ask) -> Future[str | None]:
        """Make questions about restored copies due; where the next portion begins."""
        return self._committer.submit(restored.ask, ask, self._place)

    def release(self, release: restored.Release) -> Future[str | None]:
        """Let restored copies go on; where the next portion begins."""
        return self._committer.submit(restored.release, release, self._place)

    def open_up(self, release: restored.Release) -> Future[int]:
        """Send to an endpoint again, once this gives 0."""
        return self._changed(self._committer.submit(restored.open_up, release, self._place))

    def end(self, by: str) -> Future[None]:
        """Say that the recovery is over."""
        return self._changed(self._committer.submit(restored.end, by, self._place))

    def _changed(self, future: Future[T]) -> Future[T]:
        future.add_done_callback(lambda _done: self._recoveries.look_again())
        return future
