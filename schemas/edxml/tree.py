"""The header of a message that was read: a small tree without its empty elements, asked by the standard's names."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.content import Invalid


# Made for every element of every document: a frozen one would cost four times as much to make.
@dataclass(slots=True)
class Element:
    """An element that has text of its own, or elements that have. ``text`` is trimmed and NFC."""

    #: The name as written, without its prefix.
    local: str
    #: The standard's word for it; '' for an element of another namespace.
    word: str
    text: str = ""
    children: tuple[Element, ...] = ()

    def named(self, local: str) -> list[Element]:
        """The children of that name."""
        return [child for child in self.children if child.word == local]

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
        element = self
        for local in path:
            for child in element.children:
                if child.word == local:
                    element = child
                    break
            else:
                return ""
        return element.text

    def walk(self) -> list[Element]:
        """This element and all below it, in document order."""
        found = [self]
        for child in self.children:
            if child.children:
                found += child.walk()
            else:
                found.append(child)
        return found
