"""A message to be written, as a small tree of prefixed elements, and how it becomes text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.edxml.escape import escaped
from schemas.edxml.names import PREFIX

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element with text; what follows the text inside it is XML already."""

    name: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """An element that is XML already."""

    xml: str


@dataclass(frozen=True, slots=True)
class Branch:
    """An element with elements."""

    name: str
    parts: tuple[Part, ...]


Part = Leaf | Verbatim | Branch


def lines(part: Part, depth: int, prefix: str = f"{PREFIX}:") -> Iterator[str]:
    """The part as lines of XML, indented as the axis's own software writes it."""
    pad = _INDENT * depth
    match part:
        case Verbatim(xml):
            yield f"{pad}{xml}\n"
        case Leaf(name, text, more):
            yield f"{pad}<{prefix}{name}>{escaped(name, text)}{more}</{prefix}{name}>\n"
        case Branch(name, parts):
            yield f"{pad}<{prefix}{name}>\n"
            for child in parts:
                yield from lines(child, depth + 1, prefix)
            yield f"{pad}</{prefix}{name}>\n"
