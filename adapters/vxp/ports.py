"""What the axis's client needs of the bus beyond :class:`~bus.endpoint.Tools`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from bus.desk import Received
from bus.message import CopyOut


class Intake(Protocol):
    """One body being taken in with bounded memory: spooled, hashed and read as it comes."""

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises ``Rejected('body.too_large')`` and nothing else: what cannot be read is
        still spooled to its end, for the quarantine.
        """
        ...

    def finish(self) -> Received:
        """That was all. Raises Rejected where it cannot be read; ``details['claim']`` then has the bytes."""
        ...

    def discard(self) -> None:
        """Forget what was written, unless it was finished."""
        ...


#: Begins to take in a body of at most so many bytes.
Intakes = Callable[[int], Intake]

#: The copies of ours at this endpoint that keep this remote id.
Claims = Callable[[str], Sequence[CopyOut]]
