"""What a body says, in the same few words for every message type.

A reader turns bytes into one :class:`Content`; the bus decides identity, routing and secrecy by it and
never looks into the bytes again. Nothing here imports anything of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from schemas.value import value


@value
class Attachment:
    """One attached file. ``size`` and ``sha256`` (hex) are of the base64-decoded bytes, not unzipped."""

    name: str
    content_id: str
    content_type: str
    size: int
    sha256: str


@value
class Content:
    """One message as its body tells it. Codes are as written, not resolved through aliases."""

    #: ``edoc``, ``status``, or a packet of reports (``schemas.report.packets``).
    type: str
    #: edoc: ``new``, ``recall``, ``update``, ``replace``; status: the two-digit StatusCode; reports: ``schemas.report.message``.
    kind: str
    sender: str
    recipients: tuple[str, ...]
    #: edoc: MessageHeader/DocumentId; status: ResponseFor/DocumentId; a report and a word on one: its id.
    document_id: str
    #: Identity below sender and type: the document, and what tells events of one document apart
    #: (empty for a new document, whose key alone identifies it; of a report its version). Another content
    #: under the same key and variant is a conflict.
    key: str
    variant: str
    #: The content digest (hex) and the version of the rule that made it.
    digest: str
    digest_rule: int
    subject: str = ""
    #: 0 normal to 4 most urgent.
    priority: int = 0
    #: True for a message that takes another one back (BussinessDocType 1, StatusCode 13).
    recalls: bool = False
    #: DocumentIds this message may be about, in the order in which they are to be tried.
    targets: tuple[str, ...] = ()
    #: status: the agency ResponseFor names; empty otherwise.
    respond_to: str = ""
    #: Local name and text of every header element that has text, in document order.
    header: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    #: A small JSON-able summary for people: number, type name, dates, signer. No body, no attachment bytes.
    view: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class Invalid(Exception):
    """A body cannot be read. ``code`` is a refusal code of the bus; position is 1-based, 0 when unknown."""

    def __init__(self, code: str, detail: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.line = line
        self.column = column


class Reader(Protocol):
    """Takes a body piece by piece; keeps no more of it than its header."""

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises :class:`Invalid` as soon as the body cannot be right."""
        ...

    def close(self) -> Content:
        """The body is complete. Raises :class:`Invalid`."""
        ...
