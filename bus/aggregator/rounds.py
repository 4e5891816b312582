"""The thread of reports that are made of others: it follows the events, begins versions of what may go, and has them accepted.

Off the road: a message waits for none of it. One process at a time does it. What a version is made of is on disk before it is made, and its identity
is decided where it is accepted: whenever the bus dies, each version is there once.
"""

from __future__ import annotations

from itertools import chain

from bus import log
from bus.aggregator.making import Reports, Unmakeable, form_of, hand_in, make
from bus.aggregator.packet import Said, begin, called
from bus.aggregator.standing import Standing, released, standing
from bus.aggregator.taking import Taking, ids_of
from bus.aggregator.tasks import Task, Tasks
from bus.claimcheck import ClaimCheck
from bus.errors import Rejected
from bus.expectation.following import MAKES
from bus.expectation.regimes import Regimes
from bus.expectation.rules import Rules
from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.aggregate_reads import AggregateReads
from bus.journal.aggregating import CURSOR, Aggregate, Arrived, Begun, Sent, Troubled, Version
from bus.journal.browse import Browse
from bus.journal.expectation_reads import ExpectationReads
from bus.plan import PlanHolder
from bus.rounds import Rounds
from bus.turn import HeldTurn

_log = log.get()
#: Events of one portion.
PORTION = 500
#: Seconds between looks, and between looks at what could not go, or did not change.
_TICK, _SLOW = 1.0, 30.0


class Aggregating(Rounds):
    """One thread that makes reports."""

    def __init__(
        self,
        journal: Journal,
        browse: Browse,
        claims: ClaimCheck,
        holder: PlanHolder,
        ingress: Ingress,
        regimes: Regimes,
        turn: HeldTurn,
    ) -> None:
        super().__init__("aggregates", self.work, tick=_TICK)
        self._journal = journal
        self._browse = browse
        self._holder = holder
        self._ingress = ingress
        self._regimes = regimes
        self._turn = turn
        self._reads = AggregateReads(journal.store)
        self._reports = Reports(self._reads, journal.reads, claims)
        self._told = ExpectationReads(journal.store)
        self._slow_at = float("-inf")
        #: The changes after which each was looked at last.
        self._looked: dict[str, int] = {}

    def stop(self) -> None:
        """Work no more. Idempotent."""
        super().stop()
        self._turn.end()

    def work(self) -> None:
        """Everything there is to do now, unless another process does it. After a restore nothing is made until the recovery is over:
        what a version had in it before may have gone.
        """
        tasks = Tasks(Rules(self._holder.plan, self._regimes.duties()))
        slow = self._journal.clock.monotonic() >= self._slow_at
        if slow:
            self._slow_at = self._journal.clock.monotonic() + _SLOW
            self._looked.clear()
        if not tasks.any:
            if slow:
                self._pass_over()
            return
        if self._turn.keep() or self._turn.take():
            while self.follow(tasks) and not self._stopped.is_set():
                self._turn.keep()
            if not self._journal.recoveries.standing():
                self._make(tasks)

    def follow(self, tasks: Tasks) -> bool:
        """Work off one portion of the events; whether there may be more. What the journal told before there was anything to make
        is no part of it.
        """
        position = self._reads.position()
        if position is None:
            self._journal.advance(CURSOR, self._browse.last_event()).result()
            return False
        events = self._browse.events_after(position, PORTION)
        if events:
            names = dict.fromkeys(event.message for event in events if event.what in MAKES and event.copy is None)
            taking = self._taken(tasks, list(names))
            arrived = Arrived(position, events[-1].seq, taking.aggregates, taking.parts)
            self._journal.aggregate("arrived", arrived).result()
        return len(events) == PORTION

    def _taken(self, tasks: Tasks, messages: list[str]) -> Taking:
        """What messages bring, in their order."""
        told = self._told.told(messages) if messages else {}
        known = self._reads.known(chain.from_iterable(ids_of(tasks, one) for one in told.values()))
        taking = Taking(tasks, known)
        for message in messages:
            if message in told:
                taking.take(told[message])
        return taking

    def _make(self, tasks: Tasks) -> None:
        """End what was begun; then begin and end what may go."""
        for version in self._reads.under_way():
            if version.id not in self._looked:
                self._looked[version.id] = version.version
                self._end(version)
        for row in self._reads.stale():
            if self._stopped.is_set():
                return
            if self._looked.get(row.id) != row.changes:
                self._looked[row.id] = row.changes
                self._consider(tasks, row)

    def _consider(self, tasks: Tasks, row: Aggregate) -> None:
        task = tasks.one(row)
        if task is None:
            return
        waived = self._told.waived(row.regime, row.form, row.period)
        stands = standing(tasks.rules, task, self._reads.parts(row.id), waived, self._journal.clock.now())
        if not stands.may_go(released(row)):
            return
        try:
            said = self._next(tasks, task, row, stands)
            body = make(row, said, self._regimes.library(), self._reports) if said else b""
        except Unmakeable as trouble:
            self._trouble(row.id, str(trouble))
            return
        version = Version(f"{row.id}|{said.version}", row.id, said.version, said.model_dump_json()) if said else None
        if self._journal.aggregate("begun", Begun(row.id, row.changes, version)).result() and version:
            self._send(version, body)

    def _next(self, tasks: Tasks, task: Task, row: Aggregate, stands: Standing) -> Said | None:
        """What the next version is to be made of; None where that is what the last one was. Raises Unmakeable."""
        parts = [(part.unit, part.message) for part in stands.parts]
        last = next(iter(self._reads.versions(row.id)), None)
        if last and Said.model_validate_json(last.said).is_of(parts, stands.without):
            return None
        library = self._regimes.library()
        regime = library.regime(row.regime, task.own.data_to)
        owed = next((one for one in regime.forms if one.code == row.form), None) if regime else None
        if regime is None or owed is None:
            raise Unmakeable(f"{row.regime} does not ask for {row.form}")
        known = self._reads.highest(tasks.rules.directory.spellings(row.unit), called(row))
        return begin(
            task,
            known,
            form_of(library, row, owed.version),
            regime.basis,
            parts=parts,
            missing=stands.without,
            waived=stands.waived,
            released_by=row.released_by if stands.missing else "",
        )

    def _end(self, version: Version) -> None:
        """A version that was begun before: the same content, so that it is there once."""
        row = self._reads.one(version.aggregate)
        try:
            if row is not None:
                said = Said.model_validate_json(version.said)
                self._send(version, make(row, said, self._regimes.library(), self._reports))
        except Unmakeable as trouble:
            self._give_up(version, str(trouble))

    def _send(self, version: Version, body: bytes) -> None:
        """Have a version accepted. One that is refused is given up, to be begun anew: its number may be taken, or nothing leads there."""
        try:
            message = hand_in(self._ingress, body)
        except (Rejected, Unmakeable) as trouble:
            self._give_up(version, str(trouble))
        else:
            self._journal.aggregate("sent", Sent(version, message)).result()

    def _give_up(self, version: Version, problem: str) -> None:
        self._journal.aggregate("sent", Sent(version)).result()
        self._trouble(version.aggregate, problem)

    def _trouble(self, aggregate: str, problem: str) -> None:
        """Keep why it cannot go."""
        _log.warning("aggregate.delayed", aggregate=aggregate)
        self._journal.aggregate("troubled", Troubled(aggregate, problem)).result()

    def _pass_over(self) -> None:
        """Nothing is made: what happens meanwhile is no part of anything later. Where nothing ever was, nothing is written."""
        position, last = self._reads.position(), self._browse.last_event()
        if position is not None and position < last and (self._turn.keep() or self._turn.take()):
            self._journal.advance(CURSOR, last).result()
