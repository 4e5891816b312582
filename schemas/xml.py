"""The one XML parser: takes bytes in pieces, tells elements and text, and raises nothing but ``Invalid``.

It refuses document types (so there are no entities and nothing is ever fetched), what is not UTF-8, and every
way to make it keep much of its input: depth, number of elements, the bytes spent on names, and tokens that do
not end. Memory stays flat whatever the size of the text. CDATA sections come from the library whole, so they
count as tokens: text longer than a token may be has to stand in the element plainly.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, ParamSpec, Protocol, cast

from lxml import etree

from schemas.content import Invalid

MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
#: Bytes in which nothing begins or ends: a tag, a comment or an instruction may be this long, more or less.
MAX_TOKEN = 1024 * 1024
#: Characters of element, attribute and namespace names together: the library keeps each different one to the end.
MAX_NAMES = 16 * 1024 * 1024
#: Bytes of a small document: in so few no bound on elements, tokens or names can be passed.
SMALL = 64 * 1024
_PIECE = 64 * 1024
#: Characters of a name that need not be counted: with every element of another name it would not be too much.
_USUAL = MAX_NAMES // MAX_ELEMENTS
#: How many of these are taken apart once for many documents; the standard has fewer.
_REMEMBERED = 1024
_NOT_PLAIN = etree.XPath(f"boolean(/descendant::text()[../*]) or boolean({'/*' * (MAX_DEPTH + 1)})")

P = ParamSpec("P")


class Name(NamedTuple):
    """An element's name with its namespace ('' for none)."""

    namespace: str
    local: str


#: An element of a document that is there as a whole, with nothing in it but elements, or else text.
Tree = etree._Element  # noqa: SLF001 - the library has no other name for it

#: What is told, in order: a name where an element begins, attributes right behind it if it has any and they are asked
#: for, text of the element that is open in pieces of any length, ``None`` where the element that began last ends.
Event = Name | dict[str, str] | str | None


class Handler(Protocol):
    """What is told of a document."""

    def take(self, events: Iterator[Event], /) -> object:
        """What comes next. May raise :class:`Invalid`, which comes out of ``feed`` or ``close``."""
        ...


class Listener:
    """A handler that is told of one event at a time."""

    def take(self, events: Iterator[Event]) -> None:
        """See :class:`Handler`."""
        for event in events:
            if event is None:
                self.end()
            elif isinstance(event, str):
                self.data(event)
            elif isinstance(event, Name):
                self.start(event)
            else:
                self.attributes(event)

    def start(self, name: Name) -> None:
        """An element begins."""

    def attributes(self, attributes: Mapping[str, str]) -> None:
        """The attributes of the element that has just begun; names as ``{namespace}local``."""

    def data(self, text: str) -> None:
        """Text of the element that is open, in pieces of any length."""

    def end(self) -> None:
        """The element that began last ends."""


class PushParser:
    """Reads one document. After the first ``Invalid`` every further call raises it again."""

    def __init__(self, handler: Handler, *, attributes: bool = False, instructions: bool = True) -> None:
        """``attributes``: they are told of. ``instructions``: those to processors are passed over, not refused."""
        self._handler = handler
        self._target = _Target(attributes=attributes, instructions=instructions)
        # huge_tree lifts the library's limits on text, which attachments need; ours stand in for the rest.
        self._parser = _hardened(target=cast("Any", self._target), huge_tree=True)
        self._seen = False
        self._silent = 0
        self._invalid: Invalid | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises :class:`Invalid`."""
        self._refusing(self._feed, data)

    def close(self) -> None:
        """That was all of it. Raises :class:`Invalid`."""
        self._refusing(self._close)

    def _feed(self, data: bytes) -> None:
        for place in range(0, len(data), _PIECE):
            piece = data[place : place + _PIECE]
            self._seen = True
            self._silent += len(piece)
            # What the standard has every parser do (2.11); the library does it too, but tells each line by itself then.
            self._tell(self._parser.feed, piece.replace(b"\r\n", b"\n") if b"\r" in piece else piece)
            if self._silent > MAX_TOKEN:
                raise Invalid("xml.too_deep", f"a tag, comment or CDATA section is longer than {MAX_TOKEN} bytes")

    def _close(self) -> None:
        if not self._seen:
            raise Invalid("body.empty", "the body is empty")
        self._tell(self._parser.close)

    def _tell(self, parse: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Parse, and tell what was found: also what stands before a fault, which has to wait for it."""
        found = self._target
        try:
            parse(*args, **kwargs)
        finally:
            if found.events or found.more:
                self._silent = 0
                self._handler.take(iter(found.events))
                found.clear()
        self._check_namespaces()

    def _check_namespaces(self) -> None:
        """Refuse prefixes that nothing declares, which the library only notes when it feeds a target."""
        for error in self._parser.feed_error_log.filter_from_errors():
            raise Invalid("xml.malformed", error.message, line=error.line, column=error.column)

    def _refusing(self, act: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        if self._invalid is not None:
            raise self._invalid
        try:
            act(*args, **kwargs)
        except Invalid as invalid:
            self._invalid = invalid
            raise
        except etree.XMLSyntaxError as error:
            line, column = error.position
            self._invalid = Invalid("xml.malformed", error.msg or "not XML", line=line or 0, column=column or 0)
            raise self._invalid from error


class _Target:
    """What the library calls: counts, refuses what is too much, and collects the rest."""

    def __init__(self, *, attributes: bool, instructions: bool) -> None:
        self.events: list[Event] = []
        #: Whether there was something that is not told.
        self.more = False
        self.data = self.events.append
        self._attributes = attributes
        self._instructions = instructions
        self._depth = 0
        self._elements = 0
        self._names = 0
        self._known: dict[str, Name] = {}

    def clear(self) -> None:
        self.events.clear()
        self.more = False

    def start(self, tag: str, attributes: Mapping[str, str], namespaces: Mapping[str | None, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            raise Invalid("xml.too_deep", f"elements stand more than {MAX_DEPTH} deep in each other")
        if self._elements > MAX_ELEMENTS:
            raise Invalid("xml.too_deep", f"there are more than {MAX_ELEMENTS} elements")
        name = _usual_name(tag) if len(tag) <= _USUAL else self._unusual_name(tag)
        if attributes or namespaces:
            self._count_names(*attributes, *namespaces.values())
        self.events.append(name)
        if self._attributes and attributes:
            # The library hands these on half read where it is told to resolve no entities: each & is still &#38;.
            self.events.append({name: value.replace("&#38;", "&") for name, value in attributes.items()})

    # The library asks for it with each new parser, to count the arguments.
    start.__signature__ = inspect.signature(start)  # type: ignore[attr-defined]

    def _unusual_name(self, tag: str) -> Name:
        if tag not in self._known:
            self._count_names(tag)
            self._known[tag] = _name(tag)
        return self._known[tag]

    def _count_names(self, *names: str) -> None:
        self._names += sum(map(len, names))
        if self._names > MAX_NAMES:
            raise Invalid("xml.too_deep", "the names of elements and attributes are too long")

    def end(self, _tag: str) -> None:
        self._depth -= 1
        self.events.append(None)

    def comment(self, _text: str) -> None:
        self.more = True

    def pi(self, target: str, _data: str | None = None) -> None:
        if not self._instructions:
            raise Invalid("xml.malformed", f"a processing instruction, which may not be here: {target[:40]}")
        self.more = True

    def doctype(self, *_: str | None) -> None:
        raise Invalid("xml.dtd_forbidden", "the XML has a DOCTYPE")

    def close(self) -> None:
        """Nothing to hand over."""


def plain_tree(body: bytes) -> Tree | None:
    """The root of a document of at most :data:`SMALL` bytes in which no text stands beside elements.

    ``None`` for any other, and where :class:`PushParser` has to say what is wrong.
    """
    if b"!" in body and b"<!DOCTYPE" in body:
        return None
    parser = _hardened(remove_blank_text=True, remove_comments=True, remove_pis=True)
    try:
        parser.feed(body)
        root = parser.close()
    except etree.XMLSyntaxError:
        return None
    return None if _NOT_PLAIN(root) else root


def name_of(element: Tree) -> Name:
    """The name of an element of a tree."""
    return name_in(element.tag)


def name_in(tag: str) -> Name:
    """The name in a tag as the library writes it."""
    return _usual_name(tag) if len(tag) <= _USUAL else _name(tag)


def _hardened(**options: Any) -> etree.XMLParser:
    return etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, **options)


def _name(tag: str) -> Name:
    namespace, _, local = tag.rpartition("}")
    return Name(namespace[1:], local)


_usual_name = lru_cache(_REMEMBERED)(_name)
