"""The thread of expectations: it follows the events in portions, opens what the calendar says, and reminds.

Off the road: a message waits for none of it. One process at a time does it, and what it writes stands or falls with its cursor.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import chain

from bus import log
from bus.errors import BusError, Busy, JournalDown, Rejected
from bus.expectation.following import Following, concerns, ids_of, keys_of
from bus.expectation.opening import opening
from bus.expectation.regimes import Regimes
from bus.expectation.reminding import remind
from bus.expectation.rules import Rules
from bus.expectation.times import day_of
from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.browse import Browse, Happened
from bus.journal.expectation_reads import ExpectationReads
from bus.journal.expecting import CURSOR, Expectation, Followed, Opened, Reminded
from bus.plan import PlanHolder
from bus.turn import HeldTurn

_log = log.get()
#: Events of one portion, and reminders of one round.
PORTION, REMINDERS = 500, 100
#: Seconds between looks, between portions where there are many, and between looks at the calendar.
_TICK, _PAUSE, _SLOW = 1.0, 0.05, 30.0


class Expecting:
    """One thread. ``own_code`` is the bus's agency code; without one nobody is reminded."""

    def __init__(
        self,
        journal: Journal,
        browse: Browse,
        holder: PlanHolder,
        ingress: Ingress,
        regimes: Regimes,
        own_code: str,
        turn: HeldTurn,
    ) -> None:
        self._journal = journal
        self._browse = browse
        self._holder = holder
        self._ingress = ingress
        self.regimes = regimes
        self._own_code = own_code
        self._turn = turn
        self._reads = ExpectationReads(journal.store)
        self._slow_at = float("-inf")
        #: The day, the duties and the plan for which everything was opened.
        self._opened_for: tuple[object, ...] = ()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="expectations", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Work no more. Idempotent."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
            self._turn.end()

    def _run(self) -> None:
        while not self._stopped.wait(_TICK):
            try:
                self.work()
            except JournalDown:
                continue  # the journal has said so
            except BusError as error:
                _log.warning("expectations.delayed", error=str(error))
            except Exception:
                _log.exception("expectations.failed")

    def work(self) -> None:
        """Everything there is to do now, unless another process does it."""
        rules = self._rules()
        if not rules.plan.routes.expectations:
            self._pass_over()
            return
        if not self._has_turn():
            return
        while self.follow(rules) and not self._stopped.wait(_PAUSE):
            self._turn.keep()
        if self._journal.clock.monotonic() >= self._slow_at:
            self._slow_at = self._journal.clock.monotonic() + _SLOW
            self.open_up(rules)
            self.remind(rules)

    def follow(self, rules: Rules) -> bool:
        """Work off one portion of the events; whether there may be more. What the journal told before there were
        expectations opens none.
        """
        position = self._reads.position()
        if position is None:
            self._journal.advance(CURSOR, self._browse.last_event()).result()
            return False
        events = self._browse.events_after(position, PORTION)
        if events:
            changed = self._changed(rules, [event for event in events if concerns(event)])
            self._journal.expect("followed", Followed(position, events[-1].seq, changed)).result()
        return len(events) == PORTION

    def open_up(self, rules: Rules) -> None:
        """Open the reports whose time comes near: once a day, and where regimes or routes have changed."""
        now = self._journal.clock.now()
        opened_for = (day_of(now), rules.duties, rules.plan)
        if opened_for == self._opened_for:
            return
        still_open = list(chain.from_iterable(self._reads.still_open(rule.name) for rule in rules.reports))
        found = opening(rules, now, still_open)
        known = {row.id for row in self._reads.known(row.id for row in found.new)}
        new = tuple(row for row in found.new if row.id not in known)
        for start in range(0, max(len(new), len(found.changed), len(found.gone)), PORTION):
            some = slice(start, start + PORTION)
            self._journal.expect("opened", Opened(new[some], found.changed[some], found.gone[some])).result()
        self._opened_for = opened_for

    def remind(self, rules: Rules) -> None:
        """Remind of what is due to be reminded of. After a restore nobody is, until the recovery is over."""
        standing = self._journal.recoveries.standing()
        if not self._own_code or standing:
            return
        for row in self._reads.to_remind(self._journal.clock.now(), REMINDERS):
            self._remind(rules, row)

    def _remind(self, rules: Rules, row: Expectation) -> None:
        """One of them, unless its rule is gone. What nothing leads to is passed over: the others must not wait for it."""
        now, at = self._journal.clock.now(), row.remind_at
        assert at is not None
        try:
            if rules.knows(row.rule):
                remind(self._ingress, self._own_code, row, at, rules.owes(row.who, now))
        except Busy:
            return
        except Rejected as refusal:
            _log.warning("reminder.refused", rule=row.rule, code=refusal.code)
        next_at = rules.remind_at(row.rule, row.due_at, now)
        self._journal.expect("reminded", Reminded(row.id, at, next_at)).result()

    def _changed(self, rules: Rules, events: Sequence[Happened]) -> tuple[Expectation, ...]:
        if not events:
            return ()
        messages = self._reads.told(event.message for event in events)
        ids = chain.from_iterable(ids_of(rules, told) for told in messages.values())
        keys = chain.from_iterable(keys_of(told) for told in messages.values())
        known = {row.id: row for row in (*self._reads.waiting(keys), *self._reads.known(ids))}
        following = Following(rules, known.values(), messages)
        for event in events:
            following.take(event)
        return following.changed

    def _has_turn(self) -> bool:
        return self._turn.keep() or self._turn.take()

    def _pass_over(self) -> None:
        """Nothing is expected: what happens meanwhile opens nothing later. Where nothing ever was, nothing is written."""
        if self._journal.clock.monotonic() >= self._slow_at:
            self._slow_at = self._journal.clock.monotonic() + _SLOW
            position, last = self._reads.position(), self._browse.last_event()
            if position is not None and position < last and self._has_turn():
                self._journal.advance(CURSOR, last).result()

    def _rules(self) -> Rules:
        return Rules(self._holder.plan, self.regimes.duties())
