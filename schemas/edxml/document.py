"""Finds the parts of an edXML message while it is read, and hands each to what reads it."""

from __future__ import annotations

from schemas.content import Attachment, Invalid
from schemas.edxml import limits
from schemas.edxml.archive.flow import Allowance
from schemas.edxml.attachments_in import AttachmentRecord, ReferenceRecord, Tap
from schemas.edxml.header_in import HeaderBuilder
from schemas.edxml.names import NAMESPACE
from schemas.edxml.records import Records
from schemas.edxml.tree import Element
from schemas.xml import Handler, Name

_ROOT = Name(NAMESPACE, "edXML")
_ENVELOPE = Name(NAMESPACE, "edXMLEnvelope")
_HEADER = Name(NAMESPACE, "edXMLHeader")
_MANIFEST = Name(NAMESPACE, "edXMLManifest")
_ATTACHMENTS = Name(NAMESPACE, "AttachmentEncoded")


class Document:
    """The parser's handler. The header counts in its place only, attachments wherever a system puts their list."""

    def __init__(self, tap: Tap | None = None) -> None:
        self.attachments: list[Attachment] = []
        self.manifest: set[str] = set()
        self._header: HeaderBuilder | None = None
        self._path: list[Name] = []
        self._tap = tap
        self._allowance = Allowance()
        self._part: Handler | None = None
        self._part_depth = 0
        self._references = Records("Reference", limits.ATTACHMENTS, self._reference)
        self._enclosures = Records("Attachment", limits.ATTACHMENTS, self._attachment)

    @property
    def header(self) -> Element:
        """The header of the message. Raises :class:`Invalid` if there was none."""
        if self._header is None:
            raise Invalid("edxml.missing", "edXML/edXMLEnvelope/edXMLHeader")
        return self._header.result()

    def start(self, name: Name) -> None:
        """An element begins."""
        if self._part is not None:
            self._part.start(name)
        else:
            self._begin(name)
        self._path.append(name)

    def data(self, text: str) -> None:
        """Text of the open element."""
        if self._part is not None:
            self._part.data(text)

    def end(self) -> None:
        """The open element ends, and with its own element a part."""
        self._path.pop()
        if self._part is None:
            return
        if len(self._path) == self._part_depth:
            self._part = None
        else:
            self._part.end()

    def _begin(self, name: Name) -> None:
        if not self._path and name != _ROOT:
            raise Invalid("edxml.not_edxml", f"the root element is {name.local} in namespace {name.namespace!r}")
        self._part = self._part_at(name)
        self._part_depth = len(self._path)

    def _part_at(self, name: Name) -> Handler | None:
        if name == _HEADER and self._path == [_ROOT, _ENVELOPE]:
            return self._only_header(name)
        if name == _MANIFEST:
            return self._references
        return self._enclosures if name == _ATTACHMENTS else None

    def _only_header(self, name: Name) -> Handler:
        if self._header is not None:
            raise Invalid("edxml.value", "edXMLHeader stands there twice")
        self._header = HeaderBuilder(name)
        return self._header

    def _reference(self, place: int) -> ReferenceRecord:
        return ReferenceRecord(place, self.manifest)

    def _attachment(self, place: int) -> AttachmentRecord:
        return AttachmentRecord(place, self.attachments, self._allowance, self._tap)
