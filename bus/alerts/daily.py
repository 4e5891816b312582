"""Statements of the day before, made once for each agency: a letter to a channel, or a document of the bus to the agency itself.

That one was made is noted with its letters. A document is accepted before that is noted: should the bus die between, it comes
again under the DocumentId that its agency and day give it, and is the same document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from itertools import islice

from bus import log
from bus.alerts.by_bus import hand_in
from bus.alerts.statement import Statement, bounds, day_before, local
from bus.config.channels import AGENCY
from bus.config.channels import Statement as Line
from bus.errors import Rejected
from bus.ingress import Ingress
from bus.journal import Journal
from bus.journal.alert_reads import AlertReads
from bus.journal.alerting import Letter, Stated
from bus.journal.statements import Statements
from bus.plan import Plan, PlanHolder

_log = log.get()
#: Agencies of a round; the others come with the next ones.
_AT_ONCE = 20


class Daily:
    """``ours``: whether this process tells people. ``own_code`` is the bus's agency code."""

    def __init__(
        self, journal: Journal, holder: PlanHolder, ingress: Ingress, own_code: str, ours: Callable[[], bool]
    ) -> None:
        self._journal = journal
        self._reads = AlertReads(journal.store)
        self._statements = Statements(journal.store)
        self._holder = holder
        self._ingress = ingress
        self._own_code = own_code
        self._ours = ours

    def round(self) -> None:
        """Make what is to be made and was not. Raises Busy where the journal is down."""
        if not self._ours():
            return
        plan, now = self._holder.plan, self._journal.clock.now()
        for line in plan.routes.statements:
            if local(now).time() >= line.at:
                self._make(line, plan, day_before(now))

    def _make(self, line: Line, plan: Plan, day: date) -> None:
        made = self._reads.stated(line.name, day.isoformat())
        left = (agency for agency in agencies(line, plan) if agency not in made)
        for agency in islice(left, _AT_ONCE):
            self._tell(line, stated(self._statements, plan, agency, day))

    def _tell(self, line: Line, one: Statement) -> None:
        letters = tuple(_letter(line, one, to) for to in line.to if to != AGENCY) if one.lines else ()
        outcome = "sent" if one.lines else "nothing"
        if one.lines and AGENCY in line.to:
            outcome = self._hand_in(_letter(line, one, AGENCY), one.agency)
        self._journal.alert("stated", Stated(line.name, one.day.isoformat(), one.agency, outcome, letters)).result()
        _log.info("statement.made", statement=line.name, agency=one.agency, outcome=outcome)

    def _hand_in(self, letter: Letter, agency: str) -> str:
        try:
            hand_in(self._ingress, self._own_code, agency, letter)
        except Rejected as refusal:
            _log.warning("statement.refused", agency=agency, code=refusal.code)
            return refusal.code
        return "sent"


def agencies(line: Line, plan: Plan) -> list[str]:
    """The canonical codes a line is about; where it names none, all that partners act for."""
    if line.of.codes is not None:
        return list(dict.fromkeys(map(plan.directory.canonical, line.of.codes)))
    partners = plan.routes.partners
    named = [line.of.partner] if line.of.partner in partners else sorted(partners)
    return [code for name in named for code in partners[str(name)].agencies]


def stated(statements: Statements, plan: Plan, agency: str, day: date) -> Statement:
    """The statement of an agency, in whatever spelling it sent, and day (of Vietnam)."""
    spellings = plan.directory.spellings(agency)
    return Statement(spellings[0], day, tuple(statements.lines(spellings, *bounds(day))))


def _letter(line: Line, one: Statement, to: str) -> Letter:
    """The same each time it is written, but for what became of the documents meanwhile."""
    key = hashlib.sha256(f"statement\0{line.name}\0{one.day}\0{one.agency}\0{to}".encode()).hexdigest()[:32]
    subject = f"[Trục liên thông] SAO KÊ · STATEMENT · {one.agency} · {one.day}"
    file, (_, made_at) = f"sao-ke-{one.day}.csv", bounds(one.day)
    return Letter(key, to, line.name, "statement", subject, one.text(), file, one.csv(), made_at)
