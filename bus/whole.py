"""A small call that came in whole, and the answer to it: what a face may take past ASGI.

To be taken apart for ASGI and put together again costs a small document a fifth of what reading it does. Nothing else
is different on this road: what holds of a call holds on both.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

from bus.desk import Desk, Face

#: Bytes of a body that may come so, and that is read without leaving the event loop.
SMALL = 64 << 10


class Whole(NamedTuple):
    """A POST with all of its body."""

    #: In the order they came; names in small letters.
    headers: Sequence[tuple[bytes, bytes]]
    #: The peer's, '' where it has none.
    address: str
    body: bytes


#: Status, headers in small letters without the length of the body, body.
Answer = tuple[int, Mapping[str, str], bytes]
#: Answers a call. Raises nothing.
Answering = Callable[[Whole], Coroutine[Any, Any, Answer]]


@runtime_checkable
class Direct(Face, Protocol):
    """A face some of whose calls need no ASGI."""

    def direct(self, desk: Desk) -> Mapping[str, Answering]:
        """What answers a POST to a path (from the root) that came in whole: as the application at ``path`` would."""
        ...
