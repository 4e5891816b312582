"""What a partner sent, as it may see it: where each copy is, and how the document fares there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SentCopy:
    """One copy of what a partner sent, for its outbox view. ``state`` is a state of semantics 3."""

    message_id: str
    doc_id: str
    type: str
    sender: str
    recipient: str
    document_id: str
    subject: str
    notation: str
    state: str
    reason: str
    accepted_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Sought:
    """Which of the copies a partner sent are meant. Empty fields ask nothing; times are journal microseconds."""

    type: str = ""
    state: str = ""
    recipient: str = ""
    #: Words of number, subject and names.
    text: str = ""
    #: Accepted in [since, until).
    since: int | None = None
    until: int | None = None
    #: What the page before called ``next``.
    after: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Outbox:
    """A page of what a partner sent, newest first; ``next`` is where it goes on, empty at the end."""

    copies: Sequence[SentCopy]
    next: str
    #: About so many events and older copies cannot be found by what was asked for yet.
    behind: int = 0


@dataclass(frozen=True, slots=True)
class StatusSaid:
    """One status about a document, as an agency reported it."""

    #: The status message's own id.
    message_id: str
    #: The two digits as they came, and as they are read: a partner may mean another one by them.
    code: str
    read_as: str
    #: Who reported, by its canonical code.
    by: str
    #: Its own Timestamp as written: Vietnam's time, without a zone.
    timestamp: str
    #: Journal microseconds at which it was accepted.
    accepted_at: int
    description: str


@dataclass(frozen=True, slots=True)
class Life:
    """How a document fares at one recipient, as statuses tell it: by rank, whatever order they came in.

    Has nothing to do with the state of the copy, which tells of its transport.
    """

    #: How far its handling is (01 to 06); empty where nobody said.
    handling: str = ""
    #: Where the last word on a change or a taking back stands (13, 15, 16), and who asked for it; empty without one.
    request: str = ""
    asked_by: str = ""
    #: All that was said, in order of acceptance; also codes that are defined nowhere and count for nothing.
    statuses: tuple[StatusSaid, ...] = ()
