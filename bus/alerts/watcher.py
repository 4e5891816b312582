"""The rounds: every rule is looked at, what is to be told becomes letters, and what is known is kept with them.

One process at a time does it. While the journal is down the one that did goes on from memory: it tells what it can see, and
writes what it knows when the journal is back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bus import log
from bus.alerts.found import Asked, Question
from bus.alerts.judging import Verdict, judge
from bus.alerts.letters import letters
from bus.alerts.post import Outbox
from bus.clock import micros
from bus.config.alerts import Alert
from bus.errors import JournalDown
from bus.journal import Journal
from bus.journal.alert_reads import AlertReads
from bus.journal.alerting import Letter, Row, Told
from bus.plan import Plan, PlanHolder
from bus.turn import HeldTurn

_log = log.get()
Known = Mapping[str, tuple[Row, ...]]


class Watcher:
    """``questions`` by what stands at ``on``; ``wake`` is called when there are letters."""

    def __init__(
        self,
        journal: Journal,
        reads: AlertReads,
        holder: PlanHolder,
        questions: Mapping[str, Question],
        outbox: Outbox,
        turn: HeldTurn,
    ) -> None:
        self._journal = journal
        self._reads = reads
        self._holder = holder
        self._questions = questions
        self._outbox = outbox
        self._turn = turn
        self.wake: Callable[[], None] = lambda: None
        #: What goes on, by rule; None: not read yet.
        self._known: dict[str, tuple[Row, ...]] | None = None
        self._snoozes: Mapping[str, int] = {}
        #: Rules of which the journal does not know all yet.
        self._late: set[str] = set()

    @property
    def ours(self) -> bool:
        """Whether this is the process that tells."""
        return self._turn.ours

    def round(self) -> bool:
        """Look at every rule once; False where there is none, or another process does. Raises JournalDown where nothing was ever read."""
        plan, now = self._holder.plan, self._journal.clock.now()
        if not _has_work(plan) or not self._has_turn():
            self._known = None
            return False
        known = self._read(now)
        for rule in plan.routes.alerts:
            self._follow(rule, plan, known, now)
        for name in known.keys() - {rule.name for rule in plan.routes.alerts}:
            self._keep(name, (), ())
        return True

    def end(self) -> None:
        """Let another process do it at once."""
        self._turn.end()

    def _has_turn(self) -> bool:
        try:
            return self._turn.take()
        except JournalDown:
            return self._turn.ours

    def _read(self, now: int) -> dict[str, tuple[Row, ...]]:
        """What is known, and who is not to be told."""
        try:
            self._snoozes = self._reads.snoozes(now)
            if self._known is None:
                self._known = _by_rule(self._reads.rows())
        except JournalDown:
            if self._known is None:
                raise
        return self._known

    def _follow(self, rule: Alert, plan: Plan, known: Known, now: int) -> None:
        """One rule. Where its question cannot be answered now, all stays as it is: one rule's fault is not another's."""
        rows = known.get(rule.name, ())
        try:
            asked = Asked(rule, plan, now, {row.thing: row.since for row in rows})
            found = self._questions[rule.on](asked)
        except JournalDown:
            return
        except Exception:
            _log.exception("alert.failed", rule=rule.name)
            return
        snoozed = self._snoozes.get(rule.name, 0) > now
        verdict = judge(rule.name, rows, found, now, micros(rule.repeat), snoozed=snoozed)
        written = self._letters(rule, verdict, now)
        if verdict.rows != rows or rule.name in self._late:
            self._keep(rule.name, verdict.rows, written)

    def _letters(self, rule: Alert, verdict: Verdict, now: int) -> list[Letter]:
        """What to send. Nothing is said again to a channel that has not carried what was said before."""
        if not verdict.tells:
            return []
        written = letters(rule, verdict, now)
        for letter in written:
            _log.warning("alert.told", rule=rule.name, kind=letter.kind, channel=letter.channel)
        if not verdict.repeats:
            return written
        waiting = self._waiting(rule.name)
        return [letter for letter in written if letter.channel not in waiting]

    def _waiting(self, rule: str) -> set[str]:
        try:
            return self._reads.waiting_for(rule)
        except JournalDown:
            return set()

    def _keep(self, rule: str, rows: tuple[Row, ...], written: Sequence[Letter]) -> None:
        assert self._known is not None
        try:
            self._journal.alert("told", Told(rule, rows, tuple(written))).result()
            self._late.discard(rule)
        except JournalDown:
            self._late.add(rule)
            self._outbox.keep(written, self._journal.clock.now())
        if rows:
            self._known[rule] = rows
        else:
            self._known.pop(rule, None)
        if written:
            self.wake()


def _has_work(plan: Plan) -> bool:
    """Whether anybody is to be told of anything."""
    return bool(plan.routes.alerts or plan.routes.channels or plan.routes.statements)


def _by_rule(rows: Sequence[Row]) -> dict[str, tuple[Row, ...]]:
    found: dict[str, tuple[Row, ...]] = {}
    for row in rows:
        found[row.rule] = (*found.get(row.rule, ()), row)
    return found
