"""Reads a message whole: every element into its model, every file to a sink of the caller's.

It takes and refuses what the reader at the doors does, for that one reads along; only a message that says more
than is kept is refused here alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import tee
from typing import BinaryIO

from schemas.content import Attachment, Content
from schemas.edxml.archive.package import Package
from schemas.edxml.arrange import Parts, message_of
from schemas.edxml.document import Document
from schemas.edxml.models.files import FileLabel
from schemas.edxml.models.messages import Message
from schemas.edxml.node import TreeBuilder
from schemas.edxml.reader import content_of
from schemas.edxml.unpack import Sink, Unpacked, Unpacker
from schemas.xml import Event, PushParser

_PIECE = 64 * 1024

#: Makes the sink of the file with that place, counted from 1, before its name is known.
Sinks = Callable[[int], Sink]


class Signature(StrEnum):
    """Of the envelope; a signature that counts in law is inside the file."""

    ABSENT = "absent"
    UNVERIFIED = "present-unverified"


@dataclass(frozen=True, slots=True)
class Received:
    """One file: what the message says of it, what came, and what its sink was given (if there was one)."""

    label: FileLabel
    attachment: Attachment
    unpacked: Unpacked | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A message that was read whole."""

    message: Message
    content: Content
    references: tuple[FileLabel, ...]
    files: tuple[Received, ...]
    signature: Signature
    warnings: tuple[str, ...]


def load(source: BinaryIO, sinks: Sinks | None = None) -> Loaded:
    """Read the message. Without sinks files are hashed only. Raises :class:`schemas.content.Invalid`."""
    with closing(_Files(sinks)) as files:
        handler = _Both(Document(files))
        parser = PushParser(handler, attributes=True)
        while piece := source.read(_PIECE):
            parser.feed(piece)
        parser.close()
        return _loaded(handler, files.unpacked)


def _loaded(handler: _Both, unpacked: Sequence[Unpacked | None]) -> Loaded:
    content = content_of(handler.document)
    parts = Parts(handler.tree.root)
    message = message_of(content.type, parts)
    received = zip(parts.labels, content.attachments, unpacked, strict=True)
    return Loaded(
        message=message,
        content=content,
        references=parts.references,
        files=tuple(Received(*one) for one in received),
        signature=Signature.UNVERIFIED if handler.tree.signed else Signature.ABSENT,
        warnings=(*content.warnings, *parts.findings.warnings),
    )


class _Both:
    """The parser's handler: tells the reader of the doors and the tree."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.tree = TreeBuilder()

    def take(self, events: Iterator[Event]) -> None:
        ours, theirs = tee(events)
        self.document.take(ours)
        self.tree.take(theirs)


class _Files:
    """Listens to the reading of attachments and has each unpacked into its sink."""

    def __init__(self, sinks: Sinks | None) -> None:
        self.unpacked: list[Unpacked | None] = []
        self._sinks = sinks
        self._current: Unpacker | None = None

    def begin(self, place: int) -> Callable[[bytes], object] | None:
        if self._sinks is None:
            return None
        self._current = Unpacker(self._sinks(place))
        return self._current.write

    def end(self, package: Package | None) -> None:
        done = self._current.finish(package) if self._current else None
        self.unpacked.append(done)
        self.close()

    def close(self) -> None:
        if self._current:
            self._current.close()
            self._current = None
