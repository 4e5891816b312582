"""A message on its way out taken apart: what it says as fields of the standard, and its files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count

from bus.bodies import Body
from bus.errors import FailureClass, Refused, Unreachable
from bus.message import Claim
from bus.papers import File, Papers
from bus.translator.files import Large, Small
from schemas.content import Invalid
from schemas.edxml.load import Received, load
from schemas.edxml.media_types import media_type
from schemas.edxml.unpack import Unpacked

_PIECE = 64 * 1024

#: Makes the address of a file: SHA-256 (hex) of the kept body it is in, and its place there, counted from 1.
#: Raises Refused where partners reach none.
Link = Callable[[str, int], str]


def papers_of(body: Claim, link: Link) -> Papers:
    """What a body says, and its files; these are read when they are asked for. The body is read once for it, and no more
    than a piece of it is ever in memory.

    Raises Unreachable where it cannot be read, Refused where it is not what a message may be.
    """
    small = Small()
    try:
        with body.open() as source:
            loaded = load(source, small.next)
    except OSError as error:
        raise Unreachable(
            FailureClass.CONNECT, f"the body could not be read here: {error.strerror or error}"
        ) from error
    except Invalid as invalid:
        raise Refused(
            FailureClass.SCHEMA, f"the body cannot be taken apart: {invalid.code}: {invalid.detail}"
        ) from invalid
    bodies = small.bodies() or _large(body, loaded.files)
    links = (partial(_linked, link, body, place) for place in count(1))
    return Papers(loaded.message, tuple(map(_file, loaded.files, bodies, links)))


def _large(body: Claim, files: Sequence[Received]) -> Sequence[Body]:
    large = Large(body.open)
    return [large.body(place, _found(file)) for place, file in enumerate(files, 1)]


def _file(received: Received, body: Body, link: Callable[[], str]) -> File:
    found, name = _found(received), received.attachment.name
    return File(name, media_type(name), received.label.description, found.sha256, body, link)


def _found(file: Received) -> Unpacked:
    assert file.unpacked is not None
    return file.unpacked


def _linked(link: Link, body: Claim, place: int) -> str:
    return link(_kept_digest(body), place)


def _kept_digest(body: Claim) -> str:
    """Of the bytes that are kept, whatever was put in among them on their way out."""
    if not body.inserted:
        return body.sha256
    digest = hashlib.sha256()
    with replace(body, inserted=()).open() as reader:
        while piece := reader.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
