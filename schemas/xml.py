"""The one XML parser: takes bytes in pieces, tells elements and text, and raises nothing but ``Invalid``.

It refuses document types (so there are no entities and nothing is ever fetched), what is not UTF-8, and every
way to make it keep much of its input: depth, number of elements, the bytes spent on names, and tokens that do
not end. Memory stays flat whatever the size of the text. CDATA sections come from the library whole, so they
count as tokens: text longer than a token may be has to stand in the element plainly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol, cast

from lxml import etree

from schemas.content import Invalid

MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
#: Bytes in which nothing begins or ends: a tag, a comment or an instruction may be this long, more or less.
MAX_TOKEN = 1024 * 1024
#: Characters of element, attribute and namespace names together: the library keeps each different one to the end.
MAX_NAMES = 16 * 1024 * 1024
_PIECE = 64 * 1024


class Name(NamedTuple):
    """An element's name with its namespace ('' for none)."""

    namespace: str
    local: str


class Handler(Protocol):
    """What is told. May raise :class:`Invalid`, which comes out of ``feed`` or ``close``."""

    def start(self, name: Name) -> None:
        """An element begins."""
        ...

    def data(self, text: str) -> None:
        """Text of the element that is open, in pieces of any length."""
        ...

    def end(self) -> None:
        """The element that began last ends."""
        ...


#: Told of an element's attributes, right after its start; names as ``{namespace}local``.
Attributes = Callable[[Mapping[str, str]], None]


class PushParser:
    """Reads one document. After the first ``Invalid`` every further call raises it again."""

    def __init__(self, handler: Handler, attributes: Attributes | None = None) -> None:
        self._target = _Target(handler, attributes)
        self._parser = etree.XMLParser(
            target=cast("Any", self._target),
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,  # lifts the library's limits on text, which attachments need; ours stand in for the rest
        )
        self._seen = False
        self._silent = 0
        self._invalid: Invalid | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises :class:`Invalid`."""
        with self._refusing():
            for place in range(0, len(data), _PIECE):
                self._feed(data[place : place + _PIECE])

    def close(self) -> None:
        """That was all of it. Raises :class:`Invalid`."""
        with self._refusing():
            if not self._seen:
                raise Invalid("body.empty", "the body is empty")
            self._parser.close()
            self._check_namespaces()

    def _feed(self, piece: bytes) -> None:
        self._seen = True
        before = self._target.events
        # What the standard has every parser do (2.11); the library does it too, but tells each line by itself then.
        self._parser.feed(piece.replace(b"\r\n", b"\n"))
        self._check_namespaces()
        self._silent = 0 if self._target.events != before else self._silent + len(piece)
        if self._silent > MAX_TOKEN:
            raise Invalid("xml.too_deep", f"a tag, comment or CDATA section is longer than {MAX_TOKEN} bytes")

    def _check_namespaces(self) -> None:
        """Refuse prefixes that nothing declares, which the library only notes when it feeds a target."""
        for error in self._parser.feed_error_log.filter_from_errors():
            raise Invalid("xml.malformed", error.message, line=error.line, column=error.column)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        if self._invalid is not None:
            raise self._invalid
        try:
            yield
        except Invalid as invalid:
            self._invalid = invalid
            raise
        except etree.XMLSyntaxError as error:
            line, column = error.position
            self._invalid = Invalid("xml.malformed", error.msg or "not XML", line=line or 0, column=column or 0)
            raise self._invalid from error


class _Target:
    """What the library calls: counts, refuses what is too much, and passes the rest on."""

    def __init__(self, handler: Handler, attributes: Attributes | None) -> None:
        self.events = 0
        self._handler = handler
        self._attributes = attributes
        self._depth = 0
        self._elements = 0
        self._names = 0
        self._known: dict[str, Name] = {}

    def start(self, tag: str, attributes: Mapping[str, str], namespaces: Mapping[str | None, str]) -> None:
        self.events += 1
        self._depth += 1
        self._elements += 1
        name = self._known.get(tag) or self._learn(tag)
        if attributes or namespaces:
            self._names += sum(map(len, attributes)) + sum(map(len, namespaces.values()))
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS or self._names > MAX_NAMES:
            raise self._too_much()
        self._handler.start(name)
        if attributes and self._attributes:
            # The library hands these on half read where it is told to resolve no entities: each & is still &#38;.
            self._attributes({name: value.replace("&#38;", "&") for name, value in attributes.items()})

    def _learn(self, tag: str) -> Name:
        namespace, _, local = tag.rpartition("}")
        self._names += len(tag)
        self._known[tag] = Name(namespace[1:], local)
        return self._known[tag]

    def _too_much(self) -> Invalid:
        if self._depth > MAX_DEPTH:
            return Invalid("xml.too_deep", f"elements stand more than {MAX_DEPTH} deep in each other")
        if self._elements > MAX_ELEMENTS:
            return Invalid("xml.too_deep", f"there are more than {MAX_ELEMENTS} elements")
        return Invalid("xml.too_deep", "the names of elements and attributes are too long")

    def end(self, _tag: str) -> None:
        self.events += 1
        self._depth -= 1
        self._handler.end()

    def data(self, text: str) -> None:
        self.events += 1
        self._handler.data(text)

    def comment(self, _text: str) -> None:
        self.events += 1

    def pi(self, _target: str, _data: str | None = None) -> None:
        self.events += 1

    def doctype(self, *_: str | None) -> None:
        raise Invalid("xml.dtd_forbidden", "the XML has a DOCTYPE")

    def close(self) -> None:
        """Nothing to hand over: the handler has it all."""
