"""A file taken in as a body is at a door: in pieces, hashed, read, and durable when it is large.

From afar it came along with the order and is taken in already; then its name is no more than a name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from bus.control.parts import Parts
from bus.desk import Received
from bus.errors import IllegalMove, NotFound, Rejected
from bus.reception import Reception
from bus.room import room_of

_PIECE = 1 << 20


@contextmanager
def taken(
    parts: Parts,
    path: Path,
    *,
    format: str = "edxml",  # noqa: A002 - the word of ``schemas.reader``
    looked_at: bool = False,
) -> Iterator[Received]:
    """The body in a file, kept when the block ends well; where it is refused, or only ``looked_at``, nothing of it stays.

    Raises Rejected as a door would, NotFound where the file cannot be read.
    """
    reception, received = _taken(parts, path, format)
    try:
        yield received
    except (Rejected, IllegalMove, NotFound):
        reception.discard(received)
        raise
    if looked_at:
        reception.discard(received)
    else:
        reception.keep(received.claim)


def _taken(parts: Parts, path: Path, format_: str) -> tuple[Reception, Received]:
    if parts.brought:
        return parts.brought.take(), parts.brought.received
    settings = parts.settings
    reception = Reception(
        parts.claims, room_of(settings, parts.clock), settings.max_bytes, parts.journal.reads.has_body
    )
    return reception, asyncio.run(reception.receive(_pieces(path), format=format_))


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
