"""What got lost is found again, and what time does is done: due retries, ended leases, doubts, expiry, horizons.

Never inside the road of a message; each sweep is one verb of the journal, bounded, and repeated while it
finds something.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future

from bus import log, retry
from bus.clock import MICROS, Clock, micros
from bus.journal import Journal
from bus.journal.copy import Copy
from bus.journal.tidy import AT_MOST, Doubt, Sweep
from bus.outlet import Outlet
from bus.retention import Retention
from bus.rounds import Rounds

_log = log.get()
#: Seconds between looks at what is due, between the slower sweeps, and between rounds of retention.
TICK, SLOW, DAILY = 0.5, 30.0, 86_400.0
#: A due time further ahead than this, and than every horizon, can only come from a clock that jumped.
_CEILING = 86_400 * MICROS


class Sweeper(Rounds):
    """One thread. ``wake`` is told of endpoints where a question is due; ``jump`` is what counts as one (microseconds)."""

    def __init__(
        self, journal: Journal, clock: Clock, wake: Callable[[list[str]], None], jump: int, retention: Retention
    ) -> None:
        super().__init__("sweeper", self.sweep, tick=TICK)
        self._journal = journal
        self._clock = clock
        self._wake = wake
        self._jump = jump
        self._outlets: Mapping[str, Outlet] = {}
        self._retention = retention
        self._slow_at = 0.0
        self._daily_at = clock.monotonic() + SLOW
        self._last = (clock.now(), clock.monotonic())

    def serve(self, outlets: Mapping[str, Outlet]) -> None:
        """Sweep by these contracts from now on."""
        self._outlets = dict(outlets)

    def end_orphaned_leases(self) -> None:
        """Before anything is sent by the one process that owns a home: end what a dead one left in hand."""
        ended = self._journal.tidy("end_orphaned", self._what_we_know()).result()
        if ended:
            _log.warning("leases.ended", count=ended)
        self._journal.tidy("end_questions", self._what_we_know()).result()

    def sweep(self) -> None:
        """One round. While the journal is down that is to find out whether it still is."""
        self._watch_clock()
        if self._journal.store.health.trouble:
            self._journal.probe().result()
        sweep = self._what_we_know()
        due = self._journal.reads.earliest_due()
        now = self._clock.now()
        if due is not None and (due <= now or due > now + sweep.ceiling):
            self._repeat("ripen", sweep)
            self._repeat("end_leases", sweep)
            self._repeat("resolve", sweep)
            self._wake(self._journal.reads.doubtful_endpoints(now))
        if self._clock.monotonic() >= self._slow_at:
            self._slow_at = self._clock.monotonic() + SLOW
            self._repeat("expire", sweep)
            self._repeat("give_up", sweep)
        if self._clock.monotonic() >= self._daily_at:
            self._daily_at = self._clock.monotonic() + DAILY
            self._retention.round()

    def _repeat(self, verb: str, sweep: Sweep) -> None:
        """Until less than a full portion moved."""
        while self._result(self._journal.tidy(verb, sweep)) >= AT_MOST:
            pass

    def _result(self, future: Future[int]) -> int:
        moved = future.result()
        return 0 if self._stopped.is_set() else moved

    def _what_we_know(self) -> Sweep:
        outlets = self._outlets
        horizon = {name: micros(outlet.policy.horizon) for name, outlet in outlets.items()}
        keeps = self._journal.recoveries.keeps
        return Sweep(
            contract=lambda copy: _contract(outlets, copy),
            asked=frozenset(name for name, outlet in outlets.items() if outlet.asks),
            ask_after={name: micros(outlet.ask_after) for name, outlet in outlets.items()},
            horizon={name: time for name, time in horizon.items() if not keeps(name)},
            deadline=lambda copy: retry.deadline(outlets[copy.endpoint].policy, copy.since),
            ceiling=max([_CEILING, *horizon.values()]),
        )

    def _watch_clock(self) -> None:
        """Wall time and monotonic time part only when somebody sets the clock."""
        now, steady = self._clock.now(), self._clock.monotonic()
        before, steady_before = self._last
        jumped = (now - before) - int((steady - steady_before) * MICROS)
        self._last = (now, steady)
        if abs(jumped) > self._jump:
            _log.warning("clock.jumped", seconds=jumped / MICROS)


def _contract(outlets: Mapping[str, Outlet], copy: Copy) -> Doubt:
    outlet = outlets.get(copy.endpoint)
    return outlet.contract(copy) if outlet else Doubt.OPERATOR
