"""What each event of the journal opens and closes. Pure: rows and events in, changed rows out.

An expectation for a document is made with its copy and is owed from the copy's delivery; a report is owed from the calendar. A word
that comes before the delivery is known closes all the same, and what comes twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bus.expectation.duties import Duty
from bus.expectation.reported import Reported, reported
from bus.expectation.rules import Rules, is_answer
from bus.expectation.standing_in import is_there, versions_of, with_versions
from bus.journal.browse import Happened
from bus.journal.expectation_reads import DATA, Told
from bus.journal.expecting import Expectation
from bus.journal.states import State

#: What makes copies, and what ends what was owed for one.
MAKES = frozenset({"message.accepted", "message.extended"})
_RECALLED = "copy.recalled"
_GONE = frozenset({State.CANCELLED, State.EXPIRED})
FULFILLED, WITHDRAWN = "fulfilled", "withdrawn"


def concerns(event: Happened) -> bool:
    """Whether an event can open or close anything."""
    return event.what in MAKES or (event.copy is not None and (event.state == State.DELIVERED or _ends(event)))


def _ends(event: Happened) -> bool:
    return event.what == _RECALLED or event.state in _GONE


def ids_of(rules: Rules, told: Told) -> Iterator[str]:
    """The expectations a message may make or close by its id."""
    for id_, recipient in told.copies:
        yield from (id_of(rule.name, id_) for rule in rules.asks(told, recipient))
    said = reported(told)
    if said:
        yield from (row.id for duty in _owed(rules, said, told) for row in as_owed(rules, duty, told.accepted_at))


def keys_of(told: Told) -> Iterator[str]:
    """The documents and reports that what a message closes is known by."""
    yield told.key
    yield from answers(told)


def answers(told: Told) -> list[str]:
    """The documents that a document answers."""
    found = told.view.get("answers")
    return [str(one) for one in found] if isinstance(found, list) and told.type == "edoc" else []


class Following:
    """Takes events in order. ``known`` are the rows that they may change, ``messages`` those that they are about."""

    def __init__(self, rules: Rules, known: Iterable[Expectation], messages: Mapping[str, Told]) -> None:
        self._rules = rules
        self._messages = messages
        self._rows: dict[str, Expectation] = {}
        #: The ids of rows by the copy, and by the document or report, that they are about.
        self._of: dict[str, list[str]] = defaultdict(list)
        for row in known:
            self._add(row)
        self._before = dict(self._rows)

    @property
    def changed(self) -> tuple[Expectation, ...]:
        """The rows that are new, or not what they were."""
        return tuple(row for id_, row in sorted(self._rows.items()) if self._before.get(id_) != row)

    def take(self, event: Happened) -> None:
        """The next event."""
        told = self._messages.get(event.message)
        if told is None or not concerns(event):
            return
        if event.copy is not None:
            self._of_copy(event)
        elif event.what in MAKES:
            self._make(told)
            self._close(told, event.at)

    def _of_copy(self, event: Happened) -> None:
        for row in self._about(str(event.copy)):
            if _ends(event):
                self._put(_ended(row, event.at, "", WITHDRAWN))
            elif row.opened_at is None:
                due_at = row.due_at or self._rules.receipt_due(row.rule, event.at)
                self._put(self._reminding(row._replace(opened_at=event.at, due_at=due_at), event.at))

    def _make(self, told: Told) -> None:
        for copy, recipient in told.copies:
            for rule in self._rules.asks(told, recipient):
                row = Expectation(
                    id=id_of(rule.name, copy),
                    rule=rule.name,
                    kind=rule.on,
                    who=self._rules.agency(recipient),
                    asker=self._rules.agency(told.sender),
                    key=told.key,
                    message=told.id,
                    office="",
                    name=told.number,
                    opened_at=None,
                    due_at=self._rules.answer_due(told) if is_answer(rule) else None,
                )
                self._add(row)

    def _close(self, told: Told, at: int) -> None:
        said = reported(told)
        if said:
            self._of_report(said, told, at)
        elif told.type == "status":
            self._by_status(told, at)
        for key in answers(told):
            self._by_answer(key, told, at)

    def _by_status(self, told: Told, at: int) -> None:
        for row in self._owed_by(told.sender, told.key, "receipt"):
            if self._rules.counts(row.rule, told) and self._same(row.asker, told.owner):
                self._put(_ended(row, at, told.id, FULFILLED))

    def _by_answer(self, key: str, told: Told, at: int) -> None:
        recipients = [recipient for _, recipient in told.copies]
        for row in self._owed_by(told.sender, key, "answer"):
            if any(self._same(row.asker, one) for one in recipients):
                self._put(_ended(row, at, told.id, FULFILLED))

    def _owed_by(self, who: str, key: str, kind: str) -> list[Expectation]:
        return [row for row in self._about(key) if row.kind == kind and self._same(row.who, who)]

    def _same(self, one: str, other: str) -> bool:
        return self._rules.agency(one) == self._rules.agency(other)

    def _of_report(self, said: Reported, told: Told, at: int) -> None:
        for duty in _owed(self._rules, said, told):
            sender = self._rules.agency(said.unit)
            stand_in = "" if sender == self._rules.agency(duty.unit) else sender
            for row in as_owed(self._rules, duty, at):
                self._add(row)
                now = self._rows[row.id]
                is_data = told.type == DATA
                self._put(_arrived(now, stand_in, said, told, at) if is_data else self._word(now, stand_in, said, at))

    def _word(self, row: Expectation, stand_in: str, said: Reported, at: int) -> Expectation:
        """A version was returned: unless another one stands, the report is owed again."""
        version, returned = versions_of(row, stand_in)
        if not said.returned or said.version <= returned:
            return row
        marked = with_versions(row, stand_in, (version, said.version))
        if version == 0 or is_there(marked):
            return marked
        again = self._rules.corrected_due(row.rule, at) or at
        opened = marked._replace(closed_at=None, closed_by="", outcome="", due_at=max(row.due_at or at, again))
        return self._reminding(opened, at)

    def _reminding(self, row: Expectation, at: int) -> Expectation:
        return row._replace(remind_at=self._rules.remind_at(row.rule, row.due_at, at)) if row.lacking else row

    def _about(self, thing: str) -> list[Expectation]:
        return [self._rows[id_] for id_ in self._of[thing]]

    def _add(self, row: Expectation) -> None:
        """A row, unless it is known."""
        if row.id not in self._rows:
            self._rows[row.id] = row
            for thing in {row.key, row.id.partition("/")[2]}:
                self._of[thing].append(row.id)

    def _put(self, row: Expectation) -> None:
        self._rows[row.id] = row


def _ended(row: Expectation, at: int, by: str, outcome: str) -> Expectation:
    """The row, closed; what is closed stays as it is."""
    if row.closed_at is not None:
        return row
    return row._replace(closed_at=at, closed_by=by, outcome=outcome, remind_at=None)


def _arrived(row: Expectation, stand_in: str, said: Reported, told: Told, at: int) -> Expectation:
    """A version came: the newest stands, and what was closed was closed by the first that was not returned."""
    version, returned = versions_of(row, stand_in)
    if said.version <= version:
        return row
    newer = with_versions(row, stand_in, (said.version, returned))
    if said.version <= returned:
        return newer
    return newer._replace(closed_by=told.id) if row.closed_at is not None else _ended(newer, at, told.id, FULFILLED)


def id_of(rule: str, thing: str) -> str:
    """The id of what a rule waits for: of a copy of a document, or of a report by its key."""
    return f"{rule}/{thing}"


def _owed(rules: Rules, said: Reported, told: Told) -> Iterator[Duty]:
    """What a report, or a word on one, is about: what its unit owes, and what those owe in whose place it came. A report comes of
    its unit, or of who took its place, and goes to a receiver; the word is a receiver's.
    """
    unit = rules.agency(said.unit)
    of_its_own = rules.agency(told.sender) in (unit, rules.owes(unit, told.accepted_at))
    if told.type == DATA and not of_its_own:
        return
    ends = [recipient for _, recipient in told.copies] if told.type == DATA else [told.sender]
    receivers = set(map(rules.agency, ends))
    for duty in rules.duties.of(said.regime, said.form, said.period):
        owed_by = (rules.agency(duty.unit), rules.owes(duty.unit, told.accepted_at))
        if unit in owed_by and not receivers.isdisjoint(map(rules.agency, duty.receivers)):
            yield duty


def as_owed(rules: Rules, duty: Duty, at: int) -> Iterator[Expectation]:
    """A duty as it is owed at an instant, by each rule that waits for it."""
    for rule in rules.reports:
        if rules.wants(rule, duty):
            yield Expectation(
                id=id_of(rule.name, duty.key),
                rule=rule.name,
                kind=rule.on,
                who=rules.owes(duty.unit, at),
                asker=rules.agency(duty.receivers[0]),
                key=duty.key,
                message="",
                office=rules.agency(duty.office),
                name=duty.name,
                opened_at=at,
                due_at=duty.due_at,
                remind_at=rules.remind_at(rule.name, duty.due_at, at),
            )
