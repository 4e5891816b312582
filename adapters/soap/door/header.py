"""What the header of an answer says: what its call has said of itself, by X-Road, by WS-Addressing or by both."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.soap.wire.addressing import Addressing
from adapters.soap.wire.xroad import Road
from bus.errors import Rejected


@dataclass(frozen=True, slots=True)
class Back:
    """What is said back, be the answer a yes or a fault."""

    #: X-Road's blocks as they came; empty where the call came by no such road.
    road: str = ""
    addressing: Addressing = field(default_factory=Addressing)

    def blocks(self, action: str) -> str:
        """The blocks of the answer's header."""
        return self.road + self.addressing.answer(action)


def identity_of(addressing: Addressing, road: Road | None) -> str:
    """What tells a call from every other of its partner; empty where nothing does. Raises ``Rejected('request.invalid')``
    where it is told in two ways.
    """
    if road is None:
        return addressing.message_id
    if addressing.message_id not in {"", road.id}:
        raise Rejected("request.invalid", f"MessageID is not X-Road's id {road.id[:80]!r}: one call has one identity")
    return road.identity
