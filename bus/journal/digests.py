"""Whether bodies are what their names say: read again, in portions bounded by their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bus.claimcheck import ClaimCheck
from bus.journal import schema
from bus.journal.store import Store
from bus.journal.verify import Difference
from bus.message import Claim

#: A portion ends at so many bodies, or with the one that makes them so many bytes.
BODIES, BYTES = 200, 64 << 20
_PIECE = 1 << 20

_B, _M = schema.bodies.c, schema.messages.c


@dataclass(frozen=True, slots=True)
class Portion:
    """What was read, and what is not as it should be. ``after``: where the next begins; None at the end."""

    after: str | None
    bodies: int
    bytes: int
    differences: tuple[Difference, ...]


class Digests:
    """Reads one journal and its bodies; changes nothing."""

    def __init__(self, store: Store, claims: ClaimCheck) -> None:
        self._store = store
        self._claims = claims

    def portion(self, after: str) -> Portion:
        """The bodies that follow a SHA-256."""
        query = select(_B.sha256, _B.size).where(_B.sha256 > after, _B.kept == 1).order_by(_B.sha256).limit(BODIES)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        taken = list(_within(rows))
        found = [Difference("body.damaged", "", "", text) for row in taken if (text := self._amiss(row.sha256))]
        at_end = len(taken) == len(rows) < BODIES
        return Portion(None if at_end else taken[-1].sha256, len(taken), sum(row.size for row in taken), tuple(found))

    def _amiss(self, sha256: str) -> str:
        """What is wrong with a body; empty where nothing is, or where it was given up meanwhile."""
        try:
            claim = self._claims.find(self._body(sha256))
            actual = _digest(claim) if claim else ""
        except OSError as error:
            return f"body {sha256} cannot be read: {error.strerror}"
        if actual == sha256 or self._body(sha256) is None:
            return ""
        return f"body {sha256} {'is not what it was: its bytes are ' + actual if actual else 'is not there'}"

    def _body(self, sha256: str) -> Claim | None:
        query = select(_B.size, _B.data).where(_B.sha256 == sha256, _B.kept == 1)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return Claim(sha256, row.size, row.data) if row else None


def _within(rows: Any) -> Iterator[Any]:
    total = 0
    for row in rows:
        if total >= BYTES:
            return
        total += row.size
        yield row


def _digest(claim: Claim) -> str:
    hashed = hashlib.sha256()
    with claim.open() as file:
        while piece := file.read(_PIECE):
            hashed.update(piece)
    return hashed.hexdigest()
