"""One more hop in a document whose bytes stay as they are otherwise: where it goes, and how it is written.

Nothing here is written anew from models: a hop is text, put in at a byte. A signature may cover the whole message
and stand anywhere in it, so a message is looked at to its end. Memory stays flat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from schemas.content import Invalid
from schemas.edxml.escape import escaped
from schemas.edxml.names import NAMESPACE
from schemas.edxml.signed import SignatureWatch
from schemas.edxml.times import moment_text, vietnamese
from schemas.xml import Name, PushParser

_PIECE = 64 * 1024
#: Bytes kept of what went before, to read an end tag in.
_TAIL = 512
# No end is told before the > of its tag was given, so what ends with a > ends where it is told.
_TO_NEXT_END = re.compile(rb"[^>]*>|[^>]+")
_LIST_END = re.compile(rb"</([^\s<>/:]+:)?TraceHeaderList\s*>\Z")

_HEADER = [Name(NAMESPACE, local) for local in ("edXML", "edXMLEnvelope", "edXMLHeader")]
_LIST = [*_HEADER, Name(NAMESPACE, "TraceHeaderList")]
_HOP = [*_LIST, Name(NAMESPACE, "TraceHeader")]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hop goes: the byte it is put in at, and the prefix of its elements with its colon ('' for none)."""

    at: int
    prefix: str


def find_place(document: BinaryIO) -> Place | None:
    """The place after the last hop, or where the list of hops begins.

    ``None`` if nothing may be put in: the message is signed, has no list of hops that could hold one, or cannot
    be read.
    """
    search = _Search()
    try:
        search.read(document)
    except Invalid:
        return None
    return None if search.signed else search.place


def hop(prefix: str, organ_id: str, moment: datetime) -> bytes:
    """The text of a hop by that agency at that moment (aware). Raises :class:`Invalid` for a code XML cannot carry."""
    said = {"OrganId": organ_id, "Timestamp": moment_text(vietnamese(moment))}
    inside = "".join(f"<{prefix}{name}>{escaped(name, text)}</{prefix}{name}>" for name, text in said.items())
    return f"<{prefix}TraceHeader>{inside}</{prefix}TraceHeader>".encode()


class _Search(SignatureWatch):
    """The parser's handler. Told of each tag of the header by itself, it knows at which byte that one ends."""

    def __init__(self) -> None:
        super().__init__()
        self.place: Place | None = None
        self._parser = PushParser(self)
        self._path: list[Name] = []
        self._in_header = True
        self._given = 0
        self._tail = b""
        self._last_hop = 0

    def read(self, document: BinaryIO) -> None:
        """Look until it is clear that nothing goes in, or to the end. Raises :class:`Invalid`."""
        while piece := document.read(_PIECE):
            for part in self._parts(piece):
                self._feed(part)
            if self.signed or not (self._in_header or self.place):
                return
        self._parser.close()

    def start(self, name: Name) -> None:
        """An element begins."""
        super().start(name)
        self._path.append(name)
        if self._path == _LIST:
            self._last_hop = self._given

    def end(self) -> None:
        """The open element ends."""
        super().end()
        if self._path == _HOP:
            self._last_hop = self._given
        elif self._path == _LIST and self.place is None:
            self.place = self._place()
        elif self._path == _HEADER:
            self._in_header = False
        self._path.pop()

    def _parts(self, piece: bytes) -> Sequence[bytes]:
        return _TO_NEXT_END.findall(piece) if self._in_header else (piece,)

    def _feed(self, part: bytes) -> None:
        self._given += len(part)
        self._tail = (self._tail + part)[-_TAIL:]
        self._parser.feed(part)

    def _place(self) -> Place | None:
        """The place in the list that ends here. An empty-element tag has no inside, and its prefix no end tag."""
        end = _LIST_END.search(self._tail)
        return Place(self._last_hop, (end[1] or b"").decode()) if end else None
