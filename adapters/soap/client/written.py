"""An answer's tree as JSON, piece by piece, with its long texts and its parts as they stand on disk."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson
import pybase64

from adapters.http.decoded import Decoded
from adapters.http.json_out import escaped
from adapters.soap.client.related import Part, Stretch, pieces
from adapters.soap.client.tree import Attached, Disk, Elsewhere, Long
from bus.errors import Rejected

#: Bytes taken at a time: whole groups of three.
_PIECE = 48 << 10
#: How deep a value may be when references are followed, and how many are: one that holds itself has no end.
_DEEP, _MANY = 100, 10_000


@dataclass(frozen=True, slots=True)
class Sources:
    """Where what a tree only names is found."""

    answer: Disk
    texts: Disk
    parts: Mapping[str, Part]
    by_id: Mapping[str, object]
    #: How often references may still be followed: each may hold others.
    left: Iterator[int] = field(default_factory=lambda: iter(range(_MANY)))

    def json(self, value: object, depth: int = 0) -> Iterator[bytes]:
        """A value of the tree, as JSON. Raises ``Rejected('body.too_large')`` where it has no end."""
        if depth > _DEEP:
            raise Rejected("body.too_large", f"the answer stands more than {_DEEP} deep in itself")
        match value:
            case dict():
                yield from self._members(value, depth)
            case list():
                yield from _listed(b"[]", (self.json(one, depth + 1) for one in value))
            case Long():
                yield from _quoted(map(escaped, pieces(self.texts, value.start, value.end)))
            case Attached():
                yield from _quoted(self._part(value))
            case Elsewhere():
                yield from self.json(self._followed(value), depth + 1)
            case _:
                yield orjson.dumps(value)

    def _followed(self, value: Elsewhere) -> object:
        """What stands under the other element. Raises ``Rejected('body.too_large')`` after too many."""
        if next(self.left, None) is None:
            raise Rejected("body.too_large", f"the answer refers to itself more than {_MANY} times")
        return self.by_id.get(value.id)

    def _members(self, value: Mapping[str, object], depth: int) -> Iterator[bytes]:
        yield from _listed(b"{}", (_member(name, self.json(one, depth + 1)) for name, one in value.items()))

    def _part(self, value: Attached) -> Iterator[bytes]:
        """The part's bytes as base64; of a part that did not come, what names it."""
        part = self.parts.get(value.cid)
        if part is None:
            yield escaped(f"cid:{value.cid}".encode())
            return
        reader: io.RawIOBase = Stretch(self.answer, part.start, part.end)
        if part.encoding == "base64":
            reader = Decoded(pieces(self.answer, part.start, part.end))
        buffered = io.BufferedReader(reader, _PIECE)
        while piece := buffered.read(_PIECE):
            yield pybase64.b64encode(piece)


def _member(name: str, value: Iterator[bytes]) -> Iterator[bytes]:
    yield orjson.dumps(name) + b":"
    yield from value


def _listed(brackets: bytes, items: Iterator[Iterator[bytes]]) -> Iterator[bytes]:
    yield brackets[:1]
    for place, item in enumerate(items):
        if place:
            yield b","
        yield from item
    yield brackets[1:]


def _quoted(inner: Iterator[bytes]) -> Iterator[bytes]:
    yield b'"'
    yield from inner
    yield b'"'
