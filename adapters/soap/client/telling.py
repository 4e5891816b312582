"""Tells a tree of elements that are there already, as a parser would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from adapters.soap.client.description import Envelope
from adapters.soap.client.tree import Tree
from schemas.content import Invalid
from schemas.xml import MAX_DEPTH, Event, name_in


def tell(root: Envelope, body: Envelope, header: Iterable[Envelope], tree: Tree) -> None:
    """An envelope of which only these elements count. Raises Invalid where it is too deep."""
    namespace = etree.QName(root).namespace
    tree.take(_all(root, namespace, body, header))


def _all(root: Envelope, namespace: str | None, body: Envelope, header: Iterable[Envelope]) -> Iterator[Event]:
    yield name_in(root.tag)
    yield name_in(f"{{{namespace}}}Header")
    for one in header:
        yield from _element(one, 2)
    yield None
    yield from _element(body, 1)
    yield None


def _element(element: Envelope, depth: int) -> Iterator[Event]:
    if depth > MAX_DEPTH:
        raise Invalid("xml.too_deep", f"elements stand more than {MAX_DEPTH} deep in each other")
    yield name_in(element.tag)
    if element.attrib:
        yield {str(name): str(value) for name, value in element.attrib.items()}
    if element.text:
        yield element.text
    for child in element.iterchildren("*"):
        yield from _element(child, depth + 1)
        if child.tail:
            yield child.tail
    yield None
