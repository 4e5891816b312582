"""Carries replays out: so many copies a second of each plan that runs, the first few before the others, and no further
where too many fail.

All it knows stands in the journal: whoever takes over after a crash goes on where it was, at a tempo that begins anew. A copy
goes once, whatever happens: the journal moves it and marks its item in one transaction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bus import log
from bus.clock import MICROS
from bus.errors import BusError, IllegalMove
from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.chain import Deed
from bus.journal.event import Event
from bus.journal.operate import Done, Way
from bus.journal.pick import Filter
from bus.journal.release import AT_MOST, Release
from bus.journal.replays import Item, Outcome, Phase, Replay, Word
from bus.rounds import Rounds
from bus.tempo import Tempo
from bus.turn import HeldTurn

_log = log.get()
#: Seconds between looks while a plan runs, and while none does.
TICK, IDLE = 0.1, 1.0
#: Copies in one transaction, so that the intake never waits for long.
PORTION = 200
#: The last outcomes that are looked at.
WINDOW = 50
#: How many copies may be on their way to one endpoint: so many, or what goes in so many seconds. More would only pile up
#: before a partner that is down, and go to it all at once when it is back.
_OUT, _OUT_SECONDS = 100, 10.0
#: Microseconds after which a plan that nobody goes on making has lost its maker.
_ABANDONED = 60 * MICROS
#: The term of a turn (microseconds).
TERM = 60 * MICROS
BUS = "bus"

#: Where a copy that went nowhere goes now.
Place = Callable[[Event, str], Way]


@dataclass(frozen=True, slots=True)
class Run:
    """A plan since it last began to run; ``number`` tells its runs apart."""

    number: int
    tempo: Tempo
    #: Where its copies go, and how many there are.
    endpoints: Sequence[str]
    count: int


class Releaser:
    """Lets copies of plans go. For the thread of the daemon, and for an order that is small enough to be done at once."""

    def __init__(self, journal: Journal, browse: Browse, place: Place) -> None:
        self._journal = journal
        self._browse = browse
        self._place = place

    def release(self, plan: Replay, items: Sequence[Item]) -> list[Done]:
        """Send these again; what was done with each. Nothing where the plan does not run any more."""
        places = [item.place for item in items]
        request = Release(plan.id, places, self._ways(items), self._late(plan, items))
        return self._journal.replaying.release(request).result()

    def _ways(self, items: Sequence[Item]) -> dict[str, Way]:
        lost = tuple(item.copy for item in items if not item.endpoint)
        found = self._browse.copies(Filter(ids=lost, limit=len(lost))) if lost else []
        return {listed.copy.id: self._place(listed.event, listed.copy.recipient) for listed in found}

    def _late(self, plan: Replay, items: Sequence[Item]) -> frozenset[str]:
        """What was overtaken since the plan was made. What was delivered is sent again after what follows it anyhow."""
        if plan.late or plan.verb != "replay":
            return frozenset()
        return frozenset(self._browse.overtaken([item.copy for item in items]))


def catch_up(journal: Journal, plan: Replay) -> bool:
    """Note what became of what went, and end a plan of which nothing is open; whether it is over. Raises IllegalMove where
    somebody else ended it meanwhile.
    """
    reads = journal.replays
    if reads.has_arrived(plan.id):
        journal.replaying.note_outcomes(plan.id).result()
    over = plan.state != Phase.FREEZING and reads.is_over(plan.id)
    if over:
        journal.replaying.say(Word(plan.id, "finish", BUS)).result()
    return over


class Replayer(Rounds):
    """One thread."""

    def __init__(self, journal: Journal, releaser: Releaser, turn: HeldTurn) -> None:
        super().__init__("replayer", lambda: TICK if self.work() else IDLE, tick=TICK)
        self._journal = journal
        self._reads = journal.replays
        self._releaser = releaser
        self._turn = turn
        self._runs: dict[str, Run] = {}

    def stop(self) -> None:
        """Carry nothing out any more: another process may. Idempotent."""
        super().stop()
        self._turn.end()

    def work(self) -> bool:
        """Do for every open plan what is due now; whether any runs."""
        plans = self._reads.open()
        self._runs = {plan.id: self._runs[plan.id] for plan in plans if plan.id in self._runs}
        if not plans or not (self._turn.keep() or self._turn.take()):
            return False
        for plan in plans:
            self._tend(plan)
        return any(plan.state == Phase.RUNNING for plan in plans)

    def _tend(self, plan: Replay) -> None:
        try:
            if not catch_up(self._journal, plan):
                self._go_on(plan)
        except IllegalMove:  # somebody said something else meanwhile: the next look sees it
            _log.info("replay.changed", replay=plan.id)
        except BusError:
            raise
        except Exception:  # whatever is wrong with one must not keep the others waiting
            _log.exception("replay.failed", replay=plan.id)
            self._give_up(plan)

    def _give_up(self, plan: Replay) -> None:
        with suppress(IllegalMove):
            self._say(plan, "halt", "a fault of the bus: its log says which")

    def _go_on(self, plan: Replay) -> None:
        if plan.state == Phase.RUNNING:
            self._advance(plan)
        elif plan.state == Phase.STOPPED:
            while self._journal.replaying.let_go(plan.id).result() >= AT_MOST and not self._stopped.is_set():
                pass
        elif plan.state == Phase.FREEZING and plan.changed_at + _ABANDONED < self._journal.clock.now():
            self._say(plan, "stop", "whoever made it was cut short")

    def _advance(self, plan: Replay) -> None:
        run = self._run_of(plan)
        left = self._allowed(plan, run)
        now = self._journal.clock.monotonic()
        due = min(run.tempo.due(now), left, PORTION)
        items = self._next(plan, run, due) if due else []
        if items:
            run.tempo.spend(len(self._releaser.release(plan, items)))

    def _run_of(self, plan: Replay) -> Run:
        known = self._runs.get(plan.id)
        if known and known.number == plan.run:
            return known
        tempo = Tempo(plan.terms.rate, ramp=plan.terms.ramp, now=self._journal.clock.monotonic())
        run = Run(plan.run, tempo, self._reads.endpoints(plan.id), self._reads.progress(plan.id).count)
        self._runs[plan.id] = run
        return run

    def _next(self, plan: Replay, run: Run, limit: int) -> list[Item]:
        most, out = max(_OUT, plan.terms.rate * _OUT_SECONDS), self._reads.out(plan.id)
        return self._reads.next(plan.id, [name for name in run.endpoints if out.get(name, 0) < most], limit)

    def _allowed(self, plan: Replay, run: Run) -> int:
        """How many may go before somebody, or what became of others, says more."""
        last = self._reads.lately(plan.id, plan.run, min(WINDOW, run.count))
        failed = last.count(Outcome.DEAD)
        if failed >= most_failures(plan.terms.stop_at, run.count):
            self._say(plan, "halt", f"{failed} of the last {len(last)} failed")
            return 0
        return PORTION if plan.proven else self._canary(plan)

    def _canary(self, plan: Replay) -> int:
        sent, out, failed = self._reads.canary(plan.id, plan.run)
        if failed:
            self._say(plan, "halt", f"{failed} of the first {sent} did not arrive")
            return 0
        if sent < plan.canary:
            return plan.canary - sent
        if not out:
            self._say(plan, *(("ask", f"the first {sent} arrived") if plan.ask else ("prove", "")))
        return 0

    def _say(self, plan: Replay, word: str, why: str) -> None:
        """Something of the bus's own accord, which is kept like an order."""
        self._journal.replaying.say(Word(plan.id, word, BUS, why)).result()
        self._journal.note_deed(Deed(BUS, f"replay_{word}", plan.id, why)).result()
        _log.info(f"replay.{word}", replay=plan.id, why=why)


def most_failures(share: float, count: int) -> int:
    """How many of the last outcomes of a plan of so many copies must be failures to stop it."""
    return max(1, math.ceil(share * min(WINDOW, count)))
