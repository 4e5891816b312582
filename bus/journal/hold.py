"""A standing hold: what comes and fits it is born held.

Asked for once a batch of intake, in its transaction: what is accepted after a hold was answered is held.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from bus.journal.placement import Placement
from bus.journal.schema import holds
from bus.journal.states import Reason
from bus.journal.tx import Tx

COLUMNS = tuple(column for column in holds.columns if column.name != "seq")
_STANDING = select(*COLUMNS).where(holds.c.lifted_at.is_(None)).order_by(holds.c.seq)


@dataclass(frozen=True, slots=True)
class Hold:
    """A row of ``holds``, but for its sequence number. What is empty of rule, sender and endpoint asks nothing."""

    id: str
    rule: str
    sender: str
    endpoint: str
    by: str
    reason: str
    at: int
    lifted_by: str | None = None
    lifted_at: int | None = None

    def fits(self, rule: str, senders: Container[str], endpoint: str) -> bool:
        """Whether it holds what this rule takes from this sender (in all its spellings) to this endpoint."""
        return (
            self.rule in ("", rule) and self.endpoint in ("", endpoint) and (not self.sender or self.sender in senders)
        )


def standing(tx: Tx) -> list[Hold]:
    """The holds that stand, as this transaction sees them."""
    return [Hold(*row) for row in tx.ask(_STANDING)]


def kept_back(holds: Sequence[Hold], place: Placement, senders: Container[str]) -> Placement:
    """The placement, born held where one of these fits it; what is held for another reason is so for that one."""
    fits = any(hold.fits(place.rule, senders, place.endpoint) for hold in holds)
    return replace(place, held=place.held or Reason.OPERATOR) if fits else place
