"""Texts with names in braces, such as ``/vanbans/{docId}`` or ``{date|date:dd/MM/yyyy}``. No code, no nesting.

A name stands for a value of the message; filters behind it, in their order, say how it is written. ``{{`` and ``}}`` are
braces. What cannot be read is a ValueError that says what was expected; which names there are is said by who asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator

from adapters.http.filters import Filter, filter_of, text_of

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Named:
    """One name in braces."""

    name: str
    filters: tuple[Filter, ...] = ()

    def value(self, names: Mapping[str, object]) -> object:
        """What it stands for. A name that is there and says nothing is ''; None is what a filter makes of it."""
        found = names[self.name]
        found = "" if found is None else found
        for one in self.filters:
            found = one(found)
        return found


@dataclass(frozen=True, slots=True)
class Template:
    """A text and the names in it."""

    text: str
    parts: tuple[str | Named, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names it needs."""
        return frozenset(part.name for part in self.parts if isinstance(part, Named))

    @property
    def constant(self) -> str:
        """What it says whatever its names stand for."""
        return "".join(part for part in self.parts if isinstance(part, str))

    def value(self, names: Mapping[str, object]) -> object:
        """What it says; where it is one name and nothing else, the value itself, which may be a number."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Named):
            return self.parts[0].value(names)
        return self.render(names)

    def render(self, names: Mapping[str, object], written: Callable[[str], str] = str) -> str:
        """What it says as text; ``written`` makes each value fit for its place."""
        return "".join(part if isinstance(part, str) else written(text_of(part.value(names))) for part in self.parts)


def parse(given: object) -> Template:
    """A template of a text, or of a number as it stands. Raises ValueError."""
    if isinstance(given, Template):
        return given
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise ValueError(  # noqa: TRY004 - pydantic wants it so
            "expected a text, where names in braces stand for values, such as '{docId}'"
        )
    text = str(given)
    return Template(text, tuple(_joined(text)))


def _joined(text: str) -> list[str | Named]:
    parts: list[str | Named] = []
    for piece in _pieces(text):
        if isinstance(piece, str) and parts and isinstance(parts[-1], str):
            parts[-1] += piece
        elif piece:
            parts.append(piece)
    return parts


def _pieces(text: str) -> list[str | Named]:
    pieces: list[str | Named] = []
    end = 0
    for match in _PIECE.finditer(text):
        pieces += [text[end : match.start()], _piece(match)]
        end = match.end()
    return [*pieces, text[end:]]


def _piece(match: re.Match[str]) -> str | Named:
    if match[0] in {"{{", "}}"}:
        return match[0][0]
    if match[1] is None:
        raise ValueError("expected braces in pairs around a name, and '{{' or '}}' for a brace of the text")
    name, *filters = match[1].split("|")
    if not _NAME.fullmatch(name.strip()):
        raise ValueError("expected a name in braces, such as '{docId}', and '{{' for a brace of the text")
    return Named(name.strip(), tuple(filter_of(one.strip()) for one in filters))


#: A template in a model; it is dumped as its text.
Text = Annotated[Template, PlainValidator(parse), PlainSerializer(lambda made: made.text, return_type=str)]
