"""A message made of fields and files, written as the standard has it and kept as if it had come in.

The same fields and files make the same bytes, so that what a partner hands out twice is one event.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, cast

from bus.desk import Received
from bus.endpoint import BodyIn
from bus.errors import Rejected
from schemas.content import Invalid
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models.messages import Message
from schemas.edxml.writer import write

_NAMES = uuid.UUID("5b0e4e0e-6a3c-5d0a-9b53-0d3f3c6a1f77")


def compose(model: Message, enclosures: Sequence[Enclosure], fetch: Callable[[], BodyIn]) -> Received:
    """Write the message into what ``fetch`` begins. What names the files on the wire is ours to say.

    Raises Rejected where the message is not what the standard wants, or is too large; whatever reading a file raises.
    """
    body = fetch()
    try:
        # All that the writer asks of what it writes to is to be written to.
        write(model, cast("BinaryIO", body), list(_named(enclosures)))
        return body.finish()
    except Invalid as invalid:
        raise Rejected(invalid.code, invalid.detail) from invalid
    finally:
        body.discard()


def _named(enclosures: Sequence[Enclosure]) -> Iterator[Enclosure]:
    """Each file under a name of its place, not of chance."""
    for place, enclosure in enumerate(enclosures, 1):
        yield replace(enclosure, uid=str(uuid.uuid5(_NAMES, f"{place}/{enclosure.name}")))
