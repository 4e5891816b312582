"""Messages and their copies."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from bus.control.answers.edits import EditTold
from bus.control.answers.failures import Hint

#: Why a copy stands where it does, by class; empty where it goes as it should.
_Class = TypedDict("_Class", {"class": str})


class CopyTold(_Class):
    """One copy, with what its message is. ``status``: how far its handling is, by the codes of the standard."""

    seq: int
    copy: str
    message: str
    type: str
    kind: str
    sender: str
    recipient: str
    document_id: str
    subject: str
    part: str
    endpoint: str
    rule: str
    routes_version: str
    state: str
    reason: str
    group: str | None
    status: str
    attempts: int
    next_at: str | None
    remote_id: str | None
    recalled_by: str | None
    fetched_at: str | None
    accepted_at: str | None
    changed_at: str | None


class MessageTold(TypedDict):
    """One message."""

    message: str
    type: str
    kind: str
    sender: str
    document_id: str
    subject: str
    priority: int
    door: str
    partner: str
    copies_accepted: int
    conflict_with: str | None
    recalled_by: str | None
    about: str | None
    uncorrelated: bool
    routes_version: str
    accepted_at: str | None
    expires_at: str | None


class Standing(TypedDict):
    """A status of the standard, with its name."""

    code: str
    name: str


class Said(TypedDict):
    """One status about a document, as an agency reported it."""

    message: str
    code: str
    read_as: str
    name: str
    by: str
    timestamp: str
    accepted_at: str | None
    description: str


class LifeTold(TypedDict):
    """How a document fares at its recipient."""

    handling: Standing | None
    request: Standing | None
    asked_by: str
    statuses: list[Said]


class AttemptTold(TypedDict):
    """One call to a partner."""

    number: int
    what: str
    outcome: str
    failure: str
    words: str
    code: str
    remote_id: str | None
    sent_sha256: str | None
    began_at: str | None
    ended_at: str | None


class EventTold(TypedDict):
    """One event of the journal."""

    seq: int
    at: str | None
    copy: str | None
    what: str
    state: str
    by: str
    detail: dict[str, Any]


class ConditionTold(TypedDict):
    """Whether an endpoint is called."""

    paused_by: str
    pause_reason: str
    paused_at: str | None
    breaker: str
    breaker_until: str | None
    opened_at: str | None
    opened_for: str
    opened_words: str
    failures: int


class Before(TypedDict):
    """What keeps a queued copy back in its lane."""

    copy: str
    message: str
    state: str


class TracedCopy(CopyTold):
    """A copy, with all that is known of it."""

    hint: Hint | None
    life: LifeTold | None
    why: str
    behind: list[Before]
    condition: ConditionTold
    body: str
    edits: list[EditTold]
    calls: list[AttemptTold]


class Trace(MessageTold):
    """One message, from its acceptance on. ``also``: others of the name it was asked for by."""

    copies: list[TracedCopy]
    also: list[MessageTold]
    events: list[EventTold]


class BehindTold(TypedDict):
    """What cannot be found by words yet: so many events, and so many copies from before there was an index."""

    events: int
    older: int


class Messages(TypedDict):
    """A page of copies, newest first. ``next``: the ``after`` of the following page."""

    copies: list[CopyTold]
    next: str | None
    behind: BehindTold | None


class Count(TypedDict):
    """How many there are; ``more``: these and more, that were not counted."""

    count: int
    more: bool


class Sum(TypedDict):
    """Dead copies of one endpoint and reason."""

    endpoint: str
    reason: str
    count: int


class Dead(TypedDict):
    """What no further attempt is made for."""

    count: int
    groups: list[Sum]
    hints: dict[str, Hint]
    copies: list[CopyTold]
