"""Takes a fetched message out of an answer: as it is, or out of the JSON it stands in. Never whole in memory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from adapters.http.composing import composed
from adapters.http.decode import Answer
from adapters.http.decoded import Decoded
from adapters.http.receive_settings import Content, Fields, Member
from adapters.http.spill import Spill
from bus.desk import Received
from bus.endpoint import BodyIn, Tools
from bus.errors import FailureClass, Rejected, Unreachable
from bus.message import Claim
from schemas import format_of

_HEAD = 4096
_PIECE = 1 << 16
#: How a body of a format begins; what begins otherwise is no such body but an answer in place of it.
_BEGINS: Mapping[str, bytes] = {"edxml": b"<", "report": b"{"}
_NO_DOCUMENT = "the answer holds no document"


class Taken(Protocol):
    """A taking of one answer, from which the message is made when the answer was judged."""

    def feed(self, piece: bytes) -> None:
        """Take the next bytes. Raises Rejected."""
        ...

    def close(self) -> bytes:
        """That was all: what is to be judged."""
        ...

    def received(self, answer: Answer) -> Received:
        """The message. Raises Rejected where it cannot be read, Unreachable where there is none."""
        ...

    def discard(self) -> None:
        """Let go of what was taken, unless it was received; may be called twice."""
        ...


class WholeTaken:
    """The answer is the message. Its beginning is kept, to be judged where it is none."""

    def __init__(self, body: BodyIn, begins: bytes) -> None:
        self._body = body
        self._begins = begins
        self._head = b""

    def feed(self, piece: bytes) -> None:
        self._head += piece[: _HEAD - len(self._head)]
        self._body.write(piece)

    def close(self) -> bytes:
        return self._head

    def received(self, answer: Answer) -> Received:
        if answer.is_page or not self._head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(self._begins):
            raise Unreachable(FailureClass.SERVER_FAULT, _NO_DOCUMENT)
        return self._body.finish()

    def discard(self) -> None:
        self._body.discard()


class MemberTaken:
    """The message is a text of the answer's JSON, as base64 or as it is."""

    def __init__(self, settings: Member, body: BodyIn, most: int) -> None:
        self._settings = settings
        self._body = body
        self._spill = Spill(most)
        self.feed = self._spill.feed
        self.close = self._spill.close

    def received(self, answer: Answer) -> Received:
        text = answer.at(self._settings.path)
        if not isinstance(text, str) or not text:
            raise Unreachable(FailureClass.SERVER_FAULT, _NO_DOCUMENT)
        pieces = self._spill.pieces(text)
        if self._settings.kind == "base64":
            decoded = Decoded(pieces)
            pieces = iter(partial(decoded.read, _PIECE), b"")
        for piece in pieces:
            self._body.write(piece)
        return self._body.finish()

    def discard(self) -> None:
        self._body.discard()
        self._spill.discard()


class FieldsTaken:
    """The message is made of members of the answer's JSON, and of files in it."""

    def __init__(self, settings: Fields, type_: str, tools: Tools, most: int) -> None:
        self._settings = settings
        self._type = type_
        self._tools = tools
        self._raw = partial(tools.fetch, most)
        self._spill = Spill(most)
        self.feed = self._spill.feed
        self.close = self._spill.close

    def received(self, answer: Answer) -> Received:
        try:
            model, enclosures = composed(self._settings, self._type, answer, self._spill)
            return self._tools.compose(model, enclosures)
        except Rejected as refusal:
            raise Rejected(refusal.code, refusal.detail, claim=as_it_came(self._spill, self._raw())) from refusal

    def discard(self) -> None:
        self._spill.discard()


def as_it_came(spill: Spill, raw: BodyIn) -> Claim | None:
    """An answer of which no message could be made, for the quarantine; None where it is too large even for that."""
    try:
        for piece in spill.whole():
            raw.write(piece)
        raw.finish()
    except Rejected as unread:
        claim = unread.details.get("claim")
        return claim if isinstance(claim, Claim) else None
    finally:
        raw.discard()
    return None


def taking(content: Content, type_: str, tools: Tools, limit: int) -> Taken:
    """What takes a message of at most so many bytes out of an answer."""
    if isinstance(content, Fields):
        return FieldsTaken(content, type_, tools, 2 * limit)
    format_ = format_of(type_)
    body = tools.fetch(limit, format_)
    return MemberTaken(content, body, 2 * limit) if isinstance(content, Member) else WholeTaken(body, _BEGINS[format_])
