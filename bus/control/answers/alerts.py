"""What people are told of by themselves: alerts, and the statement of a day."""

from __future__ import annotations

from typing_extensions import TypedDict


class Thing(TypedDict):
    """One thing a rule found. ``gone_at``: it is over, and its end has not been told yet."""

    thing: str
    since: str | None
    told_at: str | None
    gone_at: str | None


class RuleTold(TypedDict):
    """One rule, and what goes on of it."""

    rule: str
    on: str
    to: list[str]
    snoozed_until: str | None
    things: list[Thing]


class ChannelTold(TypedDict):
    """A channel of the routes."""

    channel: str
    kind: str


class Waiting(TypedDict):
    """Letters a channel has not taken yet."""

    channel: str
    letters: int
    oldest_at: str | None


class LetterTold(TypedDict):
    """A letter, and what came of carrying it."""

    made_at: str | None
    channel: str
    rule: str
    kind: str
    subject: str
    attempts: int
    outcome: str
    words: str


class Alerts(TypedDict):
    """The rules with what goes on of each, and the newest letters."""

    rules: list[RuleTold]
    channels: list[ChannelTold]
    waiting: list[Waiting]
    letters: list[LetterTold]


class Snoozed(TypedDict):
    """A rule nobody hears of until then."""

    rule: str
    snoozed_until: str | None


class ChannelTried(TypedDict):
    """Whether a channel took a letter; ``error`` says why not."""

    channel: str
    kind: str
    taken: bool
    error: str


class SumOfState(TypedDict):
    """Copies of one state and reason."""

    state: str
    reason: str
    count: int


class StatementLine(TypedDict):
    """A copy that has not arrived."""

    document_id: str
    number: str
    type: str
    kind: str
    recipient: str
    state: str
    reason: str
    accepted_at: str | None
    changed_at: str | None


class Statement(TypedDict):
    """What an agency sent on a day, and what became of it."""

    agency: str
    day: str
    copies: int
    counts: list[SumOfState]
    not_arrived: list[StatementLine]
    csv: str
