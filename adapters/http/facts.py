"""What names in templates stand for: looked up when a template asks for them, each at most once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from adapters.http.filters import LOCAL
from adapters.http.said import said
from bus.clock import instant
from bus.message import CopyOut, Delivery, new_id
from bus.papers import File, Papers

T = TypeVar("T")
Makers = Mapping[str, Callable[[], object]]


class Facts(Mapping[str, object]):
    """Names and what they stand for."""

    def __init__(self, makers: Makers) -> None:
        self.makers = makers
        self._made: dict[str, object] = {}

    def __getitem__(self, name: str) -> object:
        if name not in self._made:
            self._made[name] = self.makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)

    def also(self, more: Makers) -> Facts:
        """These and more; what was made so far is made no more."""
        found = Facts({**self.makers, **more})
        found._made.update({name: made for name, made in self._made.items() if name not in more})
        return found


def of_call(endpoint: str, now: int) -> Facts:
    """Of any call. ``now``: journal microseconds."""
    return Facts({"now": lambda: local(now), "nonce": new_id, "endpoint": lambda: endpoint})


def of_copy(facts: Facts, copy: CopyOut) -> Facts:
    """Of a call about a copy."""
    return facts.also(
        {
            "docId": lambda: copy.doc_id,
            "recipient": lambda: copy.recipient,
            "attempt": lambda: copy.attempt,
            "remoteId": lambda: copy.remote_id or "",
        }
    )


def of_delivery(facts: Facts, delivery: Delivery, copy: CopyOut) -> Facts:
    """Of a call about a copy of this message."""
    message = delivery.message
    return of_copy(facts, copy).also(
        {
            "messageId": lambda: message.id,
            "type": lambda: message.type,
            "kind": lambda: message.kind,
            "sender": lambda: message.sender,
            "documentId": lambda: message.document_id,
            "subject": lambda: message.subject,
            "notation": lambda: message.notation,
            "priority": lambda: message.priority,
            "acceptedAt": lambda: local(message.accepted_at),
            "sha256": lambda: delivery.body.sha256,
            "size": lambda: delivery.body.size,
            "fileName": lambda: f"{copy.doc_id}.edxml",
        }
    )


def of_papers(facts: Facts, papers: Callable[[], Papers]) -> Facts:
    """Besides, what the message says in its body; what its envelope says too is as it stands there."""
    return Facts(said(papers)).also(facts.makers)


def of_file(facts: Facts, file: File, number: int) -> Facts:
    """Besides, what is known of one file of it."""
    return facts.also(
        {
            "file.name": lambda: file.name,
            "file.type": lambda: file.media_type,
            "file.description": lambda: file.description,
            "file.size": lambda: file.body.size,
            "file.sha256": lambda: file.sha256,
            "file.number": lambda: number,
            "file.link": file.link,
        }
    )


def local(at: int) -> datetime:
    """Journal microseconds in Vietnam's time."""
    return instant(at).astimezone(LOCAL)


def says(value: object) -> Callable[[], object]:
    """What makes a value that is there."""
    return lambda: value


def once(make: Callable[[], T]) -> Callable[[], T]:
    """What is made when it is first asked for, and then is the same."""
    made: list[T] = []

    def made_once() -> T:
        if not made:
            made.append(make())
        return made[0]

    return made_once
