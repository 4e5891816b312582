"""Builds the header tree without the Signature: while a message is read, within limits, or of a plain one at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.names import NAMESPACE, SIGNATURE_NAMESPACE, XML_SPACE, clean, word_of
from schemas.edxml.tree import Element
from schemas.xml import Event, Name, Tree, name_in

_SIGNATURES = frozenset({Name(NAMESPACE, "Signature"), Name(SIGNATURE_NAMESPACE, "Signature")})

#: Names of elements of plain messages that are taken apart once; the standard has fewer.
_REMEMBERED = 256

#: An element whose end has not come, with its texts and children so far.
_Open = tuple[Name, list[str], list[Element]]


class HeaderBuilder:
    """Takes what stands in edXMLHeader; :attr:`root` is the header once its end has come."""

    def __init__(self, name: Name) -> None:
        self.root = Element(name.local, name.local)
        self._open: list[_Open] = [(name, [], [])]
        self._in_signature = 0
        self._text = 0
        self._elements = 0
        self._recipients = 0

    def take(self, events: Iterator[Event]) -> bool:
        """What comes next, to the end of the header; whether that was there. Raises :class:`Invalid`."""
        self._pass_signature(events)
        _, texts, _ = self._open[-1]
        for event in events:
            if isinstance(event, str):
                # The indentation before a text is not kept.
                if kept := event if texts else event.lstrip(XML_SPACE):
                    self._count_text(kept)
                    texts.append(kept)
            elif event is None:
                if self._close():
                    return True
                _, texts, _ = self._open[-1]
            elif isinstance(event, Name):
                if event in _SIGNATURES:
                    self._in_signature = 1
                    self._pass_signature(events)
                    continue
                self._count_element(event)
                texts = []
                self._open.append((event, texts, []))
        return False

    def read(self, element: Tree) -> None:
        """The header of a plain message, which is so small that no bound can be passed in it."""
        self.root.children = _below(element)

    def _close(self) -> bool:
        """The open element ends; whether it was the last. Empty ones are as if they had never been there."""
        name, texts, children = self._open.pop()
        if texts or children:
            element = Element(name.local, word_of(name), clean("".join(texts)) if texts else "", tuple(children))
            if self._open:
                self._open[-1][2].append(element)
            else:
                self.root = element
        return not self._open

    def _pass_signature(self, events: Iterator[Event]) -> None:
        """Nothing of it is kept."""
        if self._in_signature:
            for event in events:
                if event is None:
                    self._in_signature -= 1
                    if not self._in_signature:
                        return
                elif isinstance(event, Name):
                    self._in_signature += 1

    def _count_element(self, name: Name) -> None:
        self._elements += 1
        if name.local == "To" and name.namespace == NAMESPACE:
            self._recipients += 1
        if self._elements > limits.HEADER_ELEMENTS or self._recipients > limits.RECIPIENTS:
            self._check()

    def _count_text(self, text: str) -> None:
        self._text += len(text.encode())
        if self._text > limits.HEADER_TEXT:
            self._check()

    def _check(self) -> None:
        """Asked only beyond the least of the bounds: this is told of every element and text."""
        if self._recipients > limits.RECIPIENTS:
            raise Invalid("edxml.too_many", f"there are more than {limits.RECIPIENTS} To elements")
        if self._text > limits.HEADER_TEXT + limits.TEXT_PER_RECIPIENT * self._recipients:
            raise Invalid("edxml.header_too_large", f"the header has more than {limits.HEADER_TEXT} bytes of text")
        if self._elements > limits.HEADER_ELEMENTS + limits.ELEMENTS_PER_RECIPIENT * self._recipients:
            raise Invalid("edxml.header_too_large", f"the header has more than {limits.HEADER_ELEMENTS} elements")


def _below(parent: Tree) -> tuple[Element, ...]:
    """The elements in one of a plain message, without what is empty."""
    found: list[Element] = []
    for child in parent:
        local, word = _known(child.tag)
        if not local:
            continue
        if len(child):
            if children := _below(child):
                found.append(Element(local, word, "", children))
        elif (given := child.text) and (text := clean(given)):
            found.append(Element(local, word, text))
    return tuple(found)


@lru_cache(_REMEMBERED)
def _known(tag: str) -> tuple[str, str]:
    """Local name and word of an element; empty for a signature, of which nothing is kept."""
    name = name_in(tag)
    return ("", "") if name in _SIGNATURES else (name.local, word_of(name))
