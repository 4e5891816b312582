"""One accepted event as the journal's verbs handle it, and how a repeat is told from a conflict (semantics 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from bus.journal.schema import messages
from bus.message import Message, ReturnAddress
from schemas.content import Content

#: Variant of an event that is held because another content was first under its key.
CONFLICT = "conflict:"
#: Kinds that take a document back: an edoc of type 1, a status 13.
_RECALLS = frozenset({"recall", "13"})


class Event(NamedTuple):
    """A row of ``messages``, but for its sequence number."""

    id: str
    type: str
    sender: str
    key: str
    variant: str
    issue: int
    kind: str
    digest: str
    digest_rule: int
    subject: str
    view: str
    priority: int
    door: str
    partner: str
    body: str
    target: str | None
    uncorrelated: int
    conflict_with: str | None
    recalled_by: str | None
    copies_accepted: int
    routes_version: str
    accepted_at: int
    expires_at: int | None

    @property
    def recalls(self) -> bool:
        """Whether it takes a document back."""
        return self.kind in _RECALLS

    @property
    def document(self) -> tuple[str, str, str]:
        """What the events of one document share."""
        return (self.sender, self.type, self.key)

    def message(self) -> Message:
        """The envelope, for those who carry it."""
        return Message(
            id=self.id,
            type=self.type,
            kind=self.kind,
            sender=self.sender,
            document_id=self.key,
            subject=self.subject,
            priority=self.priority,
            came_by=ReturnAddress(self.door, self.partner),
            accepted_at=self.accepted_at,
            expires_at=self.expires_at,
            notation=str(orjson.loads(self.view).get("number", "")) if self.view else "",
        )


NAMES = Event._fields
COLUMNS = tuple(messages.c[name] for name in NAMES)


def from_row(row: Sequence[Any]) -> Event:
    """An event from a row that begins with :data:`COLUMNS`."""
    return Event._make(row[: len(COLUMNS)])


def view_text(content: Content) -> str:
    """The summary for people, as it is stored; with the sender's code as written, for answers to it."""
    more = {"sender": content.sender, "attachments": [a.name for a in content.attachments]}
    return orjson.dumps({**content.view, **more}).decode()


def known_as(content: Content, earlier: list[Event]) -> Event | None:
    """The event this content is a repeat of, among the events of its document.

    A digest made by another version of the rule cannot be compared; the key decides then.
    """
    for event in earlier:
        comparable = event.digest_rule == content.digest_rule
        if comparable and event.digest == content.digest and event.kind == content.kind:
            return event
        if not comparable and event.variant == content.variant and not event.recalled_by:
            return event
    return None


def standing(earlier: list[Event], variant: str = "") -> Event | None:
    """What stands under the key now, a new document or one version of a report: the latest that no recall has taken back."""
    same = [event for event in earlier if event.variant == variant]
    latest = max(same, key=lambda event: event.issue, default=None)
    return latest if latest and not latest.recalled_by else None


def newest(earlier: Sequence[Event]) -> list[Event]:
    """The events of the latest issue, in order of acceptance."""
    last = max((event.issue for event in earlier), default=1)
    return [event for event in earlier if event.issue == last]


def next_issue(content: Content, earlier: list[Event]) -> int:
    """The issue a further event belongs to: the one that stands, or the next after a recall."""
    last = max((event.issue for event in earlier), default=1)
    if content.variant == "" and any(event.variant == "" for event in earlier):
        return last + 1
    return last
