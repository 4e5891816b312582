"""The verbs of replays, which send many copies again as a plan; each as a future that is done when its effect is on disk."""

from __future__ import annotations

from concurrent.futures import Future

from bus.journal import release, replays
from bus.journal.committer import Committer
from bus.journal.operate import Done


class Replaying:
    """What a plan is told, from its making to its end."""

    def __init__(self, committer: Committer, place: int, place_of_notes: int) -> None:
        self._committer = committer
        #: Where these verbs come within a batch.
        self._place, self._notes = place, place_of_notes

    def begin(self, draft: replays.Draft) -> Future[None]:
        """Open a plan that has nothing in it yet."""
        return self._committer.submit(replays.begin, draft, self._notes)

    def freeze(self, portion: replays.Portion) -> Future[frozenset[str]]:
        """Put copies into a plan that is being made; which of them went in."""
        return self._committer.submit(replays.freeze, portion, self._notes)

    def say(self, word: replays.Word) -> Future[replays.Replay]:
        """Have a plan do as it is told; as it is then. Raises NotFound, IllegalMove."""
        return self._committer.submit(replays.say, word, self._place)

    def release(self, request: release.Release) -> Future[list[Done]]:
        """Send copies of a plan whose turn it is; what was done with each."""
        return self._committer.submit(release.release, request, self._place)

    def note_outcomes(self, replay: str) -> Future[int]:
        """Note what became of copies of a plan that went; of how many that is known now."""
        return self._committer.submit(release.note_outcomes, replay, self._notes)

    def let_go(self, replay: str) -> Future[int]:
        """Let go of copies of a plan that was stopped; how many."""
        return self._committer.submit(release.let_go, replay, self._notes)
