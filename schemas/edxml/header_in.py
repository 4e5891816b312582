"""Builds the header tree while the message is read, within limits, and leaves the Signature out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.names import NAMESPACE, SIGNATURE_NAMESPACE, canonical, clean, trim_start
from schemas.edxml.tree import Element
from schemas.xml import Name

_TO = Name(NAMESPACE, "To")


@dataclass(slots=True)
class _Open:
    """An element whose end has not come."""

    name: Name
    texts: list[str] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)

    def closed(self) -> Element:
        namespace, local = self.name
        word = canonical(local) if namespace == NAMESPACE else ""
        return Element(local, word, clean("".join(self.texts)), tuple(self.children))


class HeaderBuilder:
    """Told of the elements inside edXMLHeader; :meth:`result` is the header once its end has come."""

    def __init__(self, name: Name) -> None:
        self._open = [_Open(name)]
        self._in_signature = 0
        self._text = 0
        self._elements = 0
        self._recipients = 0

    def start(self, name: Name) -> None:
        """An element begins."""
        if self._in_signature or _is_signature(name):
            self._in_signature += 1
            return
        self._elements += 1
        self._recipients += name == _TO
        if self._elements > limits.HEADER_ELEMENTS or self._recipients > limits.RECIPIENTS:
            self._check()
        self._open.append(_Open(name))

    def data(self, text: str) -> None:
        """Text of the open element; the indentation before it is not kept."""
        if self._in_signature:
            return
        texts = self._open[-1].texts
        if kept := text if texts else trim_start(text):
            self._text += len(kept.encode())
            if self._text > limits.HEADER_TEXT:
                self._check()
            texts.append(kept)

    def end(self) -> None:
        """The open element ends; empty ones are as if they had never been there."""
        if self._in_signature:
            self._in_signature -= 1
            return
        element = self._open.pop().closed()
        if element.text or element.children:
            self._open[-1].children.append(element)

    def result(self) -> Element:
        """The header."""
        return self._open[0].closed()

    def _check(self) -> None:
        """Asked only beyond the least of the bounds: this is told of every element and text."""
        if self._recipients > limits.RECIPIENTS:
            raise Invalid("edxml.too_many", f"there are more than {limits.RECIPIENTS} To elements")
        if self._text > limits.HEADER_TEXT + limits.TEXT_PER_RECIPIENT * self._recipients:
            raise Invalid("edxml.header_too_large", f"the header has more than {limits.HEADER_TEXT} bytes of text")
        if self._elements > limits.HEADER_ELEMENTS + limits.ELEMENTS_PER_RECIPIENT * self._recipients:
            raise Invalid("edxml.header_too_large", f"the header has more than {limits.HEADER_ELEMENTS} elements")


def _is_signature(name: Name) -> bool:
    return name.local == "Signature" and name.namespace in {NAMESPACE, SIGNATURE_NAMESPACE}
