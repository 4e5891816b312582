"""Reads packets of reports at a door: JSON, whole in memory, and so bounded.

Whether a report is right is not asked here: :mod:`schemas.report.check` knows the regimes.
"""

from __future__ import annotations

from schemas.content import Content, Invalid
from schemas.report.message import content_of
from schemas.report.reading import PacketInvalid, read

#: Bytes of a packet, files in it included.
LIMIT = 16 << 20
#: Of what is wrong with a packet, so many things are told in a refusal.
_TOLD = 20


class ReportReader:
    """A :class:`schemas.content.Reader` for one packet."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises :class:`Invalid` for a packet that is too large."""
        self._size += len(data)
        if self._size > LIMIT:
            self._held.clear()
            raise Invalid("body.too_large", f"a packet of a report has at most {LIMIT} bytes")
        self._held.append(data)

    def close(self) -> Content:
        """What the packet says. Raises :class:`Invalid`."""
        try:
            return content_of(read(b"".join(self._held)))
        except PacketInvalid as error:
            raise Invalid("report.shape", _words(error)) from error


def _words(error: PacketInvalid) -> str:
    told = [one.text("en") for one in error.problems[:_TOLD]]
    left = len(error.problems) - len(told)
    return "; ".join([*told, f"and {left} more"] if left else told)
