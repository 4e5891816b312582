"""Attached files out of kept bodies, for those who hold a link, and links for those who may have the file.

``fetched`` is told of each that is handed out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bus.claimcheck import ClaimCheck
from bus.errors import Refused, Rejected, Unreachable
from bus.journal.reads import Reads
from bus.links import Links
from bus.message import Claim
from bus.papers import File, Papers
from bus.room import crowded
from bus.translator import papers_of

#: Files that are handed out at one moment: each may hold a megabyte, and a reading of its message.
AT_ONCE = 16


class Attachments:
    """:class:`bus.parcels.Files` over the journal and the store."""

    def __init__(self, links: Links, reads: Reads, claims: ClaimCheck, fetched: Callable[[], object]) -> None:
        self._links = links
        self._reads = reads
        self._claims = claims
        self._fetched = fetched
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def linked(self, token: str) -> File:
        """The file a link leads to."""
        linked = self._links.read(token)
        claim = self._claims.find(self._reads.body(linked.sha256)) if self._reads.has_body(linked.sha256) else None
        if claim is None:
            raise _gone()
        files = self.papers(claim).files
        if not 1 <= linked.place <= len(files):
            raise _gone()
        return files[linked.place - 1]

    def handed_out(self) -> None:
        """Count one that a peer is given."""
        self._fetched()

    def papers(self, claim: Claim) -> Papers:
        """What a kept body says, and its files, whose links are paths where nobody said where partners reach the bus."""
        try:
            return papers_of(claim, self._links.address)
        except (Unreachable, Refused) as error:
            raise Rejected("not_found", "the message cannot be taken apart; it may be fetched whole") from error

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of the places for those who fetch."""
        if not self._places.acquire(blocking=False):
            raise crowded()
        try:
            yield
        finally:
            self._places.release()


def _gone() -> Rejected:
    return Rejected("link.gone", "the file is no longer kept")
