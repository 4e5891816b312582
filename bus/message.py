"""A message is an envelope and a claim on its body. Values only: nothing here does anything.

Words: a *message* is one event (a document, a status); a *copy* is one recipient of it and the unit of
state; a *delivery* is the copies of one message that one call to one endpoint carries.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from bus.splice import spliced
from schemas.content import Content
from schemas.value import value

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
#: Ten bits in two letters, and a byte in one: every letter stands for eight bytes.
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_BYTES = _ALPHABET.encode() * 8
_LETTERS, _LENGTH = frozenset(_ALPHABET), 26


#: Letters of an id that are drawn, and ids drawn at a time: each draw gives the interpreter away.
_DRAWN, _AT_ONCE = 16, 32


def new_id() -> str:
    """A fresh id: 26 letters and digits that sort by the millisecond they were made in (like a ULID).

    Fits the axis's rule for a docId, ``[A-Za-z0-9._-]{1,64}``.
    """
    return _instant() + os.urandom(_DRAWN).translate(_BYTES).decode()


def new_ids() -> Iterator[str]:
    """Fresh ids as :func:`new_id` makes them, without end, for who needs many at once."""
    while True:
        instant = _instant()
        drawn = os.urandom(_DRAWN * _AT_ONCE).translate(_BYTES).decode()
        for begin in range(0, len(drawn), _DRAWN):
            yield instant + drawn[begin : begin + _DRAWN]


def _instant() -> str:
    now = time.time_ns() // 1_000_000
    return "".join([_PAIRS[now >> bits & 1023] for bits in (40, 30, 20, 10, 0)])


def is_id(text: str) -> bool:
    """Whether a text may be an id that was made here."""
    return len(text) == _LENGTH and set(text) <= _LETTERS


@value
class Claim:
    """A claim on a body: what it is, and where its bytes are (in ``data`` when small, else at ``path``)."""

    sha256: str
    size: int
    data: bytes | None = field(default=None, repr=False)
    path: Path | None = None
    #: What goes out among the kept bytes: each at its byte of what the ones before it make.
    inserted: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)

    def open(self) -> BinaryIO:
        """A fresh reader over the bytes; the caller closes it."""
        reader = self._kept()
        for at, data in self.inserted:
            reader = spliced(reader, at, data)
        return reader

    def insert(self, at: int, data: bytes) -> Claim:
        """The body with ``data`` from its byte ``at`` on; ``sha256`` stays that of the body without it."""
        return replace(self, size=self.size + len(data), inserted=(*self.inserted, (at, data)))

    def _kept(self) -> BinaryIO:
        if self.data is not None:
            return io.BytesIO(self.data)
        if self.path is None:
            msg = f"the body {self.sha256} was removed"
            raise FileNotFoundError(msg)
        return self.path.open("rb")


@value
class ReturnAddress:
    """How a message came: the door or source endpoint, and the partner behind it ('' for a source)."""

    door: str
    partner: str = ""


#: The way of what the bus says of its own accord.
FROM_THE_BUS = ReturnAddress("bus")


@dataclass(frozen=True, slots=True)
class RemoteId:
    """What a partner calls an item of its own: the endpoint it came by, its type, the partner's id."""

    endpoint: str
    type: str
    id: str


@value
class Inbound:
    """What a door or a source hands to :func:`bus.ingress.accept`."""

    came_by: ReturnAddress
    content: Content
    claim: Claim
    #: Agency codes to deliver to; they win over what the body lists.
    recipients: tuple[str, ...]
    #: What identifies the call when the transport repeats it; None: nothing does.
    call_key: str | None = None
    #: What a source's partner calls it: the call key of a source.
    remote: RemoteId | None = None
    #: Microseconds since 1970 after which delivering is pointless; None: never.
    expires_at: int | None = None
    #: What the caller says of secrecy; anything but ``normal`` is refused.
    secrecy: str = "normal"
    #: A cursor that moves to this event in the transaction that accepts the message it led to.
    cursor: tuple[str, int] | None = None
    #: From a source all that can be read is accepted (semantics 9); at a door the check is all or nothing.
    from_source: bool = False

    @property
    def ours(self) -> bool:
        """Whether the bus itself says it."""
        return self.came_by == FROM_THE_BUS and not self.from_source


@value
class Message:
    """One accepted event as the journal knows it."""

    id: str
    type: str
    kind: str
    sender: str
    document_id: str
    subject: str
    priority: int
    came_by: ReturnAddress
    accepted_at: int
    expires_at: int | None = None
    #: The document's number and symbol in one string (``15/QĐ-UBND``); empty where not known.
    notation: str = ""


@value
class CopyReceipt:
    """What became of one recipient at acceptance."""

    doc_id: str
    recipient: str
    endpoint: str
    state: str


@value
class Receipt:
    """The answer to a sender: on disk, under this id. A repeat gets the same receipt again."""

    message_id: str
    accepted_at: int
    copies: tuple[CopyReceipt, ...]
    #: True where nothing new was made by this call.
    repeated: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a message or to one of its copies, as its sender is told."""

    #: Microseconds since 1970.
    at: int
    #: Of the copy; empty: of the message.
    doc_id: str
    #: An event of the journal, or ``call.send``, ``call.ask``.
    what: str
    #: The copy's state after an event, the outcome of a call.
    state: str
    #: The class of a call that failed.
    failure: str = ""


@value
class CopyOut:
    """One recipient of a delivery: our docId (the same on every attempt) and which attempt this is."""

    doc_id: str
    recipient: str
    attempt: int
    #: The partner's id for it, where a former call brought one.
    remote_id: str | None = None
    #: Journal microseconds at which the lease of its last call began; None: never, or not known.
    sent_at: int | None = None


@value
class Delivery:
    """One message on its way to one endpoint in one call, for these copies and no others."""

    endpoint: str
    message: Message
    body: Claim
    copies: tuple[CopyOut, ...]
