"""MIME ``multipart/related`` in an answer (MTOM, SOAP with Attachments): where its parts are. Nothing is copied."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser

from adapters.soap.client.tree import Disk
from adapters.soap.wire.media import bare, plain_id
from adapters.soap.wire.names import MULTIPART
from bus.errors import Rejected

_PIECE = 64 << 10
_MAX_HEAD, _MAX_PARTS = 16 << 10, 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers by lower-case names, and its bytes as a stretch of the answer."""

    headers: Mapping[str, str]
    start: int
    end: int

    @property
    def cid(self) -> str:
        """Its Content-ID without the angle brackets; '' for none."""
        return plain_id(self.headers.get("content-id", ""))

    @property
    def encoding(self) -> str:
        """How its bytes are written: ``binary``, ``base64`` and so on."""
        return self.headers.get("content-transfer-encoding", "binary").strip().lower()

    @property
    def media_type(self) -> str:
        """Its type without parameters."""
        return bare(self.headers.get("content-type", ""))


@dataclass(frozen=True, slots=True)
class Related:
    """The envelope, and what came with it by Content-ID or, without one, by number."""

    root: Part
    others: Mapping[str, Part] = field(default_factory=dict)


def related(file: Disk, size: int, content_type: str) -> Related:
    """The parts of an answer; one that is not multipart is its own root. Raises ``Rejected('xml.malformed')``."""
    head = Message()
    head["Content-Type"] = content_type
    if head.get_content_type() != MULTIPART:
        return Related(Part({"content-type": content_type}, 0, size))
    boundary = head.get_boundary()
    if not boundary:
        raise Rejected("xml.malformed", "the answer is multipart without a boundary")
    parts = [_part(file, start, end) for start, end in _between(file, size, boundary.encode("latin-1", "replace"))]
    root = _root(parts, str(head.get_param("start") or ""))
    others = {one.cid or f"{number}": one for number, one in enumerate(parts) if one is not root}
    return Related(root, others)


class Stretch(io.RawIOBase):
    """A stretch of a file as a reader of its own; the file is not closed with it."""

    def __init__(self, file: Disk, start: int, end: int) -> None:
        super().__init__()
        self._file = file
        self._at = start
        self._end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._at)
        data = self._file.read(min(len(buffer), self._end - self._at))
        self._at += len(data)
        buffer[: len(data)] = data
        return len(data)


def pieces(file: Disk, start: int, end: int) -> Iterator[bytes]:
    """A stretch of a file, piece by piece."""
    reader = Stretch(file, start, end)
    return iter(lambda: reader.read(_PIECE) or b"", b"")


def _root(parts: list[Part], start: str) -> Part:
    if not parts:
        raise Rejected("xml.malformed", "the answer is multipart and has no parts")
    wanted = plain_id(start)
    found = [one for one in parts if one.cid == wanted] if wanted else parts[:1]
    if len(found) != 1:
        raise Rejected("xml.malformed", "the answer is multipart, and the part it begins with is not there")
    return found[0]


def _between(file: Disk, size: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Where parts begin and end: between the lines of the boundary, the last of which ends in two hyphens."""
    begin = -1
    for at, end, last in _lines(file, size, b"--" + boundary):
        if begin >= 0:
            yield begin, max(begin, at)
        if last:
            return
        begin = end
    raise Rejected("xml.malformed", "the answer is multipart and ends in its middle")


def _lines(file: Disk, size: int, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each boundary's line begins (with the line end before it) and ends, and whether it is the last."""
    at = count = 0
    while (found := _find(file, at, size, mark)) >= 0:
        file.seek(max(0, found - 2))
        before = file.read(min(2, found))
        file.seek(found + len(mark))
        behind = file.read(_MAX_HEAD)
        line, _, _ = behind.partition(b"\n")
        if found == 0 or before.endswith(b"\n"):
            rest = line.rstrip(b" \t\r")
            if rest in {b"", b"--"}:
                count += 1
                if count > _MAX_PARTS:
                    raise Rejected("body.too_large", "the answer has too many parts")
                cut = 2 if before == b"\r\n" else 1 if before.endswith(b"\n") else 0
                yield found - cut, found + len(mark) + len(line) + 1, rest == b"--"
        at = found + len(mark)


def _find(file: Disk, at: int, size: int, mark: bytes) -> int:
    """Where these bytes come next; -1 for nowhere."""
    held = b""
    while at < size:
        file.seek(at)
        piece = file.read(_PIECE)
        found = (held + piece).find(mark)
        if found >= 0:
            return at - len(held) + found
        at += len(piece)
        held = (held + piece)[-len(mark) :]
    return -1


def _part(file: Disk, start: int, end: int) -> Part:
    file.seek(start)
    head = file.read(min(_MAX_HEAD, end - start))
    if head.startswith((b"\r\n", b"\n")):
        return Part({}, start + (2 if head.startswith(b"\r") else 1), end)
    for gap in (b"\r\n\r\n", b"\n\n"):
        text, found, _ = head.partition(gap)
        if found:
            told = HeaderParser().parsestr(text.decode("latin-1"))
            return Part({name.lower(): value for name, value in told.items()}, start + len(text) + len(gap), end)
    raise Rejected("xml.malformed", "a part of the answer has headers without end")
