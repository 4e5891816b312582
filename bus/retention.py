"""How long things are kept: one round a day, in portions, beside the work (semantics 12).

Bodies go before what is told of them, and what goes is in the archive first, where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from bus import log, standstill
from bus.archive import Archive
from bus.claimcheck import ClaimCheck, remove_unclaimed
from bus.clock import MICROS, Clock, micros
from bus.config import RoutesFile, Settings
from bus.journal import Journal, legal
from bus.journal.purge import AT_MOST, Old
from bus.keeping import Due, Keeping

_log = log.get()
#: What was owed and closed is kept longer than anything is opened behind its deadline, or it would be opened again.
_EXPECTED = timedelta(days=400)


def keeping_of(routes: RoutesFile | None, settings: Settings) -> Keeping:
    """The rules of retention by these routes; by the settings alone where none can be read."""
    return Keeping(routes.retention if routes else {}, settings.keep_bodies, settings.keep_events)


class Retention:
    """Removes what its time has passed for."""

    def __init__(
        self,
        journal: Journal,
        claims: ClaimCheck,
        clock: Clock,
        settings: Settings,
        routes: Callable[[], RoutesFile | None] = lambda: None,
        uploads: Callable[[], int] = lambda: 0,
    ) -> None:
        self._journal = journal
        self._claims = claims
        self._clock = clock
        self._settings = settings
        self._routes = routes
        self._uploads = uploads

    def round(self) -> None:
        """Everything once."""
        now = self._clock.now()
        self._journal.withholding.clear()
        calls = self._repeat("calls", Old(now - micros(self._settings.keep_calls)))
        refusals = self._repeat("refusals", Old(now - micros(self._settings.keep_events)))
        expected = self._repeat("expectations", Old(now - micros(max(self._settings.keep_events, _EXPECTED))))
        messages, bodies = self._messages(keeping_of(self._routes(), self._settings), now)
        unclaimed, uploads = self._unclaimed(now - micros(self._settings.keep_unclaimed)), self._uploads()
        _log.info(
            "retention.done", calls=calls, refusals=refusals, expected=expected, messages=messages, bodies=bodies, unclaimed=unclaimed,
            uploads=uploads,
        )  # fmt: skip

    def _repeat(self, verb: str, old: Old) -> int:
        total = 0
        while moved := self._journal.purge(verb, old).result():
            total += moved
            if moved < AT_MOST:
                break
        return total

    def _messages(self, keeping: Keeping, now: int) -> tuple[int, int]:
        """How many messages were blanked, and how many bodies given up."""
        messages = bodies = 0
        for portion in self._journal.ageing.portions(now - keeping.shortest()):
            due = [one for one in (keeping.due(message, now) for message in portion) if one.bodies or one.events]
            self._archive(due, now)
            bodies += self._bodies([sha256 for one in due for sha256 in one.bodies], now - keeping.shortest())
            messages += self._blank([one.message.id for one in due if one.events], now - keeping.shortest())
        return messages, bodies + self._left(now - keeping.longest("bodies"))

    def _archive(self, due: Sequence[Due], now: int) -> None:
        if self._settings.archive and due:
            Archive(self._settings.archive, self._journal, self._claims).write(due, now)

    def _bodies(self, shas: Sequence[str], before: int) -> int:
        """What is held is looked for here, and not by the writer: it looks only where a hold has grown meanwhile."""
        gone = 0
        for start in range(0, len(shas), AT_MOST):
            portion = shas[start : start + AT_MOST]
            held = legal.kept(self._journal.store, portion)
            free = tuple(sha256 for sha256 in portion if sha256 not in held.bodies)
            gone += len(self._journal.purge_bodies(Old(before, free, held.grown)).result()) if free else 0
        return gone

    def _blank(self, ids: Sequence[str], before: int) -> int:
        return self._journal.purge("messages", Old(before, tuple(ids))).result() if ids else 0

    def _left(self, before: int) -> int:
        """Bodies that no message has, such as what was kept back from a source."""
        return sum(self._bodies(portion, before) for portion in self._journal.ageing.unneeded(before))

    def _unclaimed(self, before: int) -> int:
        """Files of bodies that were given up, and files that no commit ever came to claim."""
        with standstill.collecting(self._claims.bodies) as free:
            if not free:  # a backup copies them: next time
                return 0
            return remove_unclaimed(self._claims, older_than=before / MICROS, claimed=self._journal.reads.has_body)
