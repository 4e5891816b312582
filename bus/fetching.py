"""Fetching a body from a partner: spooled whole, hashed and read as it comes.

What cannot be read is spooled to its end all the same, for an operator to look at.
"""

from __future__ import annotations

import schemas
from bus.claimcheck import ClaimCheck
from bus.desk import Received
from bus.errors import Rejected
from schemas.content import Invalid


class Fetching:
    """A :class:`bus.endpoint.BodyIn` of at most ``limit`` bytes, read as one of ``format``."""

    def __init__(self, claims: ClaimCheck, limit: int, format: str = "edxml") -> None:  # noqa: A002 - the word of ``schemas.reader``
        self._spool = claims.take(limit)
        self._reader = schemas.reader(format)
        self._invalid: Invalid | None = None

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises ``Rejected('body.too_large')``."""
        self._spool.write(data)
        if self._invalid is None:
            try:
                self._reader.feed(data)
            except Invalid as invalid:
                self._invalid = invalid

    def finish(self) -> Received:
        """That was all. Raises Rejected where it cannot be read, with its bytes in ``details['claim']``."""
        claim = self._spool.finish()
        try:
            if self._invalid:
                raise self._invalid
            return Received(claim, self._reader.close())
        except Invalid as invalid:
            raise Rejected(invalid.code, invalid.detail, claim=claim) from invalid

    def discard(self) -> None:
        """Forget what was written, unless it was finished."""
        self._spool.discard()
