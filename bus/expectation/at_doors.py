"""What partners ask of their reports, over the regimes and the journal (:class:`bus.reports.Reports`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from bus.clock import Clock, instant
from bus.expectation.agenda import Agenda, Asked
from bus.expectation.regimes import Regimes
from bus.expectation.rules import owing
from bus.expectation.standing_in import newest
from bus.expectation.times import day_of
from bus.journal.expectation_reads import STATUS, ExpectationReads, Which
from bus.journal.expecting import Expectation
from bus.journal.granting import reopenings
from bus.journal.report_reads import Happening, has, of_report
from bus.journal.states import State as Transport
from bus.journal.store import Store
from bus.plan import PlanHolder
from bus.reports import Owed, SentVersion, Whereto, Word
from schemas.content import Content
from schemas.report.agenda import Task
from schemas.report.check import Circumstances
from schemas.report.data import Data, Narrative
from schemas.report.library import Library
from schemas.report.periods import PeriodUnknown
from schemas.report.regime import Owing, Regime, Span
from schemas.report.states import MOVES, State

#: States in which a version has left us, and has not come to nothing.
_LEFT = frozenset({State.SENT, State.ACKED, State.ACCEPTED, State.RETURNED})
_TOLD = frozenset({State.ACKED, State.ACCEPTED, State.RETURNED})


class AtDoors:
    """Answers for all agencies; whoever asks says whose."""

    def __init__(
        self,
        regimes: Regimes,
        holder: PlanHolder,
        store: Store,
        clock: Clock,
        packet: Callable[[str], bytes | None] = lambda _: None,
    ) -> None:
        #: The bytes of a report by its message.
        self.packet = packet
        self._regimes = regimes
        self._holder = holder
        self._store = store
        self._clock = clock

    def library(self) -> Library:
        """Regimes, forms and outlines in force here."""
        return self._regimes.duties().library

    def when(self, report: Data | Narrative) -> Circumstances:
        """By when a report is owed, in whose place, and whether its period takes any more: corrections are asked as first ones are."""
        now = self._clock.now()
        regime = self.library().regime(report.regime, report.period.to)
        try:
            span = regime.span(report.period.code) if regime else None
        except PeriodUnknown:
            span = None
        owed = self._owed_by(regime, span, report, now) if regime and span else None
        if regime is None or span is None or owed is None:
            return Circumstances(instant(now))
        deadline, unit = owed
        closing = regime.closing(deadline)
        closed = closing is not None and day_of(now) > closing and not self._reopened(regime, span.code, unit, now)
        return Circumstances(instant(now), deadline, closed=closed, owed_by=unit)

    def _owed_by(self, regime: Regime, span: Span, report: Data | Narrative, now: int) -> tuple[date, str] | None:
        """The deadline of a unit, and the unit as the regime has it: itself, else of those whose place it took the one with the most time.
        Whoever owes this form comes before who owes another.
        """
        directory, working = self._holder.plan.directory, self._regimes.duties().is_working
        agency = directory.canonical(report.reporting_unit)
        everybody = list(regime.owing(span))
        own = [one for one in everybody if directory.canonical(one.unit) == agency]
        if any(_is_of(report, one, regime) for one in own):
            found = own
        else:
            heirs = [one for one in everybody if owing(directory, one.unit, now) == agency and one not in own]
            found = [one for one in heirs if _is_of(report, one, regime)] or own or heirs
        return max(((regime.due(one.level, span, working), one.unit) for one in found), default=None)

    def _reopened(self, regime: Regime, period: str, unit: str, now: int) -> bool:
        """Whether an operator has opened the period again, for this unit or for all."""
        canonical = self._holder.plan.directory.canonical
        some = (one for one in reopenings(self._store, regime.code, period) if one.holds(now))
        return any(not one.unit or canonical(one.unit) == canonical(unit) for one in some)

    def versions(self, agencies: Collection[str], report_id: str) -> Sequence[SentVersion]:
        """The versions of a report that one of these sent or was sent, by unit and number."""
        happened = of_report(self._store, report_id)
        mine = [one for one in happened if one.type != STATUS and _concerns(one, agencies)]
        found = [self._version(one, happened) for one in mine]
        return list(_superseded(sorted(found, key=lambda one: (one.unit, one.version))))

    def known(self, agencies: Collection[str], content: Content) -> bool:
        """Whether one of these has sent just this before, and it was accepted."""
        return has(self._store, agencies, content)

    def owed(self, agencies: Collection[str], *, closed: bool = False, limit: int = 1000) -> Sequence[Owed]:
        """What these owe by the rules in force, by its deadline; ``closed``: what they owed, the latest first."""
        rules = tuple(one.name for one in self._holder.plan.routes.expectations if one.on == "report")
        if not rules or not agencies:
            return []
        which = Which(rules=rules, kind="report", who=tuple(sorted(agencies)), closed=closed, limit=limit)
        return [_owed(row) for row in ExpectationReads(self._store).listed(which)]

    def agenda(self, agencies: Collection[str], *, following: bool = False, unit: str = "") -> Sequence[Task]:
        """Deadlines of what these owe, or of what is owed by the regimes that these follow."""
        plan, mine = self._holder.plan, frozenset(agencies)
        named = frozenset([plan.directory.canonical(unit)] if unit else ())
        asked = Asked(named, mine) if following else Asked(named & mine if unit else mine)
        if not mine or not (following or asked.units):
            return []
        reads = ExpectationReads(self._store)
        return Agenda(self._regimes.duties(), plan, reads, self._clock.now()).tasks(asked)

    def _version(self, one: Happening, happened: Iterable[Happening]) -> SentVersion:
        words = tuple(_word(said) for said in happened if said.type == STATUS and self._is_on(said, one))
        said = one.view
        return SentVersion(
            message_id=one.id,
            unit=str(said.get("unit", "")),
            regime=str(said.get("regime", "")),
            form=str(said.get("form", "")),
            period=str(said.get("period", "")),
            version=one.version,
            state=_state(one, words),
            accepted_at=one.accepted_at,
            copies=tuple(Whereto(*copy) for copy in one.copies),
            words=words,
        )

    def _is_on(self, said: Happening, one: Happening) -> bool:
        """Whether a word is on this version, of one of those who were sent it, and for its unit: ids of reports are the units' own."""
        canonical = self._holder.plan.directory.canonical
        receivers, told = ({canonical(recipient) for recipient, *_ in item.copies} for item in (one, said))
        mine = canonical(one.sender) in told
        return mine and said.version == one.version and canonical(said.sender) in receivers


def _is_of(report: Data | Narrative, one: Owing, regime: Regime) -> bool:
    """Whether a unit owes what this is a report on."""
    return isinstance(report, Narrative) or any(form.code == report.form.code for form in regime.forms_of(one.unit))


def _concerns(one: Happening, agencies: Collection[str]) -> bool:
    return one.sender in agencies or any(recipient in agencies for recipient, *_ in one.copies)


def _word(said: Happening) -> Word:
    view = said.view
    return Word(
        by=said.sender,
        state=str(view.get("state", "")),
        code=str(view.get("code", "")),
        reason=str(view.get("reason", "")),
        cells=tuple(map(str, view.get("cells", ()))),
        accepted_at=said.accepted_at,
    )


def _state(one: Happening, words: Iterable[Word]) -> str:
    """From its copies whether it is out; from then on what recipients say, as far as one may follow the other."""
    out = any(state == Transport.DELIVERED for _, state, _ in one.copies)
    state = State.SENT if out else State.QUEUED
    for word in (State(one.state) for one in words if one.state in set(_TOLD)):
        known = state if word in MOVES[state] else State.SENT if state is State.QUEUED else state
        state = word if word in MOVES[known] else state
    return state


def _superseded(found: Sequence[SentVersion]) -> Iterator[SentVersion]:
    """A later version of the same unit that is out takes the place of those before it."""
    for place, one in enumerate(found):
        later = (other for other in found[place + 1 :] if other.unit == one.unit)
        replaced = one.state in _LEFT and any(other.state in _LEFT for other in later)
        yield replace(one, state=State.SUPERSEDED) if replaced else one


def _owed(row: Expectation) -> Owed:
    regime, form, period, _ = row.key.split("|", 3)
    version, returned = newest(row)
    return Owed(row.who, regime, form, period, row.name, row.due_at or 0, version, returned, row.closed_at is not None)
