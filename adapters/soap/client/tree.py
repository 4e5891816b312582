"""An answer's XML as names and values, read as it comes: long texts go to a file, and none is ever whole in memory.

Of names only the local part counts. An element that repeats is a list, and so is one that may, by the WSDL, or that says
it is an array. What is nil is None; what is empty is ''. ``name@attribute`` stands beside ``name``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from adapters.soap.wire.names import NIL, XOP
from bus.errors import Rejected
from schemas.xml import Listener, Name

#: Characters of a text that stays in memory, and of all that do.
_LONG, _MAX_REST = 16 << 10, 8 << 20
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_ENCODING = "{http://schemas.xmlsoap.org/soap/encoding/}"
_INCLUDE = Name(XOP, "Include")
_CID = "cid:"

Place = tuple[str, ...]
#: In a place: an element of any name, in the body.
ANY = "*"


class Disk(Protocol):
    """A file of bytes that is read and written anywhere."""

    def read(self, size: int = -1, /) -> bytes:
        """The next so many bytes, fewer at its end."""
        ...

    def write(self, data: bytes, /) -> int:
        """Put bytes where it stands."""
        ...

    def seek(self, at: int, whence: int = 0, /) -> int:
        """Stand elsewhere."""
        ...

    def tell(self) -> int:
        """Where it stands."""
        ...


@dataclass(frozen=True, slots=True)
class Long:
    """A text on disk: its bytes in the file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A value that is a part of its own, by the part's Content-ID."""

    cid: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A value that stands under another element, by that one's id."""

    id: str


@dataclass(slots=True)
class _Open:
    """An element that has begun."""

    name: str
    members: dict[str, object] = field(default_factory=dict)
    array: list[object] | None = None
    nil: bool = False
    #: Whether there are elements in it; what stands beside them is not kept.
    parted: bool = False
    #: What it says by an attribute alone.
    instead: Attached | Elsewhere | None = None
    id: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    size: int = 0
    span: Long | None = None


class Tree(Listener):
    """Told of a document, element by element. ``lists``: where values may repeat, as local names from the root on."""

    def __init__(self, texts: Disk, lists: Iterable[Place] = ()) -> None:
        self._texts = texts
        self._lists = frozenset(lists)
        self._open = [_Open("")]
        self._rest = 0
        #: Names of the outermost three levels as they came, with their namespaces.
        self.outer: list[tuple[int, Name]] = []
        #: What elements with an id hold.
        self.by_id: dict[str, object] = {}

    @property
    def value(self) -> Mapping[str, object]:
        """The document, when it is read."""
        return self._open[0].members

    def start(self, name: Name) -> None:
        depth = len(self._open)
        self._open[-1].parted = True
        if depth <= 3:
            self.outer.append((depth, name))
        self._keep(len(name.local))
        self._open.append(_Open("" if name == _INCLUDE else name.local))

    def attributes(self, attributes: Mapping[str, str]) -> None:
        one = self._open[-1]
        for name, value in attributes.items():
            if name == NIL:
                one.nil = value.strip() in {"true", "1"}
            elif name == f"{_ENCODING}arrayType" or (name == f"{_XSI}type" and value.endswith(":Array")):
                one.array = []
            elif name == "href":
                one.instead = _instead(value)
                if one.instead:
                    continue
            elif name == "id":
                one.id = value
            if not name.startswith("{"):
                self._keep(len(value))
                one.attributes[name] = value

    def data(self, text: str) -> None:
        one = self._open[-1]
        if one.parted:
            return
        one.text.append(text)
        one.size += len(text)
        if one.size > _LONG:
            self._spill(one)

    def end(self) -> None:
        one = self._open.pop()
        if not one.name:  # an xop:Include says what the element around it holds
            self._open[-1].instead, self._open[-1].parted = one.instead, False
            return
        value = self._value(one)
        if one.id:
            self.by_id[one.id] = value
        self._add(self._open[-1], one, value)

    def _add(self, parent: _Open, one: _Open, value: object) -> None:
        if parent.array is not None:
            parent.array.append(value)
            return
        there = parent.members.get(one.name)
        if one.name not in parent.members:
            parent.members[one.name] = [value] if one.array is None and self._may_repeat(one.name) else value
        elif isinstance(there, list):
            there.append(value)
        else:
            parent.members[one.name] = [there, value]
        for name, text in one.attributes.items():
            parent.members.setdefault(f"{one.name}@{name}", text)

    def _may_repeat(self, name: str) -> bool:
        return not self._lists.isdisjoint(_alike((*self._above(), name)))

    def _above(self) -> Place:
        return tuple(one.name for one in self._open[1:])

    def _value(self, one: _Open) -> object:
        if one.nil:
            return None
        if one.instead:
            return one.instead
        if one.array is not None:
            return one.array
        self._missing(one)
        if one.members:
            return one.members
        if one.span:
            self._spill(one)
            return one.span
        text = "".join(one.text)
        self._keep(len(text))
        return Attached(text.removeprefix(_CID)) if text.startswith(_CID) else text

    def _missing(self, one: _Open) -> None:
        """Lists with nothing in them are lists."""
        places = _alike((*self._above(), one.name))
        for path in self._lists:
            if path[:-1] in places:
                one.members.setdefault(path[-1], [])

    def _spill(self, one: _Open) -> None:
        """What there is of its text goes to disk."""
        start = self._texts.seek(0, io.SEEK_END)
        self._texts.write("".join(one.text).encode("utf-8", "replace"))
        one.span = Long(one.span.start if one.span else start, self._texts.tell())
        one.text.clear()
        one.size = 0

    def _keep(self, size: int) -> None:
        self._rest += size
        if self._rest > _MAX_REST:
            raise Rejected("body.too_large", "the answer holds too much beside its files")


def _alike(place: Place) -> tuple[Place, Place]:
    """A place, and the same in a body's element of any name."""
    return place, (*place[:2], ANY, *place[3:])


def _instead(reference: str) -> Attached | Elsewhere | None:
    if reference.startswith(_CID):
        return Attached(reference.removeprefix(_CID))
    return Elsewhere(reference[1:]) if reference.startswith("#") else None
