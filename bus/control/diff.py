"""Two bodies beside each other: the text of their XML or JSON line by line, their files by name, size and digest. Never megabytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from itertools import islice
from typing import BinaryIO

import schemas
from bus.control.answers.edits import Diff, File
from bus.message import Claim
from schemas.content import Content

_PIECE = 64 << 10
#: Bytes of a tag and its text that are shown; the contents of files are longer, and told by their digest.
_SHOWN = 2000
#: Lines of a body that are compared, and lines of the difference that are shown.
_COMPARED, _LINES = 20_000, 500


def diff(before: Claim, after: Claim, old: Content, new: Content) -> Diff:
    """What differs, for people; ``cut`` where there is more than is shown."""
    one, other = _lines(before, old), _lines(after, new)
    told = list(islice(unified_diff(one, other, "before", "after", lineterm="", n=2), _LINES + 1))
    return {
        "lines": told[:_LINES],
        "cut": len(told) > _LINES or max(len(one), len(other)) > _COMPARED,
        "files_before": _files(old),
        "files_after": _files(new),
    }


def _lines(claim: Claim, content: Content) -> list[str]:
    told = packet_lines if schemas.format_of(content.type) == "report" else lines
    with claim.open() as document:
        return list(islice(told(document), _COMPARED + 1))


def _files(content: Content) -> list[File]:
    return [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in content.attachments]


def lines(document: BinaryIO) -> Iterator[str]:
    """A document's tags, each with the text behind it, one a line. Read in pieces; memory stays flat."""
    run = _Run()
    while piece := document.read(_PIECE):
        first, *others = piece.split(b"<")
        run.add(first)
        for other in others:
            yield from run.told()
            run = _Run(b"<" + other)
    yield from run.told()


def packet_lines(packet: BinaryIO) -> Iterator[str]:
    """A packet's values, one a line, whatever white space it was written with. Packets are bounded."""
    said = json.loads(packet.read().decode("utf-8-sig"))
    for line in json.dumps(said, ensure_ascii=False, indent=1).splitlines():
        yield from _Run(line.encode()).told()


class _Run:
    """A tag with the text behind it, however long that is."""

    def __init__(self, begin: bytes = b"") -> None:
        self._head = b""
        self._size = 0
        self._digest = hashlib.sha256()
        self.add(begin)

    def add(self, data: bytes) -> None:
        """Take what follows."""
        self._head += data[: max(0, _SHOWN - len(self._head))]
        self._size += len(data)
        self._digest.update(data)

    def told(self) -> Iterable[str]:
        """A line; none for nothing."""
        text = self._head.decode("utf-8", "replace").strip()
        if self._size <= _SHOWN:
            return [text] if text else []
        tag = text[: text.find(">") + 1] or text[:100]
        return [f"{tag} … {self._size} bytes, SHA-256 {self._digest.hexdigest()}"]
