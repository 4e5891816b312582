"""What a sender puts on the wire: made once, its id set in its places for each document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bus.bench.sent import PLACE


@dataclass(frozen=True, slots=True)
class Address:
    """Where documents are posted, and with which key."""

    host: str
    port: int
    path: str = "/api/v1/messages"
    key: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.path}"


class Requests(Protocol):
    """Makes requests."""

    def of(self, id_: str) -> bytes:
        """The whole request for the document of this id, which has 24 letters."""
        ...


class Template:
    """Requests that differ in the id only; each costs a copy."""

    def __init__(self, whole: bytes) -> None:
        self._whole = bytearray(whole)
        self._places = list(_places(whole))

    def of(self, id_: str) -> bytes:
        name = id_.encode()
        for place in self._places:
            self._whole[place : place + len(PLACE)] = name
        return bytes(self._whole)


def template(address: Address, document: bytes) -> Template:
    """A document of :mod:`bus.bench.documents`, posted as a careful sender does: the call has a name of its own."""
    return Template(head(address, len(document)) + document)


def head(address: Address, length: int, id_: bytes = PLACE) -> bytes:
    """The head of a request whose body is so long."""
    lines = [
        f"POST {address.path} HTTP/1.1",
        f"Host: {address.host}:{address.port}",
        f"X-Bus-Key: {address.key}",
        "Content-Type: application/xml",
        f"Idempotency-Key: {id_.decode()}",
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _places(whole: bytes) -> list[int]:
    places, at = list[int](), whole.find(PLACE)
    while at >= 0:
        places.append(at)
        at = whole.find(PLACE, at + len(PLACE))
    return places
