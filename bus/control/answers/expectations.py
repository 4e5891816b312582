"""What must arrive by when: what is owed, what is late, who was reminded, and the calendar of reports."""

from __future__ import annotations

from typing_extensions import TypedDict


class Owed(TypedDict):
    """One thing that one agency owes. ``overdue`` follows from the time; ``closed_at``: it came, or is owed no more.
    ``waived_at``: an operator waived it.
    """

    id: str
    rule: str
    kind: str
    who: str
    who_name: str
    asker: str
    #: The DocumentId, or regime|form|period|unit.
    key: str
    name: str
    office: str
    opened_at: str | None
    due_at: str | None
    overdue: bool
    closed_at: str | None
    #: ``fulfilled``, ``withdrawn``, or empty while it is owed.
    outcome: str
    closed_by: str
    #: Of a report: its latest version, and the latest that was returned.
    version: int
    returned: int
    reminders: int
    remind_at: str | None
    #: When an operator waived it, who and why: nobody waits for it, though it is taken where it comes.
    waived_at: str | None
    waived_by: str
    waived_reason: str


class RuleOwed(TypedDict):
    """A rule of ``expectations:``, and how much of it is owed."""

    rule: str
    on: str
    owed: int
    overdue: int
    #: When the first of what is overdue was due.
    overdue_since: str | None


class Heard(TypedDict):
    """A rule about silence, as the alert of that name listens."""

    rule: str
    source: str
    heard_at: str | None
    silent: bool


class Expectations(TypedDict):
    """Rules, what they wait for, and who is silent."""

    rules: list[RuleOwed]
    silence: list[Heard]
    rows: list[Owed]


class Reports(TypedDict):
    """Reports that are owed or came, by their deadlines. ``problems``: what is wrong with ``regimes.yaml``; what it said before holds."""

    rows: list[Owed]
    problems: list[str]


class Dated(TypedDict):
    """A report, and who owes it by which day."""

    regime: str
    form: str
    period: str
    name: str
    office: str
    level: str
    data_from: str
    data_to: str
    due: str
    units: list[str]


class Calendar(TypedDict):
    """What is owed in a stretch of time, by the days on which it is due."""

    dates: list[Dated]
    problems: list[str]


class ReminderTold(TypedDict):
    """A reminder, and why it could not go; ``error`` is empty where it went."""

    id: str
    who: str
    subject: str
    error: str


class Reminders(TypedDict):
    """Who was reminded, or would be."""

    dry_run: bool
    done: int
    refused: int
    rows: list[ReminderTold]


class GrantTold(TypedDict):
    """A report that an order was about, and why nothing was done about it; ``error`` is empty where it was."""

    report: str
    who: str
    name: str
    due_at: str | None
    error: str


class Granted(TypedDict):
    """What was waived, or is waited for again, or would be."""

    dry_run: bool
    done: int
    refused: int
    rows: list[GrantTold]


class ReopenedTold(TypedDict):
    """A period of a regime that takes reports though it is closed: of one unit, or of all where none is named."""

    regime: str
    period: str
    unit: str
    by: str
    reason: str
    at: str | None
    #: The last day; None: until somebody closes it.
    until: str | None


class ReopenedPeriods(TypedDict):
    """Periods that are open again."""

    rows: list[ReopenedTold]
