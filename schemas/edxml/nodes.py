"""The header of a message to be written, as a small tree of prefixed elements, and how it becomes text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from schemas.content import Invalid
from schemas.edxml.names import PREFIX

_INDENT = "  "
# XML 1.0, production 2: everything else cannot be carried, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element with text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Branch:
    """An element with elements."""

    name: str
    parts: tuple[Part, ...]


Part = Leaf | Branch


def leaf(name: str, value: object) -> Leaf | None:
    """An element for a value; nothing for an empty one."""
    text = "" if value is None else str(value)
    return Leaf(name, text) if text else None


def branch(name: str, *parts: Part | None) -> Branch | None:
    """An element around those parts that are there; nothing when none is."""
    kept = tuple(part for part in parts if part is not None)
    return Branch(name, kept) if kept else None


def branches(name: str, parts: Iterable[Part | None]) -> Branch | None:
    """As :func:`branch`, for a list."""
    return branch(name, *parts)


def escaped(name: str, text: str) -> str:
    """The text as it stands between tags. Raises :class:`Invalid` for characters XML cannot carry."""
    if found := _FORBIDDEN.search(text):
        raise Invalid("edxml.value", f"{name} holds the character U+{ord(found[0]):04X}, which XML cannot carry")
    return escape(text, {"\r": "&#13;"})


def lines(part: Part, depth: int) -> Iterator[str]:
    """The part as lines of XML, indented as the axis's own software writes it."""
    pad, tag = _INDENT * depth, f"{PREFIX}:{part.name}"
    if isinstance(part, Leaf):
        yield f"{pad}<{tag}>{escaped(part.name, part.text)}</{tag}>\n"
        return
    yield f"{pad}<{tag}>\n"
    for child in part.parts:
        yield from lines(child, depth + 1)
    yield f"{pad}</{tag}>\n"
