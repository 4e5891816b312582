"""A message as a tree, with all that is said in it but signatures and the contents of files.

An empty element is as if it had never been there, as it is at the bus's doors.
The reader at the bus's doors keeps less; this one is for those who need every element.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.models.unknown import Unknown
from schemas.edxml.names import NAMESPACE, SIGNATURE_NAMESPACE, canonical, clean, trim_start
from schemas.edxml.words import standard_words
from schemas.xml import Listener, Name

_CONTENT = [Name(NAMESPACE, "AttachmentEncoded"), Name(NAMESPACE, "Attachment")]


@dataclass(frozen=True, slots=True)
class Node:
    """An element in which something is said. ``word`` is the standard's name for it, '' in another namespace."""

    name: Name
    word: str
    text: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Node, ...] = ()

    def named(self, word: str) -> tuple[Node, ...]:
        """The children of that name."""
        return tuple(child for child in self.children if child.word == word)

    def unknown(self) -> Unknown:
        """The element as it is kept."""
        return Unknown(
            namespace=self.name.namespace,
            local=self.name.local,
            text=self.text,
            attributes=self.attributes,
            children=tuple(child.unknown() for child in self.children),
        )


@dataclass(slots=True)
class _Open:
    name: Name
    attributes: tuple[tuple[str, str], ...] = ()
    texts: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    def closed(self) -> Node:
        """The node. On elements of the standard attributes say nothing."""
        word = canonical(self.name.local) if self.name.namespace == NAMESPACE else ""
        attributes = () if word in standard_words() else self.attributes
        return Node(self.name, word, clean("".join(self.texts)), attributes, tuple(self.children))


class TreeBuilder(Listener):
    """The parser's handler; :attr:`root` is the tree once the message has ended."""

    def __init__(self) -> None:
        self._open = [_Open(Name("", ""))]
        self._in_signature = 0
        self._kept = 0
        #: Whether there is a signature with anything in it.
        self.signed = False

    @property
    def root(self) -> Node:
        """The root element."""
        return self._open[0].children[0]

    def start(self, name: Name) -> None:
        """An element begins."""
        if self._in_signature or _is_signature(name):
            self._in_signature += 1
            return
        self._keep(limits.ELEMENT_KEPT)
        self._open.append(_Open(name))

    def attributes(self, attributes: Mapping[str, str]) -> None:
        """The attributes of the element that has just begun."""
        if not self._in_signature:
            self._keep(sum(len(name) + len(value) for name, value in attributes.items()))
            self._open[-1].attributes = tuple(attributes.items())

    def data(self, text: str) -> None:
        """Text of the open element; the indentation before it and the contents of files are not kept."""
        if self._in_signature:
            self.signed = self.signed or bool(text.strip())
            return
        texts = self._open[-1].texts
        kept = text if texts else trim_start(text)
        if kept and not self._in_content():
            self._keep(len(kept))
            texts.append(kept)

    def end(self) -> None:
        """The open element ends."""
        if self._in_signature:
            self._in_signature -= 1
            return
        node = self._open.pop().closed()
        if node.text or node.children or node.attributes or len(self._open) == 1:
            self._open[-1].children.append(node)

    def _in_content(self) -> bool:
        if self._open[-1].name != (NAMESPACE, "ContentTransferEncoded"):
            return False
        return [one.name for one in self._open[-3:-1]] == _CONTENT

    def _keep(self, size: int) -> None:
        self._kept += size
        if self._kept > limits.KEPT:
            raise Invalid("edxml.header_too_large", f"the message says more than {limits.KEPT} characters, files apart")


def _is_signature(name: Name) -> bool:
    return name.local == "Signature" and name.namespace in {NAMESPACE, SIGNATURE_NAMESPACE}


def lift(node: Node, words: frozenset[str]) -> tuple[Node, list[Node]]:
    """The tree without the elements of those names, and these: systems put some parts in other places."""
    found: list[Node] = []
    kept: list[Node] = []
    for child in node.children:
        if child.word in words:
            found.append(child)
            continue
        rest, inside = lift(child, words)
        found.extend(inside)
        if not inside or rest.text or rest.attributes or rest.children:
            kept.append(rest)
    return Node(node.name, node.word, node.text, node.attributes, tuple(kept)), found
