"""Documents as a played partner keeps them: what came from us, and what it has for us."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any


@dataclass(slots=True)
class Taken:
    """A document that came, and how often."""

    doc_id: str
    sha256: str
    size: int
    #: Whatever else its call said.
    said: Mapping[str, object]
    times: int = 1


@dataclass(slots=True)
class Offered:
    """A document that waits for us."""

    doc_id: str
    type: str
    content: Any
    at: int
    state: str = "initial"
    reason: str = ""


@dataclass(slots=True)
class Shelves:
    """All documents of one partner. ``now``: microseconds; ids begin with ``mark``."""

    now: Callable[[], int]
    mark: str
    taken: dict[str, Taken] = field(default_factory=dict)
    offered: list[Offered] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, key: str, body: bytes, said: Mapping[str, object]) -> tuple[Taken, bool]:
        """Keep a document under what its caller calls it; whether it is new. One that is there counts again."""
        if kept := self.taken.get(key):
            kept.times += 1
            return kept, False
        fresh = Taken(f"{self.mark}-S-{next(self._numbers)}", hashlib.sha256(body).hexdigest(), len(body), said)
        self.taken[key] = fresh
        return fresh, True

    def offer(self, content: object, type_: str = "edoc") -> str:
        """Something for us, behind what is there; its id."""
        doc_id = f"{self.mark}-R-{next(self._numbers)}"
        self.offered.append(Offered(doc_id, type_, content, self.now()))
        return doc_id

    def leave(self, body: bytes, type_: str) -> str:
        """The same for a message as it is. Raises ValueError for another type than ours."""
        if type_ not in {"edoc", "status"} or not body:
            raise ValueError("expected a message, and ?type=edoc or status")
        return self.offer(body, type_)

    def waiting(self, type_: str) -> Sequence[Offered]:
        """What of this type was not settled yet, oldest first."""
        return [one for one in self.offered if one.type == type_ and one.state in {"initial", "processing"}]

    def find(self, doc_id: str) -> Offered | None:
        """One document for us."""
        return next((one for one in self.offered if one.doc_id == doc_id), None)

    def account(self) -> Mapping[str, object]:
        """For those who look from outside."""
        return {
            "taken": [
                {"doc_id": one.doc_id, "sha256": one.sha256, "size": one.size, "times": one.times, **one.said}
                for one in self.taken.values()
            ],
            "offered": [
                {"doc_id": one.doc_id, "type": one.type, "state": one.state, "reason": one.reason}
                for one in self.offered
            ],
        }
