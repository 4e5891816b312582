"""The bytes of reports that were accepted, as long as they are kept."""

from __future__ import annotations

from bus.claimcheck import ClaimCheck
from bus.journal.aggregate_reads import AggregateReads
from bus.journal.reads import Reads
from bus.journal.store import Store


class Kept:
    """Reads them whole: a packet is bounded where it comes in. Raises JournalDown."""

    def __init__(self, store: Store, reads: Reads, claims: ClaimCheck) -> None:
        self._bodies = AggregateReads(store)
        self._reads = reads
        self._claims = claims

    def packet(self, message_id: str) -> bytes | None:
        """What a message brought; None where there is none, or where it is no longer kept."""
        sha256 = self._bodies.bodies([message_id]).get(message_id, "")
        kept = sha256 and self._reads.has_body(sha256)
        claim = self._claims.find(self._reads.body(sha256)) if kept else None
        if claim is None:
            return None
        with claim.open() as body:
            return body.read()
