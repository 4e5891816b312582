"""How much may be in hand at each endpoint: its breaker, pauses, rate, and the tickets that are out.

What must survive a restart (pauses, an open breaker) is noted in the journal when it changes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from bus import breaker, log
from bus.breaker import BreakerPolicy, Cause, Sight
from bus.clock import Clock
from bus.endpoint_settings import Flood
from bus.errors import FailureClass
from bus.journal.notes import Condition
from bus.journal.reads import Due
from bus.journal.settle import Settlement, clean
from bus.journal.states import Reason, State

_log = log.get()
#: Seconds after which a ticket that nobody came for counts as lost.
_PATIENCE = 30.0
#: Failures of calls that never had a connection to speak over.
_UNREACHED = frozenset({FailureClass.CONNECT, FailureClass.TLS, FailureClass.TIMEOUT_BEFORE_SEND})


@dataclass(slots=True)
class _Ticketed:
    issued_at: float
    leased: bool = False


@dataclass(slots=True)
class _Bucket:
    """Calls a second, with a second's worth saved up at the most."""

    rate: float
    filled_at: float
    tokens: float = 1.0

    def take(self, wanted: int, now: float) -> int:
        self.tokens = min(max(self.rate, 1.0), self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        taken = min(wanted, int(self.tokens))
        self.tokens -= taken
        return taken


@dataclass(slots=True)
class _State:
    condition: Condition
    policy: BreakerPolicy
    sight: Sight = field(default_factory=Sight)
    #: Of the copies settled last, which were refused; kept where a share of them matters.
    recent: deque[bool] = field(default_factory=lambda: deque(maxlen=0))
    concurrency: int = 1
    bucket: _Bucket | None = None
    #: Tickets issued so far.
    issued: int = 0
    out: dict[str, _Ticketed] = field(default_factory=dict)


class Gates:
    """One gate an endpoint. Safe to use from many threads."""

    def __init__(
        self,
        clock: Clock,
        note: Callable[[Condition], object],
        policy: BreakerPolicy | None = None,
    ) -> None:
        self._clock = clock
        self._note = note
        #: Told of an endpoint whose breaker has closed again.
        self.on_back: Callable[[str], object] = lambda _name: None
        self._policy = policy or BreakerPolicy()
        self._lock = threading.Lock()
        self._states: dict[str, _State] = {}

    def restore(self, conditions: Iterable[Condition]) -> None:
        """Begin with what the journal remembers."""
        with self._lock:
            for condition in conditions:
                state = self._state(condition.name)
                state.condition = condition
                state.sight = Sight(away=condition.breaker == breaker.OPEN)

    def configure(self, name: str, concurrency: int, rate: float | None, flood: Flood | None = None) -> None:
        """Set an endpoint's limits."""
        with self._lock:
            state = self._state(name)
            if flood:
                state.policy = replace(self._policy, dead=flood.dead, rate=flood.rate, over=flood.over)
            state.recent = deque(state.recent, maxlen=state.policy.over if state.policy.rate else 0)
            state.concurrency = concurrency
            state.bucket = _Bucket(rate, self._clock.monotonic()) if rate else None

    def room(self, name: str, ahead: int) -> int:
        """How many more tickets may go out: so many that calls never wait for leases, and no more."""
        with self._lock:
            state = self._state(name)
            self._forget_lost(state)
            allowed = self._allowance(state)
            limit = state.concurrency + ahead if allowed is None else allowed
            return max(0, limit - len(state.out))

    def shut(self, name: str) -> bool:
        """Whether no call may be made now."""
        with self._lock:
            return self._allowance(self._state(name)) == 0

    def take(self, name: str, due: Due, at_most: int) -> tuple[list[str], bool]:
        """Those that may go out now and are not out already, and whether some are left; the taken count as out.

        Every fifth goes to the oldest, counted over calls, so that nothing waits for ever behind what is more urgent.
        """
        with self._lock:
            state = self._state(name)
            now = self._clock.monotonic()
            fresh = due.in_turn(state.issued, state.out)
            taken = fresh[:at_most]
            if state.bucket:
                taken = taken[: state.bucket.take(len(taken), now)]
            state.issued += len(taken)
            state.out.update((delivery, _Ticketed(now)) for delivery in taken)
            return taken, len(taken) < len(fresh)

    def free(self, name: str, ahead: int) -> int:
        """How many deliveries may go without tickets: none where calls are limited by more than their number."""
        with self._lock:
            state = self._state(name)
            limited = state.bucket or self._allowance(state) is not None
            return 0 if limited else max(0, state.concurrency + ahead - len(state.out))

    def gone(self, name: str, delivery: str) -> None:
        """A delivery was taken in hand without a ticket."""
        with self._lock:
            self._state(name).out[delivery] = _Ticketed(self._clock.monotonic(), leased=True)

    def wait(self, name: str) -> float:
        """Take one call's share of an endpoint's rate: 0.0, or the seconds after which there may be one."""
        with self._lock:
            bucket = self._state(name).bucket
            if bucket is None or bucket.take(1, self._clock.monotonic()):
                return 0.0
            return (1 - bucket.tokens) / bucket.rate

    def out(self, name: str) -> int:
        """How many tickets are out."""
        with self._lock:
            return len(self._state(name).out)

    def leased(self, name: str, delivery: str) -> None:
        """A ticket's delivery was taken in hand: it is not lost, however long the call takes."""
        with self._lock:
            ticket = self._state(name).out.get(delivery)
            if ticket:
                ticket.leased = True

    def back(self, name: str, deliveries: Iterable[str]) -> None:
        """Tickets that are done with, or were never published."""
        with self._lock:
            state = self._state(name)
            for delivery in deliveries:
                state.out.pop(delivery, None)

    def learn(self, name: str, settlements: Iterable[Settlement]) -> None:
        """Let the outcomes of a call open or close the breaker."""
        with self._lock:
            state = self._state(name)
            before = state.condition
            self._after_call(state, [told for told in settlements if _is_theirs(told)])
            after = state.condition
        if (before.breaker, before.paused_by, before.opened_times) != (
            after.breaker,
            after.paused_by,
            after.opened_times,
        ):
            self._note(after)
            _say(before, after)
        self._tell_if_back(before, after)

    def to_knock(self) -> list[str]:
        """Endpoints where nobody was met since their breakers opened."""
        with self._lock:
            return [name for name, state in self._states.items() if breaker.to_knock(state.condition, state.sight)]

    def knocked(self, name: str, *, taken: bool) -> bool:
        """A connection was tried there: whether a probe may go now that could not before."""
        with self._lock:
            state = self._state(name)
            if not breaker.to_knock(state.condition, state.sight):
                return False
            state.sight = breaker.after_knock(state.sight, taken=taken)
            return state.sight.back

    def condition(self, name: str) -> Condition:
        """An endpoint's condition now."""
        with self._lock:
            return self._state(name).condition

    def change(self, name: str, how: Callable[[Condition], Condition]) -> Condition:
        """Change an endpoint's condition (pause, resume), to be kept."""
        with self._lock:
            state = self._state(name)
            before = state.condition
            changed = how(before)
            self._set(state, changed)
        self._note(changed)
        self._tell_if_back(before, changed)
        return changed

    def _tell_if_back(self, before: Condition, after: Condition) -> None:
        if before.breaker == breaker.OPEN and after.breaker == breaker.CLOSED:
            self.on_back(after.name)

    def _allowance(self, state: _State) -> int | None:
        return breaker.allowance(state.condition, self._clock.now(), state.sight)

    def _after_call(self, state: _State, told: Sequence[Settlement]) -> None:
        """After one call, however many copies it carried: it failed only if nothing of it was answered."""
        now = self._clock.now()
        answers = [settlement for settlement in told if not _unanswered(settlement)]
        if told and not answers:
            _miss(state, told[0], now)
        for settlement in answers:
            self._set(state, _after_answer(state, settlement, now))

    def _set(self, state: _State, condition: Condition) -> None:
        if state.condition.paused_by and not condition.paused_by:
            state.recent.clear()
        state.condition = condition
        if condition.breaker == breaker.CLOSED:
            state.sight = Sight()

    def _state(self, name: str) -> _State:
        return self._states.get(name) or self._states.setdefault(name, _State(Condition(name), self._policy))

    def _forget_lost(self, state: _State) -> None:
        oldest = self._clock.monotonic() - _PATIENCE
        for delivery, ticket in list(state.out.items()):
            if not ticket.leased and ticket.issued_at < oldest:
                del state.out[delivery]


def _miss(state: _State, told: Settlement, now: int) -> None:
    before = state.condition
    state.condition = breaker.after_failure(before, state.policy, now, Cause(told.failure, clean(told.words)))
    opened = state.condition.opened_times > before.opened_times
    state.sight = breaker.after_miss(state.sight, reached=told.failure not in _UNREACHED, opened=opened)


def _after_answer(state: _State, settlement: Settlement, now: int) -> Condition:
    answered = breaker.after_answer(state.condition)
    if settlement.to == State.DELIVERED:
        state.recent.append(False)
        return breaker.after_delivered(answered)
    if settlement.to == State.DEAD:
        state.recent.append(True)
        return breaker.after_dead(answered, state.policy, now, state.recent)
    return answered


def _say(before: Condition, after: Condition) -> None:
    """What people have to know: that an endpoint is called no more, and why. Words of a partner stay in the journal."""
    if after.paused_by == breaker.BUS and not before.paused_by:
        _log.error("endpoint.paused", endpoint=after.name, reason=after.pause_reason)
    elif after.breaker == breaker.OPEN and before.breaker == breaker.CLOSED:
        _log.warning("breaker.opened", endpoint=after.name, failure=after.opened_for, failures=after.failures)


def _is_theirs(settlement: Settlement) -> bool:
    """Whether an outcome says something of the partner: a call that we gave up to stop does not."""
    return settlement.made and settlement.reason != Reason.STOPPED


def _unanswered(settlement: Settlement) -> bool:
    return settlement.failure == FailureClass.TIMEOUT_AFTER_SEND or settlement.outcome in ("unreachable", "unanswered")
