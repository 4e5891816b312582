"""Where each consequence has got to in the journal's events (semantics 8)."""

from __future__ import annotations

from collections.abc import Sequence

from bus.journal import schema
from bus.journal.tx import Tx

Position = tuple[str, int]


def move_cursors(tx: Tx, positions: Sequence[Position]) -> None:
    """Move cursors ahead, in this transaction."""
    last = dict(sorted(positions))
    tx.put(schema.cursors, "name", [{"name": name, "position": last[name]} for name in sorted(last)])


def advance(tx: Tx, positions: Sequence[Position]) -> list[Exception | None]:
    """The verb for events that led to nothing."""
    move_cursors(tx, positions)
    return [None] * len(positions)
