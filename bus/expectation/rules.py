"""What the routes in force say of expectations, in the words the other parts ask in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bus.config.conditions import AgencyCondition
from bus.config.expectations import Answer, OfDocuments, Receipt, Remind, Report
from bus.config.values import ANY
from bus.directory import Directory
from bus.expectation.duties import Duties, Duty
from bus.expectation.times import end_of, next_step, working_days_after
from bus.journal.expectation_reads import Told
from bus.life import Reader
from bus.message import FROM_THE_BUS
from bus.plan import Plan
from schemas.edxml.times import read_day

#: Kinds of document that bring something.
_BRINGING = frozenset({"new", "update", "replace"})
_NO_REMINDERS = Remind()


@dataclass(frozen=True, slots=True)
class Rules:
    """The expectations of one plan, with the reports that are owed."""

    plan: Plan
    duties: Duties

    @property
    def documents(self) -> list[OfDocuments]:
        """Rules about what is owed for documents."""
        return [one for one in self.plan.routes.expectations if isinstance(one, OfDocuments)]

    @property
    def reports(self) -> list[Report]:
        """Rules about reports."""
        return [one for one in self.plan.routes.expectations if isinstance(one, Report)]

    @property
    def directory(self) -> Directory:
        """The agencies."""
        return self.plan.directory

    def agency(self, code: str) -> str:
        """The canonical code."""
        return self.directory.canonical(code)

    def owes(self, code: str, at: int) -> str:
        """Who owes what an agency owed."""
        return owing(self.directory, code, at)

    def asks(self, document: Told, recipient: str) -> Iterator[OfDocuments]:
        """The rules by which this recipient of a document owes something for it. For what the bus itself wrote nobody does, or
        a reminder would be reminded of.
        """
        if document.type == "edoc" and document.kind in _BRINGING and document.door != FROM_THE_BUS.door:
            for rule in self.documents:
                if (isinstance(rule, Receipt) or self.answer_due(document)) and self._fits(rule, document, recipient):
                    yield rule

    def answer_due(self, document: Told) -> int | None:
        """When an answer to a document has to be there; None where it wants none."""
        day = read_day(str(document.view.get("due_date", ""))) if document.kind == "new" else None
        return end_of(day) if day and day < date.max else None

    def receipt_due(self, name: str, delivered_at: int) -> int | None:
        """When a word on what was delivered then has to be there; None where the rule is gone."""
        found = (one for one in self.plan.routes.expectations if one.name == name and isinstance(one, Receipt))
        return next((working_days_after(delivered_at, one.working_days, self.duties.is_working) for one in found), None)

    def counts(self, name: str, status: Told) -> bool:
        """Whether a status is the word that a rule waits for, as its partner means it."""
        code = Reader(self.plan).status(status.sender, status.kind)
        rule = next((one for one in self.documents if one.name == name), None)
        return isinstance(rule, Receipt) and code in rule.status

    def knows(self, name: str) -> bool:
        """Whether a rule is in force."""
        return any(one.name == name for one in self.plan.routes.expectations)

    def remind_at(self, name: str, due_at: int | None, now: int) -> int | None:
        """When to remind of something next; None: never again."""
        return next_step(self._remind(name), due_at, now)

    def corrected_due(self, name: str, returned_at: int) -> int | None:
        """When a report that was returned then is owed again; None where the rule is gone."""
        found = (one for one in self.reports if one.name == name)
        return next(
            (working_days_after(returned_at, one.corrected_within, self.duties.is_working) for one in found), None
        )

    def wants(self, rule: Report, duty: Duty) -> bool:
        """Whether a rule waits for this report."""
        return duty.due >= rule.since and (not rule.regimes or duty.regime in rule.regimes)

    def _remind(self, name: str) -> Remind:
        return next((one.remind for one in self.plan.routes.expectations if one.name == name), _NO_REMINDERS)

    def _fits(self, rule: OfDocuments, document: Told, recipient: str) -> bool:
        when = rule.when
        if when is None:
            return True
        kind = when.kind is None or document.kind in when.kind
        return kind and self._among(when.recipient, recipient) and self._among(when.sender, document.sender)

    def _among(self, asked: AgencyCondition, code: str) -> bool:
        if asked.codes is not None:
            return self.agency(code) in map(self.agency, asked.codes)
        partner = self.directory.partner_of(code)
        return asked.partner is None or (partner is not None and asked.partner in (ANY, partner))


def owing(directory: Directory, code: str, at: int) -> str:
    """Who owes what an agency owed: the agency, or who took its place when its code was closed."""
    closure = directory.closed(code, at)
    return (closure.successor if closure else "") or directory.canonical(code)


def is_answer(rule: OfDocuments) -> bool:
    """Whether a rule waits for an answer."""
    return isinstance(rule, Answer)
