"""A JSON body whose large texts (the message, its files) are written while it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import orjson

from adapters.http.facts import of_file
from adapters.http.filters import text_of
from adapters.http.json_tree import EACH_FILE
from adapters.http.sending import Sending, streamed
from adapters.http.template import Template
from bus.bodies import Base64, Body, Changed, Joined
from bus.papers import File

Pieces = Iterator[bytes | Body]

_ESCAPED = re.compile(rb'["\\\x00-\x1f\x7f]')


def json_body(tree: object, sending: Sending) -> Body:
    """The tree with its values, in UTF-8."""
    return Joined(tuple(_pieces(tree, sending, None)))


def escaped(data: bytes) -> bytes:
    """Bytes of UTF-8 as they stand inside a JSON text. May be given piece by piece."""
    return _ESCAPED.sub(lambda found: b"\\u%04x" % found[0][0], data)


def _pieces(tree: object, sending: Sending, file: File | None) -> Pieces:
    if isinstance(tree, Mapping):
        each = tree.get(EACH_FILE)
        yield from _files(each, sending) if len(tree) == 1 and each is not None else _members(tree, sending, file)
    elif isinstance(tree, tuple):
        yield from _listed((_pieces(one, sending, file) for one in tree), b"[]")
    elif isinstance(tree, Template):
        yield from _text(tree, sending, file)
    else:
        yield orjson.dumps(tree)


def _members(tree: Mapping[str, object], sending: Sending, file: File | None) -> Pieces:
    yield from _listed((_member(key, value, sending, file) for key, value in tree.items()), b"{}")


def _member(key: str, value: object, sending: Sending, file: File | None) -> Pieces:
    yield _dumped(key) + b":"
    yield from _pieces(value, sending, file)


def _files(each: object, sending: Sending) -> Pieces:
    """A list with one value for each file."""
    numbered = enumerate(sending.files, 1)
    yield from _listed((_file(each, sending, file, number) for number, file in numbered), b"[]")


def _file(each: object, sending: Sending, file: File, number: int) -> Pieces:
    return _pieces(each, Sending(of_file(sending.names, file, number), sending.body, sending.papers), file)


def _listed(items: Iterator[Pieces], brackets: bytes) -> Pieces:
    yield brackets[:1]
    for place, item in enumerate(items):
        if place:
            yield b","
        yield from item
    yield brackets[1:]


def _text(template: Template, sending: Sending, file: File | None) -> Pieces:
    name = streamed(template)
    if not name:
        yield _dumped(template.value(sending.names))
        return
    yield b'"'
    yield _bytes(name, sending, file)
    yield b'"'


def _bytes(name: str, sending: Sending, file: File | None) -> Body:
    if name == "edxml.text":
        return Changed.measured(sending.message, escaped)
    return Base64(file.body if file and name == "file.base64" else sending.message)


def _dumped(value: object) -> bytes:
    if value is None or isinstance(value, bool | int | float | list | dict):
        return orjson.dumps(value)
    # A lone half of a surrogate pair is no character; whoever sent it gets a question mark.
    return orjson.dumps(text_of(value).encode("utf-8", "replace").decode())
