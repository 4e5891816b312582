"""Reads a body that is an edXML message or a packet of reports, whichever it begins as: for people, who have a file and no Content-Type."""

from __future__ import annotations

from schemas.content import Content, Invalid, Reader
from schemas.edxml.reader import EdxmlReader
from schemas.report.reader import ReportReader

_MARK, _BLANK = b"\xef\xbb\xbf", b" \t\r\n"
#: White space that may stand before a body.
_LONGEST = 1 << 16


class EitherReader:
    """A :class:`schemas.content.Reader` for either."""

    def __init__(self) -> None:
        self._begun = b""
        self._reader: Reader | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises :class:`Invalid`, also for what is neither."""
        if self._reader is None:
            self._begun += data
            first = self._begun.removeprefix(_MARK).lstrip(_BLANK)[:1]
            if not first and len(self._begun) < _LONGEST:
                return
            self._reader, data = _reader(first), self._begun
        self._reader.feed(data)

    def close(self) -> Content:
        """What the body says. Raises :class:`Invalid`."""
        return (self._reader or _reader(b"")).close()


def _reader(first: bytes) -> Reader:
    if first == b"<":
        return EdxmlReader()
    if first == b"{":
        return ReportReader()
    raise Invalid(
        "request.media_type",
        "this is neither an edXML message, which begins with <, nor a packet of a report, which is JSON and begins with {: "
        "take the file as bus body wrote it; a filled form (XLSX, CSV) is sent to /reports/v1/reports",
    )
