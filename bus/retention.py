"""How long things are kept: one round a day, in portions, beside the work (semantics 12)."""

from __future__ import annotations

from bus import log, standstill
from bus.claimcheck import ClaimCheck, remove_unclaimed
from bus.clock import MICROS, Clock, micros
from bus.config import Settings
from bus.journal import Journal
from bus.journal.purge import AT_MOST, Old

_log = log.get()


class Retention:
    """Removes what its time has passed for."""

    def __init__(self, journal: Journal, claims: ClaimCheck, clock: Clock, settings: Settings) -> None:
        self._journal = journal
        self._claims = claims
        self._clock = clock
        self._settings = settings

    def round(self) -> None:
        """Everything once."""
        now = self._clock.now()
        calls = self._repeat("calls", Old(now - micros(self._settings.keep_calls)))
        refusals = self._repeat("refusals", Old(now - micros(self._settings.keep_events)))
        messages = self._repeat("messages", Old(now - micros(self._settings.keep_events)))
        bodies = self._bodies(Old(now - micros(self._settings.keep_bodies)))
        unclaimed = self._unclaimed(now - micros(self._settings.keep_unclaimed))
        _log.info(
            "retention.done", calls=calls, refusals=refusals, messages=messages, bodies=bodies, unclaimed=unclaimed
        )

    def _repeat(self, verb: str, old: Old) -> int:
        total = 0
        while moved := self._journal.purge(verb, old).result():
            total += moved
            if moved < AT_MOST:
                break
        return total

    def _bodies(self, old: Old) -> int:
        total = 0
        while gone := self._journal.purge_bodies(old).result():
            total += len(gone)
        return total

    def _unclaimed(self, before: int) -> int:
        """Files of bodies that were given up, and files that no commit ever came to claim."""
        with standstill.collecting(self._claims.bodies) as free:
            if not free:  # a backup copies them: next time
                return 0
            return remove_unclaimed(self._claims, older_than=before / MICROS, claimed=self._journal.reads.has_body)
