"""The header of a message that was read: a small tree without its empty elements, asked by the standard's names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.content import Invalid


@dataclass(frozen=True, slots=True)
class Element:
    """An element that has text of its own, or elements that have. ``text`` is trimmed and NFC."""

    #: The name as written, without its prefix.
    local: str
    #: The standard's word for it; '' for an element of another namespace.
    word: str
    text: str = ""
    children: tuple[Element, ...] = ()

    def named(self, local: str) -> tuple[Element, ...]:
        """The children of that name."""
        return tuple(child for child in self.children if child.word == local)

    def one(self, local: str) -> Element | None:
        """The child of that name. Raises :class:`Invalid` for two: readers would differ on which of them counts."""
        found = self.named(local)
        if len(found) > 1:
            raise Invalid("edxml.value", f"{self.local}/{local} stands there {len(found)} times")
        return found[0] if found else None

    def only(self, local: str) -> str:
        """The text of :meth:`one`; '' if it is not there."""
        found = self.one(local)
        return found.text if found else ""

    def first(self, *path: str) -> str:
        """The text at the end of a path of first children; '' if there is none."""
        element: Element | None = self
        for local in path:
            element = next(iter(element.named(local)), None) if element else None
        return element.text if element else ""

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in document order."""
        ahead = [self]
        while ahead:
            element = ahead.pop()
            yield element
            ahead.extend(reversed(element.children))
