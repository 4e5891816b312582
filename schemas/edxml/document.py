"""Finds the parts of an edXML message while it is read, and hands each to what reads it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Protocol

from schemas.content import Attachment, Invalid
from schemas.edxml.archive.flow import Allowance
from schemas.edxml.attachments_in import AttachmentRecord, ReferenceRecord, Tap
from schemas.edxml.header_in import HeaderBuilder
from schemas.edxml.names import NAMESPACE
from schemas.edxml.records import Records
from schemas.edxml.tree import Element
from schemas.xml import Event, Name, Tree, name_of

_ROOT = Name(NAMESPACE, "edXML")
_ENVELOPE = Name(NAMESPACE, "edXMLEnvelope")
_HEADER = Name(NAMESPACE, "edXMLHeader")
_MANIFEST = Name(NAMESPACE, "edXMLManifest")
_ATTACHMENTS = Name(NAMESPACE, "AttachmentEncoded")


class _Part(Protocol):
    """Takes a part of the message: as it comes, or as a whole."""

    def take(self, events: Iterator[Event], /) -> bool:
        """What comes next, to the end of the part; whether that was there."""
        ...

    def read(self, element: Tree, /) -> None:
        """All of it."""
        ...


class Document:
    """The parser's handler. The header counts in its place only, attachments wherever a system puts their list."""

    def __init__(self, tap: Tap | None = None) -> None:
        self.attachments: list[Attachment] = []
        self.manifest: set[str] = set()
        self._header: HeaderBuilder | None = None
        self._path: list[Name] = []
        self._part: _Part | None = None
        self._references = Records("Reference", partial(ReferenceRecord, self.manifest))
        self._enclosures = Records("Attachment", partial(AttachmentRecord, self.attachments, Allowance(), tap))

    @property
    def header(self) -> Element:
        """The header of the message. Raises :class:`Invalid` if there was none."""
        if self._header is None:
            raise Invalid("edxml.missing", "edXML/edXMLEnvelope/edXMLHeader")
        return self._header.root

    def take(self, events: Iterator[Event]) -> None:
        """What comes next. Raises :class:`Invalid`."""
        while self._part is None or self._part.take(events):
            self._part = self._next_part(events)
            if self._part is None:
                return

    def read(self, element: Tree) -> None:
        """The message from that element on, as a whole. Raises :class:`Invalid`."""
        name = name_of(element)
        if part := self._part_at(name):
            part.read(element)
            return
        self._path.append(name)
        for child in element:
            self.read(child)
        self._path.pop()

    def _next_part(self, events: Iterator[Event]) -> _Part | None:
        """What takes the part that begins next; ``None`` if none has begun yet."""
        for event in events:
            if event is None:
                self._path.pop()
            elif isinstance(event, Name):
                if part := self._part_at(event):
                    return part
                self._path.append(event)
        return None

    def _part_at(self, name: Name) -> _Part | None:
        if not self._path and name != _ROOT:
            raise Invalid("edxml.not_edxml", f"the root element is {name.local} in namespace {name.namespace!r}")
        if name == _HEADER and self._path == [_ROOT, _ENVELOPE]:
            return self._only_header(name)
        if name == _MANIFEST:
            return self._references
        return self._enclosures if name == _ATTACHMENTS else None

    def _only_header(self, name: Name) -> HeaderBuilder:
        if self._header is not None:
            raise Invalid("edxml.value", "edXMLHeader stands there twice")
        self._header = HeaderBuilder(name)
        return self._header
