"""Reads edXML messages of QCVN 102:2016, documents and statuses, in the spellings seen on the wire.

Tolerant in form: prefixes, order, spellings and empty elements do not matter. Strict where systems would
otherwise read different things from the same bytes. Keeps the header and no byte of an attachment.
"""

from __future__ import annotations

from schemas.content import Content, Invalid
from schemas.edxml import limits
from schemas.edxml.document import Document
from schemas.edxml.edoc_in import edoc_content
from schemas.edxml.names import NAMESPACE
from schemas.edxml.reading import HEADER
from schemas.edxml.status_in import status_content
from schemas.edxml.tree import Element
from schemas.xml import SMALL, PushParser, Tree, plain_tree

_RECIPIENT = f"{{{NAMESPACE}}}To"


class EdxmlReader:
    """A :class:`schemas.content.Reader` for one message: a small one is read at its end, a larger one as it comes."""

    def __init__(self) -> None:
        self._document = Document()
        self._held: list[bytes] = []
        self._size = 0
        self._parser: PushParser | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises :class:`Invalid` as soon as a large body cannot be right."""
        self._size += len(data)
        if self._size <= SMALL:
            self._held.append(data)
        else:
            self._pass_on().feed(data)

    def close(self) -> Content:
        """What the message says. Raises :class:`Invalid`."""
        root = plain_tree(b"".join(self._held)) if self._size <= SMALL else None
        if root is None or _may_pass_bounds(root):
            self._pass_on().close()
        else:
            self._document.read(root)
        return content_of(self._document)

    def _pass_on(self) -> PushParser:
        """What reads a message as it comes, and has been given what was held back."""
        if self._parser is None:
            self._parser = PushParser(self._document)
            self._parser.feed(b"".join(self._held))
            self._held.clear()
        return self._parser


def _may_pass_bounds(root: Tree) -> bool:
    """Whether bounds have to be counted: in so few bytes only that of the recipients can be passed."""
    return sum(1 for _ in root.iter(_RECIPIENT)) > limits.RECIPIENTS


def content_of(document: Document) -> Content:
    """What a message says that was read to its end. Raises :class:`Invalid`."""
    message = _message(document.header)
    read = status_content if _is_status(message) else edoc_content
    return read(document.header, message, document.attachments, _unmatched(document))


def _message(header: Element) -> Element:
    """The block that holds the message; some guides call a status's block Status."""
    message = header.one("MessageHeader") or header.one("Status")
    if message is None:
        raise Invalid("edxml.missing", f"{HEADER}/MessageHeader")
    return message


def _is_status(message: Element) -> bool:
    return message.word == "Status" or bool(message.named("StatusCode") and not message.named("DocumentId"))


def _unmatched(document: Document) -> tuple[str, ...]:
    """A warning where manifest and attachments do not name the same ContentIds: common, and harmless to us."""
    if document.manifest == {attachment.content_id for attachment in document.attachments}:
        return ()
    return ("the manifest and the attachments do not name the same ContentIds",)
