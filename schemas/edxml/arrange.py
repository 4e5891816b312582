"""Takes the tree of a message apart: header, manifest and files, wherever a system puts them."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.edxml import paths
from schemas.edxml.bind import Findings, bind_all, bind_whole
from schemas.edxml.models.files import FileLabel, ReferenceLabel
from schemas.edxml.models.header import MessageHeader
from schemas.edxml.models.messages import Edoc, Message, Status, StatusHeader
from schemas.edxml.models.trace import TraceHeaderList
from schemas.edxml.names import NAMESPACE
from schemas.edxml.node import Node, lift
from schemas.xml import Name

_FILES = frozenset({"edXMLManifest", "AttachmentEncoded"})
_BUSINESS = frozenset({"Bussiness"})


class Parts:
    """The parts of one message that was taken by the reader of the doors."""

    def __init__(self, root: Node) -> None:
        self.findings = Findings()
        self._header, rest = _headless(root)
        rest, files = lift(rest, _FILES)
        self._rest(rest)
        self.references = self._labels(ReferenceLabel, "edXMLManifest", files, paths.REFERENCE)
        self.labels = self._labels(FileLabel, "AttachmentEncoded", files, paths.ATTACHMENT)

    def edoc(self) -> Edoc:
        """The document message."""
        header, business = lift(self._header, _BUSINESS)
        message, others = _first(header, "MessageHeader")
        trace, others = _first(Node(header.name, header.word, "", (), others), "TraceHeaderList")
        self.findings.stray(paths.HEADER, header)
        self.findings.unknown(paths.HEADER, others)
        trace = Node(trace.name, trace.word, trace.text, (), (*trace.children, *business))
        return Edoc(
            message_header=bind_whole(MessageHeader, message, paths.MESSAGE, self.findings),
            trace_header_list=bind_whole(TraceHeaderList, trace, paths.TRACE, self.findings),
            extensions=tuple(self.findings.extensions),
        )

    def status(self) -> Status:
        """The status message; some guides call its block Status."""
        word = "MessageHeader" if self._header.named("MessageHeader") else "Status"
        message, others = _first(self._header, word)
        self.findings.stray(paths.HEADER, self._header)
        self.findings.unknown(paths.HEADER, others)
        return Status(
            message_header=bind_whole(StatusHeader, message, paths.MESSAGE, self.findings),
            extensions=tuple(self.findings.extensions),
        )

    def _rest(self, root: Node) -> None:
        """What stands between the parts."""
        self._keep(paths.ROOT, [root], "edXMLEnvelope")
        envelopes = [child for child in root.children if child.word == "edXMLEnvelope"]
        self._keep(paths.ENVELOPE, envelopes, "edXMLBody")
        bodies = (child for envelope in envelopes for child in envelope.children if child.word == "edXMLBody")
        self._keep(paths.BODY, bodies)

    def _labels(self, kind: type[FileLabel], part: str, files: Iterable[Node], path: str) -> tuple[FileLabel, ...]:
        parent, _, record = path.rpartition("/")
        lists = [node for node in files if node.word == part]
        self._keep(parent, lists, record)
        return bind_all(kind, [node for one in lists for node in one.named(record)], path, self.findings)

    def _keep(self, path: str, nodes: Iterable[Node], known: str = "") -> None:
        for node in nodes:
            self.findings.stray(path, node)
            self.findings.unknown(path, [child for child in node.children if not known or child.word != known])


def message_of(kind: str, parts: Parts) -> Message:
    """The message of that type."""
    return parts.status() if kind == "status" else parts.edoc()


def _headless(root: Node) -> tuple[Node, Node]:
    """The header, and the message without it."""
    header = Node(Name(NAMESPACE, "edXMLHeader"), "edXMLHeader", "")
    children: list[Node] = []
    for child in root.children:
        kept = child
        if child.word == "edXMLEnvelope":
            header = next((one for one in child.children if one.word == "edXMLHeader"), header)
            others = tuple(one for one in child.children if one.word != "edXMLHeader")
            kept = Node(child.name, child.word, child.text, (), others)
        children.append(kept)
    return header, Node(root.name, root.word, root.text, (), tuple(children))


def _first(node: Node, word: str) -> tuple[Node, tuple[Node, ...]]:
    """The first child of that name (an empty one if there is none), and all the others."""
    found = next(iter(node.named(word)), Node(Name(NAMESPACE, word), word, ""))
    return found, tuple(child for child in node.children if child is not found)
