"""Guards a file that may be a ZIP of one entry, which receivers unwrap."""

from __future__ import annotations

from schemas.edxml.archive.entry import ENTRY_MARK
from schemas.edxml.archive.flow import Allowance
from schemas.edxml.archive.package import Package
from schemas.edxml.archive.verdict import judged
from schemas.edxml.archive.walk import Walk

_SUFFIX = ".zip"


class ZipGuard:
    """Takes one file as it passes. Memory is spent on a ZIP only, and does not grow with it."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._start: bytes | None = b""
        self._walk: Walk | None = None

    def feed(self, data: bytes) -> None:
        """The next bytes. Raises :class:`Invalid` if the message's packages unpack to too much together."""
        if self._start is not None:
            self._sniff(data)
        elif self._walk:
            self._walk.feed(data)

    def finish(self, name: str) -> Package | None:
        """The file is whole, and called that: how it is opened, if it is to be. Raises :class:`Invalid`."""
        if self._walk is None or is_zip_name(name):
            return None
        return judged(self._walk, name)

    def _sniff(self, data: bytes) -> None:
        start = (self._start or b"") + data
        if len(start) < len(ENTRY_MARK):
            self._start = start
            return
        self._start = None
        if start.startswith(ENTRY_MARK):
            self._walk = Walk(self._allowance)
            self._walk.feed(start)


def is_zip_name(name: str) -> bool:
    """Whether a file of that name is a ZIP in its own right, which nobody unwraps."""
    return name.lower().endswith(_SUFFIX)
