"""A document that comes as it is. The call has no envelope of its own, so what came is looked at first."""

from __future__ import annotations

from collections.abc import Callable

from adapters.vxp.answers import judge
from bus.errors import FailureClass, Unreachable
from bus.transport import Response

_HEAD = 4096
_PAGES = (b"<!doctype", b"<html")


class Raw:
    """Takes the answer piece by piece and gives it to ``write``; its beginning is kept to be looked at."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._head = b""

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        self._head += piece[: _HEAD - len(self._head)]
        self._write(piece)

    def check(self, answer: Response) -> None:
        """Raise what the answer means where it is no document."""
        start = self._head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
        if answer.status == 200 and start.startswith(b"<") and not start.startswith(_PAGES):
            return
        judge(Response(answer.status, answer.headers, self._head))
        raise Unreachable(FailureClass.SERVER_FAULT, "the answer is no document")
