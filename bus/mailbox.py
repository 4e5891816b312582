"""The mailbox: copies wait for partners who fetch, and are theirs until they say so (semantics 5).

One copy per recipient agency; no lease hides anything; acked through one door, gone from all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from bus.claimcheck import ClaimCheck
from bus.desk import Caller, MailboxItem
from bus.errors import Rejected
from bus.journal import Journal
from bus.journal.boxes import sent_copy
from bus.journal.browse import Browse
from bus.journal.copy import Copy
from bus.journal.pick import Filter
from bus.journal.take import Ack, Fetch
from bus.message import Claim
from bus.sent import SentCopy

T = TypeVar("T")


class JournalMailbox:
    """A :class:`bus.desk.Mailbox` over the journal."""

    def __init__(self, journal: Journal, claims: ClaimCheck, browse: Browse) -> None:
        self._journal = journal
        self._claims = claims
        self._browse = browse

    def list(
        self, caller: Caller, type_: str, start: int | None = None, end: int | None = None, limit: int = 1000
    ) -> Sequence[MailboxItem]:
        """Every copy of the caller's agencies not yet acked, in order of acceptance."""
        return self._browse.offered(caller.agencies, type_, start, end, limit)

    def count(self, caller: Caller, type_: str) -> int:
        """How many copies wait for the caller."""
        return self._browse.offered_count(caller.agencies, type_)

    def get(self, caller: Caller, doc_id: str) -> Future[Claim]:
        """The bytes, once the first fetch is on disk: a recall looks at it."""
        return _then(self._journal.fetch(_fetch(caller, doc_id)), self._bytes)

    def about(self, caller: Caller, doc_id: str) -> SentCopy:
        """What one copy of the caller's agencies is, acked or not."""
        which = Filter(ids=(doc_id,), recipients=tuple(sorted(caller.agencies)), limit=1)
        found = self._browse.copies(which) if caller.agencies else []
        if not found:
            raise Rejected("not_found")
        return sent_copy(found[0])

    def processing(self, caller: Caller, doc_id: str) -> Future[None]:
        """The partner has begun."""
        return _then(self._journal.begin(_fetch(caller, doc_id)), _nothing)

    def ack(self, caller: Caller, doc_id: str, done: bool, reason: str = "") -> Future[None]:
        """The partner's last word on a copy."""
        return _then(self._journal.ack(Ack(doc_id, caller.agencies, caller.partner, done, reason)), _nothing)

    def _bytes(self, copy: Copy) -> Claim:
        claim = self._claims.find(self._journal.reads.body(copy.body))
        if claim is None:
            raise Rejected("not_found", "the body is no longer kept")
        return claim


def _fetch(caller: Caller, doc_id: str) -> Fetch:
    return Fetch(doc_id, caller.agencies, caller.partner)


def _nothing(_copy: Copy) -> None:
    return None


def _then(first: Future[Copy], use: Callable[[Copy], T]) -> Future[T]:
    """A future of what ``use`` makes of the copy."""
    then: Future[T] = Future()

    def finish(done: Future[Copy]) -> None:
        try:
            then.set_result(use(done.result()))
        except Exception as error:
            then.set_exception(error)

    first.add_done_callback(finish)
    return then
